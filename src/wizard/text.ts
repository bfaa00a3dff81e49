import { unprintable } from '../model/unprintable.ts';

/** `text` with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(unprintable, '');
}

const zeroWidth = /^[\p{M}\p{Cf}]$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]$/u;

/** Columns that a text takes on a terminal; never less than it does take. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += zeroWidth.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return width;
}

/** The longest beginning of `text` that takes at most `columns`. */
export function cut(text: string, columns: number): string {
  let [width, end] = [0, 0];
  for (const letter of text) {
    width += widthOf(letter);
    if (width > columns) break;
    end += letter.length;
  }
  return text.slice(0, end);
}

/** `text` in at most `columns`, its end as `...` where it is longer. */
export function shortened(text: string, columns: number): string {
  const clean = printable(text);
  return widthOf(clean) <= columns
    ? clean
    : `${cut(clean, Math.max(0, columns - 3)).trimEnd()}${'...'.slice(0, columns)}`;
}

/** `text` broken between words into lines of at most `columns`; a longer word is broken where it must be. Never empty. */
export function wrap(text: string, columns: number): readonly string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let line = '';
  for (let word of printable(text).split(' ')) {
    if (word === '') continue;
    if (line !== '' && widthOf(line) + 1 + widthOf(word) <= room) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (widthOf(word) > room) {
      const head = cut(word, room) || [...word].slice(0, 1).join('');
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** Wrapped behind `first`, the other lines indented as far as `first` is wide. */
export function hanging(first: string, text: string, columns: number): readonly string[] {
  const indent = widthOf(first) < columns / 2 ? widthOf(first) : 2;
  if (indent < widthOf(first)) return wrap(`${first}${text}`, columns);
  const rest = ' '.repeat(indent);
  return wrap(text, columns - indent).map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd());
}

/** `left` and `right` at the two ends of one line, or under each other where that is too narrow. */
export function atBothEnds(left: string, right: string, columns: number): readonly string[] {
  const [a, b] = [printable(left), printable(right)];
  const gap = columns - widthOf(a) - widthOf(b);
  return gap >= 2 ? [`${a}${' '.repeat(gap)}${b}`] : [shortened(a, columns), shortened(b, columns)];
}
