import { distance } from 'fastest-levenshtein';

/** The known word that was most likely meant: at most one edit, or one in three letters. */
export function suggestion(word: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [best] = [...known]
    .map((each) => ({ each, edits: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.each < b.each ? -1 : 1));
  return best?.each;
}

/** A way out that names the word most likely meant, or what there is. */
export function wayOut(word: string, known: readonly string[]): string {
  const meant = suggestion(word, known);
  if (meant !== undefined) return `write \`${meant}\``;
  return known.length <= 12 ? `there is: ${known.join(', ')}` : 'write a name that is defined';
}
