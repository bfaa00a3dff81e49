import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import type { Key } from '../../src/wizard/keys.ts';
import { begin } from '../../src/wizard/moves.ts';
import { say } from '../../src/wizard/spoken.ts';
import type { WizardState } from '../../src/wizard/state.ts';
import { widthOf } from '../../src/wizard/text.ts';
import { update } from '../../src/wizard/update.ts';
import { view } from '../../src/wizard/view.ts';
import { place, press, shown, visit } from './driving.ts';

/** What the shipped questionnaire has not: a grid without scores, a repeat of at least one with a field that may be left out, an emergency by a refusal. */
const text = completed(`
items:
  - linkId: first
    type: group
    text: First
    items:
      - linkId: noise
        type: group
        presentation: grid
        text: How loud is it?
        items:
          - { linkId: noise.day, type: choice, text: By day, options: [{ code: low, text: Low }, { code: high, text: High }] }
          - { linkId: noise.night, type: choice, required: false, text: By night, options: [{ code: low, text: Low }, { code: high, text: High }] }
      - linkId: pet
        type: group
        text: Pets
        repeats: { min: 1, max: 2, entry: pet }
        items:
          - { linkId: pet.name, type: string, text: Name, maxLength: 10 }
          - { linkId: pet.weight, type: decimal, text: Weight, unit: kg, min: 0, max: 100, decimals: 1, required: false }
      - { linkId: safe, type: boolean, text: Are you safe? }
rules:
  - id: unsafe
    disposition: emergency
    when: "!safe"
    reason: Not safe.
    action: Act.
    steps: [Stay.]
    sources: [label]
    absence: { declined: emergency }
`);

function read(definition = text): Questionnaire {
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'q.yaml', text: definition }, []);
  if (!questionnaire) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return questionnaire;
}

const other = read();
const start = (): WizardState => begin({ questionnaire: other, today: visit }, 0);

test('a change from the review names at most three of the questions that it adds or drops', () => {
  const more = ['a', 'b', 'c', 'd', 'e'].map(
    (name) => `{ linkId: more.${name}, type: boolean, enableWhen: first.more, text: "Is it ${name}?" }`,
  );
  const questionnaire = read(
    completed(`
items:
  - linkId: first
    type: group
    text: First
    items: [{ linkId: first.more, type: boolean, text: Is there more? }, ${more.join(', ')}]
rules:
  - { id: more, disposition: clinician-review, when: first.more, reason: More., action: Ask., sources: [label] }
`),
  );
  const answers = new Map([['first.more', false]]);
  const added = press(begin({ questionnaire, today: visit, answers }, 0), '1', '<enter>', 'y');
  const names = 'Is it a?; Is it b?; Is it c?; and 2 more';
  expect(say(added).slice(0, 2)).toEqual([
    'Changed 1 from No to Yes.',
    `This adds 5 questions (${names}) and drops none.`,
  ]);
  expect(say(press(added, '1', '<enter>', 'n'))).toContain(`This adds no question and drops 5 questions (${names}).`);
});

describe('another questionnaire', () => {
  const graded = press(start(), '1');

  test('a grid without scores is chosen by number, and an optional line may stay empty', () => {
    expect(shown(graded)).toContain('1 Low   2 High');
    const entered = press(graded, '<enter>');
    expect(place(entered)).toBe('pet');
    expect(entered.answers).toEqual(new Map([['noise.day', 'low']]));
  });

  test('a repeat wants its least number, and no more than its most', () => {
    const pets = press(graded, '<enter>');
    expect(press(pets, 'n').problem).toBe('At least 1 pet.');
    const two = press(pets, 'y', 'Rex', '<enter>', '3,5', '<enter>', 'y', 'Bo', '<enter>', '<enter>');
    expect(two.answers.get('pet')).toEqual([
      new Map<string, unknown>([
        ['pet.name', 'Rex'],
        ['pet.weight', 35],
      ]),
      new Map([['pet.name', 'Bo']]),
    ]);
    expect(press(two, 'y').problem).toBe('At most 2 pets.');
    expect(place(press(two, 'n'))).toBe('safe');
  });

  test('a refusal that means an emergency opens its page; one still to be asked does not', () => {
    expect(place(start())).toBe('noise');
    const safe = press(graded, '<enter>', 'y', 'Rex', '<enter>', '<enter>', 'n');
    expect(place(press(safe, 'u', '1'))).toBe('review');
    expect(place(press(safe, 'u', '2'))).toBe('emergency');
  });

  test('any keys leave a screen that fits', () => {
    const key = fc.oneof(
      fc.constantFrom('enter', 'back', 'up', 'down', 'backspace', 'tab', 'review', 'escape').map((name) => ({ name })),
      fc.constantFrom(...'0123yynudx!?a ').map((letter) => ({ name: 'text', text: letter })),
    );
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 80 }),
        fc.constantFrom(40, 80),
        fc.constantFrom(15, 24),
        (keys, columns, rows) => {
          let state = start();
          keys.forEach((pressed, index) => {
            state = update(state, { ...pressed, at: 1000 + index * 150 } as Key);
            const lines = view(state, columns, rows);
            expect(lines.length).toBeLessThanOrEqual(rows);
            expect(lines.every(({ text: shownText }) => widthOf(shownText) <= columns)).toBe(true);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
