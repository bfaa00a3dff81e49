import { brokenConstraints } from '../engine/accept.ts';
import { assess } from '../engine/assess.ts';
import { itemsOf, questionsIn } from '../engine/items.ts';
import { enablementOf, type Situation, situationOf } from '../engine/situation.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Assessment, Finding } from '../model/assessment.ts';
import type { ChoiceItem, Constraint, GroupItem, Item, QuestionItem, Questionnaire } from '../model/questionnaire.ts';

/** One thing that is asked at a time: a question, a grid of them, or a repeat with its entries. */
export type Step = { readonly linkId: string; readonly section: GroupItem; readonly group?: GroupItem } & (
  | { readonly kind: 'question'; readonly item: QuestionItem }
  | { readonly kind: 'grid'; readonly item: GroupItem }
  | {
      readonly kind: 'repeat';
      readonly item: GroupItem;
      readonly entry: string;
      readonly min: number;
      readonly max: number;
    }
);

export type RepeatStep = Extract<Step, { kind: 'repeat' }>;

/** Where in a step the person is. `index` counts entries and `row` lines of a grid, from 0; `row` past the last: all are scored. */
export type Place =
  | { readonly kind: 'question'; readonly linkId: string }
  | { readonly kind: 'grid'; readonly linkId: string; readonly row: number }
  | { readonly kind: 'entries'; readonly linkId: string }
  | { readonly kind: 'field'; readonly linkId: string; readonly index: number; readonly field: string };

const known = new WeakMap<Questionnaire, readonly Step[]>();

/** Every step of a questionnaire, in asking order. */
export function stepsOf(questionnaire: Questionnaire): readonly Step[] {
  const steps = known.get(questionnaire) ?? questionnaire.items.flatMap((section) => stepsIn(section, section));
  known.set(questionnaire, steps);
  return steps;
}

function stepsIn(item: Item, section: GroupItem): readonly Step[] {
  const { linkId } = item;
  if (item.type !== 'group') return [{ kind: 'question', linkId, section, item }];
  if (item.repeats) return [{ kind: 'repeat', linkId, section, item, ...item.repeats }];
  if (item.presentation === 'grid' && item.items.every(isSingleChoice))
    return [{ kind: 'grid', linkId, section, item }];
  const steps = item.items.flatMap((child) => stepsIn(child, section));
  return item === section ? steps : steps.map((step) => ({ ...step, group: item }));
}

function isSingleChoice(item: Item): item is ChoiceItem {
  return item.type === 'choice' && !item.repeats;
}

/** What the answers given so far come to. */
export interface Standing {
  readonly situation: Situation;
  /** The answers that count: those to questions that are not asked are set aside. */
  readonly used: Answers;
  /** The linkIds of answers set aside. */
  readonly setAside: readonly string[];
  /** The steps that are asked, in asking order. */
  readonly steps: readonly Step[];
  readonly broken: readonly Constraint[];
  readonly assessment: Assessment;
}

const standings = new WeakMap<Answers, Standing>();

/** Where things stand with these answers; worked out once for one `answers`. */
export function standingOf(questionnaire: Questionnaire, answers: Answers): Standing {
  const standing = standings.get(answers) ?? workOut(questionnaire, answers);
  standings.set(answers, standing);
  return standing;
}

function workOut(questionnaire: Questionnaire, answers: Answers): Standing {
  const all = situationOf(questionnaire, answers);
  const setAside = [...answers.keys()].filter((linkId) => enablementOf(all, linkId) === false);
  const used = new Map([...answers].filter(([linkId]) => !setAside.includes(linkId)));
  const situation = situationOf(questionnaire, used);
  return {
    situation,
    used,
    setAside,
    steps: stepsOf(questionnaire).filter((step) => isAsked(step, situation)),
    broken: brokenConstraints(questionnaire, used),
    assessment: assess(questionnaire, used),
  };
}

/** Enabled; or answered while its enablement is unknown, so that the answer can be seen and changed. */
function isAsked(step: Step, situation: Situation): boolean {
  return step.kind === 'grid' ? rowsOf(step.item, situation).length > 0 : isShown(step.linkId, situation);
}

function isShown(linkId: string, situation: Situation): boolean {
  const enablement = enablementOf(situation, linkId);
  return enablement === true || (enablement === 'unknown' && situation.answers.has(linkId));
}

/** The lines of a grid that are asked. */
export function rowsOf(grid: GroupItem, situation: Situation): readonly ChoiceItem[] {
  return grid.items.filter(isSingleChoice).filter(({ linkId }) => isShown(linkId, situation));
}

/** The questions asked in each entry of a repeat. */
export function fieldsOf(repeat: GroupItem, situation: Situation): readonly QuestionItem[] {
  return questionsIn(repeat).filter(({ linkId }) => isShown(linkId, situation));
}

/** The question or repeat that a place is about. */
export function itemAt(questionnaire: Questionnaire, place: Place): Item {
  const linkId = place.kind === 'field' ? place.field : place.linkId;
  const placed = itemsOf(questionnaire).get(linkId);
  if (!placed) throw new Error(`no item ${linkId}`);
  return placed.item;
}

