import { isAbsent } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import type { Disposition } from '../model/disposition.ts';
import type { GroupItem, Item } from '../model/questionnaire.ts';
import { answerText } from '../report/answer-text.ts';
import { gridSummary } from './ask-grid.ts';
import type { WizardState } from './state.ts';
import {
  nextOpen,
  openPlace,
  rowsOf,
  type Standing,
  type Step,
  settledFindings,
  standingOf,
  stepOfPath,
  stepsOf,
} from './steps.ts';
import { ruleOf } from './wording.ts';

/** What the review says, whatever it is shown on. */
export interface Review {
  readonly answers: number;
  /** No question that is asked is without its answer. */
  readonly isComplete: boolean;
  /** Findings that stand in the way, worst first. */
  readonly first: readonly ReviewFinding[];
  readonly sections: readonly ReviewSection[];
}

/** `numbers` are those of the questions it comes from. */
export interface ReviewFinding {
  readonly numbers: readonly number[];
  readonly disposition: Disposition;
  readonly rule: string;
  readonly text: string;
}

/** `state` is `complete`, or how many are to answer, not known and set aside. */
export interface ReviewSection {
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly questions: readonly { readonly number: number; readonly text: string; readonly answer: string }[];
  readonly setAside: readonly { readonly text: string; readonly answer: string }[];
}

/** The letters that open the sections of the review, first to last. */
export const sectionKeys = [...'abcdefghijklmnoprstuvwxyz'];

/** The answers so far, what to look at first, and what is missing. */
export function reviewOf(state: WizardState): Review {
  const standing = standingOf(state.questionnaire, state.answers);
  const settled = settledFindings(standing).filter(({ disposition }) => disposition !== 'proceed-with-conditions');
  return {
    answers: standing.used.size,
    isComplete: nextOpen(state.questionnaire, state) === undefined,
    first: settled.map((finding) => findingOf(state, standing, finding)),
    sections: state.questionnaire.items.map((section, index) =>
      sectionOf(state, standing, section, sectionKeys[index] ?? ''),
    ),
  };
}

function findingOf(
  state: WizardState,
  standing: Standing,
  { rule, disposition, absent, because }: Finding,
): ReviewFinding {
  const { reason } = ruleOf(state.questionnaire, rule);
  const paths = absent.length > 0 ? absent : because;
  const numbers = new Set(paths.map((path) => numberOf(standing, stepOfPath(state.questionnaire, path))));
  const text = absent.length > 0 ? `not settled, an answer is absent. ${reason}` : reason;
  return { numbers: [...numbers].filter((number) => number > 0), disposition, rule, text };
}

/** The number by which the review names a step; 0 where it is not asked. */
export function numberOf({ steps }: Standing, step: Step | undefined): number {
  return step === undefined ? 0 : steps.findIndex(({ linkId }) => linkId === step.linkId) + 1;
}

function sectionOf(state: WizardState, standing: Standing, section: GroupItem, key: string): ReviewSection {
  const steps = standing.steps.filter((step) => step.section === section);
  const aside = setAsideOf(standing, section, state);
  return {
    key,
    title: section.text,
    state: sectionState(state, standing, steps, aside.length),
    questions: steps.map((step) => ({
      number: numberOf(standing, step),
      text: step.item.text,
      answer: stepAnswer(state, standing, step),
    })),
    setAside: aside.map((item) => {
      const answer = state.answers.get(item.linkId);
      return { text: item.text, answer: answer === undefined ? '' : answerText(item, answer) };
    }),
  };
}

function sectionState(state: WizardState, standing: Standing, steps: readonly Step[], aside: number): string {
  const open = steps.filter((step) => openPlace(step, state, standing) !== undefined).length;
  const unknown = steps.reduce((sum, step) => sum + absentIn(standing, step), 0);
  const parts = [
    open > 0 ? `${open} to answer` : steps.length === 0 ? 'not asked' : 'complete',
    ...(unknown > 0 ? [`${unknown} not known`] : []),
    ...(aside > 0 ? [`${aside} set aside`] : []),
  ];
  return parts.join(', ');
}

function absentIn({ used, situation }: Standing, step: Step): number {
  const linkIds = step.kind === 'grid' ? rowsOf(step.item, situation).map(({ linkId }) => linkId) : [step.linkId];
  const own = linkIds.filter((linkId) => isAbsent(used.get(linkId))).length;
  const entries = used.get(step.linkId);
  if (step.kind !== 'repeat' || !Array.isArray(entries)) return own;
  return entries.reduce(
    (sum: number, entry) => sum + [...(entry as ReadonlyMap<string, never>).values()].filter(isAbsent).length,
    0,
  );
}

/** What was answered in a step, in words. */
export function stepAnswer(state: WizardState, { used, situation }: Standing, step: Step): string {
  if (step.kind === 'grid') {
    const { done, of, text } = gridSummary(state, step.item);
    const scores = rowsOf(step.item, situation)
      .map(({ linkId }) => shortScore(used.get(linkId)))
      .join(' ');
    return done < of ? `${done} of ${of}` : `${scores}${text === '' ? '' : ` (${text})`}`;
  }
  const answer = used.get(step.linkId);
  return answer === undefined ? 'no answer' : answerText(step.item, answer);
}

function shortScore(answer: unknown): string {
  return typeof answer === 'number' || typeof answer === 'string' ? String(answer) : '-';
}

/** Questions of a section whose answers are set aside. */
function setAsideOf(standing: Standing, section: GroupItem, { questionnaire }: WizardState): readonly Item[] {
  const items = stepsOf(questionnaire)
    .filter((step) => step.section === section)
    .flatMap((step): readonly Item[] => (step.kind === 'grid' ? step.item.items : [step.item]));
  return items.filter(({ linkId }) => standing.setAside.includes(linkId));
}
