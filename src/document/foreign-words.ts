import { wholeWord } from '../definition/whole-word.ts';
import { type Content, type Run, type Text, withTexts } from './content.ts';

/** Words by the language that they are of. */
type ForeignWords = Readonly<Record<string, readonly string[]>>;

/** The content with each of these words, where the form itself says it, in a run with its language. */
export function markForeign(content: Content, words: ForeignWords): Content {
  const listed = Object.entries(words);
  if (listed.length === 0) return content;
  return withTexts(content, (text) => {
    const marked = listed.reduce((runs, [language, own]) => runs.flatMap((run) => parted(run, language, own)), text);
    return marked.length === text.length ? text : marked;
  });
}

function parted(run: Run, language: string, words: readonly string[]): Text {
  if (run.origin !== 'template' || run.language !== undefined) return [run];
  const found = words
    .flatMap((word) => [...run.text.matchAll(wholeWord(word))])
    .map(({ index, 0: word }) => [index, index + word.length] as const)
    .sort(([a], [b]) => a - b);
  const edges = [0, ...found.flat(), run.text.length];
  return edges
    .slice(1)
    .map((end, at): Run => {
      const text = run.text.slice(edges[at], end);
      return at % 2 === 1 ? { ...run, text, language } : { ...run, text };
    })
    .filter(({ text }) => text !== '');
}
