import { assessOn, windowEnds, windowsOf } from '../../engine/validity.ts';
import { writeAnswers } from '../../exchange/answers.ts';
import { counted } from '../../model/counted.ts';
import { formatDate, parseDate } from '../../model/local-date.ts';
import { type Questionnaire, questionnaireName } from '../../model/questionnaire.ts';
import { readEdits } from '../../record/draft.ts';
import type { FormDocument, Life } from '../../record/life.ts';
import { describeAssessment } from '../../report/assessment.ts';
import { describeClearingEdits } from '../../report/clearing-edits.ts';
import { isDecidedByAnother, type OpenedRecord, pastTime } from './stored-records.ts';

/** One finished screening for people, as it stands on a day (`YYYY-MM-DD`). The caller makes the lines safe to print. */
export function describeRecord(
  questionnaire: Questionnaire,
  digest: string,
  opened: OpenedRecord,
  day: string,
  { columns }: { readonly columns: number },
): readonly string[] {
  const { found, life, answers, given, lost } = opened;
  const on = parseDate(day) ?? given.visit;
  const expired = pastTime(questionnaire, opened, on);
  return [
    `${found.id}  ${found.state}, version ${found.version}, last saved ${found.saved} by ${found.savedBy}`,
    '',
    ...lifeLines(life).map((line) => `  ${line}`),
    '',
    ...editLines(questionnaire, life, columns),
    ...(expired.length > 0
      ? [
          `Past their time, and below as if they had not been asked: ${counted(expired.length, 'answer')}`,
          ...pastLines(questionnaire, opened, on),
          `  Ask them again: preinfuse screen --again ${found.id}`,
          '',
        ]
      : []),
    ...(isDecidedByAnother(life, questionnaire, digest)
      ? [
          `Decided with another questionnaire (${life.screening.questionnaire}): ${life.screening.disposition}`,
          `  Below is what the one of today (${questionnaireName(questionnaire)}) makes of the same answers. No form is made of that.`,
          ...(lost > 0 ? [`  Answers that it does not take, below as if they had not been asked: ${lost}`] : []),
          `  Ask again: preinfuse screen --again ${found.id}`,
          '',
        ]
      : []),
    `As it stands on ${day}:`,
    ...describeAssessment(questionnaire, answers, assessOn(questionnaire, answers, given, on), { columns }),
  ];
}

/** What was changed while it was asked, and no longer stood in the way then. */
function editLines(questionnaire: Questionnaire, { screening }: Life, columns: number): readonly string[] {
  const clock = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const lines = describeClearingEdits(questionnaire, readEdits(questionnaire, screening.edits), clock, columns);
  return lines.length === 0 ? [] : [...lines, ''];
}

function pastLines(questionnaire: Questionnaire, { given }: OpenedRecord, on: number): readonly string[] {
  const ends = windowEnds(questionnaire, given);
  return windowsOf(questionnaire).flatMap(({ parameter }) => {
    const end = ends.get(parameter.name);
    return end !== undefined && end <= on ? [`  ${parameter.title}: since ${formatDate(end)}`] : [];
  });
}

function lifeLines({ screening, clearance, forms }: Life): readonly string[] {
  return [
    `completed ${screening.completed} with ${screening.questionnaire}: ${screening.disposition}`,
    ...(clearance ? [`cleared ${clearance.when} by ${clearance.name} (${clearance.licence}): ${clearance.why}`] : []),
    ...forms.map(formLine),
  ];
}

function formLine(form: FormDocument): string {
  if (form.is === 'issued') return `consent form issued ${form.at}: ${form.form}, ${form.file}`;
  return `${form.is} ${form.at}, written down by ${form.by}${form.why === undefined ? '' : `: ${form.why}`}`;
}

/** The same as data. */
export function recordResult(questionnaire: Questionnaire, digest: string, opened: OpenedRecord, day: string): object {
  const { found, life, answers, given, lost } = opened;
  const on = parseDate(day) ?? given.visit;
  const { disposition, findings } = assessOn(questionnaire, answers, given, on);
  const { id, state, version } = found;
  return {
    id,
    state,
    version,
    completed: life.screening.completed,
    questionnaire: life.screening.questionnaire,
    decided: life.screening.disposition,
    ...(isDecidedByAnother(life, questionnaire, digest) && {
      questionnaireNow: questionnaireName(questionnaire),
      lost,
    }),
    on: day,
    disposition,
    rules: findings.map(({ rule }) => rule),
    past: pastTime(questionnaire, opened, on),
    ...(life.clearance && { clearance: life.clearance }),
    ...(life.screening.edits && { edits: life.screening.edits }),
    forms: life.forms.map(({ format: _format, ...form }) => form),
    answers: writeAnswers(questionnaire, answers),
  };
}
