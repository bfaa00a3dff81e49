import { oneLine } from './codebook.ts';
import { type Exit, exitName, type Spine, type Stop } from './graph.ts';

/** A spine as Mermaid flowchart text. Every text in it is escaped. Ends with a line break. */
export function graphMermaid({ title, stretches }: Spine): string {
  const stops = stretches.flatMap((stretch) => stretch.stops);
  const links = stops.slice(1).map(({ number }, index) => `  q${stops[index]?.number ?? 0} --> q${number}`);
  return `${[
    '---',
    `title: "${oneLine(title).replace(unsafe, ' ')}"`,
    '---',
    'flowchart TB',
    ...stretches.flatMap((stretch, index) => [
      `  subgraph s${index + 1}["${escaped(stretch.title)}"]`,
      ...stretch.stops.map(question),
      '  end',
    ]),
    ...links,
    ...stops.flatMap((stop) => stop.exits.flatMap((exit, index) => exitLines(stop, exit, index))),
  ].join('\n')}\n`;
}

function question({ number, text, onlyIf }: Stop): string {
  const words = [`Q${number} ${text}`, ...(onlyIf.length === 0 ? [] : [onlyIf.join(' ')])];
  const shape = onlyIf.length === 0 ? ['[', ']'] : ['[/', '/]'];
  return `    q${number}${shape[0]}"${words.map(escaped).join('<br>')}"${shape[1]}`;
}

function exitLines({ number }: Stop, exit: Exit, index: number): readonly string[] {
  const id = `q${number}e${index + 1}`;
  return [`  ${id}(["${escaped(exitName(exit))}"])`, `  q${number} -->|"${escaped(exit.when.join(' '))}"| ${id}`];
}

/** What Mermaid, or the HTML it makes, could obey. */
const unsafe = /[^\p{L}\p{N} .,:?()/%°“”’•²-]/gu;

/** A text with nothing in it that Mermaid or the HTML it makes would obey. */
function escaped(text: string): string {
  return oneLine(text).replace(unsafe, (character) => `#${character.codePointAt(0) ?? 0};`);
}
