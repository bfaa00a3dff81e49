import factory, { type Bidi } from 'bidi-js';

let made: Bidi | undefined;

/** Made when the first text needs it: most never do. The package is the factory itself; its types say that it has one. */
function bidi(): Bidi {
  made ??= (factory as unknown as () => Bidi)();
  return made;
}

/** Hebrew, Arabic and the other scripts that are written from the right. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const isolate = '\u2068';
const isolateEnd = '\u2069';

/** True where a text has letters that are written from the right. */
export function hasRightToLeft(text: string): boolean {
  return rightToLeft.test(text);
}

/** Chart numbers, dates, telephone numbers: typed without a space, in Western letters and digits. */
const code = /[\p{sc=Latn}\d]+(?:[-/.:_][\p{sc=Latn}\d]+)+/gu;

/**
 * The level of each UTF-16 unit of each stretch of a paragraph that runs from the left: even from the left, odd from the
 * right. A stretch that is its own, such as a name, takes its direction from its first letter and leaves what stands
 * around it alone. A code such as `4512-B` stays as it was typed: by the rules for sentences it would become `B-4512`.
 */
export function levelsOf(
  stretches: readonly { readonly text: string; readonly isOwn: boolean }[],
): readonly Uint8Array[] {
  const wrapped = stretches.map(({ text, isOwn }) => (isOwn ? `${isolate}${text}${isolateEnd}` : text));
  const { levels } = bidi().getEmbeddingLevels(wrapped.join(''), 'ltr');
  let at = 0;
  return stretches.map(({ text, isOwn }, index) => {
    const start = at + (isOwn ? isolate.length : 0);
    at += wrapped[index]?.length ?? 0;
    return withCodes(levels.slice(start, start + text.length), text);
  });
}

function withCodes(levels: Uint8Array, text: string): Uint8Array {
  for (const { index, 0: found } of text.matchAll(code)) {
    const own = levels.subarray(index, index + found.length);
    const highest = Math.max(...own);
    if (own.some((level) => level !== highest)) own.fill(highest + (highest % 2));
  }
  return levels;
}

/** The order from left to right of what has these levels: a list of indices. */
export function visualOrder(levels: readonly number[]): readonly number[] {
  const order = levels.map((_, index) => index);
  const levelAt = (place: number): number => levels[order[place] ?? 0] ?? 0;
  for (let level = Math.max(0, ...levels); level > 0; level -= 1) {
    let start = 0;
    while (start < order.length) {
      let end = start;
      while (end < order.length && levelAt(end) >= level) end += 1;
      order.splice(start, end - start, ...order.slice(start, end).reverse());
      start = Math.max(end, start + 1);
    }
  }
  return order;
}
