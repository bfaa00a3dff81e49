import { Lexer } from 'yaml';

/** A comment of a YAML file: its text without the `#`, trimmed, and its offsets from the `#` to the end of the line. */
export interface YamlComment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Marks that the lexer puts between the pieces of a text: start of a document, end of a flow map, start of a scalar. */
const [documentMark, flowEndMark, scalarMark] = ['\u0002', '\u0018', '\u001f'];

/** Every comment of a YAML text, in order. A `#` in a quoted text or a block of text is none. */
export function commentsIn(text: string): readonly YamlComment[] {
  const comments: YamlComment[] = [];
  let at = 0;
  let isScalar = false;
  for (const piece of new Lexer().lex(text)) {
    if (piece === documentMark || piece === flowEndMark) continue;
    if (piece === scalarMark) {
      isScalar = true;
      continue;
    }
    if (piece.startsWith('#') && !isScalar)
      comments.push({ text: piece.slice(1).trim(), start: at, end: at + piece.trimEnd().length });
    isScalar = false;
    at += piece.length;
  }
  return comments;
}
