import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { type Mutant, mutantsOf } from '../../src/check/mutants.ts';
import { type MutationResult, mutationScore, testMutants } from '../../src/check/mutate.ts';
import { placesOf } from '../../src/check/places.ts';
import { suiteOf } from '../../src/check/test-cases.ts';
import { readCases } from '../../src/definition/cases.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';

function read(example: string): {
  readonly questionnaire: Questionnaire;
  readonly mutants: readonly Mutant[];
  readonly text: string;
} {
  const main = { path: 'q.yaml', text: completed(example) };
  const { questionnaire, yaml, diagnostics } = readQuestionnaire(main, []);
  if (!questionnaire || !yaml) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { questionnaire, mutants: mutantsOf(questionnaire, placesOf(yaml)), text: main.text };
}

const pressure = `parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }
      - { linkId: symptoms, type: boolean, text: Symptoms?, why: Danger., enableWhen: systolic >= params.high }
rules:
  - { id: crisis, disposition: do-not-proceed, when: symptoms, reason: High., action: Stop., sources: [label] }
  - { id: high, disposition: defer, when: systolic >= params.high, reason: High., action: Wait., sources: [label] }
`;

const cases = (text: string) => [
  {
    path: 'cases/baseline.yaml',
    text: 'id: base\ntitle: Base\nanswers: { systolic: 120 }\nasked: [systolic]\n',
  },
  { path: 'cases/some.yaml', text },
];

function run(example: string, files: ReturnType<typeof cases>): MutationResult {
  const { questionnaire, mutants } = read(example);
  const reading = readCases(questionnaire, files);
  expect(reading.diagnostics).toEqual([]);
  const suite = suiteOf(questionnaire, reading);
  return testMutants(questionnaire, mutants, suite, suite.cases[0]?.run.answers ?? new Map());
}
const names = (mutants: readonly Mutant[]): readonly string[] => mutants.map(({ id }) => id);

describe('the mutants of a definition', () => {
  test('every slip in it, each once, in the words of the source', () => {
    expect(read(pressure).mutants.map(({ id, words }) => `${id}: ${words}`)).toMatchInlineSnapshot(`
      [
        "params.high.limit-1: \`params.high\` 180 -> 181",
        "params.high.limit-2: \`params.high\` 180 -> 179",
        "symptoms.negated-1: \`systolic >= params.high\` -> not",
        "symptoms.operator-1: \`systolic >= params.high\` -> \`>\`",
        "symptoms.operator-2: \`systolic >= params.high\` -> \`==\`",
        "symptoms.operator-3: \`systolic >= params.high\` -> \`<\`",
        "crisis.negated-1: \`symptoms\` -> not",
        "high.negated-1: \`systolic >= params.high\` -> not",
        "high.operator-1: \`systolic >= params.high\` -> \`>\`",
        "high.operator-2: \`systolic >= params.high\` -> \`==\`",
        "high.operator-3: \`systolic >= params.high\` -> \`<\`",
        "crisis.disposition-1: do-not-proceed -> defer",
        "crisis.disposition-2: do-not-proceed -> emergency",
        "crisis.absence-1: where unknown: defer -> do-not-proceed",
        "crisis.absence-2: where declined: clinician-review -> defer",
        "crisis.absence-3: where left out: defer -> do-not-proceed",
        "high.disposition-1: defer -> clinician-review",
        "high.disposition-2: defer -> do-not-proceed",
        "high.absence-1: where unknown: defer -> do-not-proceed",
        "high.absence-2: where declined: clinician-review -> defer",
        "high.absence-3: where left out: defer -> do-not-proceed",
        "symptoms.show-when-1: always asked",
        "crisis.rule-1: rule left out",
        "high.rule-1: rule left out",
      ]
    `);
  });

  test('stand at what they change', () => {
    const { mutants, text } = read(pressure);
    const placed = (id: string): string => {
      const at = mutants.find((each) => each.id === id)?.at;
      return at ? text.slice(at.start, at.end) : 'none';
    };
    expect(placed('params.high.limit-1')).toBe('high');
    expect(placed('high.operator-1')).toBe('systolic >= params.high');
    expect(placed('crisis.disposition-1')).toBe('crisis');
  });
});

