import { oneLine } from '../report/codebook.ts';
import type { Spine } from '../report/graph.ts';
import { checkCharacters, type Fonts, type Measure } from './faces.ts';
import { type Caption, drawSpine, type GraphPage, pageBottom } from './graph-drawing.ts';
import { graphSvg } from './graph-svg.ts';
import { bookmarksIn, type Layout, type Mark, type Node, paper } from './layout.ts';
import { openPrinter, type Printer } from './paint.ts';
import { palette } from './palette.ts';

/** A spine as SVG: all sections below each other in one picture. Throws ConsentRefused for a character that no font has. */
export async function renderGraphSvg(spine: Spine, fonts: Fonts): Promise<string> {
  const printer = openPrinter(fonts);
  await check(spine, printer);
  return graphSvg(drawSpine(spine, wide(printer), Number.POSITIVE_INFINITY), oneLine(spine.title));
}

/** An SVG is shown in whatever font there is: room for the widest usual one, bold DejaVu Sans, a quarter wider than ours. */
function wide(measure: Measure): Measure {
  return {
    ...measure,
    width: (face, size, text) => 1.3 * measure.width(face, size, text),
  };
}

/**
 * A spine as a PDF of lines and words, tagged, a page or more a section. `digest` stands on every page. Same spine, same
 * bytes. Throws ConsentRefused for a character that no font has.
 */
export async function renderGraphPdf(spine: Spine, digest: string, fonts: Fonts, created: Date): Promise<Uint8Array> {
  const printer = openPrinter(fonts);
  await check(spine, printer);
  const pages = drawSpine(spine, printer, pageBottom);
  const root = structureOf(pages, oneLine(spine.title));
  const layout: Layout = {
    pages: pages.length,
    root,
    bookmarks: bookmarksIn(root),
    artifacts: pages.map(({ shapes }) => shapes),
    footers: pages.map((_, page) => footer(`${spine.edition}, ${digest}`, page, pages.length, printer)),
  };
  return printer.paint(layout, {
    title: oneLine(spine.title),
    author: oneLine(spine.edition),
    keywords: `definition=${oneLine(spine.edition)}; definition-digest=${oneLine(digest)}`,
    language: 'en',
    created,
  });
}

async function check({ title, edition, stretches }: Spine, printer: Printer): Promise<void> {
  const texts = [
    title,
    edition,
    ...stretches.flatMap((stretch) => [
      stretch.title,
      ...stretch.stops.flatMap(({ text, onlyIf, exits }) => [text, ...onlyIf, ...exits.flatMap(({ when }) => when)]),
    ]),
  ];
  const words = texts.map((text) => [{ text, strong: false, origin: 'the definition' }]);
  const none = words[0] ?? [];
  checkCharacters(
    {
      title: none,
      language: 'en',
      notices: words,
      sections: [],
      footer: { chart: none, form: none, page: none, pageOf: none, digest: none },
    },
    printer,
  );
  await printer.prepare(texts.join(' '));
}

const tags = { title: 'H1', section: 'H2', text: 'P' } as const satisfies Record<Caption['level'], Node['tag']>;

function structureOf(pages: readonly GraphPage[], title: string): Node {
  const captions = pages.flatMap(({ captions: said }, page) =>
    said.map(({ level, marks }): Node => ({ tag: tags[level], children: [{ page, marks: [...marks] }] })),
  );
  return { tag: 'Document', title, children: captions };
}

function footer(edition: string, page: number, pages: number, measure: Measure): readonly Mark[] {
  const size = 7;
  const count = `Page ${page + 1} of ${pages}`;
  const y = paper.height - 30;
  const style = { kind: 'text', y, size, face: 'regular', color: palette.quiet } as const;
  return [
    { ...style, x: 36, text: edition },
    { ...style, x: paper.width - 36 - measure.width('regular', size, count), text: count },
  ];
}
