import { type Mark, moved, type Node, paper } from './marks.ts';

export interface Stroke {
  /** Undefined: an artifact. */
  readonly node: Node | undefined;
  readonly marks: readonly Mark[];
  /** How far the marks are moved when they are drawn; 0 where it is not said. */
  readonly x?: number;
  readonly y?: number;
}

/** How strongly a strip holds to the next: not, where that leaves no wide gap, as far as a page can hold both, always. */
export type Hold = 0 | 1 | 2 | 3;

/** A piece of the flow that no page break cuts. */
export interface Strip {
  readonly height: number;
  readonly before: number;
  readonly hold: Hold;
  readonly strokes: readonly Stroke[];
  /** Drawn again where the strip begins a page: the head of its table. */
  readonly repeat?: Strip;
}

export const margin = 54;
export const column = paper.width - 2 * margin;
const top = 50;
/** At the end of a page, where what follows could not stay whole otherwise. */
export const widestGap = paper.height / 5;

/** A strip where it stands. */
export interface Placed {
  readonly strip: Strip;
  readonly page: number;
  readonly y: number;
}

/** How much of each page but the last stays empty at its end. */
export function gapsIn(places: readonly Placed[], bottom: number): readonly number[] {
  return places.flatMap(({ strip, page, y }, index) => {
    const next = places[index + 1];
    return next !== undefined && next.page > page ? [bottom - y - strip.height] : [];
  });
}

/** Puts strips on pages that end at `bottom`. */
export function placesOf(strips: readonly Strip[], bottom: number): readonly Placed[] {
  const places: Placed[] = [];
  let page = 0;
  let y: number = top;
  const turn = (): void => {
    page += 1;
    y = top;
  };
  const put = (strip: Strip): void => {
    places.push({ strip, page, y });
    y += strip.height;
  };
  const place = (strip: Strip): void => {
    if (y > top) y += strip.before;
    if (y > top && y + strip.height > bottom) turn();
    if (y === top && strip.repeat && page > 0) put(strip.repeat);
    put(strip);
  };
  const flow = (group: readonly Strip[], level: Hold): void => {
    for (const cluster of clusters(group, level)) {
      const height = heightOf(cluster);
      const before = cluster[0]?.before ?? 0;
      const gap = y > top && y + before + height > bottom ? bottom - y : 0;
      const isWhole = isKeptWhole(level, height <= bottom - top, gap);
      if (isWhole && gap > 0) turn();
      if (isWhole) cluster.forEach(place);
      else flow(cluster, level === 1 ? 2 : 3);
    }
  };
  flow(strips, 1);
  return places;
}

/** Strips that hold together at least as strongly as `level` are not cut, though whole they leave a gap before them. */
function isKeptWhole(level: Hold, fitsPage: boolean, gap: number): boolean {
  if (level === 3) return true;
  return fitsPage && (level === 2 || gap <= widestGap);
}

/** Hands the ink of strips to the structure, and gives the artifacts by page. */
export function drawn(places: readonly Placed[]): readonly (readonly Mark[])[] {
  const pages: Mark[][] = Array.from({ length: (places.at(-1)?.page ?? 0) + 1 }, () => []);
  for (const { strip, page, y } of places) {
    for (const { node: owner, marks, x = 0, y: own = 0 } of strip.strokes) {
      const to = owner ? ink(owner, page) : pages[page];
      for (const mark of marks) to?.push(moved(mark, margin + x, y + own));
    }
  }
  return pages;
}

/** Runs of strips that hold together at least as strongly as `level`. */
function clusters(strips: readonly Strip[], level: Hold): readonly (readonly Strip[])[] {
  const groups: Strip[][] = [];
  let isOpen = false;
  for (const strip of strips) {
    const last = groups.at(-1);
    if (isOpen && last) last.push(strip);
    else groups.push([strip]);
    isOpen = strip.hold >= level;
  }
  return groups;
}

/** From the top of the first strip to the bottom of the last. */
export function heightOf(strips: readonly Strip[]): number {
  return strips.reduce((sum, { height, before }, index) => sum + height + (index === 0 ? 0 : before), 0);
}

function ink({ children }: Node, page: number): Mark[] {
  const last = children.at(-1);
  if (last && 'page' in last && last.page === page) return last.marks;
  const marks: Mark[] = [];
  children.push({ page, marks });
  return marks;
}
