import { type Codebook, type CodebookBlock, oneLine } from '../report/codebook.ts';
import type { Statement } from '../report/condition-words/statement.ts';
import { type Block, type Content, type OutlineItem, type Run, type Text, wholeText } from './content.ts';
import { checkCharacters, type Fonts } from './faces.ts';
import { layOut } from './layout.ts';
import { openPrinter } from './paint.ts';

/**
 * A codebook as PDF bytes: tagged, fonts embedded, definition, digest and page number on every page. Same codebook and
 * date, same bytes. Throws ConsentRefused for a character that no font has.
 */
export async function renderCodebook(codebook: Codebook, fonts: Fonts, created: Date): Promise<Uint8Array> {
  const content = contentOf(codebook);
  const printer = openPrinter(fonts);
  checkCharacters(content, printer);
  await printer.prepare(wholeText(content));
  const { definition, digest } = codebook.edition;
  return printer.paint(layOut(content, printer, 'compact'), {
    title: oneLine(codebook.title),
    author: oneLine(definition),
    keywords: `definition=${oneLine(definition)}; definition-digest=${oneLine(digest)}`,
    language: content.language,
    created,
  });
}

/** What the pages of a codebook say, in the terms of the document room. */
function contentOf({ title, edition, chapters }: Codebook): Content {
  return {
    title: plain(title),
    language: 'en',
    notices: [],
    sections: chapters.map((chapter) => ({
      title: plain(chapter.title),
      blocks: chapter.blocks.flatMap(blocksOf),
      isAgreement: false,
    })),
    footer: {
      chart: plain(edition.definition),
      form: plain(title),
      page: plain('Page'),
      pageOf: plain('of'),
      digest: plain(edition.digest),
    },
  };
}

function run(text: string, strong: boolean): Run {
  return { text: oneLine(text).normalize('NFC'), strong, origin: 'the definition' };
}

function plain(text: string): Text {
  return [run(text, false)];
}

function blocksOf(block: CodebookBlock): readonly Block[] {
  switch (block.kind) {
    case 'text': {
      const { statement, tone, label } = block;
      return [{ kind: 'paragraph', of: withLabel(label, statement.text), tone }, ...outlineOf(statement.parts)];
    }
    case 'list': {
      const label = block.label === undefined ? [] : [withLabel(block.label, '')];
      return [...label.map((of): Block => ({ kind: 'paragraph', of, tone: 'plain' })), ...outlineOf(block.items)];
    }
    case 'table': {
      const { head, rows, columns } = block;
      return [{ kind: 'table', head: head.map(plain), rows: rows.map((row) => row.map(plain)), columns }];
    }
    case 'entry': {
      const { id, title, blocks } = block;
      return [{ kind: 'item', id, title: plain(title), blocks: blocks.flatMap(blocksOf), look: 'plain' }];
    }
    case 'signature': {
      const lines = block.lines.map((blanks) =>
        blanks.map(({ label, width }, index) => ({ id: `blank-${index + 1}`, label: plain(label), width })),
      );
      return [{ kind: 'signature', id: 'director', title: plain(block.title), blocks: [], lines }];
    }
  }
}

function withLabel(label: string | undefined, text: string): Text {
  if (label === undefined) return plain(text);
  return text === ''
    ? [run(`${label}:`, true)]
    : [{ ...run(label, true), text: `${oneLine(label)}: ` }, run(text, false)];
}

function outlineOf(statements: readonly Statement[]): readonly Block[] {
  return statements.length === 0 ? [] : [{ kind: 'outline', items: statements.map(outlineItem) }];
}

function outlineItem({ text, parts }: Statement): OutlineItem {
  return { of: plain(text), items: parts.map(outlineItem) };
}
