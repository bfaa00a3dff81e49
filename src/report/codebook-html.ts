import { type Chapter, type Codebook, type CodebookBlock, oneLine } from './codebook.ts';
import type { Statement } from './condition-words/statement.ts';

/** A codebook as one self-contained HTML file: no script, nothing fetched, every text escaped. Ends with a line break. */
export function codebookHtml({ title, edition, chapters }: Codebook): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(edition.definition)}<br>${escaped(edition.digest)}</p>
</header>
<nav aria-label="Chapters"><ol>
${chapters.map(({ id, title: name }) => `<li><a href="#${escaped(id)}">${escaped(name)}</a></li>`).join('\n')}
</ol></nav>
<main>
${chapters.map(sectionOf).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ id, title, blocks }: Chapter): string {
  return `<section id="${escaped(id)}">\n<h2>${escaped(title)}</h2>\n${blocks.map(htmlOf).join('\n')}\n</section>`;
}

function htmlOf(block: CodebookBlock): string {
  switch (block.kind) {
    case 'text': {
      const { text, parts } = block.statement;
      const tone = block.tone === 'quiet' ? ' class="quiet"' : '';
      return `<p${tone}>${labelOf(block.label)}${escaped(text)}</p>${listOf(parts)}`;
    }
    case 'list':
      return `${block.label === undefined ? '' : `<p>${labelOf(block.label)}</p>`}${listOf(block.items)}`;
    case 'table':
      return tableOf(block.head, block.rows);
    case 'entry':
      return `<details id="${escaped(block.id)}" open>\n<summary>${escaped(block.title)}</summary>\n${block.blocks.map(htmlOf).join('\n')}\n</details>`;
    case 'signature':
      return `<div class="signature"><p><strong>${escaped(block.title)}</strong></p>${block.lines
        .map((blanks) => `<div class="line">${blanks.map(blankOf).join('')}</div>`)
        .join('')}</div>`;
  }
}

function blankOf({ label, width }: { readonly label: string; readonly width: number }): string {
  return `<span style="flex:${Number(width)}">${escaped(label)}</span>`;
}

function labelOf(label: string | undefined): string {
  return label === undefined ? '' : `<strong>${escaped(label)}:</strong> `;
}

function listOf(statements: readonly Statement[]): string {
  if (statements.length === 0) return '';
  return `<ul>${statements.map(({ text, parts }) => `<li>${escaped(text)}${listOf(parts)}</li>`).join('')}</ul>`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const first = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const rest = rows.map(
    (row) =>
      `<tr>${row.map((cell, index) => (index === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join('')}</tr>`,
  );
  return `<div class="table"><table><thead><tr>${first}</tr></thead><tbody>\n${rest.join('\n')}\n</tbody></table></div>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const style = `
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;max-width:52rem;padding:1rem}
h1,h2,summary{color:#173a5e}h2{border-bottom:1px solid #5f7689;margin-top:2.5rem}
.quiet{color:#454f59}p{margin:.4rem 0;overflow-wrap:anywhere}ul{margin:.2rem 0 .6rem;padding-left:1.4rem}
details{border:1px solid #c3ced8;border-radius:4px;margin:.7rem 0;padding:0 .9rem .4rem}
summary{cursor:pointer;font-weight:600;padding:.5rem 0}
.table{overflow-x:auto}table{border-collapse:collapse;margin:.6rem 0;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid #5f7689;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead th{background:#eef3f8}tbody th{font-weight:600}
.signature{margin:1.5rem 0}.line{display:flex;gap:1.5rem;margin-top:2.5rem}
.line span{border-top:1px solid #1a1a1a;color:#454f59}
@media print{body{font-size:10pt;max-width:none;padding:0}nav{display:none}details{border:0;padding:0;break-inside:avoid}
summary{list-style:none}h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}
`;
