import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/engine/accept.ts';
import { assess } from '../../src/engine/assess.ts';
import { itemsOf } from '../../src/engine/items.ts';
import { teachBackFor } from '../../src/engine/teach-back.ts';
import type { Answers } from '../../src/model/answers.ts';
import { consentForm } from '../../src/model/disposition.ts';
import { teachBackOutcomes } from '../../src/model/teach-back.ts';
import type { Key, KeyName } from '../../src/wizard/keys.ts';
import { hear, say } from '../../src/wizard/spoken.ts';
import type { WizardState } from '../../src/wizard/state.ts';
import { answerAtPlace, standingOf } from '../../src/wizard/steps.ts';
import { widthOf } from '../../src/wizard/text.ts';
import { update } from '../../src/wizard/update.ts';
import { view } from '../../src/wizard/view.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { baseline, baselineSheet, questions, sheet, shipped, started } from './driving.ts';

const names: readonly KeyName[] = [
  'enter',
  'back',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'page-up',
  'page-down',
  'backspace',
  'delete',
  'erase-line',
  'tab',
  'escape',
  'review',
];

const step = fc.oneof({ weight: 8, arbitrary: fc.constant(200) }, fc.integer({ min: 0, max: 130 }));
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...names).map((name) => ({ name })) },
  { weight: 3, arbitrary: fc.constant({ name: 'enter' as const }) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(...'0123456789yynnudx!?abq /-.').map((text) => ({ name: 'text' as const, text })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('told', '2026-03-10', '70 kg', '148/92', 'Ann', '日本語の名前', 'a\u001b[2J\u202eb', 'zoloft')
      .map((text) => ({ name: 'paste' as const, text })),
  },
);

/** Keys with the times at which they came. */
const presses = fc.array(fc.tuple(key, step), { minLength: 1, maxLength: 60 }).map((list) => {
  let at = 1000;
  return list.map(([pressed, after]): Key => {
    at += after;
    return { ...pressed, at } as Key;
  });
});

const someAnswers = fc.oneof(fc.constant<Answers>(new Map()), arbitraryAnswers(shipped, baseline));
/** What a screening starts from: some answers, a few of them taken away again. */
const somewhere = fc
  .tuple(someAnswers, fc.boolean(), fc.subarray([...baseline.keys()], { maxLength: 6 }))
  .map(([answers, needsEnter, open]) => ({
    needsEnter,
    answers: new Map([...answers].filter(([linkId]) => !open.includes(linkId))),
    closed: ['trial'],
  }));

/** All answered, or all but one, and some of the questions to the patient asked. */
const nearTheEnd = fc
  .tuple(
    fc.constantFrom({}, { 'cardiac.hypertension': 'treated' }),
    fc.subarray(['applicant.sex', 'eye.glaucoma'], { maxLength: 1 }),
    fc.dictionary(
      fc.constantFrom('purpose', 'risks', 'driving', 'stopping', 'blood-pressure'),
      fc.constantFrom(...teachBackOutcomes),
      { minKeys: 2 },
    ),
    fc.boolean(),
  )
  .map(([changes, open, outcomes, needsEnter]) => ({
    needsEnter,
    answers: new Map([...sheet({ ...baselineSheet, ...changes })].filter(([linkId]) => !open.includes(linkId))),
    closed: ['trial'],
    outcomes: Object.entries(outcomes),
  }));

/** Keys that such a screening has a use for, with others among them. */
const endPresses = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant({ name: 'enter' as const }) },
      { weight: 6, arbitrary: fc.constantFrom(...'11223').map((text) => ({ name: 'text' as const, text })) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('back', 'up', 'down', 'page-down').map((name) => ({ name: name as KeyName })),
      },
      { weight: 1, arbitrary: key },
    ),
    { minLength: 8, maxLength: 40 },
  )
  .map((list) => list.map((each, index) => ({ ...each, at: 1000 + index * 200 }) as Key));

const pressed = (start: WizardState, keys: readonly Key[]): WizardState => keys.reduce(update, start);

