/** Figures in a row. */
const across = 20;

/** Room for one figure, in its own units: it is as wide as `scale` times ten points. */
const cell = { width: 10, height: 15 } as const;

/** Where an array of small figures of people stands: `width` and `height` in points for `pitch` points from one to the next. */
export interface ArrayShape {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
}

/** The size of an array of `of` figures that is no wider than `room`, its figures no further apart than `widest`. */
export function arrayShape(of: number, room: number, widest: number): ArrayShape {
  const columns = Math.min(of, across);
  const pitch = Math.min(widest, room / columns);
  const scale = pitch / cell.width;
  return { scale, width: pitch * columns, height: Math.ceil(of / across) * cell.height * scale };
}

/** The paths of the figures from number `from` up to `to`, in cells of their own units. */
export function figurePaths(from: number, to: number): string {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => {
    const at = from + index;
    return person((at % across) * cell.width, Math.floor(at / across) * cell.height);
  }).join(' ');
}

/** A head over shoulders. */
function person(x: number, y: number): string {
  const at = (dx: number, dy: number): string => `${round(x + dx)} ${round(y + dy)}`;
  const [middle, top, radius, bend] = [5, 1, 2.3, 1.27];
  const [left, right, centre, bottom] = [middle - radius, middle + radius, top + radius, top + 2 * radius];
  return [
    `M${at(middle, top)}`,
    `C${at(middle + bend, top)} ${at(right, centre - bend)} ${at(right, centre)}`,
    `C${at(right, centre + bend)} ${at(middle + bend, bottom)} ${at(middle, bottom)}`,
    `C${at(middle - bend, bottom)} ${at(left, centre + bend)} ${at(left, centre)}`,
    `C${at(left, centre - bend)} ${at(middle - bend, top)} ${at(middle, top)} Z`,
    `M${at(1.6, 13.2)} L${at(1.6, 9.2)} Q${at(1.6, 6.6)} ${at(4.2, 6.6)} L${at(5.8, 6.6)}`,
    `Q${at(8.4, 6.6)} ${at(8.4, 9.2)} L${at(8.4, 13.2)} Z`,
  ].join(' ');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
