import { expect, test } from 'vitest';
import { renderConsent } from '../../../src/document/consent.ts';
import { requestWith } from '../sample.ts';
import { checkAccessibility, clausesOf } from './checker.ts';
import { clauses } from './clauses.ts';
import { faults, faulty } from './faults.ts';

const form = await renderConsent(requestWith({}, { filling: 'fillable' }));

test('a sound form written anew is sound', async () => {
  expect(await checkAccessibility(await faulty(form, { name: 'none', clause: 'root' }))).toEqual([]);
});

test.each(faults)('$name: $clause', async (fault) => {
  expect(clausesOf(await checkAccessibility(await faulty(form, fault)))).toEqual([fault.clause]);
});

test('each clause has a fault; an encrypted form cannot be made here', () => {
  const broken = new Set(faults.map(({ clause }) => clause));
  expect(Object.keys(clauses).filter((clause) => !broken.has(clause as never))).toEqual(['no-encryption']);
});
