import type { Answer } from '../model/answers.ts';
import { joined } from '../model/bytes.ts';
import { mostDays } from '../model/local-date.ts';
import { remembering } from '../model/memo.ts';
import { acceptedBy, comesAgain, type Field } from './answers.ts';
import { isAt, type Pattern, patternOf } from './pattern.ts';
import { decodeUtf8 } from './records.ts';
import { valueWriter } from './sheet-text.ts';

/**
 * What the texts that answer one question stand for. The few that come again and again are remembered; any other is
 * given to the reader that knows what it means, and to nobody where that finds something wrong.
 */
export class Tokens {
  readonly #field: Field;
  readonly #parse: (text: string) => unknown;
  readonly #accept: (text: string) => Answer | undefined;
  readonly #write: (answer: Answer) => string;
  readonly #before: Uint8Array;
  readonly #known: Token[] = [];
  #last = 0;
  #oldest = 0;

  /**
   * `parse`: the JSON value that a text writes; it may throw where there is none. `before`: what mostly stands before
   * each of them.
   */
  constructor(field: Field, parse: (text: string) => unknown, before: Uint8Array = new Uint8Array(0)) {
    this.#field = field;
    this.#parse = parse;
    this.#before = before;
    this.#accept = textAccepter(field);
    this.#write = valueWriter(field);
  }

  /** The text that stands at `at` where it is one of those remembered. It may go on after it. */
  match(bytes: Uint8Array, view: DataView, at: number): Token | undefined {
    const known = this.#known;
    const last = known[this.#last];
    if (last && isAt(last.text, bytes, view, at)) return last;
    for (let index = 0; index < known.length; index += 1) {
      const token = known[index] as Token;
      if (!isAt(token.text, bytes, view, at)) continue;
      this.#last = index;
      return token;
    }
    return undefined;
  }

  /** What a text, which `bytes` are, stands for; undefined where it is not accepted. */
  read(bytes: Uint8Array, text: string): TokenRead | undefined {
    const answer = this.answerOf(text);
    if (answer === undefined) return undefined;
    const isAsWritten = this.#write(answer) === text;
    if (comesAgain(this.#field)) {
      // One shape for all of them: they are looked at all the time.
      this.#remember({ answer, isAsWritten, text: patternOf(bytes), whole: patternOf(joined([this.#before, bytes])) });
    }
    return { answer, isAsWritten };
  }

  /** What a text stands for; undefined where it is not accepted. */
  answerOf(text: string): Answer | undefined {
    try {
      const raw = this.#parse(text);
      return typeof raw === 'string' ? this.#accept(raw) : acceptedBy(this.#field, raw);
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

/** What a text without quotes answers; undefined where it is not accepted. */
export function textAccepter(field: Field): (text: string) => Answer | undefined {
  const accept = (text: string): Answer | undefined => acceptedBy(field, text);
  return field.item.type === 'date' ? remembering(mostDays, accept) : accept;
}

/** What a text stands for. */
export interface TokenRead {
  readonly answer: Answer;
  /** `sheetWriter` writes the answer the same way. */
  readonly isAsWritten: boolean;
}

/** A text that is remembered. */
export interface Token extends TokenRead {
  readonly text: Pattern;
  /** With what mostly stands before it. */
  readonly whole: Pattern;
}

const mostTokens = 16;

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
