import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { assess } from '../../src/engine/assess.ts';
import { assessOn, expiredOn, type Given, visitIn, windowEnds, windowsOf } from '../../src/engine/validity.ts';
import { type Disposition, severityRank } from '../../src/model/disposition.ts';
import { formatDate, parseDate } from '../../src/model/local-date.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { shippedBaseline, shippedQuestionnaire, shippedSources } from '../shipped.ts';

const questionnaire = shippedQuestionnaire();
const baseline = shippedBaseline();
const day = (text: string): number => parseDate(text) as number;
const given: Given = { visit: day('2026-03-10'), earlier: new Map() };

describe('the shipped windows', () => {
  test('cover readings, scores and the pregnancy test', () => {
    const windows = new Map(windowsOf(questionnaire).map(({ parameter, ...window }) => [parameter.name, window]));
    expect([...windows.keys()]).toEqual(['readingsValidDays', 'scoresValidDays', 'pregnancyTestValidDays']);
    expect(windows.get('pregnancyTestValidDays')).toEqual({ days: 7, linkIds: ['pregnancy.test'] });
    expect(windows.get('scoresValidDays')?.linkIds).toContain('phq9.q9');
    const today = windows.get('readingsValidDays')?.linkIds ?? [];
    expect(today).toEqual(expect.arrayContaining(['vitals.systolic', 'asq.q5', 'suicide.cssrs', 'today.escort']));
    expect(today).not.toContain('cardiac.stroke');
  });

  test.each([
    ['2026-03-10', [], []],
    ['2026-03-11', ['vitals.systolic', 'today.escort'], ['phq9.q1', 'cardiac.mi']],
    ['2026-03-24', ['vitals.systolic'], ['phq9.q1']],
    ['2026-03-25', ['vitals.systolic', 'phq9.q1'], ['cardiac.mi']],
  ])('on %s', (on, gone, kept) => {
    const expired = expiredOn(questionnaire, baseline, given, day(on));
    expect(expired).toEqual(expect.arrayContaining(gone));
    for (const linkId of kept) expect(expired).not.toContain(linkId);
    if (gone.length === 0) expect(expired).toEqual([]);
  });

  test('end the day after their last one, counted from the earliest answer that they cover', () => {
    const ends = (of: Given): readonly string[] => [...windowEnds(questionnaire, of).values()].map(formatDate);
    expect(ends(given)).toEqual(['2026-03-11', '2026-03-25', '2026-03-18']);
    const earlier = new Map([['phq9.q3', day('2026-03-05')]]);
    expect(ends({ ...given, earlier })).toEqual(['2026-03-11', '2026-03-20', '2026-03-18']);
  });

  test('the day of the visit is the one that the answers name', () => {
    expect(visitIn(questionnaire, baseline)).toBe(day('2026-03-10'));
    expect(visitIn(questionnaire, new Map())).toBeUndefined();
  });
});

describe('waiting', () => {
  const dispositionOn = (answers: typeof baseline, on: string): Disposition =>
    assessOn(questionnaire, answers, given, day(on)).disposition;

  test.each<[string, Disposition]>([
    ['2026-03-10', 'proceed'],
    ['2026-03-11', 'defer'],
    ['2026-06-01', 'defer'],
  ])('someone without a barrier is on %s: %s', (on, disposition) => {
    expect(dispositionOn(baseline, on)).toBe(disposition);
  });

  test('a positive pregnancy test stays one, also when it is past its time', () => {
    const answers = new Map([...baseline, ['pregnancy.possible', true], ['pregnancy.test', 'positive']] as const);
    expect(dispositionOn(answers, '2026-03-10')).toBe('do-not-proceed');
    expect(dispositionOn(answers, '2027-03-10')).toBe('do-not-proceed');
  });

  test('never makes an outcome milder, and changes nothing on the day itself', () => {
    fc.assert(
      fc.property(
        arbitraryAnswers(questionnaire, baseline),
        fc.array(fc.nat(40), { minLength: 2, maxLength: 4 }),
        fc.dictionary(fc.constantFrom('phq9.q1', 'phq9.q9', 'pregnancy.test'), fc.nat(30), { maxKeys: 3 }),
        (answers, waits, before) => {
          const earlier = new Map(Object.entries(before).map(([linkId, days]) => [linkId, given.visit - days]));
          const ranks = waits
            .sort((a, b) => a - b)
            .map((days) => assessOn(questionnaire, answers, { ...given, earlier }, given.visit + days))
            .map(({ disposition }) => severityRank(disposition));
          expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
          const { disposition } = assess(questionnaire, answers);
          expect(ranks[0]).toBeLessThanOrEqual(severityRank(disposition));
          expect(assessOn(questionnaire, answers, given, given.visit)).toEqual(assess(questionnaire, answers));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a window that is none', () => {
  const { main, tables } = shippedSources();
  test.each([
    ['validFor: pregnancyTestValidDay', 'unknown-name'],
    ['validFor: fastingFoodMinutes', 'wrong-shape'],
  ])('%s: %s, at its place', (window, code) => {
    const text = main.text.replace('validFor: pregnancyTestValidDays', window);
    const { diagnostics } = readQuestionnaire({ ...main, text }, tables);
    const [first, ...more] = diagnostics.filter(({ severity }) => severity === 'error');
    expect(more).toEqual([]);
    expect(first?.code).toBe(code);
    expect(text.slice(first?.at.start, first?.at.end)).toBe(window.replace('validFor: ', ''));
  });
});
