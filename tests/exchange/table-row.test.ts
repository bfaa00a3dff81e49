import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tableRow } from '../../src/exchange/table-row.ts';

const sign = fc.constantFrom(...'ab1_:.;|-=+@\'", \t\n\r\uff1dñ');
const cell = fc.oneof(fc.string({ unit: sign, maxLength: 6 }), fc.integer(), fc.double(), fc.constant(undefined));
const delimiter = fc.constantFrom(',' as const, '\t' as const);
const formula = /^[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/;
/** A quote behind a separator is taken away where that separates cells. */
const formulaInside = /[,;\t|][\s"]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;
const isSafe = (each: unknown) => typeof each !== 'string' || !(formula.test(each) || formulaInside.test(each));

test('a row that holds no formula is what the library writes, whichever way it is written', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), delimiter, (cells, between) => {
      fc.pre(cells.every(isSafe));
      expect(tableRow(cells, between)).toBe(stringify([cells], { delimiter: between }));
    }),
    { numRuns: 3000 },
  );
});

test('no cell of any row starts a formula, whatever separates cells', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: sign, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      delimiter,
      (cells, between) => {
        const [row = []] = parse(tableRow(cells, between), {
          delimiter: between,
          record_delimiter: '\n',
        }) as string[][];
        expect(row.filter((each) => formula.test(each) || formulaInside.test(each))).toEqual([]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a formula in quotes that starts a cell where semicolons separate them gets its apostrophe behind the quotes', () => {
  expect(tableRow([1, `";"=cmd|' /C calc'!A0;`], ',')).toBe(`1,""";""'=cmd|' /C calc'!A0;"\n`);
});
