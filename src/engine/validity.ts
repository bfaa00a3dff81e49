import { type Answers, isAbsent } from '../model/answers.ts';
import type { Assessment, Finding } from '../model/assessment.ts';
import { severityRank } from '../model/disposition.ts';
import type { DayNumber } from '../model/local-date.ts';
import type { Parameter, Questionnaire } from '../model/questionnaire.ts';
import { assess, assessmentOf } from './assess.ts';
import { itemsOf, wholeItems } from './items.ts';

/** Answers that hold for so many days after the one they were given on; 0 is that day alone. */
export interface ValidityWindow {
  readonly parameter: Parameter;
  readonly days: number;
  /** What it covers, in asking order. */
  readonly linkIds: readonly string[];
}

/** The windows of a definition, in the order of its parameters. An item's own goes before that of a group around it. */
export function windowsOf(questionnaire: Questionnaire): readonly ValidityWindow[] {
  const named = wholeItems(questionnaire).map(({ linkId }) => ({ linkId, name: windowName(questionnaire, linkId) }));
  return questionnaire.parameters.flatMap((parameter) => {
    const linkIds = named.filter(({ name }) => name === parameter.name).map(({ linkId }) => linkId);
    return linkIds.length === 0 ? [] : [{ parameter, days: parameter.value, linkIds }];
  });
}

function windowName(questionnaire: Questionnaire, linkId: string): string | undefined {
  const placed = itemsOf(questionnaire).get(linkId);
  return placed && [...placed.groups, placed.item].findLast(({ validFor }) => validFor !== undefined)?.validFor;
}

/** When answers were given: on the day of the visit, but for those that an earlier day gave. */
export interface Given {
  readonly visit: DayNumber;
  readonly earlier: ReadonlyMap<string, DayNumber>;
}

/** The question that asks for the day of the visit. */
export function visitQuestion(questionnaire: Questionnaire): string | undefined {
  return wholeItems(questionnaire).find((item) => item.type === 'date' && item.initial === 'visit')?.linkId;
}

/** The day of the visit that answers name; undefined where they do not. */
export function visitIn(questionnaire: Questionnaire, answers: Answers): DayNumber | undefined {
  const linkId = visitQuestion(questionnaire);
  const day = linkId === undefined ? undefined : answers.get(linkId);
  return typeof day === 'number' ? day : undefined;
}

/**
 * `earlier` for answers given on `today`: where the day of the visit was put later than that, they were given before it all the
 * same, and age from the day they were given on.
 */
export function earlierThanVisit(
  questionnaire: Questionnaire,
  answers: Answers,
  earlier: Given['earlier'],
  today: DayNumber,
): Given['earlier'] {
  if ((visitIn(questionnaire, answers) ?? today) <= today) return earlier;
  const linkIds = windowsOf(questionnaire).flatMap((window) => window.linkIds);
  return new Map(linkIds.map((linkId) => [linkId, earlier.get(linkId) ?? today]));
}

/** First day on which something that a window covers is past its time, by name of its parameter; whether it was answered or not. */
export function windowEnds(questionnaire: Questionnaire, given: Given): ReadonlyMap<string, DayNumber> {
  return new Map(
    windowsOf(questionnaire).map(({ parameter, days, linkIds }) => [
      parameter.name,
      Math.min(...linkIds.map((linkId) => givenOn(linkId, given))) + days + 1,
    ]),
  );
}

function givenOn(linkId: string, { visit, earlier }: Given): DayNumber {
  return Math.min(visit, earlier.get(linkId) ?? visit);
}

/** The answers that are past their time on a day, in asking order. That nobody knows or says something does not grow old. */
export function expiredOn(
  questionnaire: Questionnaire,
  answers: Answers,
  given: Given,
  on: DayNumber,
): readonly string[] {
  return windowsOf(questionnaire).flatMap(({ days, linkIds }) =>
    linkIds.filter((linkId) => {
      const answer = answers.get(linkId);
      return answer !== undefined && !isAbsent(answer) && givenOn(linkId, given) + days < on;
    }),
  );
}

/**
 * The assessment of answers on a later day. What is past its time counts as not asked; each rule keeps the worst that it came to
 * on any day until then. So waiting never makes an outcome milder, whatever the definition says.
 */
export function assessOn(questionnaire: Questionnaire, answers: Answers, given: Given, on: DayNumber): Assessment {
  const assessments = stepsUntil(questionnaire, answers, given, on).map((expired) =>
    assess(questionnaire, without(answers, expired)),
  );
  const [first, ...later] = assessments as [Assessment, ...Assessment[]];
  const { values, notAsked } = later.at(-1) ?? first;
  const worst = new Map<string, Finding>();
  for (const finding of assessments.flatMap(({ findings }) => findings)) {
    const before = worst.get(finding.rule);
    if (!before || severityRank(finding.disposition) < severityRank(before.disposition))
      worst.set(finding.rule, finding);
  }
  return assessmentOf([...worst.values()], values, notAsked);
}

/** What is past its time, from nothing to all of that day, each time that it becomes more. */
function stepsUntil(
  questionnaire: Questionnaire,
  answers: Answers,
  given: Given,
  on: DayNumber,
): readonly (readonly string[])[] {
  const ends = windowsOf(questionnaire).flatMap(({ days, linkIds }) =>
    linkIds.map((linkId) => givenOn(linkId, given) + days + 1),
  );
  const days = [...new Set(ends)].filter((day) => day <= on).sort((a, b) => a - b);
  return [[], ...days.map((day) => expiredOn(questionnaire, answers, given, day))];
}

/** The answers that are left without these. */
export function without(answers: Answers, linkIds: readonly string[]): Answers {
  return new Map([...answers].filter(([linkId]) => !linkIds.includes(linkId)));
}