/** The screen is not larger than the window, and holds nothing that a terminal would obey. */
function expectFit(state: WizardState, columns: number, rows: number): void {
  const lines = view(state, columns, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(lines.filter(({ text }) => widthOf(text) > columns).map(({ text }) => text)).toEqual([]);
  expect(lines.filter(({ text }) => /[\p{Cc}\u202e]/u.test(text))).toEqual([]);
}

/** Every answer is one that its item accepts. */
function acceptable(answers: Answers): boolean {
  return [...answers].every(([linkId, answer]) => {
    const item = itemsOf(shipped).get(linkId)?.item;
    return item !== undefined && refusal(item, answer) === undefined;
  });
}

describe('any keys', () => {
  test('leave a state whose answers are all acceptable, and a screen that fits', () => {
    fc.assert(
      fc.property(
        somewhere,
        presses,
        fc.constantFrom(40, 60, 80, 120),
        fc.constantFrom(15, 24, 50),
        (from, keys, columns, rows) => {
          let state = started(from);
          for (const pressed of keys) {
            state = update(state, pressed);
            expectFit(state, columns, rows);
          }
          expect(acceptable(state.answers)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('never let an answer set aside change the assessment', () => {
    fc.assert(
      fc.property(somewhere, presses, (from, keys) => {
        const { answers } = pressed(started(from), keys);
        const { used, setAside, assessment } = standingOf(shipped, answers);
        expect([...used.keys(), ...setAside].sort()).toEqual([...answers.keys()].sort());
        expect(assess(shipped, used)).toEqual(assessment);
        expect(assess(shipped, answers).disposition).toBe(assessment.disposition);
      }),
      { numRuns: 300 },
    );
  });

  test('never leave an emergency unseen: a question, the review and the end come after somebody was told', () => {
    fc.assert(
      fc.property(somewhere, presses, (from, keys) => {
        let state = started(from);
        for (const next of keys) {
          state = update(state, next);
          const isOpenGrid = state.page.kind === 'ask' && state.page.place.kind === 'grid';
          const isOver = state.ending === undefined ? false : state.ending !== 'finished';
          if (state.page.kind === 'emergency' || isOpenGrid || isOver) continue;
          const { findings } = standingOf(shipped, state.answers).assessment;
          const fired = findings.filter(
            ({ disposition, absent }) => disposition === 'emergency' && absent.length === 0,
          );
          expect(fired.filter(({ rule }) => !state.covered.has(rule))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('never end a screening that may have a form before the patient said everything back', () => {
    const ends = new Set<string | undefined>();
    fc.assert(
      fc.property(nearTheEnd, endPresses, (from, keys) => {
        let state = started(from);
        let asked = state.outcomes;
        for (const next of keys) {
          state = update(state, next);
          expectFit(state, 40, 15);
          expectFit(state, 80, 24);
          // One key gives one outcome at most, and takes none away.
          expect([...asked.keys()].filter((id) => !state.outcomes.has(id))).toEqual([]);
          expect(state.outcomes.size - asked.size).toBeLessThanOrEqual(1);
          asked = state.outcomes;
        }
        const { assessment } = standingOf(shipped, state.answers);
        const own = consentForm[assessment.disposition] === 'always' ? teachBackFor(questions, assessment) : [];
        const said = own.map(({ id }) => state.outcomes.get(id));
        if (own.length > 0) expect(own.length).toBeGreaterThanOrEqual(4);
        expect(own.length).toBeLessThanOrEqual(6);
        if (state.ending === 'finished')
          expect(said.filter((each) => each === undefined || each === 'not-yet')).toEqual([]);
        if (state.ending === 'not-yet') expect(said).toContain('not-yet');
        if (own.length > 0) ends.add(state.ending);
      }),
      { numRuns: 400 },
    );
    expect([...ends]).toEqual(expect.arrayContaining(['finished', 'not-yet', undefined]));
  });

  test('one key never leaves the emergency page', () => {
    fc.assert(
      fc.property(key, (pressed) => {
        const answers = new Map(baseline).set('suicide.attemptInProgress', true);
        const start = started({ answers, closed: ['trial'] });
        expect(start.page.kind).toBe('emergency');
        expect(update(start, { ...pressed, at: 5000 } as Key).page.kind).toBe('emergency');
      }),
    );
  });
});

describe('back', () => {
  test('and the same answer again give the same answers and the same question', () => {
    fc.assert(
      fc.property(somewhere, presses, (from, keys) => {
        const state = pressed(started(from), keys);
        if (state.ending || state.safety || state.page.kind !== 'ask' || state.page.place.kind !== 'question') return;
        const at = state.changedAt + 10_000;
        const before = update({ ...state, page: { ...state.page, absence: undefined as never } }, { name: 'back', at });
        if (before.page.kind !== 'ask' || before.page.place.kind !== 'question') return;
        if (before.page.place.linkId === state.page.place.linkId) return;
        if (answerAtPlace(before.answers, before.page.place) === undefined) return;
        const again = update(before, { name: 'enter', at: at + 1000 });
        expect(again.answers).toEqual(state.answers);
      }),
      { numRuns: 300 },
    );
  });
});

describe('line mode', () => {
  const lines = fc.array(
    fc.constantFrom(
      '',
      'yes',
      'no',
      'y',
      '1',
      '2',
      '3',
      '1 2',
      'back',
      'unknown',
      'declined',
      'review',
      'told',
      '2026-01-01',
      'today',
      '70',
      '148/92',
      'Ann',
      'zoloft',
      'x',
      'remove 1',
      '14',
    ),
    { minLength: 1, maxLength: 60 },
  );

  test('takes any lines', () => {
    fc.assert(
      fc.property(fc.oneof(somewhere, nearTheEnd), lines, (from, typed) => {
        const state = typed.reduce((now, line, index) => hear(now, line, 1000 * (index + 1)), started(from));
        expect(acceptable(state.answers)).toBe(true);
        expect(say(state).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
