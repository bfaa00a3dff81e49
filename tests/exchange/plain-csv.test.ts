import { createHash } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wholeItems } from '../../src/engine/items.ts';
import { writeAnswers } from '../../src/exchange/answers.ts';
import { csvReaders, type Delimiter } from '../../src/exchange/csv.ts';
import { plainScreener, type Screening, screenRecord } from '../../src/exchange/screen.ts';
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

type Sheet = Readonly<Record<string, unknown>>;
interface Column {
  readonly name: string;
  readonly of: (sheet: Sheet) => unknown;
}

const cellOf = (value: unknown): string => {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'object' && value !== null ? String((value as { absent: unknown }).absent) : String(value);
};
const entriesOf = (sheet: Sheet, repeat: string): readonly Sheet[] => {
  const answer = sheet[repeat];
  return Array.isArray(answer) ? answer : [];
};
const columns: readonly Column[] = wholeItems(questionnaire).flatMap((item): Column[] => {
  const { linkId } = item;
  if (item.type !== 'group') return [{ name: linkId, of: (sheet) => sheet[linkId] }];
  const whole = (sheet: Sheet): unknown => {
    if (!Array.isArray(sheet[linkId])) return sheet[linkId];
    return entriesOf(sheet, linkId).length === 0 ? 'none' : undefined;
  };
  const inner = Array.from({ length: item.repeats?.max ?? 0 }, (_, at) =>
    item.items.map(({ linkId: field }): Column => {
      const key = field.slice(linkId.length + 1);
      return { name: `${linkId}[${at + 1}].${key}`, of: (sheet) => entriesOf(sheet, linkId)[at]?.[key] };
    }),
  );
  return [{ name: linkId, of: whole }, ...inner.flat()];
});

/** Both readers of a table with these columns; what the plain one remembers of other rows must not matter. */
function readersOf(names: readonly string[], delimiter: Delimiter) {
  const readers = csvReaders(questionnaire, new TextEncoder().encode(names.join(delimiter)), delimiter);
  if (readers.readPlain === undefined) throw new Error('no plain reader');
  const screenPlain = plainScreener(screening, readers.readPlain);
  return (row: string | Uint8Array) => {
    const raw = typeof row === 'string' ? new TextEncoder().encode(row) : row;
    const record = readers.read({ line: 7, raw, is: 'whole', end: raw.length });
    return { slow: record && screenRecord(screening, record), plain: screenPlain(7, raw) };
  };
}

/** True where the plain way took it. */
function expectSame({ slow, plain }: ReturnType<ReturnType<typeof readersOf>>): boolean {
  if (plain === undefined) return false;
  if (slow?.is !== 'assessed') throw new Error('the thorough way refuses what the plain way took');
  const { is, line, id, answers, assessment, absent, result, digest } = plain;
  expect(slow).toEqual({ is, line, id, answers, assessment, absent, result, digest, addJson: slow.addJson });
  expect([...answers.keys()]).toEqual([...slow.answers.keys()]);
  expect(jsonOf(plain)).toBe(jsonOf(slow));
  expect(jsonOf(plain, 'form.pdf')).toBe(jsonOf(slow, 'form.pdf'));
  return true;
}

const arbitrarySheet = arbitraryAnswers(questionnaire, baseline).map((answers): Sheet => {
  return JSON.parse(JSON.stringify(writeAnswers(questionnaire, answers)));
});
const ways = [
  { delimiter: ',', quoted: false },
  { delimiter: ',', quoted: true },
  { delimiter: '\t', quoted: false },
] as const;
const orders: readonly (readonly Column[])[] = [columns, columns.toReversed()];
const rowOf = (order: readonly Column[], sheet: Sheet, way: (typeof ways)[number]): string =>
  stringify([order.map(({ of }) => cellOf(of(sheet)))], { ...way, quoted_empty: way.quoted }).slice(0, -1);

