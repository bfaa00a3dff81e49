const strong = 'aeoáéó';
const accentedWeak = 'íú';
const vowels = `${strong}${accentedWeak}iuü`;

/**
 * Syllables of a Spanish word: one for each vowel group, a group parted between two strong vowels (le-er, ca-os) and
 * where a weak vowel bears the accent (dí-a, pa-ís). `qu`, `gu` before e or i, and a last `y` are as they are read.
 */
export function spanishSyllables(word: string): number {
  const heard = word
    .normalize('NFC')
    .toLowerCase()
    .replace(/qu(?=[eiéí])/g, 'k')
    .replace(/gu(?=[eiéí])/g, 'g')
    .replace(/y$/, 'i')
    .replace(/(?<=[aeiouáéíóú])h(?=[aeiouáéíóú])/g, '');
  let count = 0;
  let before = '';
  for (const letter of heard) {
    const isVowel = vowels.includes(letter);
    const isParted =
      [before, letter].every((each) => strong.includes(each)) || isAccented(before) || isAccented(letter);
    if (isVowel && (before === '' || isParted)) count += 1;
    before = isVowel ? letter : '';
  }
  return Math.max(1, count);
}

function isAccented(letter: string): boolean {
  return letter !== '' && accentedWeak.includes(letter);
}
