import { teachBackQuestions } from '../../src/engine/teach-back.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import { parseDate } from '../../src/model/local-date.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import type { TeachBackBlock } from '../../src/model/template.ts';
import type { Key, KeyName } from '../../src/wizard/keys.ts';
import { begin } from '../../src/wizard/moves.ts';
import type { Beginning, WizardState } from '../../src/wizard/state.ts';
import { update } from '../../src/wizard/update.ts';
import { view } from '../../src/wizard/view.ts';
import { template } from '../document/sample.ts';
import { shippedBaselineSheet, shippedQuestionnaire } from '../shipped.ts';

export const shipped: Questionnaire = shippedQuestionnaire();
export const visit = parseDate('2026-03-10') as number;

/** An applicant with nothing in the way: the baseline of the golden cases. */
export const baselineSheet = shippedBaselineSheet;

/** The answers that a sheet holds. */
export function sheet(record: object): Answers {
  return readAnswers(shipped, record).answers;
}

export const baseline: Answers = sheet(baselineSheet);

/** What the shipped form has for patients to say in their own words. */
export const questions: readonly TeachBackBlock[] = teachBackQuestions(template);

/** A screening of the shipped questionnaire at its first question. */
export function started(beginning: Partial<Beginning> = {}): WizardState {
  return begin({ questionnaire: shipped, today: visit, questions, ...beginning }, 0);
}

/** A screening with every answer of the baseline but those to `open`, standing at the first of them. */
export function openAt(...open: readonly string[]): WizardState {
  const answers = new Map([...baseline].filter(([linkId]) => !open.includes(linkId)));
  return started({ answers, closed: ['trial'] });
}

const named: readonly string[] = [
  'enter',
  'back',
  'up',
  'down',
  'left',
  'right',
  'page-down',
  'backspace',
  'tab',
  'escape',
  'review',
  'interrupt',
  'end-of-input',
];

type Pressed = { readonly name: KeyName } | { readonly name: 'text'; readonly text: string };

/** Keys as words: `<enter>` is a key, anything else is typed letter by letter. */
function keysOf(...typed: readonly string[]): readonly Pressed[] {
  return typed.flatMap((each): readonly Pressed[] => {
    const name = /^<(.+)>$/.exec(each)?.[1];
    if (name !== undefined && named.includes(name)) return [{ name: name as KeyName }];
    return [...each].map((text) => ({ name: 'text', text }));
  });
}

/** The screening after these keys, each a second after the one before. */
export function press(state: WizardState, ...typed: readonly string[]): WizardState {
  return keysOf(...typed).reduce(
    (now, key, index) => update(now, { ...key, at: now.changedAt + 1000 + index } as Key),
    state,
  );
}

/** The screen as text. */
export function shown(state: WizardState, columns = 80, rows = 24): string {
  return view(state, columns, rows)
    .map(({ text }) => text)
    .join('\n');
}

/** The question that is asked, by linkId. */
export function place(state: WizardState): string {
  const { page } = state;
  if (page.kind !== 'ask') return page.kind;
  return page.place.kind === 'field' ? `${page.place.field}[${page.place.index + 1}]` : page.place.linkId;
}
