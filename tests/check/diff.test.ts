import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diffDefinitions } from '../../src/check/diff.ts';
import {
  noRenames,
  parseRename,
  type Renames,
  renamed,
  renamedSheet,
  renamesBetween,
} from '../../src/check/renames.ts';
import { brokenConstraints } from '../../src/engine/accept.ts';
import { assess } from '../../src/engine/assess.ts';
import { readAnswers, writeAnswers } from '../../src/exchange/answers.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import { type Difference, isOutcomeProvedSame, type Move, type Witness } from '../../src/report/diff.ts';
import { differenceInWords } from '../../src/report/diff-words.ts';
import { arbitraryAnswers, withoutStray } from '../arbitraries.ts';
import { changedQuestionnaire, shippedBaseline, shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const shipped = shippedQuestionnaire();
const usual = (parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: object }).answers;

interface Change {
  readonly old?: Questionnaire;
  readonly next: Questionnaire;
  readonly baselines?: { readonly old?: object; readonly new?: object };
  readonly renames?: readonly string[];
}

/** The difference; every applicant in it was put through the engine again. */
function difference({ old = shipped, next, baselines = {}, renames = [] }: Change): Difference {
  const sorted = sortedRenames(old, next, renames);
  expect(sorted.problems).toEqual([]);
  const found = diffDefinitions(old, next, { old: usual, new: usual, ...baselines }, sorted.renames);
  const before = renamed(old, sorted.renames);
  for (const each of [...found.moves, ...found.inside]) {
    expect(replayed(each, before, next)).toEqual([each.was.disposition, each.now.disposition]);
  }
  expect(found.isChecked).toBe(true);
  expect(found.undecided).toEqual([]);
  return found;
}

function sortedRenames(old: Questionnaire, next: Questionnaire, texts: readonly string[]) {
  return renamesBetween(
    old,
    next,
    texts.flatMap((text) => parseRename(text) ?? []),
  );
}

function replayed({ sheets }: Witness, old: Questionnaire, next: Questionnaire): readonly string[] {
  const sides = [
    [old, sheets.old],
    [next, sheets.new],
  ] as const;
  return sides.map(([questionnaire, sheet]) => {
    const { answers, errors } = readAnswers(questionnaire, sheet);
    expect(errors).toEqual([]);
    return assess(questionnaire, answers).disposition;
  });
}

/** `defer -> proceed: today.escort false`. */
function told({ was, now, departures }: Move): string {
  return `${was.disposition} -> ${now.disposition}: ${departures.map(({ path, answer }) => `${path} ${answer}`).join(', ')}`;
}