const tables = ways.flatMap((way) =>
  orders.map((order) => {
    const names = order.map(({ name }) => name);
    return { way, order, both: readersOf(names, way.delimiter) };
  }),
);
const first = tables[0] as (typeof tables)[number];
const row = rowOf(first.order, JSON.parse(JSON.stringify(writeAnswers(questionnaire, baseline))), first.way);

describe('the plain way and the thorough way say the same of a row', () => {
  test('whatever is answered, quoted or not, with commas or tabs, in any order; and the plain way takes what is accepted', () => {
    let taken = 0;
    fc.assert(
      fc.property(arbitrarySheet, fc.constantFrom(...tables), (sheet, { way, order, both }) => {
        const outcome = both(rowOf(order, sheet, way));
        const wasTaken = expectSame(outcome);
        // A quote in a text is left to the thorough way.
        const hasQuote = JSON.stringify(sheet).includes('\\"');
        expect(wasTaken).toBe(outcome.slow?.is === 'assessed' && !hasQuote);
        if (wasTaken) taken += 1;
      }),
      { numRuns: runs * 2 },
    );
    expect(taken).toBeGreaterThan(runs / 10);
  });

  test('with its bytes changed, cut off or put twice', () => {
    const bytes = new TextEncoder().encode(row);
    const signs = [...new TextEncoder().encode('",;.\t 0519-+eEtfnu\n\r\''), 0x00, 0x7f, 0x80, 0xc3, 0xff];
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
        expectSame(first.both(new Uint8Array(changed)));
      }),
      { numRuns: runs * 5 },
    );
  });

  test('of every cell in the place of every other', () => {
    const cells = row.split(',');
    const odd = ['', '""', '"', '0', '-0', '00', '1.', '.5', '1e1', '36.60', ' 37', '37 ', 'TRUE', 'none', 'unknown'];
    const values = [...new Set([...cells, ...odd, '"unknown"', '"a""b"', 'a"b', '"a"b', 'none;none', 'é', 'declined'])];
    let taken = 0;
    for (let at = 0; at < cells.length; at += 1) {
      for (const value of values) if (expectSame(first.both(cells.with(at, value).join(',')))) taken += 1;
    }
    expect(taken).toBeGreaterThan(cells.length * 2);
  });
});

const cells = row.split(',');
const at = (name: string): number => columns.findIndex((column) => column.name === name);
test.each<[string, boolean]>([
  ['true', true],
  ['TRUE', true],
  ['"TRUE"', true],
  ['True', false],
  ['tRUE', false],
  ['yes', false],
  ['1', false],
])('a yes as a spreadsheet saves it, and no other, is accepted: %s', (cell, isAccepted) => {
  const outcome = first.both(cells.with(at('today.escort'), cell).join(','));
  expect([expectSame(outcome), outcome.slow?.is]).toEqual([isAccepted, isAccepted ? 'assessed' : 'refused']);
});

test.each<[string, string]>([
  ['nothing in it', ''],
  ['blanks', '   '],
  ['nothing in any cell', ','.repeat(columns.length - 1)],
  ['a cell too few', cells.slice(1).join(',')],
  ['a cell too many', `${row},`],
  ['an entry left empty before another', cells.with(at('trial[4].dose'), '50').join(',')],
  ['no entries, and an entry', cells.with(at('trial'), 'none').join(',')],
  ['a comma in quotes', cells.with(at('applicant.name'), '"Sample, Ann"').join(',')],
  ['a line break in quotes', cells.with(at('applicant.name'), '"Ann\nSample"').join(',')],
])('a row with %s', (_what, text) => {
  expectSame(first.both(text));
});

test.each(['lithium, at night', 'at,3'])(
  'what was met in quotes, %s, is two cells where it stands without them',
  (text) => {
    const both = readersOf(
      columns.map(({ name }) => name),
      ',',
    );
    const withDrug = (cell: string): string => cells.with(at('trial[1].medication'), cell).join(',');
    expectSame(both(withDrug(`"${text}"`)));
    const outcome = both(withDrug(text));
    expect([outcome.plain, outcome.slow?.is]).toEqual([undefined, 'refused']);
  },
);
