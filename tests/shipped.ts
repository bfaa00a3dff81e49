import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readQuestionnaire, type SourceText } from '../src/definition/read.ts';
import { readAnswers } from '../src/exchange/answers.ts';
import type { Answers } from '../src/model/answers.ts';
import type { Questionnaire } from '../src/model/questionnaire.ts';

/* A value once read serves all tests of the process. */
const known: { questionnaire?: Questionnaire; baseline?: Answers } = {};

/** The folder of the shipped definition. */
export const shippedFolder = fileURLToPath(new URL('../questionnaires/iv-ketamine', import.meta.url));

/** The files of the shipped definition: the questionnaire, and its tables. */
export function shippedSources(): { readonly main: SourceText; readonly tables: readonly SourceText[] } {
  const read = (path: string): SourceText => ({ path, text: readFileSync(`${shippedFolder}/${path}`, 'utf8') });
  return { main: read('questionnaire.yaml'), tables: [read('antidepressants.yaml')] };
}

/** The shipped definition, read once; throws where it has a problem. */
export function shippedQuestionnaire(): Questionnaire {
  known.questionnaire ??= changedQuestionnaire();
  return known.questionnaire;
}

/** The answers of the unremarkable applicant. */
export function shippedBaseline(): Answers {
  known.baseline ??= readAnswers(shippedQuestionnaire(), shippedBaselineSheet).answers;
  return known.baseline;
}

/** The same as a sheet. */
export const shippedBaselineSheet: Readonly<Record<string, unknown>> = parse(
  readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8'),
).answers;

/**
 * The shipped definition, read anew, with texts in it changed: pairs of what stands there and what is put in its place.
 * Without a change it is equal to the shipped one and not the same.
 */
export function changedQuestionnaire(...changes: readonly (RegExp | string)[]): Questionnaire {
  const { main, tables } = shippedSources();
  let { text } = main;
  for (let at = 0; at < changes.length; at += 2) {
    const before = text;
    text = text.replace(changes[at] as RegExp, changes[at + 1] as string);
    if (text === before) throw new Error(`nothing to change: ${changes[at]}`);
  }
  const { questionnaire, diagnostics } = readQuestionnaire({ ...main, text }, tables);
  if (!questionnaire) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return questionnaire;
}
