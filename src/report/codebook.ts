import type { Disposition } from '../model/disposition.ts';
import { unprintable } from '../model/unprintable.ts';
import type { Statement } from './condition-words/statement.ts';

/** A document to read and sign, without a word on how it is written down: Markdown, HTML and PDF are made from it. */
export interface Codebook {
  readonly title: string;
  /** On every page: which definition, and its digest. */
  readonly edition: { readonly definition: string; readonly digest: string };
  readonly chapters: readonly Chapter[];
}

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly CodebookBlock[];
}

/** Texts are plain: whoever writes them down escapes them. */
export type CodebookBlock =
  | { readonly kind: 'text'; readonly label?: string; readonly statement: Statement; readonly tone: 'plain' | 'quiet' }
  | { readonly kind: 'list'; readonly label?: string; readonly items: readonly Statement[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Widths of the columns; they add up to 1. */
      readonly columns: readonly number[];
    }
  | {
      /** A question, rule or value: folded away where the reader can. */
      readonly kind: 'entry';
      readonly id: string;
      readonly title: string;
      readonly blocks: readonly CodebookBlock[];
    }
  | {
      readonly kind: 'signature';
      readonly title: string;
      readonly lines: readonly (readonly { readonly label: string; readonly width: number }[])[];
    };

/** What changed since the definition that was signed, as plain data. */
export interface Changes {
  /** The signed one: id, version and digest in words. */
  readonly against: string;
  /** Each with its heading, the most important first. An empty list is said to be empty. */
  readonly lists: readonly { readonly title: string; readonly items: readonly Statement[] }[];
}

/** A patient on one side of a limit, and what the engine makes of them. */
export interface LimitPatient {
  readonly side: 'just below' | 'exactly at' | 'just above';
  /** The value that is compared, with its unit. */
  readonly value: string;
  readonly disposition: Disposition;
  /** Rules among the findings, worst first; `(missing answer)` after those that absence left open. */
  readonly findings: readonly string[];
  /** What differs from the baseline case, in words. */
  readonly changes: readonly string[];
}

/** A comparison of a value with a fixed number, and the patients around that number. */
export interface Limit {
  /** What is compared: a question, a calculated value, an interval. */
  readonly subject: string;
  readonly limit: string;
  /** Rules that compare it. */
  readonly rules: readonly string[];
  readonly patients: readonly LimitPatient[];
}

/** A text on one line, with nothing in it that a terminal or a reader would obey. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(unprintable, '').trim();
}
