import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { type Expression, partsOf } from '../../src/model/expression.ts';
import type { Item, Questionnaire } from '../../src/model/questionnaire.ts';
import type { Statement } from '../../src/report/condition-words/statement.ts';
import { conditionInWords, valueInWords } from '../../src/report/condition-words.ts';
import { explainRule } from '../../src/report/plain-english.ts';
import { shippedQuestionnaire } from '../shipped.ts';

const shipped = shippedQuestionnaire();
const semantics = (name: string): string => readFileSync(new URL(`../semantics/${name}`, import.meta.url), 'utf8');

/** The definition of the semantics tables with a rule for each condition, in order. */
function withConditions(conditions: readonly string[]): { questionnaire: Questionnaire; expressions: Expression[] } {
  const document = parseDocument(semantics('definition.yaml'));
  const rule = { disposition: 'defer', reason: '.', action: '.' };
  document.set(
    'rules',
    conditions.map((when, index) => ({ id: `r${index}`, when, ...rule, sources: ['none'] })),
  );
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'definition.yaml', text: String(document) }, [
    { path: 'drugs.yaml', text: semantics('drugs.yaml') },
  ]);
  if (!questionnaire) throw new Error(JSON.stringify(diagnostics));
  return { questionnaire, expressions: questionnaire.rules.map(({ when }) => when.expression) };
}

/** A statement as an outline: two spaces a level. */
function outline({ text, parts }: Statement, at = ''): string {
  return [`${at}${text}`, ...parts.map((part) => outline(part, `${at}  `))].join('\n');
}

function ruleInWords(id: string): string {
  const rule = shipped.rules.find((each) => each.id === id);
  if (!rule) throw new Error(id);
  return outline(conditionInWords(shipped, rule.when.expression));
}

function inWords(condition: string): string {
  const { questionnaire, expressions } = withConditions([condition]);
  const [expression] = expressions;
  if (!expression) throw new Error(condition);
  return outline(conditionInWords(questionnaire, expression));
}

