import { number } from './pdf-writer.ts';

type Point = readonly [x: number, y: number];

/** An SVG path of absolute M, L, H, V, Q, C, A and Z as PDF operators. Anything else is an error. */
export function pathOperators(path: string): string {
  const operators: string[] = [];
  let at: Point = [0, 0];
  let start: Point = at;
  const to = (point: Point, operator: string): void => {
    operators.push(operator);
    at = point;
  };
  for (const [, command = '', rest = ''] of path.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const values = rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)/g)?.map(Number) ?? [];
    for (const [x = 0, y = 0, ...more] of groups(command, values)) {
      switch (command) {
        case 'M':
          start = [x, y];
          to(start, `${pair([x, y])} m`);
          break;
        case 'L':
          to([x, y], `${pair([x, y])} l`);
          break;
        case 'H':
          to([x, at[1]], `${pair([x, at[1]])} l`);
          break;
        case 'V':
          to([at[0], x], `${pair([at[0], x])} l`);
          break;
        case 'Q': {
          const [endX = 0, endY = 0] = more;
          to([endX, endY], `${pair([x, y])} ${pair([endX, endY])} v`);
          break;
        }
        case 'C': {
          const [x2 = 0, y2 = 0, endX = 0, endY = 0] = more;
          to([endX, endY], `${pair([x, y])} ${pair([x2, y2])} ${pair([endX, endY])} c`);
          break;
        }
        case 'A': {
          const [turn = 0, isLarge, isSweep, endX = 0, endY = 0] = more;
          const end: Point = [endX, endY];
          to(end, arc(at, end, [x, y], turn, isLarge === 1, isSweep === 1).join('\n'));
          break;
        }
        case 'Z':
          to(start, 'h');
          break;
        default:
          throw new Error(`a path with ${command} is not drawn`);
      }
    }
  }
  return operators.join('\n');
}

const counts: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, Q: 4, C: 6, A: 7 };

function groups(command: string, values: readonly number[]): readonly (readonly number[])[] {
  const count = counts[command];
  if (count === undefined) return [values];
  return Array.from({ length: values.length / count }, (_, index) => values.slice(index * count, (index + 1) * count));
}

function pair([x, y]: Point): string {
  return `${number(x)} ${number(y)}`;
}

/** An elliptical arc as curves of a quarter turn at most (SVG 1.1, appendix F.6). */
function arc(
  from: Point,
  end: Point,
  radii: Point,
  turn: number,
  isLarge: boolean,
  isSweep: boolean,
): readonly string[] {
  const [sin, cos] = [Math.sin((turn * Math.PI) / 180), Math.cos((turn * Math.PI) / 180)];
  const halfX = ((from[0] - end[0]) * cos + (from[1] - end[1]) * sin) / 2;
  const halfY = ((from[1] - end[1]) * cos - (from[0] - end[0]) * sin) / 2;
  const reach = (halfX / radii[0]) ** 2 + (halfY / radii[1]) ** 2;
  const grow = Math.sqrt(Math.max(1, reach));
  const [rx, ry] = [Math.abs(radii[0]) * grow, Math.abs(radii[1]) * grow];
  // In the frame where the ellipse is a circle of radius 1.
  const unit = ([x, y]: Point): Point => [(cos * x + sin * y) / rx, (cos * y - sin * x) / ry];
  const [[x0, y0], [x1, y1]] = [unit(from), unit(end)];
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const away = Math.sqrt(Math.max(0, 1 / square - 0.25)) * (isLarge === isSweep ? -1 : 1);
  const center: Point = [(x0 + x1) / 2 - away * (y1 - y0), (y0 + y1) / 2 + away * (x1 - x0)];
  const begin = Math.atan2(y0 - center[1], x0 - center[0]);
  const raw = Math.atan2(y1 - center[1], x1 - center[0]) - begin;
  const sweep = isSweep ? (raw < 0 ? raw + 2 * Math.PI : raw) : raw > 0 ? raw - 2 * Math.PI : raw;
  const pieces = Math.ceil(Math.abs(sweep / (Math.PI / 2 + 0.001)));
  const back = (x: number, y: number): string => pair([cos * rx * x - sin * ry * y, sin * rx * x + cos * ry * y]);
  return Array.from({ length: pieces }, (_, index) => {
    const [a, b] = [begin + (index * sweep) / pieces, begin + ((index + 1) * sweep) / pieces];
    const half = (b - a) / 2;
    const handle = ((8 / 3) * Math.sin(half / 2) ** 2) / Math.sin(half);
    const [ax, ay] = [center[0] + Math.cos(a), center[1] + Math.sin(a)];
    const [bx, by] = [center[0] + Math.cos(b), center[1] + Math.sin(b)];
    const first = back(ax - handle * Math.sin(a), ay + handle * Math.cos(a));
    const second = back(bx + handle * Math.sin(b), by - handle * Math.cos(b));
    return `${first} ${second} ${back(bx, by)} c`;
  });
}
