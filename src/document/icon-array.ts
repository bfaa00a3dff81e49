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

/** A point in units of a figure, from the corner of the array. */
export type Place = readonly [x: number, y: number];

/** The places of the figures from number `from` up to `to`. */
export function figurePlaces(from: number, to: number): readonly Place[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index): Place => {
    const at = from + index;
    return [(at % across) * cell.width, Math.floor(at / across) * cell.height];
  });
}

/** A head over shoulders, in the corner of its cell. */
export const figurePath = [
  'M5 1 C6.27 1 7.3 2.03 7.3 3.3 C7.3 4.57 6.27 5.6 5 5.6 C3.73 5.6 2.7 4.57 2.7 3.3 C2.7 2.03 3.73 1 5 1 Z',
  'M1.6 13.2 L1.6 9.2 Q1.6 6.6 4.2 6.6 L5.8 6.6 Q8.4 6.6 8.4 9.2 L8.4 13.2 Z',
].join(' ');