describe('who moves', () => {
  test('a lower limit tightens for the applicant at that limit, and every other way is proved out', () => {
    const { moves, structure, wording, oneSided } = difference({
      next: changedQuestionnaire(/(deferSystolic:[\s\S]*?value: )180/, '$1170'),
    });
    expect(moves.map(({ direction }) => direction)).toEqual(['tightened']);
    expect(moves.map(told)).toEqual([expect.stringMatching(/^clinician-review -> defer: vitals.systolic 170$/)]);
    expect(moves[0]?.now.findings.map(({ rule }) => rule)).toContain('df-blood-pressure');
    expect(moves[0]?.was.findings.map(({ rule }) => rule)).not.toContain('df-blood-pressure');
    expect(structure).toEqual([
      {
        kind: 'parameter',
        id: 'deferSystolic',
        what: 'changed',
        fields: [{ field: 'value', was: '180 mmHg', now: '170 mmHg' }],
      },
    ]);
    expect({ wording, oneSided }).toEqual({ wording: [], oneSided: [] });
  });

  test('a rule removed loosens, and the nearest applicant is the one it stopped', () => {
    const { moves, structure } = difference({
      next: { ...shipped, rules: shipped.rules.filter(({ id }) => id !== 'df-escort') },
    });
    expect(moves.every(({ direction }) => direction === 'loosened')).toBe(true);
    expect(moves.map(({ now }) => now.disposition)).toEqual(['proceed', 'proceed-with-conditions', 'clinician-review']);
    expect(moves.map(told)).toContain('defer -> proceed: today.escort false');
    expect(structure.map(({ kind, id, what }) => `${kind} ${id} ${what}`)).toEqual(['rule df-escort removed']);
  });

  test('words alone: proved the same, and the words are listed apart', () => {
    const found = difference({
      next: changedQuestionnaire(
        /text: Is a responsible adult booked to take you home today\?/,
        'text: Is somebody taking you home?',
        /(id: df-escort[\s\S]*?when: )"!today.escort"/,
        '$1"!( today.escort )"',
      ),
    });
    expect(isOutcomeProvedSame(found)).toBe(true);
    expect({ inside: found.inside, structure: found.structure }).toEqual({ inside: [], structure: [] });
    expect(found.wording).toEqual([
      {
        kind: 'question',
        id: 'today.escort',
        what: 'changed',
        fields: [
          {
            field: 'text',
            was: 'Is a responsible adult booked to take you home today?',
            now: 'Is somebody taking you home?',
          },
        ],
      },
    ]);
    expect(differenceInWords(found)).toEqual([
      "Outcomes: No applicant's outcome changes: proved over every answer sheet, proof checked.",
      'Outcomes: Both go by version 1.0.0: give the new one its own.',
      'Wording and sources, which decide nothing: question today.escort: changed (text: Is a responsible adult booked to take you home today? -> Is somebody taking you home?)',
    ]);
  });

  test('a range narrowed: what the old one alone takes is named and not compared', () => {
    const { oneSided, structure } = difference({
      next: changedQuestionnaire(/(linkId: vitals.heartRate\n[\s\S]*?max: )\d+/, '$1150'),
    });
    expect(oneSided).toEqual([
      { takenBy: 'old', linkId: 'vitals.heartRate', what: expect.stringMatching(/^more than 150 /) },
    ]);
    expect(structure[0]?.fields[0]).toMatchObject({ field: 'limits' });
  });

  test('a constraint tightened: one applicant whom the old definition alone takes', () => {
    const { oneSided, moves } = difference({
      next: changedQuestionnaire(
        'requires: vitals.systolic > vitals.diastolic',
        'requires: vitals.systolic >= vitals.diastolic + 10',
      ),
    });
    expect(moves).toEqual([]);
    expect(oneSided).toMatchObject([{ takenBy: 'old', linkId: 'vitals.diastolic' }]);
    expect(oneSided[0]?.departures).toHaveLength(1);
  });

  test('a required question added: leaving it out and answering it are told apart from the rest', () => {
    const next = changedQuestionnaire(
      /( {2}- id: df-escort\n)/,
      '  - { id: df-test, disposition: defer, when: test.asked, reason: Test., action: Wait., sources: [product-choice] }\n$1',
      /( +)(- linkId: today.escort\n)/,
      '$1- { linkId: test.asked, type: boolean, text: Test?, why: To see. }\n$1$2',
    );
    const { moves, structure } = difference({ next, baselines: { new: { ...usual, 'test.asked': false } } });
    expect(moves.map(told)).toContain('proceed -> defer: test.asked true');
    expect(moves.every(({ direction }) => direction === 'tightened')).toBe(true);
    expect(structure.map(({ kind, id, what }) => `${kind} ${id} ${what}`)).toEqual([
      'question test.asked added',
      'rule df-test added',
    ]);
  });
});

