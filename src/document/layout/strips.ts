import type { Mark, Node } from '../marks.ts';
import { column, type Strip } from '../pages.ts';
import type { Pen } from './pen.ts';

/** A new element at the end of `parent`. */
export function node(parent: Node, tag: Node['tag'], more: Omit<Partial<Node>, 'tag' | 'children'> = {}): Node {
  const made: Node = { tag, ...more, children: [] };
  parent.children.push(made);
  return made;
}

/** The last strip holds to whatever follows. */
export function heldToNext(strips: readonly Strip[]): readonly Strip[] {
  return strips.map((strip, index) => (index === strips.length - 1 ? { ...strip, hold: 3 } : strip));
}

/** Not cut by a page break where that leaves no wide gap. */
export function heldLoosely(strips: readonly Strip[]): readonly Strip[] {
  return strips.map((strip, index) => {
    const hold = index === strips.length - 1 || strip.hold > 1 ? strip.hold : 1;
    return { ...strip, hold };
  });
}

/** Puts space before the first strip. */
export function spaced(strips: readonly Strip[], before: number): readonly Strip[] {
  return strips.map((strip, index) => (index === 0 ? { ...strip, before: strip.before + before } : strip));
}

/** Puts the same space before each strip. */
export function spacedOut(strips: readonly Strip[], before: number): readonly Strip[] {
  return strips.map((strip) => ({ ...strip, before }));
}

/** Strips as one, each `step` points further right. */
export function besideEachOther(strips: readonly Strip[], step: number): Strip {
  return {
    height: Math.max(...strips.map(({ height }) => height)),
    before: 0,
    hold: 0,
    strokes: strips.flatMap((strip, index) => shift(strip, index * step, 0).strokes),
  };
}

/** Moves the ink of a strip, and not its height. */
export function shift(strip: Strip, dx: number, dy: number): Strip {
  const strokes = strip.strokes.map(({ node: owner, marks, x = 0, y = 0 }) => ({
    node: owner,
    marks,
    x: x + dx,
    y: y + dy,
  }));
  return { ...strip, strokes };
}

/** Strips below each other as one that no page break cuts. */
export function joined(strips: readonly Strip[]): Strip {
  let y = 0;
  const strokes = strips.flatMap((strip, index) => {
    y += index === 0 ? 0 : strip.before;
    const at = y;
    y += strip.height;
    return shift(strip, 0, at).strokes;
  });
  return { height: y, before: 0, hold: 0, strokes };
}

/** A block on a tinted ground. */
export function framed(strips: readonly Strip[], { scale }: Pen, fill: string): Strip {
  const pad = 6 * scale;
  const inside = joined(strips);
  const height = inside.height + 2 * pad - 3 * scale;
  const ground: Mark = { kind: 'rect', x: 0, y: 0, width: column, height, fill };
  return {
    ...shift(inside, 10 * scale, pad - 2 * scale),
    height,
    strokes: [{ node: undefined, marks: [ground] }, ...shift(inside, 10 * scale, pad - 2 * scale).strokes],
  };
}
