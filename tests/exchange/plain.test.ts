import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wholeItems } from '../../src/engine/items.ts';
import { sheetFields, writeAnswers } from '../../src/exchange/answers.ts';
import { readJsonRecord } from '../../src/exchange/ndjson.ts';
import { plainJsonReader } from '../../src/exchange/plain-json.ts';
import { plainScreener, type Screening, screenRecord } from '../../src/exchange/screen.ts';
import type { Item } from '../../src/model/questionnaire.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { shippedBaseline, shippedQuestionnaire } from '../shipped.ts';
import { jsonOf } from './json-of.ts';

/** More than what every run can afford: set it by hand after a change. */
const runs = Number(process.env.PREINFUSE_RUNS ?? 200);

const questionnaire = shippedQuestionnaire();
const baseline = shippedBaseline();
const screening: Screening = {
  questionnaire,
  definitionDigest: 'sha256:0',
  visitDate: '2026-03-10',
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
/** One for all: what it remembers of other records must not matter. */
const screenPlain = plainScreener(screening, plainJsonReader(sheetFields(questionnaire)));
const corpus: { readonly accepted: readonly string[]; readonly malformed: readonly string[] } = JSON.parse(
  readFileSync(new URL('corpus/values.json', import.meta.url), 'utf8'),
);

function bothWays(text: string | Uint8Array) {
  const raw = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const record = readJsonRecord({ line: 7, raw, is: 'whole', end: raw.length });
  return { slow: record && screenRecord(screening, record), plain: screenPlain(7, raw) };
}

/** True where the plain way took it. */
function expectSame(text: string | Uint8Array): boolean {
  const { slow, plain } = bothWays(text);
  if (plain === undefined) return false;
  if (slow?.is !== 'assessed') throw new Error('the thorough way refuses what the plain way took');
  const { is, line, id, answers, assessment, absent, result, digest } = plain;
  expect(slow).toEqual({ is, line, id, answers, assessment, absent, result, digest, addJson: slow.addJson });
  expect([...answers.keys()]).toEqual([...slow.answers.keys()]);
  expect(jsonOf(plain)).toBe(jsonOf(slow));
  expect(jsonOf(plain, 'form.pdf')).toBe(jsonOf(slow, 'form.pdf'));
  expect(jsonOf(plain)).toBe(JSON.stringify(result));
  expect(jsonOf(plain, 'form.pdf')).toBe(JSON.stringify({ ...result, form: 'form.pdf' }));
  return true;
}

const sheetOf = (answers: ReturnType<typeof shippedBaseline>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(writeAnswers(questionnaire, answers)));
const arbitrarySheet = arbitraryAnswers(questionnaire, baseline).map(sheetOf);

describe('the plain way and the thorough way say the same', () => {
  test('of whatever may be answered, and the plain way takes what is accepted', () => {
    fc.assert(
      fc.property(arbitrarySheet, (sheet) => {
        const text = JSON.stringify(sheet);
        expect(expectSame(text)).toBe(bothWays(text).slow?.is === 'assessed');
      }),
      { numRuns: runs },
    );
  });

  test('a text that goes on where the answer met before ended is another answer, or none', () => {
    const text = JSON.stringify(sheetOf(baseline));
    const key = '"phq9.q1":2';
    for (const [from, to, isTaken] of [
      [key, '"phq9.q1":20', false],
      [key, '"phq9.q1":2.0', true],
      [key, '"phq9.q1":2 ', false],
      [key, '"phq9.q1": 2', true],
      [key, '"phq9.q1":2,"phq9.q1":2', false],
      [key, '"phq9.q1":2,"phq9.q1":1', false],
      ['"cardiac.avm":false', '"cardiac.avm":falsey', false],
      ['"cardiac.avm":false', '"cardiac.avm":false false', false],
      ['"cardiac.mi":false', '"cardiac.mi":{"absent":"unknown"}', true],
    ] as const) {
      expect(text).toContain(from);
      expect(expectSame(text)).toBe(true);
      expect(expectSame(text.replace(from, to)), to).toBe(isTaken);
      expect(expectSame(text)).toBe(true);
    }
  });

  test('in any order of keys, with a space or none after colons and commas', () => {
    fc.assert(
      fc.property(arbitrarySheet, fc.infiniteStream(fc.nat()), fc.boolean(), (sheet, order, isSpaced) => {
        const keys = Object.keys(sheet).map((key) => ({ key, at: order.next().value as number }));
        const shuffled = keys.sort((a, b) => a.at - b.at).map(({ key }) => [key, sheet[key]] as const);
        const [colon, comma] = isSpaced ? [': ', ', '] : [':', ','];
        const text = `{${shuffled.map(([key, value]) => JSON.stringify(key) + colon + JSON.stringify(value)).join(comma)}}`;
        expect(expectSame(text)).toBe(bothWays(text).slow?.is === 'assessed');
      }),
      { numRuns: runs / 4 },
    );
  });

  test('of the same answers written otherwise: their digest is that of the sheet as we write it', () => {
    const written = JSON.stringify(sheetOf(baseline));
    const digestOf = (text: string): string | undefined => bothWays(text).plain?.result.digest;
    const others = [
      written.replace(/("vitals\.temperature":\d+)\.(\d)/, '$1.$20'),
      written.replace(/("vitals\.temperature":\d+)\.\d/, '$1.0'),
      written.replace('"currentEpisode":true,"adherent":true', '"adherent":true,"currentEpisode":true'),
      written.replace('"currentEpisode":true,"adherent"', '"currentEpisode":true, "adherent"'),
      written.replace(/"visit\.date":"[^"]+",/, ''),
    ];
    for (const other of others) {
      expect(other).not.toBe(written);
      expect(expectSame(other)).toBe(true);
    }
    expect(new Set([others[0], ...others.slice(2), written].map((text) => digestOf(text as string))).size).toBe(1);
    expect(digestOf(others[1] as string)).not.toBe(digestOf(written));
  });

  test('of a sheet with its bytes changed, cut off or put twice', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(sheetOf(baseline)));
    const signs = [...new TextEncoder().encode('"{}[]:,\\. 0519-+eEtfnu\n\t'), 0x00, 0x7f, 0x80, 0xc3, 0xff];
    const place = fc.nat({ max: bytes.length - 1 });
    fc.assert(
      fc.property(place, place, fc.constantFrom(...signs), fc.nat({ max: 3 }), (at, to, sign, kind) => {
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
        const changed = [
          Buffer.concat([before, Uint8Array.of(sign), after.subarray(1)]),
          Buffer.concat([before, Uint8Array.of(sign), after]),
          Buffer.concat([before, after.subarray(1)]),
          Buffer.concat([before, bytes.subarray(Math.min(at, to), Math.max(at, to)), after]),
        ][kind] as Buffer;
        expectSame(new Uint8Array(changed));
      }),
      { numRuns: runs * 5 },
    );
  });

  test('of every value of the corpus in the place of an answer of every kind', () => {
    const sheet = sheetOf(baseline);
    let taken = 0;
    const kindOf = (item: Item): string =>
      JSON.stringify([
        item.type,
        item.mayBeAbsent,
        item.enableWhen === undefined,
        'decimals' in item && item.decimals,
      ]) + JSON.stringify(['scored' in item && item.scored, 'repeats' in item, 'table' in item]);
    const byKind = new Map(wholeItems(questionnaire).map((item) => [kindOf(item), item]));
    expect(byKind.size).toBeGreaterThan(8);
    for (const { linkId } of byKind.values()) {
      const { [linkId]: _, ...others } = sheet;
      const rest = JSON.stringify(others).slice(1);
      for (const value of [...corpus.accepted, ...corpus.malformed]) {
        if (expectSame(`{${JSON.stringify(linkId)}:${value},${rest}`)) taken += 1;
      }
    }
    expect(taken).toBeGreaterThan(20);
  });

  test('the corpus holds what it says', () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    expect(corpus.accepted.filter((text) => !isJson(text))).toEqual([]);
    const twice = '{"absent":"unknown","absent":"unknown"}';
    expect(corpus.malformed.filter((text) => isJson(text))).toEqual([twice]);
  });
});

test.each<[string, string]>([
  ['an empty object', '{}'],
  ['an empty list', '[]'],
  ['something after the end', `${JSON.stringify(sheetOf(baseline))}x`],
  ['another object after it', `${JSON.stringify(sheetOf(baseline))}{}`],
  ['a key twice', JSON.stringify(sheetOf(baseline)).replace('{', '{"today.escort":true,')],
  ['a key twice, once with an escape', JSON.stringify(sheetOf(baseline)).replace('{', '{"today.esc\\u006frt":true,')],
  ['an unknown key', JSON.stringify(sheetOf(baseline)).replace('{', '{"today.scort":true,')],
  ['no visit date', JSON.stringify({ ...sheetOf(baseline), 'visit.date': undefined })],
  ['space around', ` ${JSON.stringify(sheetOf(baseline))}\t`],
  ['printed in lines', JSON.stringify(sheetOf(baseline), null, 2)],
])('%s', (_what, text) => {
  expectSame(text);
});
