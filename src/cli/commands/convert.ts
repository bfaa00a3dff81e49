import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { visitIn } from '../../engine/validity.ts';
import { readAnswers, writeAnswers } from '../../exchange/answers.ts';
import { readJson } from '../../exchange/json.ts';
import { isResource } from '../../exchange/records.ts';
import type { Answers } from '../../model/answers.ts';
import { formatDate } from '../../model/local-date.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { jsonText } from '../../report/json-text.ts';
import { loadDefinition, mainName } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { refusedSheet } from '../files/answer-sheet.ts';
import { readSource } from '../files/read-source.ts';
import { readText } from '../files/source.ts';
import { printable, tellWritten, writeOut } from '../files/write-out.ts';
import { refuseFile, writeWhole } from '../files/write-whole.ts';
import type { Io } from '../io.ts';

export interface ConvertOptions {
  readonly to?: string;
  readonly output?: string;
  /** The definition that answers belong to. */
  readonly questionnaire?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** What a conversion gives: its text, and what it could not carry. */
interface Converted {
  readonly text: string;
  readonly notCarried: readonly string[];
}

/**
 * Writes FHIR R4 out of a definition (a folder or its questionnaire.yaml) or an answer sheet, and either out of FHIR again, to `output`
 * (default standard output), whole or not at all. A file that was written and what could not be carried are said on standard error, names and all. Answers that are not
 * accepted are a CommandError with exit 1.
 */
export async function convert(file: string, options: ConvertOptions, io: Io): Promise<number> {
  const { to, output = '-' } = options;
  if (to !== 'fhir' && to !== 'preinfuse') {
    const message = to === undefined ? 'convert needs to know what to write' : `there is no spelling ${printable(to)}`;
    throw new CommandError(message, Exit.cannotStart, { hint: 'say --to fhir or --to preinfuse' });
  }
  const target = output === '-' ? undefined : resolve(io.cwd, output);
  if (target !== undefined && options.force !== true) {
    await refuseFile(target, output, 'name another file, or replace it with --force');
  }
  const { text, notCarried } = await (to === 'fhir' ? toFhir(file, options, io) : fromFhir(file, options, io));
  if (target === undefined) await writeOut(io.stdout, text);
  else {
    await writeWhole(target, text);
    await tellWritten([output], options, io);
  }
  if (notCarried.length > 0 && options.quiet !== true) {
    await writeOut(
      io.stderr,
      `Not carried, or still to be written:\n${notCarried.map((line) => `  ${printable(line)}\n`).join('')}`,
    );
  }
  return Exit.ok;
}

async function toFhir(file: string, options: ConvertOptions, io: Io): Promise<Converted> {
  const folder = await folderOf(file, io);
  if (folder !== undefined) {
    const { questionnaire } = await loadDefinition(folder, io);
    const { fhirQuestionnaireOf } = await import('../../exchange/fhir/questionnaire.ts');
    const { resource, notCarried } = fhirQuestionnaireOf(questionnaire);
    return { text: jsonText(resource), notCarried };
  }
  const value = await jsonIn(file, io);
  if (isResource(value)) throw isAlready('FHIR', 'preinfuse');
  const { questionnaire } = await loadDefinition(options.questionnaire, io);
  const answers = accepted(questionnaire, value);
  const { questionnaireResponseOf } = await import('../../exchange/fhir/questionnaire-response.ts');
  const day = visitIn(questionnaire, answers);
  return {
    text: jsonText(questionnaireResponseOf(questionnaire, answers, day === undefined ? undefined : formatDate(day))),
    notCarried: [],
  };
}

async function fromFhir(file: string, options: ConvertOptions, io: Io): Promise<Converted> {
  const value = (await folderOf(file, io)) === undefined ? await jsonIn(file, io) : undefined;
  if (!isResource(value)) throw isAlready('a definition or an answer sheet of preinfuse', 'fhir');
  const { readFhirQuestionnaire } = await import('../../exchange/fhir/read-questionnaire.ts');
  const read = readFhirQuestionnaire(value);
  if (read) {
    const { questionnaireText } = await import('../../definition/questionnaire-text.ts');
    return { text: questionnaireText(read.text), notCarried: read.notCarried };
  }
  const { questionnaire } = await loadDefinition(options.questionnaire, io);
  const { readResponse } = await import('../../exchange/fhir/read-response.ts');
  const { sheet, errors } = readResponse(questionnaire, value);
  if (errors.some(({ code }) => code === 'not-a-record')) throw otherResource();
  if (errors.length > 0) throw refusedSheet(errors, Exit.findings);
  return { text: jsonText(writeAnswers(questionnaire, accepted(questionnaire, sheet))), notCarried: [] };
}

/** The folder of a definition that a name means, as it was named; undefined where it is a file of answers or of FHIR. */
async function folderOf(file: string, { cwd }: Io): Promise<string | undefined> {
  if (basename(file) === mainName) return dirname(file);
  const there = file === '-' ? undefined : await stat(resolve(cwd, file)).catch(() => undefined);
  return there?.isDirectory() ? file : undefined;
}

async function jsonIn(file: string, io: Io): Promise<unknown> {
  const text = file === '-' ? await readText(file, io.stdin) : (await readSource(io.cwd, file, io)).text;
  const { value, errors } = readJson(text.replace(/^\uFEFF/, ''));
  if (errors.length > 0) throw refusedSheet(errors, Exit.findings);
  return value;
}

function accepted(questionnaire: Questionnaire, sheet: unknown): Answers {
  const { answers, errors } = readAnswers(questionnaire, sheet);
  if (errors.length > 0) throw refusedSheet(errors, Exit.findings);
  return answers;
}

function isAlready(what: string, other: string): CommandError {
  return new CommandError(`this is ${what} already`, Exit.cannotStart, { hint: `the other way is --to ${other}` });
}

function otherResource(): CommandError {
  return new CommandError('this is neither a Questionnaire nor a QuestionnaireResponse', Exit.cannotStart, {
    hint: 'give one resource; a Bundle of responses is screened with preinfuse batch FILE --format fhir',
  });
}
