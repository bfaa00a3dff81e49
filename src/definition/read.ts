import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';

/** A file as read: its path as the user named it, with forward slashes, and its text. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** `questionnaire` is there where no diagnostic is an error. */
export interface Reading {
  readonly questionnaire?: Questionnaire;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `questionnaire.yaml` with the tables beside it: shape, names, conditions and their types. Never throws. */
export function readQuestionnaire(_main: SourceText, _tables: readonly SourceText[]): Reading {
  throw new Error('not built yet');
}
