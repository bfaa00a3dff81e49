const known = new Map<string, RegExp>();

/** Every place where a word or phrase stands by itself, however it is capitalised. An asterisk at its begin or end lets letters stand there: `*n't`. */
export function wholeWord(word: string): RegExp {
  const pattern = known.get(word) ?? patternOf(word);
  known.set(word, pattern);
  return pattern;
}

const letter = '[\\p{L}\\p{M}\\p{N}]';

function patternOf(word: string): RegExp {
  const core = word.replace(/^\*|\*$/g, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = word.startsWith('*') ? '' : `(?<!${letter})`;
  const after = word.endsWith('*') ? '' : `(?!${letter})`;
  return new RegExp(`${before}${core}${after}`, 'giu');
}
