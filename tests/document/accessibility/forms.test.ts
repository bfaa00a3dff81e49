import { describe, expect, test } from 'vitest';
import { loadPress } from '../../../src/cli/forms/press.ts';
import { type ConsentRequest, renderConsent } from '../../../src/document/consent.ts';
import { clearance, everyClause, hasQpdf, requestWith, run, spanish } from '../sample.ts';
import { checkAccessibility } from './checker.ts';

const press = loadPress();
const interpreter = { 'applicant.interpreter': 'qualified' };
const surrogate = { 'applicant.capacity': 'lacks-with-surrogate' };

const forms: readonly (readonly [string, ConsentRequest])[] = [
  ['the unremarkable applicant', requestWith()],
  ['every finding, cleared', requestWith({}, { assessment: everyClause, clearance })],
  ['an interpreter', requestWith(interpreter)],
  ['a surrogate', requestWith(surrogate, { clearance, assessment: everyClause })],
  [
    'a reason longer than a page',
    requestWith({}, { assessment: everyClause, clearance: { ...clearance, why: 'A reason. '.repeat(250) } }),
  ],
  ['Spanish', requestWith(interpreter, { template: spanish })],
  ['a Vietnamese name', requestWith({ 'applicant.name': 'Nguyễn Thị Ánh' })],
  ['a Cyrillic name', requestWith({ 'applicant.name': 'Єлизавета Їжак' })],
  ['an Arabic name', requestWith({ 'applicant.name': 'فاطمة الزهراء' })],
  ['a Hebrew name', requestWith({ 'applicant.name': 'נועה כהן' })],
];

describe.each(forms)('%s', (_name, request) => {
  test.each([
    ['standard', {}],
    ['large print', { edition: 'large-print' }],
    ['fillable', { filling: 'fillable' }],
    ['fillable in large print', { edition: 'large-print', filling: 'fillable' }],
    ['pressed', { press }],
    ['pressed in large print', { edition: 'large-print', press }],
  ] as const)('%s: nothing is found', async (_edition, more) => {
    const form = await renderConsent({ ...request, ...more });
    expect((await checkAccessibility(form)).slice(0, 8)).toEqual([]);
    if (hasQpdf) expect(run('qpdf', ['--check'], form)).toContain('No syntax');
  });
});
