import { describe, expect, test } from 'vitest';
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
  ['effect: 27, unit: d, reported: median 27.5 days', 'effect: 28, unit: d, reported: median 27.5 days'],
])('a figure that does not say what was reported is an error: %s', (from, to) => {
  expect(ledgerWith(from, to).map(({ code }) => code)).toEqual(['figure-not-as-reported']);
});

test('half a person that speaks against the treatment is rounded up, one that speaks for it down, and none without a word', () => {
  const harm = 'of: 100, reported: "12.5 % of 138 patients", speaks:';
  const asRounded = (effect: number, speaks: string) =>
    ledgerWith(`effect: 13, ${harm} against`, `effect: ${effect}, ${harm} ${speaks}`);
  for (const wrong of [12, 14]) expect(asRounded(wrong, 'against'), `${wrong}`).toHaveLength(1);
  expect(asRounded(12, 'for')).toEqual([]);
  for (const wrong of [11, 13]) expect(asRounded(wrong, 'for'), `${wrong}`).toHaveLength(1);
  expect(ledgerWith(`effect: 13, ${harm} against`, 'effect: 13, of: 100, reported: "12.5 %"')).toHaveLength(1);
});

test('a number that the source has as it stands needs no word for its rounding', () => {
  expect(ledgerWith('reported: "59 %"', 'reported: "59.0 %"')).toEqual([]);
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
  expect(formWith('People can often guess', 'Twice as many people can guess')).toEqual([
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

test.each([
  [
    'a rounded share',
    'it was about 54 in 100',
    'it was 54 in 100',
    '54 in 100 stands without “about”, “around”: the source says 53.6 %',
  ],
  [
    'a bound',
    'at least 50 in 100 people',
    '50 in 100 people',
    '50 in 100 stands without “at least”: the source says at least 50 %',
  ],
  [
    'a bound told as rounded',
    'More than 25 in 100',
    'About 25 in 100',
    '25 in 100 stands without “more than”, “over”: the source says more than 25 %',
  ],
  [
    'a time that is a bound',
    'were gone within 4 hours',
    'were gone after 4 hours',
    '4 stands without “up to”, “within”: the source says within 4 h',
  ],
  [
    'an exact share told as a bound',
    'one infusion, 64 in 100',
    'one infusion, up to 64 in 100',
    'the source says 64 %, not “up to” 64 in 100',
  ],
])('the word before a number is the one its figure needs: %s', (_what, from, to, said) => {
  expect(formWith(from, to)).toEqual([`unqualified-number: ${said}`]);
});

test('the driving rule keeps the “at least” of its source', () => {
  expect(formWith('drive for at least 24 hours after', 'drive for 24 hours after')).toEqual([
    'unqualified-number: 24 stands without “at least”: the source says at least 24 h',
  ]);
});

test('“about” may stand before a number that is exact', () => {
  expect(formWith('one infusion, 64 in 100', 'one infusion, about 64 in 100')).toEqual([]);
});

test.each([
  ['another denominator', 'one infusion, 64 in 100', 'one infusion, 64 in 1,000', ['64', '1000']],
  ['the first of two numbers', 'about 3 or 4 in 1,000', 'about 2 or 4 in 1,000', ['2', '4', '1000']],
  ['one of two numbers alone', 'about 3 or 4 in 1,000', 'about 4 in 1,000', ['4', '1000']],
  ['another unit', 'the drip ran for about 40 minutes', 'the drip ran for about 40 hours', ['40']],
  [
    'a rule without a source and its “at least”',
    'For at least 24 hours, do not drink',
    'For 24 hours, do not drink',
    ['24'],
  ],
])('numbers are held against their figure whole: %s', (_what, from, to, numbers) => {
  expect(formWith(from, to)).toEqual(
    numbers.map((each) => `unproved-number: the number ${each} is in no figure that this block names`),
  );
});

test('a word for a figure is free in the sentence that tells the figure, and in no other', () => {
  expect(
    formWith('**Keep in mind.** Studies do not agree on how', '**Keep in mind.** Half do not agree on how'),
  ).toEqual(['unproved-number: `Half` says a quantity that is in no figure that this block names']);
  expect(
    formWith('days after the last infusion.\n- **Keep', `days after the last infusion. It is half.\n- **Keep`),
  ).toEqual(['unproved-number: `half` says a quantity that is in no figure that this block names']);
});

describe('a picture is drawn from the ledger alone', () => {
  const picture =
    '::picture[Severely high blood pressure at least once]{figure="yale-bp-2024.severe" label="With ketamine"}';
  test.each([
    [
      'a figure that is not there',
      picture.replace('.severe"', '.sever"'),
      'unknown-figure: no study that this block names has a figure `yale-bp-2024.sever`',
    ],
    [
      'a figure of a study that the block does not name',
      picture.replace('yale-bp-2024.severe', 'han-2016.response-7d'),
      'unknown-figure: no study that this block names has a figure `han-2016.response-7d`',
    ],
    [
      'a figure that is no share',
      picture.replace('.severe"', '.peak"'),
      'undrawable-figure: `yale-bp-2024.peak` is no single share of 100 people or fewer',
    ],
    [
      'a label without its figure',
      picture.replace('}', ' besideLabel="x"}'),
      'missing-attribute: `besideLabel` stands without `beside`',
    ],
    [
      'a number in the caption',
      picture.replace('[Severely', '[99 severely'),
      'unproved-number: the number 99 is in no figure that this block names',
    ],
    [
      'no caption',
      picture.replace('[Severely high blood pressure at least once]', ''),
      'missing-title: the picture has no caption',
    ],
  ])('%s', (_what, to, said) => expect(formWith(picture, to)).toEqual([said]));

  test('two studies beside each other are no comparison', () => {
    const beside = 'beside="murrough-2013.response-24h-midazolam"';
    expect(formWith(beside, 'beside="han-2016.response-7d"')).toEqual([
      'undrawable-figure: the two shares are not of one study and one denominator',
    ]);
  });

  test('and stands inside a block', () => {
    expect(formWith('## Other choices\n', `## Other choices\n\n${picture}\n`)).toEqual([
      'unknown-directive: a picture belongs to no block here',
    ]);
  });
});

test('a line has one idea: two sentences at most, a lead-in not counted', () => {
  expect(formWith('- This can frighten you.', '- This can frighten you. It passes. Wait.')).toEqual([
    'crowded-line: one line of `dissociation` has 3 sentences',
  ]);
});
