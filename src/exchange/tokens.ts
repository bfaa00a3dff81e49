import type { Answer } from '../model/answers.ts';
import { type Field, readField } from './answers.ts';
import { decodeUtf8 } from './records.ts';
import { answerWriter } from './sheet-text.ts';

/**
 * What the texts that answer one question stand for. The few that come again and again are remembered; any other is
 * given to the reader that knows what it means, and to nobody where that finds something wrong.
 */
export class Tokens {
  readonly #field: Field;
  readonly #parse: (text: string) => unknown;
  readonly #write: (answer: Answer) => string;
  readonly #known: Token[] = [];
  #last = 0;
  #oldest = 0;

  /** `parse`: the JSON value that a text writes; it may throw where there is none. */
  constructor(field: Field, parse: (text: string) => unknown) {
    this.#field = field;
    this.#parse = parse;
    this.#write = answerWriter(field);
  }

  /** The text that stands at `at` where it is one of those remembered. It may go on after it. */
  match(bytes: Uint8Array, at: number): Token | undefined {
    const known = this.#known;
    const last = known[this.#last];
    if (last && isAt(last.bytes, bytes, at)) return last;
    for (let index = 0; index < known.length; index += 1) {
      const token = known[index] as Token;
      if (!isAt(token.bytes, bytes, at)) continue;
      this.#last = index;
      return token;
    }
    return undefined;
  }

  /** What a text, which `bytes` are, stands for; undefined where it is not accepted. */
  read(bytes: Uint8Array, text: string): Token | undefined {
    const answer = this.#answerOf(text);
    if (answer === undefined) return undefined;
    const { item } = this.#field;
    const token = { bytes, answer, isAsWritten: this.#write(answer) === text };
    if (item.type !== 'string' || item.table !== undefined) this.#remember({ ...token, bytes: bytes.slice() });
    return token;
  }

  #answerOf(text: string): Answer | undefined {
    try {
      const { answer, problems } = readField(this.#parse(text), this.#field);
      return problems.length === 0 ? answer : undefined;
    } catch {
      return undefined;
    }
  }

  #remember(token: Token): void {
    this.#last = this.#known.length < mostTokens ? this.#known.length : this.#oldest;
    this.#known[this.#last] = token;
    this.#oldest = (this.#last + 1) % mostTokens;
  }
}

export interface Token {
  readonly bytes: Uint8Array;
  readonly answer: Answer;
  /** `sheetWriter` writes the answer the same way. */
  readonly isAsWritten: boolean;
}

const mostTokens = 16;

/** `part` stands in `bytes` at `at`. */
export function isAt(part: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < part.length; index += 1) if (part[index] !== bytes[at + index]) return false;
  return true;
}

/** Most answers are short ASCII: those are put together faster than they are decoded. Undefined where it is not UTF-8. */
export function textAt(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (to - from > 32) return decodeUtf8(bytes.subarray(from, to));
  let text = '';
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return decodeUtf8(bytes.subarray(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}
