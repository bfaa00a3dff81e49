import { distance } from 'fastest-levenshtein';

/** The known words that may have been meant, most likely first: at most one edit away, or one in three letters. */
export function near(word: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return [...known]
    .map((each) => ({ each, edits: editsBetween(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.each < b.each ? -1 : 1))
    .map(({ each }) => each);
}

/** Letters to add, drop or change; two neighbours that changed places count as one. */
function editsBetween(one: string, other: string): number {
  const at = [...one].findIndex((_letter, index) => one.charAt(index) !== other.charAt(index));
  const swapped = one.slice(0, at) + one.charAt(at + 1) + one.charAt(at) + one.slice(at + 2);
  return at >= 0 && swapped === other ? 1 : distance(one, other);
}

/** The known word that was most likely meant. */
export function suggestion(word: string, known: Iterable<string>): string | undefined {
  return near(word, known)[0];
}

/** A way out that names the word most likely meant, or what there is. */
export function wayOut(word: string, known: readonly string[]): string {
  const meant = suggestion(word, known);
  if (meant !== undefined) return `write \`${meant}\``;
  return known.length <= 12 ? `there is: ${known.join(', ')}` : 'write a name that is defined';
}