describe('slips of every kind', () => {
  const items = (...rows: readonly string[]): string =>
    `items:\n  - linkId: start\n    type: group\n    text: Start\n    items:\n${rows.map((row) => `      - { ${row} }\n`).join('')}`;
  const organ =
    'linkId: organ, type: choice, text: Organ, why: Risk., options: [{ code: none, text: None }, { code: mild, text: Mild }, { code: severe, text: Severe }]';
  const grade = (linkId: string): string =>
    `linkId: ${linkId}, type: choice, text: Grade, why: Risk., options: [{ code: "0", text: No, score: 0 }, { code: "1", text: Yes, score: 1 }]`;
  const rule = (when: string): string =>
    `rules:\n  - { id: found, disposition: defer, when: '${when}', reason: Found., action: Wait., sources: [label] }\n`;
  const slips = (example: string, kind: string): readonly string[] =>
    read(example)
      .mutants.filter((each) => each.kind === kind)
      .map(({ words }) => words);

  test.each([
    [
      'another option',
      'organ == "mild"',
      'option',
      ['`organ == "mild"` with "none"', '`organ == "mild"` with "severe"'],
    ],
    [
      'an option in or out of a list',
      'organ in ["mild", "severe"]',
      'option',
      [
        '`organ in ["mild", "severe"]` without "mild"',
        '`organ in ["mild", "severe"]` without "severe"',
        '`organ in ["mild", "severe"]` with "none" too',
      ],
    ],
    ['a condition dropped', 'yes && organ == "mild"', 'dropped', ['`yes` dropped', '`organ == "mild"` dropped']],
    ['and, or', 'yes && organ == "mild"', 'connective', ['`&&` -> `||` in `yes && organ == "mild"`']],
    ['a `!` lost', '!yes', 'negated', ['`!yes` without its `!`']],
  ])('%s', (_title, when, kind, expected) => {
    const example = items('linkId: yes, type: boolean, text: Yes?, why: Risk.', organ) + rule(when);
    expect(slips(example, kind)).toEqual(expected);
  });

  test('an item left out of a score, and what a list is filtered by', () => {
    const sum = `calculated:\n  - { linkId: total, title: Total, value: 'a + b + c' }\n`;
    const example = items(grade('a'), grade('b'), grade('c')) + sum + rule('[a > 0, b > 0].filter(x, x).size() > 1');
    expect(slips(example, 'score')).toEqual([
      '`c` left out of the calculation',
      '`b` left out of the calculation',
      '`a` left out of the calculation',
    ]);
    expect(slips(example, 'filter')).toEqual(['`filter` dropped']);
  });
});

