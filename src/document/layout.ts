import { remembering } from '../model/memo.ts';
import type { Content, Section } from './content.ts';
import { type Measure, plainText } from './faces.ts';
import { blockStrips } from './layout/blocks.ts';
import { footerLeading, footerLines, footers } from './layout/footer.ts';
import type { Pen } from './layout/pen.ts';
import { framed, heldToNext, node, spaced } from './layout/strips.ts';
import { settingOnce, textStrips } from './layout/text.ts';
import { bookmarksIn, type Layout, type Mark, type Node, paper, withSpans } from './marks.ts';
import { column, drawn, gapsIn, type Placed, placesOf, type Strip, widestGap } from './pages.ts';
import { palette } from './palette.ts';

export type Edition = 'compact' | 'standard' | 'large-print';

/** Of every size; body text is 12 points in the standard edition. */
const scales: Readonly<Record<Edition, number>> = { compact: 0.85, standard: 1, 'large-print': 1.5 };

/** To be written on paper, or also filled in on the screen. */
export type Filling = 'flat' | 'fillable';

/** How close text is set. */
interface Spacing {
  /** From line to line, as part of the size of the letters. */
  readonly leading: number;
  /** Between blocks, as part of what it is elsewhere. */
  readonly between: number;
}

const usual: Spacing = { leading: 1.32, between: 1 };
/** For forms that have an ill-filled page with the usual one. Few leadings: for each all of the form is set anew. */
const closer: readonly Spacing[] = [
  { leading: 1.32, between: 0.92 },
  { leading: 1.32, between: 0.84 },
  { leading: 1.32, between: 0.76 },
  { leading: 1.28, between: 0.9 },
  { leading: 1.28, between: 0.8 },
  { leading: 1.28, between: 0.7 },
  { leading: 1.27, between: 0.9 },
  { leading: 1.27, between: 0.8 },
  { leading: 1.27, between: 0.7 },
];

/** Places a content on pages. Pure: the same content and measures give the same layout. */
export function layOut(content: Content, measure: Measure, edition: Edition, filling: Filling = 'flat'): Layout {
  const linesOf = settingOnce(measure);
  const pen: Pen = {
    measure,
    linesOf,
    scale: scales[edition],
    isFillable: filling === 'fillable',
    leading: usual.leading,
  };
  const footerTop = paper.height - 20 - footerLines(content).length * footerLeading(pen);
  const { root, places } = flowWithin(footerTop - 8, (leading) => flowOf(content, { ...pen, leading }));
  const artifacts = drawn(places);
  return {
    pages: artifacts.length,
    root: withSpans(root),
    artifacts,
    footers: footers(content, artifacts.length, footerTop, pen),
    bookmarks: bookmarksIn(root),
  };
}

/** A flow on pages that end at `bottom`, with the first spacing that fills them all well; else with the one that fills them best. */
function flowWithin(
  bottom: number,
  flowWith: (leading: number) => Flow,
): Pick<Flow, 'root'> & { readonly places: readonly Placed[] } {
  const flowAt = remembering(closer.length, flowWith);
  const placed = ({ leading, between }: Spacing) => {
    const { root, strips } = flowAt(leading);
    const places = placesOf(
      strips.map((strip) => ({ ...strip, before: strip.before * between })),
      bottom,
    );
    return { root, places, gaps: gapsIn(places, bottom) };
  };
  const isWell = ({ gaps }: ReturnType<typeof placed>): boolean => Math.max(0, ...gaps) <= widestGap;
  let best = placed(usual);
  for (const spacing of closer) {
    if (isWell(best)) return best;
    const next = placed(spacing);
    if (isWell(next) || badness(next.gaps) < badness(best.gaps)) best = next;
  }
  return best;
}

/** One wide gap is worse than two of half its width. */
function badness(gaps: readonly number[]): number {
  return gaps.reduce((sum, gap) => sum + gap ** 2, 0);
}

/** The strips of a content, and the structure that their ink belongs to. */
interface Flow {
  readonly root: Node;
  readonly strips: readonly Strip[];
}

function flowOf(content: Content, pen: Pen): Flow {
  const root: Node = { tag: 'Document', children: [] };
  const strips = [
    ...opening(content, root, pen),
    ...content.sections.flatMap((section) => sectionStrips(section, root, pen)),
  ];
  return { root, strips };
}

function opening({ title, notices }: Content, root: Node, pen: Pen): readonly Strip[] {
  const heading = textStrips(title, node(root, 'H1'), pen, { size: 23, color: palette.heading, isBold: true });
  const noted = notices.flatMap((notice) => [
    framed(textStrips(notice, node(root, 'P'), pen, { width: column - 20 * pen.scale }), pen, palette.tint),
  ]);
  return [...heading.map((strip) => ({ ...strip, hold: 3 as const })), ...spaced(noted, 5 * pen.scale)];
}

function sectionStrips({ title, blocks, isAgreement }: Section, root: Node, pen: Pen): readonly Strip[] {
  const section = node(root, 'Sect', { title: plainText(title) });
  const heading = textStrips(title, node(section, 'H2'), pen, { size: 16, color: palette.heading, isBold: true });
  const ruled = heading.map((strip, index): Strip => {
    const isLast = index === heading.length - 1;
    const rule: Mark = { kind: 'line', x: 0, y: strip.height + 1, width: column, color: palette.rule };
    return {
      ...strip,
      hold: 3,
      ...(isLast && { height: strip.height + 3, strokes: [...strip.strokes, { node: undefined, marks: [rule] }] }),
    };
  });
  const body = blocks.map((block, index) => {
    const isSmallGap = block.kind === 'paragraph' || block.kind === 'list' || block.kind === 'outline';
    const strips = spaced(blockStrips(block, section, column, pen), (index === 0 ? 5 : isSmallGap ? 4 : 9) * pen.scale);
    const next = blocks[index + 1]?.kind;
    const leads = next === 'list' || next === 'outline' || next === 'table' || next === 'item';
    return block.kind === 'paragraph' && leads ? heldToNext(strips) : strips;
  });
  const strips = [...spaced(ruled, 16 * pen.scale), ...body.flat()];
  if (!isAgreement) return strips;
  // Where a page cannot hold it all, no signature stands alone on the next: the first with all that is agreed to, the last with one more.
  const before = blocks.findIndex(({ kind }) => kind === 'signature');
  const first = ruled.length + body.slice(0, before).flat().length;
  const isBound = (index: number): boolean => index < first || index === strips.length - 2;
  return strips.map((strip, index) => {
    if (index === strips.length - 1 || strip.hold === 3) return strip;
    return { ...strip, hold: isBound(index) ? 3 : 2 };
  });
}