/** The entries of a repeat; none where it was not asked or is absent. */
export function entriesOf(answers: Answers, linkId: string): readonly Answers[] {
  const answer = answers.get(linkId);
  return Array.isArray(answer) ? (answer as readonly Answers[]) : [];
}

/** The answer at a place; undefined where there is none. */
export function answerAtPlace(answers: Answers, place: Place): Answer | undefined {
  switch (place.kind) {
    case 'question':
    case 'entries':
      return answers.get(place.linkId);
    case 'field':
      return entriesOf(answers, place.linkId)[place.index]?.get(place.field);
    case 'grid':
      return undefined;
  }
}

/** `answers` with the answer at a question or field; a field of the entry after the last starts that entry. */
export function withAnswer(answers: Answers, place: Place, answer: Answer): Answers {
  if (place.kind !== 'field') return new Map(answers).set(place.linkId, answer);
  const entries = [...entriesOf(answers, place.linkId)];
  entries[place.index] = new Map(entries[place.index] ?? []).set(place.field, answer);
  return new Map(answers).set(place.linkId, entries);
}

/** The name under which a place is remembered as skipped. */
export function pathOfPlace(place: Place): string {
  return place.kind === 'field'
    ? `${place.linkId}[${place.index + 1}]${place.field.slice(place.linkId.length)}`
    : place.linkId;
}

/** What has been said beside answers: optional questions left out, repeats with no more entries. */
export interface Progress {
  readonly answers: Answers;
  readonly skipped: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
}

/** The first place in a step that still needs something; undefined where the step is complete. */
export function openPlace(step: Step, progress: Progress, standing: Standing): Place | undefined {
  const { linkId } = step;
  switch (step.kind) {
    case 'question':
      return isOpen(step.item, { kind: 'question', linkId }, progress) || isBroken(standing, linkId)
        ? { kind: 'question', linkId }
        : undefined;
    case 'grid': {
      const rows = rowsOf(step.item, standing.situation);
      const row = rows.findIndex(
        (each) => isOpen(each, { kind: 'question', linkId: each.linkId }, progress) || isBroken(standing, each.linkId),
      );
      return row === -1 ? undefined : { kind: 'grid', linkId, row };
    }
    case 'repeat':
      return openInRepeat(step, progress, standing);
  }
}

function openInRepeat(step: RepeatStep, progress: Progress, { situation }: Standing): Place | undefined {
  const { linkId } = step;
  if (isAbsent(progress.answers.get(linkId))) return undefined;
  const entries = entriesOf(progress.answers, linkId);
  for (const index of entries.keys()) {
    for (const { linkId: field, ...item } of fieldsOf(step.item, situation)) {
      const place: Place = { kind: 'field', linkId, index, field };
      if (isOpen(item, place, progress)) return place;
    }
  }
  return progress.closed.has(linkId) && entries.length >= step.min ? undefined : { kind: 'entries', linkId };
}

function isOpen({ required }: { readonly required: boolean }, place: Place, { answers, skipped }: Progress): boolean {
  return answerAtPlace(answers, place) === undefined && (required || !skipped.has(pathOfPlace(place)));
}

function isBroken(standing: Standing, linkId: string): boolean {
  return standing.broken.some((constraint) => constraint.linkId === linkId);
}

/** The first place that still needs something; undefined where every question that is asked has its answer. */
export function nextOpen(questionnaire: Questionnaire, progress: Progress): Place | undefined {
  const standing = standingOf(questionnaire, progress.answers);
  for (const step of standing.steps) {
    const place = openPlace(step, progress, standing);
    if (place) return place;
  }
  return undefined;
}

/** Where a step is entered when it is revisited. */
export function startOf(step: Step): Place {
  const { linkId } = step;
  switch (step.kind) {
    case 'question':
      return { kind: 'question', linkId };
    case 'grid':
      return { kind: 'grid', linkId, row: 0 };
    case 'repeat':
      return { kind: 'entries', linkId };
  }
}

/** Findings settled by what was answered, and not by what is still to be asked. */
export function settledFindings({ assessment, used }: Standing): readonly Finding[] {
  return assessment.findings.filter(({ absent }) => absent.every((path) => isAnsweredPath(used, path)));
}

function isAnsweredPath(answers: Answers, path: string): boolean {
  const [, linkId = path, position, field] = /^(.+?)\[(\d+)\](.+)$/.exec(path) ?? [];
  if (position === undefined) return answers.has(linkId);
  return entriesOf(answers, linkId)[Number(position) - 1]?.has(`${linkId}${field}`) ?? false;
}

/** The step that an answer path belongs to: `trial[2].dose` to that of `trial`. */
export function stepOfPath(questionnaire: Questionnaire, path: string): Step | undefined {
  const linkId = path.replace(/\[.*$/, '');
  return stepsOf(questionnaire).find(
    (step) => step.linkId === linkId || (step.kind === 'grid' && step.item.items.some((row) => row.linkId === linkId)),
  );
}
