import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { canBeTrue } from '../../src/check/satisfiable.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { situationOf, truthOf } from '../../src/engine/situation.ts';
import type { Answer, Answers } from '../../src/model/answers.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';

/** A definition with one rule for each condition. `b` is asked where a is x, `n` where b is yes. */
function withRules(conditions: readonly string[]): Questionnaire {
  const rules = conditions.map(
    (when, index) =>
      `  - { id: r${index}, disposition: defer, when: '${when}', reason: R., action: A., sources: [label] }`,
  );
  const text = completed(`
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: a, type: choice, text: A, options: [{ code: x, text: X }, { code: y, text: Y }, { code: z, text: Z }] }
      - { linkId: b, type: boolean, text: B, enableWhen: 'a == "x"' }
      - { linkId: n, type: integer, text: N, unit: "1", min: 0, max: 4, enableWhen: b, required: false }
      - { linkId: s, type: boolean, text: S, absence: none }
      - linkId: e
        type: group
        text: E
        repeats: { min: 0, max: 2, entry: entry }
        items: [{ linkId: e.yes, type: boolean, text: Y }]
rules:
${rules.join('\n')}
`);
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'q.yaml', text }, []);
  if (!questionnaire) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return questionnaire;
}

const absences: readonly (Answer | undefined)[] = [undefined, { absent: 'unknown' }, { absent: 'declined' }];
const choices: readonly (readonly [string, readonly (Answer | undefined)[]])[] = [
  ['a', [...absences, 'x', 'y', 'z']],
  ['b', [...absences, true, false]],
  ['n', [...absences, 0, 1, 2, 3, 4]],
  ['s', [undefined, true, false]],
  ['e', [[], [new Map([['e.yes', true]]), new Map([['e.yes', false]])]]],
];

/** Every answer sheet there is for it. */
function everySheet(): readonly Answers[] {
  return choices.reduce<readonly Answers[]>(
    (sheets, [linkId, answers]) =>
      sheets.flatMap((sheet) =>
        answers.map((answer) => (answer === undefined ? sheet : new Map([...sheet, [linkId, answer]]))),
      ),
    [new Map()],
  );
}

const atom = fc.constantFrom(
  'a == "x"',
  'a == "y"',
  'a != "x"',
  'a in ["y", "z"]',
  'b',
  'b == false',
  'n > 3',
  'n <= 1',
  'n == 2',
  'n + 1 > 4',
  's',
  's != true',
  'unknown(a)',
  'declined(b)',
  'answered(n)',
  'unknown(s)',
  'answered(s)',
  'e.exists(t, t.yes)',
  'e.exists(t, !t.yes)',
  'e.size() > 1',
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('condition'), tie('condition')).map(([p, q]) => `(${p} && ${q})`),
    fc.tuple(tie('condition'), tie('condition')).map(([p, q]) => `(${p} || ${q})`),
    tie('condition').map((p) => `!(${p})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([p, q, r]) => `(${p} ? ${q} : ${r})`),
  ),
}));

describe('what is called impossible', () => {
  test('no answer sheet makes it true', () => {
    const sheets = everySheet();
    let impossible = 0;
    fc.assert(
      fc.property(fc.array(condition, { minLength: 20, maxLength: 20 }), (conditions) => {
        const questionnaire = withRules(conditions);
        const situations = sheets.map((sheet) => situationOf(questionnaire, sheet));
        for (const { when } of questionnaire.rules) {
          if (canBeTrue(when.expression, questionnaire)) continue;
          impossible += 1;
          expect(
            situations.some((each) => truthOf(each, when.expression) === true),
            when.source,
          ).toBe(false);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(impossible).toBeGreaterThan(20);
  });

  test.each([
    ['a == "x" && a == "y"', false],
    ['a == "x" && !(a == "x")', false],
    ['n > 3 && n < 2', false],
    ['n > 2 && n < 3', false],
    ['b && a == "y"', false],
    ['n == 2 && a == "z"', false],
    ['unknown(s)', false],
    ['b && unknown(a)', true],
    ['!b && a == "y"', true],
    ['e.exists(t, t.yes) && e.exists(t, !t.yes)', true],
    ['e.exists(t, t.yes && !t.yes)', false],
    ['n >= 2 && n <= 2', true],
  ])('%s: %s', (when, isPossible) => {
    const questionnaire = withRules([when]);
    expect(questionnaire.rules.map((rule) => canBeTrue(rule.when.expression, questionnaire))).toEqual([isPossible]);
  });
});
