import { type AnswerError, readAnswers } from '../../exchange/answers.ts';
import { type ReadJson, readJson } from '../../exchange/json.ts';
import { isResource } from '../../exchange/records.ts';
import { withVisitDate } from '../../exchange/result.ts';
import type { Answers } from '../../model/answers.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { CommandError, Exit, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { readSource } from './read-source.ts';
import { readText } from './source.ts';

/**
 * Reads an answer sheet, JSON or a FHIR QuestionnaireResponse (`-` is standard input); `day` is the day of the visit for one that has
 * none. One that is not accepted is a CommandError with exit 2.
 */
export async function loadAnswers(source: string, questionnaire: Questionnaire, day: string, io: Io): Promise<Answers> {
  const text = source === '-' ? await readText(source, io.stdin) : (await readSource(io.cwd, source, io)).text;
  const { value, errors: unread } = await readSheet(questionnaire, text);
  if (unread.length > 0) throw refusedSheet(unread);
  const { answers, errors } = readAnswers(questionnaire, withVisitDate(questionnaire, value, day));
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