describe('rules of the shipped definition', () => {
  test.each([
    ['dnp-withdrawn', '“Do you want to go on with this screening for ketamine treatment?” is no'],
    ['dnp-age', 'Age is below 18 years (Youngest age at which screening goes on)'],
    [
      'dnp-recent-mi',
      'the number of days from “When was your last heart attack?” to “Date of this screening” is at most 42 days (Days after a heart attack in which treatment is out of the question)',
    ],
    [
      'df-heart-rate',
      `at least one of these holds:
  “Heart rate” is below 50 beats a minute (Heart rate below which treatment waits)
  “Heart rate” is above 110 beats a minute (Heart rate above which treatment waits)`,
    ],
    [
      'df-pregnancy-untested',
      `all of these hold:
  at least one of these holds:
    “Could your body become pregnant, or could you be pregnant now?” is yes
    “Could your body become pregnant, or could you be pregnant now?” is recorded as not known
    “Could your body become pregnant, or could you be pregnant now?” is recorded as declined
  “Result of today's pregnancy test” is “Not done”`,
    ],
    [
      'df-illness',
      `at least one of these holds:
  “Are you ill today?” is not “No”
  “Temperature” is at least 38 °C (Temperature from which it is a fever)`,
    ],
    [
      'df-interpreter',
      `“Do you need an interpreter today?” is one of these:
  “Needed, and no qualified interpreter is available”
  “Needed, and only a relative, friend or child could do it”`,
    ],
    [
      'cr-indication',
      `“What is the main condition this treatment is for?” is none of these:
  “Major depression”
  “Depression in bipolar disorder”`,
    ],
    ['cr-not-treatment-resistant', 'Adequate antidepressant trials in the current episode is below 2'],
    [
      'cr-response-lost',
      `there is at least one antidepressant trial where all of these hold:
  “Was it for the same spell of illness that you have now?” is yes
  “How much better did you get on it?” is “Much better at first, then it wore off”`,
    ],
    [
      'cr-self-harm-item',
      `at least one of these holds:
  “Thoughts that you would be better off dead or of hurting yourself in some way” is at least 1 point (“Several days”; PHQ-9 item 9 from which a clinician looks)
  “Thoughts that you would be better off dead or of hurting yourself in some way” is recorded as not known
  “Thoughts that you would be better off dead or of hurting yourself in some way” is recorded as declined`,
    ],
    [
      'cr-airway',
      `at least one of these holds:
  “Do you have sleep apnea, or has anyone seen you stop breathing in your sleep?” is one of these:
    “Sleep apnea, treated”
    “Sleep apnea not treated, or likely”
  “Do you have a lung disease that limits you, such as COPD?” is yes
  Body mass index is at least 35 kg/m² (Body mass index from which a clinician looks at the airway)`,
    ],
    [
      'cr-alcohol',
      `the first of these that applies:
  AUDIT-C total is at least 4 points (AUDIT-C total from which a clinician looks, for men), if “Which sex should we use to read your alcohol score?” is “Male”
  otherwise: AUDIT-C total is at least 3 points (AUDIT-C total from which a clinician looks, for everybody else)`,
    ],
    [
      'cr-medicine-maoi',
      `“Which of these do you take?” includes any of these:
  “MAOI now: phenelzine, tranylcypromine, isocarboxazid, selegiline, linezolid”
  “MAOI stopped within the last 14 days”`,
    ],
  ])('%s', (id, words) => expect(ruleInWords(id)).toBe(words));

  test('a count of trials is told step by step', () => {
    const value = shipped.calculated.find(({ linkId }) => linkId === 'trials.adequate');
    if (!value) throw new Error('trials.adequate');
    expect(outline(valueInWords(shipped, value.value.expression))).toBe(`the count made as follows:
  take every antidepressant trial where all of these hold:
    “Which antidepressant was it?” is in the table of antidepressants
    “Was it for the same spell of illness that you have now?” is yes
    “What was the highest dose a day that you stayed on?” is at least the minimum dose that the table of antidepressants gives for “Which antidepressant was it?”
    “For how many days did you take that dose or more?” is at least 42 days (Days at the minimum dose that make a trial adequate)
    “Did you take at least 4 of every 5 doses?” is yes
    “How much better did you get on it?” is one of these:
      “Not better (under 25 %)”
      “A little better (25 to 49 %)”
  of each, take the name that the table of antidepressants gives for “Which antidepressant was it?”
  count equal ones once`);
  });

  test.each(shipped.rules.map(({ id }) => [id]))('%s names nothing by its code', (id) => {
    const { when } = shipped.rules.find((rule) => rule.id === id) ?? {};
    if (!when) throw new Error(id);
    const text = ruleInWords(id);
    const codes = namesIn(when.expression).filter((name) => /[.A-Z-]/.test(name));
    for (const code of codes) expect(text).not.toContain(code);
    expect(text).not.toMatch(/params\.|undefined|\[object|&&|\|\||==|>=|<=|!\(|\{|\}/);
  });

  test('an explanation is complete and fits a terminal', () => {
    for (const rule of shipped.rules) {
      const text = explainRule(shipped, rule.id);
      const flat = text.replace(/\s+/g, ' ');
      for (const part of [rule.id, rule.reason, rule.action]) expect(flat).toContain(part);
      for (const id of rule.sources) {
        const { doi } = shipped.sources.find((source) => source.id === id) ?? {};
        if (doi !== undefined) expect(flat).toContain(doi);
      }
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(text).not.toContain('{{');
    }
  });
});

/** LinkIds, parameters and option codes that an expression holds. */
function namesIn(expression: Expression): string[] {
  const own =
    expression.kind === 'parameter'
      ? [expression.name]
      : 'linkId' in expression
        ? [expression.linkId]
        : expression.kind === 'literal' && typeof expression.value === 'string'
          ? [expression.value]
          : [];
  return [...own, ...partsOf(expression).flatMap(namesIn)];
}

describe('a question that may not be asked', () => {
  test.each([
    ['yes == false', '“yes” is no'],
    ['!yes', '“yes” is no'],
    ['yesE == false', '“yes” is no'],
    ['!yesE', '“yes” is no, or is not asked'],
    ['letterE != "a"', '“c” has a value and is not “a”'],
    ['!(letterE == "a")', '“c” is not “a”, or has no value because it is not asked'],
    ['!(whole < 5)', '“n” is at least 5'],
    ['!(wholeE < 5)', '“n” is at least 5, or has no value because it is not asked'],
    ['!("a" in manyE)', '“c” does not include “a”, or is not asked'],
    [
      '!(letterE in ["a", "b"])',
      `“c” is none of these, or is not asked:
  “a”
  “b”`,
    ],
    ['orElse(wholeE, 0) == 0', '“n” (where it is not asked it counts as 0) is exactly 0'],
  ])('%s', (condition, words) => expect(inWords(condition)).toBe(words));
});

describe('negation goes to the leaves', () => {
  test.each([
    [
      '!(p && !q)',
      `at least one of these holds:
  “p” is no
  “q” is yes`,
    ],
    [
      '!(p || whole > 5)',
      `all of these hold:
  “p” is no
  “n” is at most 5`,
    ],
    ['!answered(whole)', '“n” has no answer'],
    ['!unknown(whole)', '“n” is not recorded as not known'],
    ['!dose.exists(d, d.taken)', 'there is no dose where “t” is yes'],
    ['!dose.all(d, d.taken)', 'there is at least one dose where “t” is no'],
    ['dose.all(d, d.taken)', 'for every dose, “t” is yes'],
    ['dose.size() < 2', 'the number of doses is below 2'],
    ['day <= other', '“d” is on or before “d”'],
    ['5 < whole', '“n” is above 5'],
    ['ratio >= 3.34', 'ratio is at least 3.34'],
    ['many.exists(m, m == "a")', 'there is at least one choice in “c” where it is “a”'],
    [
      '[p, q].filter(b, b).size() >= 2',
      `the number of these that hold is at least 2:
  “p” is yes
  “q” is yes`,
    ],
  ])('%s', (condition, words) => expect(inWords(condition)).toBe(words));
});

/** Every formula of a definition. */
function formulasOf({ items, calculated, constraints, rules, invariants }: Questionnaire): Expression[] {
  const within = (item: Item): Expression[] => [
    ...(item.enableWhen ? [item.enableWhen.expression] : []),
    ...(item.type === 'group' ? item.items.flatMap(within) : []),
  ];
  return [
    ...items.flatMap(within),
    ...calculated.map(({ value }) => value.expression),
    ...constraints.map(({ requires }) => requires.expression),
    ...rules.map(({ when }) => when.expression),
    ...invariants.flatMap((each) => (each.kind === 'absence-never-milder' ? [] : [each.when.expression])),
  ];
}

const tables = withConditions([
  ...(parse(semantics('values.yaml')) as { when: string }[]).map(({ when }) => when),
  ...(parse(semantics('absence.yaml')) as { rows: { type: string; when: string }[] }).rows.map(({ type, when }) =>
    when.replaceAll('X', type),
  ),
]);

describe.each([
  ['the shipped definition', shipped],
  ['every operator on every type', tables.questionnaire],
])('%s', (_name, questionnaire) => {
  const all = formulasOf(questionnaire);

  test('every formula has words', () => {
    for (const formula of all) {
      const text = outline(valueInWords(questionnaire, formula));
      expect(text).not.toMatch(/undefined|\[object|NaN|: *:|^\s*$/m);
    }
  });

  test('so has every combination of conditions', () => {
    const conditions = all.filter(({ type }) => type.is === 'boolean');
    const at = { start: 0, end: 0 };
    const type = { is: 'boolean' } as const;
    const { condition } = fc.letrec<{ condition: Expression }>((tie) => {
      const part = tie('condition');
      const several = fc.array(part, { minLength: 2, maxLength: 4 });
      return {
        condition: fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          fc.constantFrom(...conditions),
          part.map((of): Expression => ({ kind: 'not', of, type, at })),
          several.map((of): Expression => ({ kind: 'and', of, type, at })),
          several.map((of): Expression => ({ kind: 'or', of, type, at })),
          fc.tuple(part, part, part).map(
            ([test, then, otherwise]): Expression => ({
              kind: 'conditional',
              if: test,
              then,
              else: otherwise,
              type,
              at,
            }),
          ),
        ),
      };
    });
    fc.assert(
      fc.property(condition, (made) => {
        const text = outline(conditionInWords(questionnaire, made));
        expect(text).not.toMatch(/undefined|\[object|NaN/);
      }),
      { numRuns: 200 },
    );
  });
});
