import { expect, test } from 'vitest';
import { type Coverage, coverageOf, percentOf } from '../../src/check/coverage.ts';
import { completed } from '../../src/check/example.ts';
import { placesOf } from '../../src/check/places.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { readAnswers } from '../../src/exchange/answers.ts';

const text = completed(`parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }
      - { linkId: symptoms, type: boolean, text: Symptoms?, why: Danger., enableWhen: systolic >= params.high }
      - linkId: organ
        type: choice
        text: Organ
        why: Risk.
        options: [{ code: none, text: None }, { code: mild, text: Mild }, { code: severe, text: Severe }]
rules:
  - { id: crisis, disposition: do-not-proceed, when: systolic >= params.high && symptoms, reason: High., action: Stop., sources: [label] }
  - { id: organ, disposition: defer, when: 'organ in ["mild", "severe"] || systolic > 200', reason: Organ., action: Wait., sources: [label] }
`);

function covered(...sheets: readonly Record<string, unknown>[]): Coverage {
  const main = { path: 'q.yaml', text };
  const { questionnaire, yaml } = readQuestionnaire(main, []);
  if (!questionnaire || !yaml) throw new Error('the definition does not read');
  const answers = sheets.map((sheet) => {
    const { answers: read, errors } = readAnswers(questionnaire, sheet);
    expect(errors).toEqual([]);
    return read;
  });
  return coverageOf(questionnaire, answers, placesOf(yaml));
}

function missing({ measures }: Coverage): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(measures.map((measure) => [measure.name, measure.missing.map(({ words }) => words)]));
}

test('nothing is covered without a case, and all that is possible is asked for', () => {
  const coverage = covered();
  expect(coverage.isChecked).toBe(true);
  expect(missing(coverage)).toMatchInlineSnapshot(`
    {
      "answers given": [
        "\`symptoms\` answered yes",
        "\`symptoms\` answered no",
        "\`organ\` answered none",
        "\`organ\` answered mild",
        "\`organ\` answered severe",
      ],
      "conditions": [
        "symptoms: \`systolic >= params.high\` true, and it matters",
        "symptoms: \`systolic >= params.high\` false, and it matters",
        "crisis: \`systolic >= params.high\` true, and it matters",
        "crisis: \`symptoms\` true, and it matters",
        "crisis: \`symptoms\` false, and it matters",
        "organ: \`organ in ["mild", "severe"]\` true, and it matters",
        "organ: \`organ in ["mild", "severe"]\` false, and it matters",
        "organ: \`systolic > 200\` true, and it matters",
        "organ: \`systolic > 200\` false, and it matters",
      ],
      "limits": [
        "\`systolic >= params.high\` at 179",
        "\`systolic >= params.high\` at 180",
        "\`systolic >= params.high\` at 181",
        "\`systolic > 200\` at 199",
        "\`systolic > 200\` at 200",
        "\`systolic > 200\` at 201",
      ],
      "rules deciding": [
        "crisis",
        "organ",
      ],
      "rules fired": [
        "crisis",
        "organ",
      ],
    }
  `);
  expect(coverage.measures.map(percentOf)).toEqual([0, 0, 0, 0, 0]);
  expect(coverage.measures.flatMap(({ impossible }) => impossible.map(({ words }) => words))).toMatchInlineSnapshot(`
    [
      "crisis: \`systolic >= params.high\` false, and it matters",
    ]
  `);
});

test('a condition is covered where it settles the rule, masked by no other', () => {
  const conditions = (...sheets: readonly Record<string, unknown>[]): readonly string[] =>
    missing(covered(...sheets)).conditions ?? [];
  const mild = 'organ: `organ in ["mild", "severe"]` true, and it matters';
  expect(conditions({ systolic: 201, symptoms: false, organ: 'mild' })).toContain(mild);
  expect(conditions({ systolic: 120, organ: 'mild' })).not.toContain(mild);
  expect(conditions({ systolic: { absent: 'unknown' }, organ: 'mild' })).not.toContain(mild);
});

test('a rule decides where nothing else is as bad', () => {
  const deciding = (sheet: Record<string, unknown>): readonly string[] =>
    missing(covered(sheet))['rules deciding'] ?? [];
  expect(deciding({ systolic: 120, organ: 'mild' })).toEqual(['crisis']);
  expect(deciding({ systolic: 180, symptoms: true, organ: 'mild' })).toEqual(['organ']);
  expect(deciding({ systolic: { absent: 'unknown' }, organ: 'none' })).toEqual(['crisis', 'organ']);
});

test('all that is possible makes 100 %; one point less is rounded down', () => {
  const rows = [
    { systolic: 120, organ: 'mild' },
    { systolic: 179, organ: 'none' },
    { systolic: 180, symptoms: true, organ: 'none' },
    { systolic: 181, symptoms: false, organ: 'severe' },
    { systolic: 199, symptoms: false, organ: 'none' },
    { systolic: 200, symptoms: false, organ: 'none' },
    { systolic: 201, symptoms: false, organ: 'none' },
  ];
  const { measures } = covered(...rows);
  expect(measures.map((measure) => [measure.name, percentOf(measure), measure.missing])).toEqual([
    ['rules fired', 100, []],
    ['rules deciding', 100, []],
    ['answers given', 100, []],
    ['conditions', 100, []],
    ['limits', 100, []],
  ]);
  expect(missing(covered(...rows.slice(0, -1))).limits).toEqual(['`systolic > 200` at 201']);
  expect(percentOf({ covered: 999, total: 1000 })).toBe(99);
});
