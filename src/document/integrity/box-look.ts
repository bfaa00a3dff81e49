/** Left, bottom, right and top. */
export type Sides = readonly [number, number, number, number];

type Point = readonly [number, number];

/** How near to an edge a frame is drawn, and how wide its lines are at most, as part of the box. */
const nearEdge = 0.2;
/** How far a straight line strays from its edge at most, as part of the box. */
const straight = 0.02;
/** A curve goes round a corner in steps no longer than this part of the box. */
const roundCorner = 0.4;

/** Operators that draw nothing, or the line that was laid. */
const harmless = /^(?:[qQSsnhdJjMGgKk]|RG|rg|BMC|EMC)$/;

/** Operators draw thin lines along the edges of a box at most: the frame that viewers put round one that is not ticked. */
export function isFrame(operators: string, [left, bottom, right, top]: Sides): boolean {
  const [width, height] = [right - left, top - bottom];
  const points = (numbers: readonly number[]): readonly Point[] =>
    numbers.flatMap((x, at) =>
      at % 2 === 0 ? [[(x - left) / width, ((numbers[at + 1] ?? 0) - bottom) / height]] : [],
    );
  let path: readonly Point[] = [];
  let numbers: number[] = [];
  for (const token of operators.split(/[\s[\]]+/)) {
    if (token === '' || token.startsWith('/')) continue;
    if (/^[-+.\d]/.test(token)) {
      numbers.push(Number(token));
      continue;
    }
    if (['m', 'l', 'c', 'v', 'y', 're'].includes(token)) {
      const before = token === 'm' || token === 're' ? [] : path.slice(-1);
      path = [...before, ...points(token === 're' ? cornersOf(numbers) : numbers)];
      if (!isAlongEdges(path, ['c', 'v', 'y'].includes(token))) return false;
    } else if (!isHarmless(token, numbers, Math.min(width, height))) return false;
    numbers = [];
  }
  return true;
}

/** Of a rectangle, round once. */
function cornersOf([x = 0, y = 0, width = 0, height = 0]: readonly number[]): readonly number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height, x, y];
}

function isHarmless(operator: string, numbers: readonly number[], side: number): boolean {
  if (operator === 'cm') return numbers.join() === '1,0,0,1,0,0';
  if (operator === 'w') return (numbers[0] ?? 0) <= nearEdge * side;
  return harmless.test(operator);
}

/** Every point lies near an edge; a line goes straight along its edge, a curve round a corner. */
function isAlongEdges(path: readonly Point[], isCurve: boolean): boolean {
  return path.every(([x, y], at) => {
    const [fromX, fromY] = path[at - 1] ?? [x, y];
    const [across, up] = [Math.abs(x - fromX), Math.abs(y - fromY)];
    if (isCurve && Math.max(across, up) <= roundCorner) return isNear(x) || isNear(y);
    return (isNear(x) && across < straight) || (isNear(y) && up < straight);
  });
}

/** To either of two edges. */
function isNear(place: number): boolean {
  return Math.abs(place) <= nearEdge || Math.abs(1 - place) <= nearEdge;
}
