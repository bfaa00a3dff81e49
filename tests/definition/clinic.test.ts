import { describe, expect, test } from 'vitest';
import { readClearance } from '../../src/definition/clearance.ts';
import { missingCosts, readClinic } from '../../src/definition/clinic.ts';
import { readTeachBack } from '../../src/definition/teach-back.ts';
import { shipped } from '../document/sample.ts';

const good = shipped('preinfuse.yaml').text;
const clearance = '{"name": "Dr. A", "licence": "X1", "when": "2026-11-24 09:30", "why": "Looked at it."}';

test('the shipped clinic is an example and says so', () => {
  const { clinic, diagnostics } = readClinic({ path: 'preinfuse.yaml', text: good });
  expect(diagnostics).toEqual([]);
  expect(clinic?.demo).toBe(true);
  expect(clinic?.name).toMatch(/Example/);
});

describe('one fault each', () => {
  test.each([
    ['no phone', good.replace(/ {2}phone:.*\n/, ''), 'missing-key', 'phone'],
    ['a phone without digits', good.replace('"(303) 555-0100"', 'call us'), 'wrong-shape', 'phone number'],
    ['an unknown supply', good.replace('supply: vial', 'supply: powder'), 'wrong-shape', 'vial'],
    ['a time zone that is none', good.replace('America/Denver', 'Denver'), 'wrong-shape', 'IANA'],
    ['a misspelt key', good.replace('afterHoursPhone', 'afterHourPhone'), 'unknown-key', 'afterHourPhone'],
    ['an empty name', good.replace('Example Valley Ketamine Clinic', '"  "'), 'wrong-shape', ''],
  ])('%s', (_what, text, code, said) => {
    const { clinic, diagnostics } = readClinic({ path: 'preinfuse.yaml', text });
    expect(clinic).toBeUndefined();
    const found = diagnostics.find((each) => each.code === code);
    expect(found?.message).toContain(said);
  });
});

test.each([
  ['clinic settings', readClinic({ path: 'preinfuse.yaml', text: 'clinic: 5\n' }), 'see preinfuse schema clinic'],
  ['a clearance', readClearance({ path: 'c.yaml', text: clearance.replace('"Dr. A"', '5') }), 'see docs/records.md'],
  ['a teach-back', readTeachBack({ path: 't.yaml', text: 'outcomes: 5\n' }, []), 'see docs/teach-back.md'],
])('of the wrong shape, %s names where its shape is told', (_what, { diagnostics }, help) => {
  expect(diagnostics[0]).toMatchObject({ code: 'wrong-shape', help });
});

describe('a clearance', () => {
  const read = (text: string) => readClearance({ path: 'clearance.json', text });

  test('is read from JSON and from YAML', () => {
    expect(read(clearance).clearance?.name).toBe('Dr. A');
    expect(
      read('name: Dr. A\nlicence: X1\nwhen: "2026-11-24"\nwhy: Looked.\nrules: [cr-tia]\n').clearance?.rules,
    ).toEqual(['cr-tia']);
  });

  test.each([
    ['no name', clearance.replace('"name": "Dr. A", ', '')],
    ['an empty reason', clearance.replace('Looked at it.', ' ')],
    ['a day that is none', clearance.replace('2026-11-24 09:30', '2026-02-30')],
    ['a time that is none', clearance.replace('09:30', '25:30')],
    ['a key too many', clearance.replace('{', '{"approved": true, ')],
  ])('%s is refused', (_what, text) => {
    expect(read(text).clearance).toBeUndefined();
    expect(read(text).diagnostics.length).toBeGreaterThan(0);
  });
});

test('a cost that is missing in the language of a form is told, at the costs', () => {
  const reading = readClinic({ path: 'preinfuse.yaml', text: good });
  expect(missingCosts(reading, ['en', 'es'])).toEqual([]);
  const [problem, ...more] = missingCosts(reading, ['en', 'es', 'fr']);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({
    code: 'missing-cost',
    severity: 'warning',
    message: 'there is a consent form in the language `fr`, and no cost in it',
  });
  expect(good.slice(problem?.at.start, problem?.at.end)).toContain('es: >-');
});