describe('cases against mutants', () => {
  const good = cases(`cases:
  - { id: low, title: Just below, set: { systolic: 179 }, expect: { disposition: proceed, findings: [], asked: {} } }
  - id: at
    title: At the limit, no symptoms
    set: { systolic: 180, symptoms: false }
    expect: { disposition: defer, findings: [high], asked: { more: [symptoms] } }
  - id: above
    title: Above the limit, no symptoms
    set: { systolic: 181, symptoms: false }
    expect: { disposition: defer, findings: [high], asked: { more: [symptoms] } }
  - id: crisis
    title: Symptoms
    set: { systolic: 180, symptoms: true }
    expect: { disposition: do-not-proceed, findings: [crisis, high] }
  - id: unknown
    title: Nobody measured it
    set: { systolic: { absent: unknown } }
    expect: { disposition: defer, findings: [crisis, high] }
  - id: declined
    title: Will not be measured
    set: { systolic: { absent: declined } }
    expect: { disposition: clinician-review, findings: [crisis, high] }
  - { id: left-out, title: Left out, unset: [systolic], expect: { disposition: defer, findings: [crisis, high] } }
`);

  test('all killed: 100 %, each by a case that fails on it', () => {
    const result = run(pressure, good);
    expect(names(result.survivors.map(({ mutant }) => mutant))).toEqual([]);
    expect(result).toMatchObject({ survivors: [], equivalent: [], undecided: [], isChecked: true });
    expect(mutationScore(result)).toBe(100);
    expect(result.killed.find(({ mutant }) => mutant.id === 'high.rule-1')?.by).toBe('at');
    expect(result.killed.find(({ mutant }) => mutant.id === 'symptoms.operator-1')?.by).toBe('at');
  });

  test('without the list of questions a slip in a condition of asking survives, with the applicant who tells it', () => {
    const some = cases(`cases:
  - { id: low, title: Just below, set: { systolic: 179 }, expect: { disposition: proceed, findings: [] } }
`);
    const survivor = run(pressure, some).survivors.find(({ mutant }) => mutant.id === 'symptoms.operator-1');
    expect(survivor?.answers.get('systolic')).toBe(180);
    expect(survivor?.differs).toContain('no question symptoms');
  });

  test('the score is rounded down: one surviving of a thousand is not 100 %', () => {
    const [mutant] = read(pressure).mutants as [Mutant];
    const killed = Array.from({ length: 999 }, () => ({ mutant, by: 'some' }));
    const nothing = { killed, survivors: [], undecided: [], equivalent: [], isChecked: true };
    expect(mutationScore(nothing)).toBe(100);
    expect(mutationScore({ ...nothing, equivalent: [mutant] })).toBe(100);
    expect(mutationScore({ ...nothing, undecided: [mutant] })).toBe(99);
    expect(mutationScore({ ...nothing, survivors: [{ mutant, answers: new Map(), differs: [] }] })).toBe(99);
  });

  test('a condition that says nothing is proved redundant and does not count', () => {
    const redundant = pressure.replace(
      'when: systolic >= params.high,',
      "when: 'systolic >= params.high && systolic > 50',",
    );
    const result = run(redundant, good);
    expect(names(result.equivalent)).toContain('high.dropped-2');
    expect(result.isChecked).toBe(true);
    expect(mutationScore(result)).toBe(100);
  });

  test('a condition on the entries of a repeat is proved redundant for each entry, and only where it is', () => {
    const trials = `items:
  - linkId: trials
    type: group
    text: Trials
    items:
      - { linkId: start, type: boolean, text: Start?, why: Risk. }
  - linkId: trial
    type: group
    text: Trials
    repeats: { min: 0, max: 3, entry: trial }
    items:
      - { linkId: trial.days, type: integer, text: Days, why: Long enough., unit: d, min: 0, max: 99 }
      - { linkId: trial.good, type: boolean, text: Good?, why: It counts. }
rules:
  - { id: few, disposition: defer, when: 'trial.filter(t, t.days >= 5 && t.good && t.days > 1).size() < 2', reason: Few., action: Wait., sources: [label] }
`;
    const base = { path: 'cases/baseline.yaml', text: 'id: base\ntitle: Base\nanswers: { start: false, trial: [] }\n' };
    const { survivors, equivalent } = run(trials, [
      base,
      { path: 'cases/c.yaml', text: 'cases: [{ id: none, title: None, expect: { disposition: defer } }]\n' },
    ]);
    const dropped = (all: readonly Mutant[]): readonly string[] => names(all.filter(({ kind }) => kind === 'dropped'));
    expect(dropped(equivalent)).toEqual(['few.dropped-3']);
    expect(dropped(survivors.map(({ mutant }) => mutant))).toEqual(['few.dropped-1', 'few.dropped-2']);
  });

  test('a constraint is told by who is refused', () => {
    const both = `items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: upper, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }
      - { linkId: lower, type: integer, text: Lower, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }
constraints: [{ linkId: lower, requires: upper > lower, message: the lower one must be lower }]
rules:
  - { id: narrow, disposition: defer, when: upper - lower < 20, reason: Narrow., action: Wait., sources: [label] }
`;
    const files = (text: string) => [
      { path: 'cases/baseline.yaml', text: 'id: base\ntitle: Base\nanswers: { upper: 120, lower: 80 }\n' },
      { path: 'cases/some.yaml', text },
    ];
    const ofConstraint = ({ survivors, killed }: MutationResult): readonly (readonly string[])[] =>
      [survivors.map(({ mutant }) => mutant), killed.map(({ mutant }) => mutant)].map((all) =>
        names(all.filter(({ of }) => of === 'lower')),
      );
    const narrow = '  - { id: n, title: Narrow, set: { lower: 119 }, expect: { disposition: defer } }\n';
    const same = '  - { id: s, title: Same, set: { lower: 120 }, expect: { refused: [lower] } }\n';
    const swapped = '  - { id: w, title: Swapped, set: { lower: 121 }, expect: { refused: [lower] } }\n';
    expect(ofConstraint(run(both, files(`cases:\n${narrow}`)))).toEqual([
      ['lower.operator-1', 'lower.operator-2', 'lower.constraint-1'],
      ['lower.negated-1', 'lower.operator-3'],
    ]);
    expect(ofConstraint(run(both, files(`cases:\n${narrow}${same}${swapped}`)))[0]).toEqual([]);
  });
});
