import { type Codebook, type CodebookBlock, oneLine } from './codebook.ts';
import type { Statement } from './condition-words/statement.ts';

/** A codebook as Markdown (CommonMark with tables). Every text in it is escaped. Ends with a line break. */
export function codebookMarkdown({ title, edition, chapters }: Codebook): string {
  const blocks = [
    `# ${escaped(title)}`,
    `${escaped(edition.definition)}, ${escaped(edition.digest)}`,
    ...chapters.flatMap((chapter) => [`## ${escaped(chapter.title)}`, ...chapter.blocks.flatMap(markdownOf)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function markdownOf(block: CodebookBlock): readonly string[] {
  switch (block.kind) {
    case 'text': {
      const words = escaped(block.statement.text);
      const toned = block.tone === 'quiet' && words !== '' ? `_${words}_` : words;
      return [[labelOf(block.label), toned].filter((part) => part !== '').join(' '), ...bullets(block.statement.parts)];
    }
    case 'list':
      return [...(block.label === undefined ? [] : [labelOf(block.label)]), ...bullets(block.items)];
    case 'table':
      return [tableOf(block.head, block.rows)];
    case 'entry':
      return [`### ${escaped(block.title)}`, ...block.blocks.flatMap(markdownOf)];
    case 'signature':
      return [
        `**${escaped(block.title)}**`,
        ...block.lines.flat().map(({ label }) => `${escaped(label)}: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_`),
      ];
  }
}

function labelOf(label: string | undefined): string {
  return label === undefined ? '' : `**${escaped(label)}:**`;
}

/** A nested list as one block; none for no statement. */
function bullets(statements: readonly Statement[]): readonly string[] {
  return statements.length === 0 ? [] : [bulletLines(statements, '').join('\n')];
}

function bulletLines(statements: readonly Statement[], indent: string): readonly string[] {
  return statements.flatMap(({ text, parts }) => [`${indent}- ${escaped(text)}`, ...bulletLines(parts, `${indent}  `)]);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [row(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(row)].join('\n');
}

/** A text with nothing in it that Markdown or HTML would obey. */
function escaped(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>#|~&$]/g, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1');
}
