import { type Answers, isSameAnswer } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import type { Item } from '../model/questionnaire.ts';
import { numberOf, stepAnswer } from './review.ts';
import type { ReviewPage, WizardState } from './state.ts';
import { fieldsOf, rowsOf, type Standing, type Step, standingOf, stepsOf } from './steps.ts';
import { shortened } from './text.ts';

/** What a change from the review did: each answer that is another now, and the questions it adds and drops. Nothing where none is. */
export function changeWords(state: WizardState, { since }: ReviewPage): readonly string[] {
  if (since === undefined || since === state.answers) return [];
  const changed = stepsOf(state.questionnaire).filter((step) => isOther(step, since, state.answers));
  if (changed.length === 0) return [];
  const [before, after] = [standingOf(state.questionnaire, since), standingOf(state.questionnaire, state.answers)];
  const [added, dropped] = [newlyAsked(before, after), newlyAsked(after, before)];
  return [
    ...changed.map((step) => changedWords(state, since, step)),
    `This adds ${questionsNamed(added, 'no question')} and drops ${questionsNamed(dropped, 'none')}.`,
  ];
}

function isOther(step: Step, before: Answers, after: Answers): boolean {
  const linkIds = step.kind === 'grid' ? step.item.items.map(({ linkId }) => linkId) : [step.linkId];
  return linkIds.some((linkId) => !isSameAnswer(before.get(linkId), after.get(linkId)));
}

function changedWords(state: WizardState, since: Answers, step: Step): string {
  const [before, after] = [since, state.answers].map((answers) => {
    const standing = standingOf(state.questionnaire, answers);
    return shortened(stepAnswer({ ...state, answers }, standing, step), longestName);
  });
  const number = numberOf(standingOf(state.questionnaire, state.answers), step);
  const what = number > 0 ? String(number) : shortened(step.item.text, longestName);
  return before === after ? `Changed ${what}.` : `Changed ${what} from ${before} to ${after}.`;
}

/** What `after` asks and `before` does not: of a grid or a repeat that both ask, its lines or fields. */
function newlyAsked(before: Standing, after: Standing): readonly Item[] {
  return after.steps.flatMap((step): readonly Item[] => {
    if (!before.steps.some(({ linkId }) => linkId === step.linkId)) return [step.item];
    const earlier = new Set(partsOf(step, before).map(({ linkId }) => linkId));
    return partsOf(step, after).filter(({ linkId }) => !earlier.has(linkId));
  });
}

function partsOf(step: Step, { situation }: Standing): readonly Item[] {
  switch (step.kind) {
    case 'question':
      return [];
    case 'grid':
      return rowsOf(step.item, situation);
    case 'repeat':
      return fieldsOf(step.item, situation);
  }
}

/** Columns that an answer or a question takes in such a sentence. */
const longestName = 80;
const mostNames = 3;

/** `2 questions (When was it?; How long?)`; `none` where there is none. */
function questionsNamed(items: readonly Item[], none: string): string {
  if (items.length === 0) return none;
  const names = items.slice(0, mostNames).map(({ text }) => shortened(text, longestName));
  const rest = items.length > mostNames ? [`and ${items.length - mostNames} more`] : [];
  return `${counted(items.length, 'question')} (${[...names, ...rest].join('; ')})`;
}
