import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { absencesOf } from '../../src/engine/absences.ts';
import { assess } from '../../src/engine/assess.ts';
import { situationOf, truthOf } from '../../src/engine/situation.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Truth } from '../../src/model/assessment.ts';
import type { Expression } from '../../src/model/expression.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const load = <T>(name: string): T => parse(file(name)) as T;

/** The definition of the tables with one rule for each condition, in order. */
function definitionWith(conditions: readonly string[]): {
  questionnaire: Questionnaire;
  expressions: readonly Expression[];
} {
  const document = parseDocument(file('definition.yaml'));
  document.set(
    'rules',
    conditions.map((when, index) => ({
      id: `r${index}`,
      disposition: 'defer',
      when,
      reason: '.',
      action: '.',
      sources: ['none'],
    })),
  );
  const reading = readQuestionnaire({ path: 'definition.yaml', text: String(document) }, [
    { path: 'drugs.yaml', text: file('drugs.yaml') },
  ]);
  expect(reading.diagnostics).toEqual([]);
  const questionnaire = reading.questionnaire as Questionnaire;
  return { questionnaire, expressions: questionnaire.rules.map(({ when }) => when.expression) };
}

function answersOf(questionnaire: Questionnaire, sheet: object): Answers {
  const { answers, errors } = readAnswers(questionnaire, sheet);
  expect(errors).toEqual([]);
  return answers;
}

const letters = { T: true, F: false, U: 'unknown' } as const satisfies Record<string, Truth>;
const truthOfLetter = (letter: string): Truth => letters[letter as keyof typeof letters];

interface AbsenceTable {
  readonly columns: readonly string[];
  readonly types: Record<string, { match: unknown; other: unknown }>;
  readonly rows: readonly { type: string; when: string; is: string; given?: object }[];
}

describe('operator x type x absence', () => {
  const { columns, types, rows } = load<AbsenceTable>('absence.yaml');
  const suffixes: Record<string, string> = { omitted: 'O', disabled: 'E', unsettled: 'E' };
  const cases = rows.flatMap(({ type, when, is, given }) =>
    columns.map((state, column) => ({
      type,
      when,
      state,
      given,
      linkId: type + (suffixes[state] ?? ''),
      is: is.charAt(column),
    })),
  );
  const { questionnaire, expressions } = definitionWith(
    cases.map(({ when, linkId }) => when.replace(/\bX\b/g, linkId)),
  );
  const sheetOf = ({ type, state, linkId, given }: (typeof cases)[number]): object => {
    const answer: Record<string, unknown> = {
      match: types[type]?.match,
      other: types[type]?.other,
      unknown: { absent: 'unknown' },
      declined: { absent: 'declined' },
    };
    const gate = state === 'unsettled' ? { absent: 'unknown' } : state !== 'disabled';
    return { gate, ...given, ...(answer[state] === undefined ? {} : { [linkId]: answer[state] }) };
  };

  test.each(cases.map((each, index) => ({ ...each, index })))('$when, $type $state: $is', (each) => {
    const answers = answersOf(questionnaire, sheetOf(each));
    expect(truthOf(situationOf(questionnaire, answers), expressions[each.index] as Expression)).toBe(
      truthOfLetter(each.is),
    );
  });
});

describe('connectives', () => {
  const rows = load<{ when: string; is: string[] }[]>('connectives.yaml');
  const { questionnaire, expressions } = definitionWith(rows.map(({ when }) => when));
  const values = [true, false, { absent: 'unknown' }];

  test.each(rows.map((row, index) => ({ ...row, index })))('$when', ({ is, index }) => {
    const found = values.map((p) =>
      values.map((q) =>
        truthOf(situationOf(questionnaire, answersOf(questionnaire, { p, q })), expressions[index] as Expression),
      ),
    );
    expect(found).toEqual(is.map((row) => [...row].map(truthOfLetter)));
  });
});

describe('whole answer sheets', () => {
  interface Row {
    title: string;
    given: object;
    when: string;
    is: string;
    absent?: string[];
    value?: Record<string, unknown>;
  }
  const rows = load<Row[]>('values.yaml');
  const { questionnaire, expressions } = definitionWith(rows.map(({ when }) => when));

  test.each(rows.map((row, index) => ({ ...row, index })))(
    '$title',
    ({ given, is, absent = [], value = {}, index }) => {
      const answers = answersOf(questionnaire, given);
      const situation = situationOf(questionnaire, answers);
      const condition = expressions[index] as Expression;
      expect(truthOf(situation, condition)).toBe(truthOfLetter(is));
      expect([...absencesOf(condition, situation).keys()]).toEqual(absent);
      const { values } = assess(questionnaire, answers);
      for (const [linkId, expected] of Object.entries(value)) expect(values.get(linkId) ?? 'none').toBe(expected);
    },
  );
});
