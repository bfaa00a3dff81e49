import { describe, expect, test } from 'vitest';
import { itemsOf } from '../../src/engine/items.ts';
import { formatDate, parseDate } from '../../src/model/local-date.ts';
import type { NumberItem } from '../../src/model/questionnaire.ts';
import { readDate } from '../../src/wizard/typed-date.ts';
import { readNumber } from '../../src/wizard/typed-number.ts';
import { shipped } from './driving.ts';

const item = (linkId: string): NumberItem => itemsOf(shipped).get(linkId)?.item as NumberItem;

describe('a typed number', () => {
  test.each<[string, string, number]>([
    ['trial.days', '70', 70],
    ['trial.days', '10 weeks', 70],
    ['trial.days', '10wk', 70],
    ['trial.days', '1 week 3 days', 10],
    ['body.weight', '80', 8000],
    ['body.weight', '80 kg', 8000],
    ['body.weight', '79,8', 7980],
    ['body.weight', '176 lb', 7983],
    ['body.weight', '176lbs', 7983],
    ['body.height', '175.5', 17550],
    ['body.height', '5ft 9', 17526],
    ['body.height', `5'9`, 17526],
    ['body.height', `5'9"`, 17526],
    ['body.height', '5 feet 9 inches', 17526],
    ['body.height', '\u2019'.length === 1 ? '5\u20199\u201d' : '', 17526],
    ['body.height', '69 in', 17526],
    ['today.minutesSinceFood', '6h', 360],
    ['today.minutesSinceFood', '1.5 hours', 90],
    ['today.minutesSinceFood', '1h 30', 90],
    ['vitals.systolic', '240!', 240],
    ['vitals.temperature', '36,7', 3670],
  ])('%s: %s', (linkId, text, value) => {
    expect(readNumber(text, item(linkId), false)).toMatchObject({ is: 'value', value });
  });

  test.each<[string, string, RegExp]>([
    ['vitals.systolic', '2x', /"2x" is not a whole number from 40 to 300 mmHg/],
    ['vitals.systolic', '400', /400 mmHg is out of range/],
    ['vitals.systolic', '120.5', /not a whole number of mmHg/],
    ['trial.days', '1.5 weeks', /not a whole number of days/],
    ['body.height', '5ft 14', /is not a number/],
    ['body.weight', '1,000', /two ways/],
    ['body.weight', '80.123', /more than 2 digits/],
    ['body.weight', '', /is not a number/],
    ['body.weight', '80 stones', /is not a number/],
    ['vitals.systolic', '148/92', /is not a whole number/],
  ])('%s refuses %s', (linkId, text, message) => {
    expect(readNumber(text, item(linkId), false)).toMatchObject({
      is: 'wrong',
      message: expect.stringMatching(message),
    });
  });

  test('says how another unit was read', () => {
    expect(readNumber('176 lb', item('body.weight'), false)).toMatchObject({ echo: '79.83 kg, rounded' });
    expect(readNumber('5ft 9', item('body.height'), false)).toMatchObject({ echo: '175.26 cm' });
    expect(readNumber('80 kg', item('body.weight'), false)).not.toHaveProperty('echo');
  });

  test('asks for a mark behind a value that is possible and rare', () => {
    expect(readNumber('240', item('vitals.systolic'), false)).toMatchObject({
      is: 'rare',
      message: expect.stringContaining('240!'),
    });
  });

  test('splits a pair where the next question takes the second number', () => {
    expect(readNumber('148/92', item('vitals.systolic'), true)).toMatchObject({ value: 148, rest: '92' });
  });
});

describe('a typed date', () => {
  const today = parseDate('2026-11-24') as number;

  test.each([
    ['2026-11-24', '2026-11-24'],
    ['2026-3-1', '2026-03-01'],
    ['24 nov 2026', '2026-11-24'],
    ['24nov2026', '2026-11-24'],
    ['November 24, 2026', '2026-11-24'],
    ['1 September 2026', '2026-09-01'],
    ['today', '2026-11-24'],
    ['Yesterday', '2026-11-23'],
    ['-3d', '2026-11-21'],
    ['3 days ago', '2026-11-21'],
    ['6w ago', '2026-10-13'],
    ['-2 weeks', '2026-11-10'],
    ['29 feb 2024', '2024-02-29'],
  ])('%s is %s', (text, date) => {
    const read = readDate(text, today);
    expect(read.is === 'value' ? formatDate(read.value) : read).toBe(date);
  });

  test.each([
    ['03/04/2026', '"03/04/2026" can be read in two ways. Type 2026-04-03 or 2026-03-04.'],
    ['24/11/2026', '"24/11/2026" is not taken in this order. Type 2026-11-24.'],
    ['03.04.2026', '"03.04.2026" can be read in two ways. Type 2026-04-03 or 2026-03-04.'],
    ['31 apr 2026', '"31 apr 2026" is not a day of the calendar.'],
    ['45/45/2026', '"45/45/2026" is not a day of the calendar.'],
    ['mayhem 3 2026', '"mayhem 3 2026" is not a date. Type 2026-11-24, 24 nov 2026, today, -3d or 6w ago.'],
    ['3 months ago', '"3 months ago" is not a date. Type 2026-11-24, 24 nov 2026, today, -3d or 6w ago.'],
  ])('%s is refused with the way out', (text, message) => {
    expect(readDate(text, today)).toEqual({ is: 'wrong', message });
  });
});
