import type { Key } from './keys.ts';
import { printable } from './text.ts';

/** A line being typed. `cursor` counts code points from its start. */
export interface EditLine {
  readonly text: string;
  readonly cursor: number;
}

export const emptyLine: EditLine = { text: '', cursor: 0 };

/** More than any answer may have. */
const longest = 400;

/** A line with `text` in it and the cursor at its end. */
export function lineWith(text: string): EditLine {
  const clean = [...printable(text)].slice(0, longest);
  return { text: clean.join(''), cursor: clean.length };
}

/** The line after a key; the same object where the key is not for editing. */
export function edited(line: EditLine, key: Key): EditLine {
  const letters = [...line.text];
  const at = Math.min(line.cursor, letters.length);
  const to = (cursor: number): EditLine => (cursor === line.cursor ? line : { text: line.text, cursor });
  switch (key.name) {
    case 'text':
    case 'paste': {
      const typed = [...printable(key.text)].slice(0, longest - letters.length);
      if (typed.length === 0) return line;
      return { text: letters.toSpliced(at, 0, ...typed).join(''), cursor: at + typed.length };
    }
    case 'backspace':
      return at === 0 ? line : { text: letters.toSpliced(at - 1, 1).join(''), cursor: at - 1 };
    case 'delete':
      return at === letters.length ? line : { text: letters.toSpliced(at, 1).join(''), cursor: at };
    case 'erase-line':
      return line.text === '' ? line : emptyLine;
    case 'left':
      return to(Math.max(0, at - 1));
    case 'right':
      return to(Math.min(letters.length, at + 1));
    case 'home':
      return to(0);
    case 'end':
      return to(letters.length);
    default:
      return line;
  }
}