test('drawn sheets move between no other dispositions than those named', () => {
  const next = changedQuestionnaire(
    /(deferSystolic:[\s\S]*?value: )180/,
    '$1150',
    /(id: df-escort\n +disposition: )defer/,
    '$1clinician-review',
  );
  const named = difference({ next }).moves.map(({ was, now }) => `${was.disposition} -> ${now.disposition}`);
  const seen = new Set<string>();
  fc.assert(
    fc.property(arbitraryAnswers(shipped, shippedBaseline()), (drawn) => {
      const answers = withoutStray(shipped, drawn);
      fc.pre([shipped, next].every((each) => brokenConstraints(each, answers).length === 0));
      const [was, now] = [shipped, next].map((each) => assess(each, withoutStray(each, answers)).disposition);
      if (was === now) return;
      seen.add(`${was} -> ${now}`);
      expect(named).toContain(`${was} -> ${now}`);
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(seen.size).toBeGreaterThan(0);
});

describe('renames', () => {
  const next = changedQuestionnaire(/today\.escort/g, 'today.company', /\bdf-escort\b/g, 'df-company');
  const baselines = {
    new: renamedSheet(usual, { ...noRenames, linkIds: new Map([['today.escort', 'today.company']]) }) as object,
  };

  test('by an explicit map nobody moves, and the renames are listed', () => {
    const found = difference({ next, baselines, renames: ['today.escort=today.company', 'df-escort=df-company'] });
    expect(isOutcomeProvedSame(found)).toBe(true);
    expect(found.structure).toEqual([
      { kind: 'question', id: 'today.company', what: 'renamed', renamedFrom: 'today.escort', fields: [] },
      { kind: 'rule', id: 'df-company', what: 'renamed', renamedFrom: 'df-escort', fields: [] },
    ]);
    expect(found.renameNotes).toEqual([]);
  });

  test('without one nothing is assumed, and the likely one is noted', () => {
    const found = difference({ next, baselines });
    expect(isOutcomeProvedSame(found)).toBe(false);
    expect(found.renameNotes).toEqual([{ kind: 'question', from: 'today.escort', to: 'today.company' }]);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a name that the old one lacks',
      ['today.escrt=today.company'],
      /the old definition is called today.escrt: did you mean today.escort\?/,
    ],
    [
      'a name that the new one lacks',
      ['today.escort=today.compny'],
      /the new definition is called today.compny: did you mean today.company\?/,
    ],
    ['two kinds', ['today.escort=df-company'], /are not of one kind/],
    ['the same twice', ['today.escort=today.company', 'today.escort=today.company'], /today.escort is renamed twice/],
    [
      'a name in use',
      ['today.escort=today.illness'],
      /today.illness is the name of something else in the old definition/,
    ],
    [
      'an option there is not',
      ['cardiac.stroke:tai=tia'],
      /cardiac.stroke has no option tai in the old definition: there is /,
    ],
    [
      'a question without options',
      ['cardiac.mi:yes=no'],
      /no question with options in the old definition is called cardiac.mi/,
    ],
    ['into a repeat', ['today.escort=trial.dose'], /do not stand in one repeat/],
  ])('refuses %s', (_title, texts, problem) => {
    expect(sortedRenames(shipped, next, texts).problems.join('\n')).toMatch(problem);
  });

  const everything: Renames = {
    linkIds: new Map([
      ['cardiac.stroke', 'heart.stroke'],
      ['vitals.systolic', 'bp.upper'],
      ['age', 'years'],
      ['trial', 'attempt'],
      ...['medication', 'dose', 'days', 'currentEpisode', 'adherent', 'improvement', 'stopped'].map(
        (field): [string, string] => [`trial.${field}`, field === 'dose' ? 'attempt.amount' : `attempt.${field}`],
      ),
    ]),
    rules: new Map([['df-escort', 'df-company']]),
    parameters: new Map([['params.minimumAge', 'params.youngest']]),
    options: new Map([
      ['cardiac.stroke', new Map(optionsOf('cardiac.stroke').map((code) => [code, `${code}-x`]))],
      ['medicines', new Map(optionsOf('medicines').map((code) => [code, `${code}-x`]))],
      ['trial.stopped', new Map(optionsOf('trial.stopped').map((code) => [code, `${code}-x`]))],
      ['indication.primary', new Map(optionsOf('indication.primary').map((code) => [code, `${code}-x`]))],
    ]),
  };

  test('a definition under other names screens every sheet as before', () => {
    const other = renamed(shipped, everything);
    fc.assert(
      fc.property(arbitraryAnswers(shipped, shippedBaseline()), (drawn) => {
        const answers = withoutStray(shipped, drawn);
        const carried = readAnswers(other, renamedSheet(writeAnswers(shipped, answers), everything));
        const [was, is] = [assess(shipped, answers), assess(other, carried.answers)];
        expect(is.disposition).toBe(was.disposition);
        expect(is.findings.map(({ rule, disposition }) => [rule, disposition]).sort()).toEqual(
          was.findings.map(({ rule, disposition }) => [everything.rules.get(rule) ?? rule, disposition]).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });
});

function optionsOf(linkId: string): readonly string[] {
  const all = JSON.stringify(shipped.items, (_key, value: unknown) => value);
  const found: string[] = [];
  JSON.parse(all, (_key, value: { linkId?: string; options?: readonly { code: string }[] } | null) => {
    if (value?.linkId === linkId) found.push(...(value.options ?? []).map(({ code }) => code));
    return value;
  });
  return found;
}

describe('options', () => {
  test('one added is an answer that the new definition alone takes', () => {
    const { oneSided, moves, structure } = difference({
      next: changedQuestionnaire(
        /( +)(- \{ code: high, text: High \}\n)/,
        '$1$2$1- { code: pending, text: Not scored yet }\n',
      ),
    });
    expect(moves).toEqual([]);
    expect(oneSided).toEqual([{ takenBy: 'new', linkId: 'suicide.cssrs', what: 'the option pending' }]);
    expect(structure).toEqual([
      { kind: 'question', id: 'suicide.cssrs', what: 'changed', fields: [{ field: 'option pending', now: 'taken' }] },
    ]);
  });

  test('one renamed by the map is the same answer', () => {
    const found = difference({
      next: changedQuestionnaire(
        /code: high, text: High/,
        'code: severe, text: High',
        /suicide\.cssrs == "high"/g,
        'suicide.cssrs == "severe"',
      ),
      renames: ['suicide.cssrs:high=severe'],
    });
    expect(isOutcomeProvedSame(found)).toBe(true);
    expect(found.oneSided).toEqual([]);
  });
});
