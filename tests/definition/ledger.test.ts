import { expect, test } from 'vitest';
import { readEvidence, staleEvidence } from '../../src/definition/evidence.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { EvidenceLedger } from '../../src/model/evidence.ts';
import { parseDate, wholeMonths } from '../../src/model/local-date.ts';
import { evidence, questionnaire, shipped, templateText } from '../document/sample.ts';

const ledgerText = shipped('templates/iv-ketamine/evidence.yaml');
const day = (text: string): number => parseDate(text) as number;

function ledgerWith(from: string, to: string) {
  expect(ledgerText.text).toContain(from);
  return readEvidence({ ...ledgerText, text: ledgerText.text.replace(from, to) }).diagnostics;
}

function formWith(from: string | RegExp, to: string, ledger: EvidenceLedger = evidence) {
  const text = templateText.text.replace(from, to);
  expect(text).not.toBe(templateText.text);
  return readTemplate({ ...templateText, text }, { questionnaire, evidence: ledger }).diagnostics.map(
    ({ code, message }) => `${code}: ${message}`,
  );
}

test.each([
  ['effect: 59, of: 100, reported: "59 %"', 'effect: 61, of: 100, reported: "59 %"'],
  ['effect: 71, of: 100, reported: "70.8 %"', 'effect: 70, of: 100, reported: "70.8 %"'],
  ['effect: 46, of: 100, reported: "100 % - 53.6 %"', 'effect: 47, of: 100, reported: "100 % - 53.6 %"'],
  ['effect: [3, 4], of: 1000, reported: "0.3 to 0.4 %"', 'effect: [3, 5], of: 1000, reported: "0.3 to 0.4 %"'],
  ['effect: [3, 4], of: 1000, reported: "0.3 to 0.4 %"', 'effect: [2, 4], of: 1000, reported: "0.3 to 0.4 %"'],
  ['effect: [3, 4], of: 1000, reported: "0.3 to 0.4 %"', 'effect: 4, of: 1000, reported: "0.3 to 0.4 %"'],
  ['effect: 5, of: 1000, reported: "+5 per 1,000"', 'effect: 5, of: 100, reported: "+5 per 1,000"'],
  ['effect: 28, unit: d, reported: median 27.5 days', 'effect: 29, unit: d, reported: median 27.5 days'],
])('a figure that does not say what was reported is an error: %s', (from, to) => {
  expect(ledgerWith(from, to).map(({ code }) => code)).toEqual(['figure-not-as-reported']);
});

test('half a person may be rounded either way, and nothing else', () => {
  const reported = 'of: 100, reported: "12.5 % of 138 patients"';
  expect(ledgerWith(`effect: 12, ${reported}`, `effect: 13, ${reported}`)).toEqual([]);
  expect(ledgerWith(`effect: 12, ${reported}`, `effect: 14, ${reported}`)).toHaveLength(1);
});

test('months are whole', () => {
  expect(wholeMonths(day('2024-11-24'), day('2026-11-23'))).toBe(23);
  expect(wholeMonths(day('2024-11-24'), day('2026-11-24'))).toBe(24);
  expect(wholeMonths(day('2026-03-01'), day('2026-02-01'))).toBe(-1);
});

test('what nobody looked at for too long is stale from that day on, and a day to come is no check', () => {
  const { months } = evidence.recheckAfter;
  expect(months).toBe(24);
  expect(staleEvidence(evidence, day('2026-11-24'))).toEqual([]);
  expect(staleEvidence(evidence, day('2028-11-23'))).toEqual([]);
  expect(staleEvidence(evidence, day('2028-11-24'))).toHaveLength(evidence.entries.length);
  expect(staleEvidence(evidence, day('2026-11-23'))[0]?.message).toMatch(/still to come$/);
});

test('Daly 2018 is a study of the spray: no benefit of ketamine into a vein rests on it', () => {
  const heading = ':::benefit[Changes in the brain]{id="brain-changes" evidence="holmes-2022"}';
  const marked = ':::benefit[Changes in the brain]{id="brain-changes" evidence="daly-2018" indirect}';
  expect(formWith(heading, marked)).toEqual([
    'beyond-its-source: this benefit rests on `daly-2018`, which says nothing about ketamine into a vein at this dose',
  ]);
  expect(formWith(heading, marked.replace(' indirect', '')).join()).toMatch(/unmarked-indirect/);
});

test('a benefit prints no number of a study of another drug, direct ones beside it or not', () => {
  expect(
    formWith(
      'evidence="holmes-2022"}\n- **What is known.**',
      'evidence="holmes-2022 esketamine-pooled" indirect}\n- 34 in 100.\n- **What is known.**',
    ),
  ).toEqual([
    'unproved-number: the number 34 is in no figure that this block names',
    'unproved-number: the number 100 is in no figure that this block names',
  ]);
});

test('a band is a number: it needs one in the text', () => {
  expect(formWith('{id="liver" band=unknown', '{id="liver" band=rare')).toEqual([
    'wrong-band: the band is `rare`, and no number in the text says so',
  ]);
});

test('the band above a risk fits its largest number', () => {
  expect(formWith('{id="anxiety" band=very-common', '{id="anxiety" band=common')).toEqual([
    'wrong-band: the band is `common`, the largest number in the text is `very-common`',
  ]);
});

test('a quantity in words is traced like a number', () => {
  expect(formWith('symptoms fell by half or more', 'symptoms fell by half')).toEqual([
    'unproved-number: `half` says a quantity that is in no figure that this block names',
  ]);
  expect(formWith('Many people could tell', 'Twice as many people could tell')).toEqual([
    'unproved-number: `Twice` says a quantity that is in no figure that this block names',
  ]);
  const silent = {
    ...evidence,
    entries: evidence.entries.map((entry) => ({
      ...entry,
      figures: entry.figures.map(({ spoken: _, ...figure }) => figure),
    })),
  };
  expect(formWith('version: "1.0.0"', 'version: "1.0.1"', silent).join()).toMatch(/`[Hh]alf` says a quantity/);
});

test('the words around the clauses hold no number of their own', () => {
  expect(formWith('notRecorded: not on record', 'notRecorded: not on record since 1990').join()).toMatch(
    /the number 1990 /,
  );
  expect(formWith('Very common: 1 or more in 10 people', 'Very common: 1 or more in 20 people')).toEqual([
    'unproved-number: the number 20 is no bound of a band',
  ]);
});
