import { PDF, PdfArray, PdfDict, PdfName, PdfNumber, PdfRef, PdfStream } from '@libpdf/core';
import { PDFCheckBox, type PDFDict, PDFDocument, PDFName, PDFRadioGroup, PDFTextField } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { type ConsentRequest, renderConsent } from '../../../src/document/consent.ts';
import { checkSignature } from '../../../src/document/integrity/signature.ts';
import { examine } from '../../../src/document/integrity/verify.ts';
import type { FileState } from '../../../src/model/verdict.ts';
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
  'plan.2': '6',
  'patient.date': '10 March 2026',
  'patient.time': '09:30',
  'clinician.printedName': 'Zażółć Gęślą',
  'clinician.licence': 'CO-12345',
  'interpreter.languageSpoken': 'Español',
} as const;
const verify = { ...tools, checkSignature, reader: () => import('../../../src/document/integrity/pdf-file.ts') };
const ticked = ['signatures.1', 'signatures.3'] as const;
const chosen = { 'teach-back-purpose': 'first-time', 'teach-back-driving': 'not-yet' } as const;

describe('the fields', () => {
  test('are those to be filled in, and no others: what is known is printed, a signature is written', async () => {
    const names = [...(await fieldsOf(form)).keys()];
    expect(names.filter((name) => !name.startsWith('teach-back-'))).toMatchInlineSnapshot(`
      [
        "initials.no-driving",
        "initials.escort",
        "initials.off-label",
        "plan.1",
        "plan.2",
        "plan.3",
        "plan.4",
        "plan.5",
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

  test('of a question to the patient are one choice, with the question and each answer read aloud', async () => {
    const pdf = await PDFDocument.load(form, { updateMetadata: false });
    const choices = pdf
      .getForm()
      .getFields()
      .filter((field) => field.getName().startsWith('teach-back-'));
    expect(choices).toHaveLength(6);
    for (const choice of choices) {
      expect(choice).toBeInstanceOf(PDFRadioGroup);
      expect((choice as PDFRadioGroup).getOptions()).toEqual(['first-time', 'after-explaining', 'not-yet']);
    }
    const driving = choices.find((choice) => choice.getName() === 'teach-back-driving');
    const spoken = driving?.acroField.getWidgets().map(({ dict }) => String(dict.lookup(PDFName.of('TU'))));
    expect((await fieldsOf(form)).get('teach-back-driving')).toBe('Driving and getting home');
    expect(spoken?.map((each) => each.replace(/[()]/g, ''))).toEqual(
      ['In own words the first time', 'In own words after we explained again', 'Not yet'].map(
        (answer) => `Driving and getting home: ${answer}`,
      ),
    );
  });

  test('are read aloud with the part of the form they belong to', async () => {
    const labels = await fieldsOf(form);
    expect(labels.get('initials.no-driving')).toBe('Initials: Do not drive');
    expect(labels.get('plan.2')).toBe('Your plan: Number of visits');
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
    for (const [name, code] of Object.entries(chosen)) pdf.getForm().getRadioGroup(name).select(code);
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
    const groups = values.flatMap((field) =>
      field instanceof PDFRadioGroup && field.getSelected() !== undefined
        ? [[field.getName(), field.getSelected()]]
        : [],
    );
    expect(Object.fromEntries(groups)).toEqual(chosen);
  });

  test('behind its end is unaltered, and verify names what was filled in', async () => {
    const pdf = await PDF.load(form);
    pdf.getForm()?.fill({ ...typed, ...chosen, ...Object.fromEntries(ticked.map((name) => [name, true])) });
    const filled = await pdf.save({ incremental: true });
    const names = [...Object.keys(typed), ...ticked, ...Object.keys(chosen)].sort();
    expect(sha256(filled.subarray(0, form.length))).toBe(sha256(form));
    const examined = await examine(filled, verify);
    if (examined.is !== 'form' || examined.state.is !== 'unaltered') throw new Error(JSON.stringify(examined));
    expect([...examined.state.later.filled].sort()).toEqual(names);
    if (!hasPoppler) return;
    const text = textOf(filled);
    for (const name of ['patient.date', 'patient.time', 'clinician.licence', 'interpreter.languageSpoken'] as const)
      expect(text).toContain(typed[name]);
  });
});

describe('a form that was filled in by a program that writes more than it must', () => {
  /** Like `filled`, with the composite font of the fields changed, and without the Info dictionary. */
  const stateAfter = async (change: (font: PdfDict, pdf: PDF) => void): Promise<FileState> => {
    const pdf = await PDF.load(form);
    pdf.getForm()?.fill({ 'patient.date': '10 March 2026' });
    const refs = Array.from({ length: pdf.context.registry.nextObjectNumber - 1 }, (_, at) => PdfRef.of(at + 1, 0));
    const font = refs
      .map((ref) => pdf.getObject(ref))
      .find((each) => each instanceof PdfDict && each.has('DescendantFonts'));
    change(font as PdfDict, pdf);
    const saved = Buffer.from(await pdf.save({ incremental: true }));
    const update = saved.toString('latin1', form.length).replace(/\/Info \d+ 0 R/, (entry) => ' '.repeat(entry.length));
    const examined = await examine(
      Buffer.concat([saved.subarray(0, form.length), Buffer.from(update, 'latin1')]),
      verify,
    );
    if (examined.is !== 'form') throw new Error(examined.is);
    return examined.state;
  };
  const descendant = (font: PdfDict, pdf: PDF): PdfDict => {
    const [first] = (font.get('DescendantFonts') as PdfArray).toArray();
    return pdf.getObject(first as PdfRef) as PdfDict;
  };

  test('is unaltered where the same font stands where it was named', async () => {
    const state = await stateAfter((font, pdf) => font.set('DescendantFonts', new PdfArray([descendant(font, pdf)])));
    expect(state).toMatchObject({ is: 'unaltered', later: { filled: ['patient.date'] } });
  });

  test('is altered where another font stands there', async () => {
    const state = await stateAfter((font, pdf) => {
      const other = new PdfDict([...descendant(font, pdf)]);
      other.set('CIDToGIDMap', PdfName.of('Other'));
      font.set('DescendantFonts', new PdfArray([other]));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'fonts' }] });
  });
});

describe('what was drawn, and not filled in', () => {
  /** How a form stands after `change` was put behind its end. */
  const stateAfter = async (change: (pdf: PDF) => void): Promise<FileState> => {
    const pdf = await PDF.load(form);
    change(pdf);
    const examined = await examine(await pdf.save({ incremental: true }), verify);
    if (examined.is !== 'form') throw new Error(examined.is);
    return examined.state;
  };
  const drawing = (operators: string): PdfStream =>
    new PdfStream(
      [
        ['Type', PdfName.of('XObject')],
        ['Subtype', PdfName.of('Form')],
        ['BBox', new PdfArray([0, 0, 70, 34].map((each) => PdfNumber.of(each)))],
      ],
      new TextEncoder().encode(operators),
    );
  const fieldIn = (pdf: PDF, name: string): PdfDict => pdf.getForm()?.getField(name)?.getDict() as PdfDict;
  const initials = 'BT /F2 20 Tf 10 8 Td (AB) Tj ET';

  test('as another appearance is named', async () => {
    const state = await stateAfter((pdf) => {
      const drawn = pdf.context.registry.register(drawing(initials));
      fieldIn(pdf, 'initials.no-driving').set('AP', PdfDict.of({ N: drawn }));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'field', field: 'initials.no-driving' }] });
  });

  test('into the appearance that is there is named', async () => {
    const state = await stateAfter((pdf) => {
      const ref = fieldIn(pdf, 'initials.no-driving').getDict('AP')?.get('N') as PdfRef;
      const stream = pdf.getObject(ref) as PdfStream;
      stream.delete('Filter');
      stream.setData(new TextEncoder().encode(initials));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'field', field: 'initials.no-driving' }] });
  });

  test('as the look of a box that is not ticked is named', async () => {
    const state = await stateAfter((pdf) => {
      const drawn = pdf.context.registry.register(drawing('2 2 m 9 9 l S'));
      const box = fieldIn(pdf, 'signatures.1');
      box.set('AP', PdfDict.of({ N: PdfDict.of({ Yes: drawn, Off: drawn }) }));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'field', field: 'signatures.1' }] });
  });

  test('as the look of another box of a choice is named', async () => {
    const state = await stateAfter((pdf) => {
      pdf.getForm()?.fill({ 'teach-back-driving': 'not-yet' });
      const drawn = pdf.context.registry.register(drawing('2 2 m 9 9 l S'));
      const [first] = (fieldIn(pdf, 'teach-back-driving').get('Kids') as PdfArray).toArray();
      const box = pdf.getObject(first as PdfRef) as PdfDict;
      box.set('AP', PdfDict.of({ N: PdfDict.of({ 'first-time': drawn, Off: drawn }) }));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'field', field: 'teach-back-driving' }] });
  });

  test('with nothing to see is no matter, but not every byte is as it was', async () => {
    const state = await stateAfter((pdf) => {
      const drawn = pdf.context.registry.register(drawing('/Tx BMC q BT /F2 12 Tf () Tj ET Q EMC'));
      fieldIn(pdf, 'initials.no-driving').set('AP', PdfDict.of({ N: drawn }));
    });
    expect(state).toEqual({ is: 'unaltered', later: { isThere: true, filled: [], signatures: [] } });
  });

  test('by fonts that an appearance names, too: they are not part of it', async () => {
    const state = await stateAfter((pdf) => {
      const [font] = fontsIn(pdf);
      if (!font) throw new Error('no font');
      const field = fieldIn(pdf, 'initials.no-driving');
      const shown = field.getDict('AP')?.get('N') as PdfRef;
      field.set('AP', PdfDict.of({ N: shown, D: PdfDict.of({ x: font }) }));
      (pdf.getObject(font) as PdfDict).set('CIDToGIDMap', pdf.context.registry.register(drawing('other')));
    });
    expect(state).toMatchObject({ is: 'altered', differences: [{ part: 'fonts' }] });
  });

  const fontsIn = (pdf: PDF): readonly PdfRef[] =>
    Array.from({ length: pdf.context.registry.nextObjectNumber - 1 }, (_, at) => PdfRef.of(at + 1, 0)).filter((ref) => {
      const object = pdf.getObject(ref);
      return object instanceof PdfDict && object.has('CIDToGIDMap');
    });
});

describe('a filled-in form that another program wrote anew', () => {
  /** What differs, after `change`, in a form with one box ticked. */
  const differencesAfter = async (change: (pdf: PDFDocument) => void): Promise<readonly unknown[]> => {
    const pdf = await PDFDocument.load(form, { updateMetadata: false });
    pdf.getForm().getCheckBox('signatures.3').check();
    pdf.getForm().getRadioGroup('teach-back-driving').select('not-yet');
    change(pdf);
    const examined = await examine(await pdf.save({ updateFieldAppearances: false }), verify);
    if (examined.is !== 'form' || examined.state.is !== 'rewritten') throw new Error(JSON.stringify(examined));
    return examined.state.differences.map(({ part }) => part);
  };
  const boxOf = (pdf: PDFDocument, name: string) => pdf.getForm().getField(name).acroField;
  const drawOff = (pdf: PDFDocument, name: string, operators: string): void => {
    const [widget] = boxOf(pdf, name).getWidgets();
    const drawn = pdf.context.register(pdf.context.stream(operators, { Subtype: 'Form', BBox: [0, 0, 11, 11] }));
    (widget?.getAppearances()?.normal as PDFDict | undefined)?.set(PDFName.of('Off'), drawn);
  };

  test.each([
    ['a tick', '2 5 m 5 2 l 9 9 l S'],
    ['a cross from corner to corner', '0 0 m 11 11 l S 0 11 m 11 0 l S'],
    ['a letter', 'BT /F1 9 Tf 1 1 Td (X) Tj ET'],
    ['a filled box', '0 0 11 11 re f'],
    ['a frame as thick as the box', '11 w 0 0 11 11 re S'],
    ['a frame moved and turned', '1 1 -1 1 5 0 cm 0 0 11 11 re S'],
  ])('and that has %s where it is not ticked: its page is named', async (_what, operators) => {
    expect(await differencesAfter((pdf) => drawOff(pdf, 'signatures.1', operators))).toEqual(['annotation']);
    expect(await differencesAfter((pdf) => drawOff(pdf, 'teach-back-driving', operators))).toEqual(['annotation']);
  });

  test('and that shows a tick, and holds none: its page is named', async () => {
    const tick = (pdf: PDFDocument) => boxOf(pdf, 'signatures.1').dict.set(PDFName.of('AS'), PDFName.of('Yes'));
    expect(await differencesAfter(tick)).toEqual(['annotation']);
  });

  test('and that drew frames round its boxes is as it was', async () => {
    const framed = (pdf: PDFDocument): void => {
      for (const field of pdf.getForm().getFields())
        if (field instanceof PDFCheckBox || field instanceof PDFRadioGroup) field.defaultUpdateAppearances();
    };
    expect(await differencesAfter(() => {})).toEqual([]);
    expect(await differencesAfter(framed)).toEqual([]);
    expect(await differencesAfter((pdf) => drawOff(pdf, 'signatures.1', 'q 1 w 0.5 0.5 10 10 re S Q'))).toEqual([]);
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
