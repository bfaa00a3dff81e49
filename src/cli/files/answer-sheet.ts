import { type AnswerError, readAnswers } from '../../exchange/answers.ts';
import { type ReadJson, readJson } from '../../exchange/json.ts';
import { isResource } from '../../exchange/records.ts';
import type { Answers } from '../../model/answers.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { CommandError, Exit, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { readSource } from './read-source.ts';
import { dayIn, readText } from './source.ts';

/** What a sheet is read for. */
export interface SheetPlace {
  readonly questionnaire: Questionnaire;
  /** The question that asks for the day of the visit. */
  readonly visitDate: string;
  readonly timeZone: string;
  /** The day of the visit for a sheet that has none; else today at the clinic. */
  readonly on?: string;
}

/**
 * Reads an answer sheet, JSON or a FHIR QuestionnaireResponse (`-` is standard input). One that is not accepted is a CommandError with
 * exit 2.
 */
export async function loadAnswers(source: string, place: SheetPlace, io: Io): Promise<Answers> {
  const text = source === '-' ? await readText(source, io.stdin) : (await readSource(io.cwd, source, io)).text;
  const { value, errors: unread } = await readSheet(place.questionnaire, text);
  if (unread.length > 0) throw refusedSheet(unread);
  const { answers, errors } = readAnswers(place.questionnaire, withVisitDate(value, place, io));
  if (errors.length > 0) throw refusedSheet(errors);
  return answers;
}

/** What a text says as an answer sheet, not held to the questionnaire yet; `errors` where that cannot be told. */
export async function readSheet(questionnaire: Questionnaire, text: string): Promise<ReadJson> {
  const read = readJson(text.replace(/^\uFEFF/, ''));
  if (read.errors.length > 0 || !isResource(read.value)) return read;
  const { readResponse } = await import('../../exchange/fhir/read-response.ts');
  const { sheet, errors } = readResponse(questionnaire, read.value);
  return { value: sheet, errors: errors.map(({ at: _, ...error }) => error) };
}

function withVisitDate(sheet: unknown, { visitDate, timeZone, on }: SheetPlace, io: Io): unknown {
  if (typeof sheet !== 'object' || sheet === null || Array.isArray(sheet) || visitDate in sheet) return sheet;
  return { ...sheet, [visitDate]: on ?? dayIn(timeZone, io.now()) };
}

/** That answers are not accepted, and why. */
export function refusedSheet(
  errors: readonly Pick<AnswerError, 'linkId' | 'message'>[],
  exit: ExitCode = Exit.cannotStart,
): CommandError {
  const lines = errors.map(({ linkId, message }) => `  ${linkId === '' ? '' : `${linkId}: `}${message}`);
  return new CommandError(`the answers are not accepted\n${lines.join('\n')}`, exit, {
    hint: 'mend them and try again; nothing was decided',
  });
}
