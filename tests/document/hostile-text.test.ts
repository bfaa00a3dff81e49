import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { has, stock } from '../record/stock.ts';
import { run } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

/* What a patient or staff wrote is text in a form: it ends no string of the file, adds no object, and stands in no metadata. */

const missing = ['qpdf', 'pdftotext', 'pdfinfo'].filter((tool) => !has(tool));
const why = missing.length === 0 ? '' : ` (not installed: ${missing.join(', ')}; apt-get install qpdf poppler-utils)`;

const names = [
  ') Tj ET /JS (app.alert(1)) BT (',
  '\\) \\\\ \\050 \\r >> endobj',
  '<</S/JavaScript/JS(x)>> stream endstream',
  '%PDF-1.7 %%EOF xref trailer startxref',
  '<script>alert(1)</script> &amp; ]]>',
  '{{clinic.phone}} :::risk **bold** [a](http://x.example)',
] as const;

/** Keys by which a PDF acts or leads somewhere. */
const acting = /\/(JS|JavaScript|OpenAction|AA|URI|Launch|GoToR|SubmitForm|ImportData|RichMedia)\b/;

const squeezed = (text: string): string => text.replace(/\s/g, '');

test.skipIf(missing.length > 0).each([
  ['a form', []],
  ['a form to fill in', ['--fillable']],
  ['a form with the answers inside', ['--embed']],
])(`%s: what looks like a part of a PDF, of HTML or of a template is text${why}`, async (_what, options) => {
  const [one, two, three, four, five, six] = names;
  const sheet = { ...baselineSheet, 'applicant.name': `${one} ${two}`, 'eye.glaucoma': 'controlled' };
  const note = { name: three, licence: `${four} ${five}`, when: '2026-03-10', why: six };
  const cwd = folderWith({ 'sheet.json': JSON.stringify(sheet), 'note.yaml': JSON.stringify(note) });
  const argv = ['consent', 'sheet.json', '--clearance', 'note.yaml', '-o', 'form.pdf', ...options];
  const { exit, stderr } = await run(argv, { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') } });
  expect([exit, stderr]).toEqual([0, 'Written: form.pdf\n']);
  const form = join(cwd, 'form.pdf');
  expect(stock('qpdf', ['--check', form])).toMatchObject({ status: 0 });
  stock('qpdf', ['--qdf', '--object-streams=disable', form, join(cwd, 'open.pdf')]);
  const objects = readFileSync(join(cwd, 'open.pdf'), 'latin1')
    .replace(/\nstream\n[\s\S]*?\nendstream\n/g, '\n')
    .replace(/\((?:\\[\s\S]|[^\\()])*\)/g, '()');
  expect([objects.includes('/Pages'), acting.exec(objects)?.[0]]).toEqual([true, undefined]);
  const text = squeezed(stock('pdftotext', ['-raw', form, '-']).stdout);
  const about = stock('pdfinfo', [form]).stdout + stock('pdfinfo', ['-meta', form]).stdout;
  expect(names.filter((name) => !text.includes(squeezed(name)))).toEqual([]);
  expect(names.filter((name) => about.includes(name.slice(0, 12)))).toEqual([]);
});
