import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/engine/assess.ts';
import { clearingEdits, editsThatCleared } from '../../src/engine/clearing-edits.ts';
import { wholeItems } from '../../src/engine/items.ts';
import { readAnswers, writeAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { ClearingEdit } from '../../src/model/clearing-edit.ts';
import { consentForm } from '../../src/model/disposition.ts';
import { describeClearingEdits } from '../../src/report/clearing-edits.ts';
import { shippedBaseline, shippedQuestionnaire } from '../shipped.ts';

const shipped = shippedQuestionnaire();
const baseline = shippedBaseline();

/** The baseline with these answers in the place of its own; undefined takes one away. */
function sheet(changes: Readonly<Record<string, unknown>>): Answers {
  const given = Object.entries(changes).filter(([, answer]) => answer !== undefined);
  const { answers, errors } = readAnswers(shipped, Object.fromEntries(given));
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return new Map([...baseline, ...answers].filter(([linkId]) => !(linkId in changes) || answers.has(linkId)));
}

/** `rule: linkIds` of what the edits from one sheet to the next, and so on, cleared in the end. */
function clearedOver(...sheets: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const answers = sheets.map(sheet);
  const edits = answers.flatMap((after, at) =>
    at === 0 ? [] : clearingEdits(shipped, answers[at - 1] as Answers, after, at),
  );
  return editsThatCleared(edits, assess(shipped, answers.at(-1) as Answers)).map(
    ({ rule, before }) => `${rule}: ${[...before.keys()].join(', ')}`,
  );
}

const [unknown, declined] = [{ absent: 'unknown' }, { absent: 'declined' }];
const escort = (answer: unknown): Readonly<Record<string, unknown>> => ({ 'today.escort': answer });

describe('an edit that clears', () => {
  test.each<[string, readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
    ['a stop taken back', [{ 'cardiac.avm': true }, { 'cardiac.avm': false }], ['dnp-avm: cardiac.avm']],
    ['a deferral taken back', [escort(false), escort(true)], ['df-escort: today.escort']],
    [
      'a number',
      [{ 'vitals.systolic': 190 }, { 'vitals.systolic': 120 }],
      ['df-blood-pressure: vitals.systolic', 'em-hypertensive: vitals.systolic', 'cr-blood-pressure: vitals.systolic'],
    ],
    ['declined, then no', [{ 'cardiac.avm': declined }, { 'cardiac.avm': false }], ['dnp-avm: cardiac.avm']],
    ['unknown, then no', [{ 'cardiac.avm': unknown }, { 'cardiac.avm': false }], ['dnp-avm: cardiac.avm']],
    [
      'yes, unknown, no',
      [{ 'cardiac.avm': true }, { 'cardiac.avm': unknown }, { 'cardiac.avm': false }],
      ['dnp-avm: cardiac.avm', 'dnp-avm: cardiac.avm'],
    ],
    [
      'yes, taken back, no',
      [{ 'cardiac.avm': true }, { 'cardiac.avm': undefined }, { 'cardiac.avm': false }],
      ['dnp-avm: cardiac.avm'],
    ],
    ['no, then yes', [{ 'cardiac.avm': false }, { 'cardiac.avm': true }], []],
    ['yes, no, and yes again', [{ 'cardiac.avm': true }, { 'cardiac.avm': false }, { 'cardiac.avm': true }], []],
    ['yes to unknown', [{ 'cardiac.avm': true }, { 'cardiac.avm': unknown }], []],
    ['not asked, then no', [{ 'cardiac.avm': undefined }, { 'cardiac.avm': false }], []],
    ['nothing changed', [{ 'cardiac.avm': true }, { 'cardiac.avm': true }], []],
    ['from one harmless answer to another', [{ 'vitals.systolic': 121 }, { 'vitals.systolic': 120 }], []],
  ])('%s', (_what, sheets, expected) => {
    expect(clearedOver(...sheets)).toEqual(expected);
  });
});

describe('a list of entries', () => {
  const names = wholeItems(shipped).map(({ linkId }) => linkId);
  /** What is answered by the time that the trials are asked for. */
  const first = Object.fromEntries(names.slice(names.indexOf('trial') + 1).map((linkId) => [linkId, undefined]));
  const whole = writeAnswers(shipped, baseline).trial as readonly Readonly<Record<string, unknown>>[];
  const [one = {}, two = {}] = whole;
  /** The entry as it stands after each of its answers. */
  const typed = (entry: object): readonly object[] =>
    Object.entries(entry).map((_, at, all) => Object.fromEntries(all.slice(0, at + 1)));

  test('that is given answer by answer is not edited', () => {
    const steps = [[], ...typed(one).map((entry) => [entry]), ...typed(two).map((entry) => [one, entry])];
    expect(clearedOver(...steps.map((trial) => ({ ...first, trial })))).toEqual([]);
  });

  test('in which an answer is changed is, while it is given too', () => {
    const lost = { ...two, improvement: 'response-then-lost' };
    const told = ['cr-not-treatment-resistant: trial', 'cr-response-lost: trial'];
    expect(clearedOver({ ...first, trial: [one, lost] }, { ...first, trial: [one, two] })).toEqual(told);
    const steps = [[one, lost], [one], [one, two]].map((trial) => ({ ...first, trial }));
    expect(clearedOver(...steps)).toEqual(['cr-response-lost: trial']);
  });

  test('that grows once the questions after it are answered is', () => {
    const steps = [[one], ...typed(two).map((entry) => [one, entry])];
    expect(new Set(clearedOver(...steps.map((trial) => ({ trial }))))).toContain('cr-not-treatment-resistant: trial');
  });
});

test('every edit of one answer that lets an applicant through is marked', () => {
  const given = [...baseline.keys()].filter((linkId) => typeof baseline.get(linkId) === 'boolean');
  const single = fc.constantFrom(...given);
  fc.assert(
    fc.property(single, fc.constantFrom(true, false, unknown, declined), (linkId, answer) => {
      const { answers, errors } = readAnswers(shipped, { [linkId]: answer });
      if (errors.length > 0) return;
      const [before, after] = [new Map([...baseline, ...answers]), baseline];
      const hasForm = (each: Answers): boolean => consentForm[assess(shipped, each).disposition] === 'always';
      const isCleared = !hasForm(before) && hasForm(after);
      expect(clearingEdits(shipped, before, after, 0).length > 0).toBe(isCleared);
    }),
  );
});

describe('in words', () => {
  const words = (edits: readonly ClearingEdit[]): string =>
    describeClearingEdits(shipped, edits, (at) => `at ${at}`, 200).join('\n');

  test('what was answered first, what later, and what the first called for', () => {
    const text = words(clearingEdits(shipped, sheet(escort(false)), sheet(escort(true)), 7));
    expect(text).toContain('at 7: before, DEFER: NOT TODAY (df-escort)');
    expect(text).toMatch(/- .+ No -> Yes$/m);
  });

  test('nothing where nothing was changed', () => {
    expect(words([])).toBe('');
  });
});
