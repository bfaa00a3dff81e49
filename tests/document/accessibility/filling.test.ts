import { PDF } from '@libpdf/core';
import { PDFCheckBox, PDFDocument, PDFName, PDFTextField } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { type ConsentRequest, renderConsent } from '../../../src/document/consent.ts';
import { checkSignature } from '../../../src/document/integrity/signature.ts';
import { examine } from '../../../src/document/integrity/verify.ts';
import { clearance, everyClause, hasPoppler, requestWith, sha256, spanish, textOf, tools } from '../sample.ts';

const request = requestWith(
  { 'applicant.interpreter': 'qualified' },
  { assessment: everyClause, clearance, filling: 'fillable' },
);
const form = await renderConsent(request);

/** Each field's name and what is read aloud. */
async function fieldsOf(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
  const fields = pdf.getForm().getFields();
  return new Map(
    fields.map((field): [string, string] => {
      const label = field.acroField.dict.lookup(PDFName.of('TU'));
      return [field.getName(), label && 'decodeText' in label ? (label as { decodeText(): string }).decodeText() : ''];
    }),
  );
}

const typed = {
  'initials.no-driving': 'AŁ',
  'patient.date': '10 March 2026',
  'patient.time': '09:30',
  'clinician.printedName': 'Zażółć Gęślą',
  'clinician.licence': 'CO-12345',
  'interpreter.languageSpoken': 'Español',
} as const;
const ticked = ['signatures.1', 'signatures.3'] as const;

describe('the fields', () => {
  test('are those to be filled in, and no others: what is known is printed, a signature is written', async () => {
    const names = [...(await fieldsOf(form)).keys()];
    expect(names.filter((name) => !name.startsWith('teach-back-'))).toMatchInlineSnapshot(`
      [
        "initials.no-driving",
        "initials.escort",
        "initials.off-label",
        "initials.dissociation",
        "initials.blood-pressure",
        "initials.right-to-refuse-or-stop",
        "signatures.1",
        "signatures.2",
        "signatures.3",
        "signatures.4",
        "signatures.5",
        "signatures.6",
        "patient.date",
        "patient.time",
        "clinician.printedName",
        "clinician.licence",
        "clinician.date",
        "clinician.time",
        "interpreter.printedName",
        "interpreter.languageSpoken",
        "interpreter.date",
        "interpreter.time",
        "witness.printedName",
        "witness.date",
        "witness.time",
      ]
    `);
  });

  test('of a surrogate: name, relationship, date and time', async () => {
    const surrogate = requestWith(
      { 'applicant.capacity': 'lacks-with-surrogate' },
      { assessment: everyClause, clearance, filling: 'fillable' },
    );
    const names = [...(await fieldsOf(await renderConsent(surrogate))).keys()];
    expect(names.filter((name) => name.startsWith('surrogate.'))).toEqual(
      ['printedName', 'relationship', 'date', 'time'].map((blank) => `surrogate.${blank}`),
    );
  });

  test('are read aloud with the part of the form they belong to', async () => {
    const labels = await fieldsOf(form);
    expect(labels.get('initials.no-driving')).toBe('Initials: Do not drive');
    expect(new Set(labels.values()).size).toBe(labels.size);
  });

  test('have the same names in both editions and both languages, and labels in their own', async () => {
    const labels = await fieldsOf(form);
    const large = await fieldsOf(await renderConsent({ ...request, edition: 'large-print' }));
    const translated = await fieldsOf(await renderConsent({ ...request, template: spanish }));
    expect([...large]).toEqual([...labels]);
    expect([...translated.keys()]).toEqual([...labels.keys()]);
    expect([...translated].filter(([name, label]) => labels.get(name) === label)).toEqual([]);
  });
});

describe('a form that was filled in', () => {
  test('by pdf-lib has what was typed and ticked, and nothing else', async () => {
    const pdf = await PDFDocument.load(form, { updateMetadata: false });
    for (const [name, text] of Object.entries(typed)) pdf.getForm().getTextField(name).setText(text);
    for (const name of ticked) pdf.getForm().getCheckBox(name).check();
    const again = await PDFDocument.load(await pdf.save({ updateFieldAppearances: false }), { updateMetadata: false });
    const values = again.getForm().getFields();
    const texts = values.flatMap((field) =>
      field instanceof PDFTextField ? [[field.getName(), field.getText()]] : [],
    );
    expect(Object.fromEntries(texts.filter(([, text]) => text !== undefined))).toEqual(typed);
    const boxes = values.flatMap((field) =>
      field instanceof PDFCheckBox && field.isChecked() ? [field.getName()] : [],
    );
    expect(boxes).toEqual(ticked);
  });

  test('behind its end is unaltered, and verify names what was filled in', async () => {
    const pdf = await PDF.load(form);
    pdf.getForm()?.fill({ ...typed, ...Object.fromEntries(ticked.map((name) => [name, true])) });
    const filled = await pdf.save({ incremental: true });
    expect(sha256(filled.subarray(0, form.length))).toBe(sha256(form));
    const verify = { ...tools, checkSignature, reader: () => import('../../../src/document/integrity/pdf-file.ts') };
    expect(await examine(filled, verify)).toMatchObject({
      is: 'form',
      state: { is: 'unaltered', later: { filled: expect.arrayContaining([...Object.keys(typed), ...ticked]) } },
    });
    if (!hasPoppler) return;
    const text = textOf(filled);
    for (const name of ['patient.date', 'patient.time', 'clinician.licence', 'interpreter.languageSpoken'] as const)
      expect(text).toContain(typed[name]);
  });
});

describe('a flat form', () => {
  const flat = (more: Partial<ConsentRequest>): Promise<Uint8Array> => {
    const { filling: _, ...rest } = request;
    return renderConsent({ ...rest, ...more });
  };

  test('has no fields, and is what one gets without asking', async () => {
    const bytes = await flat({});
    expect(sha256(await flat({ filling: 'flat' }))).toBe(sha256(bytes));
    expect((await PDFDocument.load(bytes)).catalog.has(PDFName.of('AcroForm'))).toBe(false);
  });

  test.skipIf(!hasPoppler)('says what the fillable one says', async () => {
    const digestFree = (text: string): string => text.replace(/[0-9a-f]{64}/g, '');
    expect(digestFree(textOf(form))).toBe(digestFree(textOf(await flat({}))));
  });
});
