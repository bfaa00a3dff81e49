import { PDF, PdfName, PdfRef, PdfString } from '@libpdf/core';
import fc from 'fast-check';
import { degrees, PDFDocument, rgb } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { renderConsent } from '../../src/document/consent.ts';
import { asText, objectsOf, type RawObject } from '../../src/document/integrity/file-parts.ts';
import { checkSignature } from '../../src/document/integrity/signature.ts';
import { type Examined, examine } from '../../src/document/integrity/verify.ts';
import type { Difference, FileState } from '../../src/model/verdict.ts';
import { hasQpdf, requestWith, run, tools } from './sample.ts';

const plain = await renderConsent(requestWith());
const text = asText(plain);
const objects = objectsOf(plain);

const verify = { ...tools, checkSignature, reader: () => import('../../src/document/integrity/pdf-file.ts') };

async function stateOf(bytes: Uint8Array): Promise<FileState> {
  const examined = await examine(bytes, verify);
  if (examined.is !== 'form') throw new Error(examined.is);
  return examined.state;
}

/** What differs, as short words: `page 3`, `metadata`. */
async function differences(bytes: Uint8Array): Promise<readonly string[]> {
  const state = await stateOf(bytes);
  return state.is === 'unaltered' ? [] : state.differences.map(word);
}

function word(difference: Difference): string {
  return 'page' in difference ? `${difference.part} ${difference.page}` : difference.part;
}

function isUnaltered(examined: Examined): boolean {
  return examined.is === 'form' && examined.state.is === 'unaltered';
}

/** The file with other bytes at some place. */
function changed(at: number, change: (byte: number) => number, length = 1): Uint8Array {
  const bytes = plain.slice();
  for (let each = at; each < at + length; each += 1) bytes[each] = change(bytes[each] ?? 0);
  return bytes;
}

/** Bytes with one ASCII text in the place of another of the same length. */
function replaced(from: string, to: string): Uint8Array {
  if (from.length !== to.length || !text.includes(from)) throw new Error(from);
  return new Uint8Array(Buffer.from(Buffer.from(plain).toString('latin1').replace(from, to), 'latin1'));
}

function numbered(number: number): RawObject {
  const found = objects.find((object) => object.number === number);
  if (!found) throw new Error(`object ${number}`);
  return found;
}

const kids = [...(/\/Kids \[([^\]]*)\]/.exec(text)?.[1] ?? '').matchAll(/(\d+) 0 R/g)].map(([, kid]) => Number(kid));
const contentOf = (page: number): RawObject =>
  numbered(Number(/\/Contents (\d+)/.exec(numbered(kids[page - 1] ?? 0).head)?.[1]));
const fontStream = numbered(Number(/\/FontFile2 (\d+)/.exec(text)?.[1]));

describe('a form as it was made', () => {
  test('is unaltered', async () =>
    expect(await stateOf(plain)).toEqual({ is: 'unaltered', later: { isThere: false, filled: [], signatures: [] } }));

  test('so is the large-print one, and one with a name that needs another font', async () => {
    const others = [
      requestWith({}, { edition: 'large-print' }),
      requestWith({ 'applicant.name': 'Nguyễn Thị Ánh Tuyết' }),
    ];
    for (const other of others) expect(isUnaltered(await examine(await renderConsent(other), verify))).toBe(true);
  });
});

describe('a changed byte', () => {
  test('anywhere is never unaltered', async () => {
    const place = fc.tuple(fc.nat({ max: plain.length - 1 }), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        place,
        async ([at, mask]) =>
          !isUnaltered(
            await examine(
              changed(at, (byte) => byte ^ mask),
              verify,
            ),
          ),
      ),
      { numRuns: 150 },
    );
  });

  test('in every place of the marks, the head and the end is not unaltered', async () => {
    const marks = [...text.matchAll(/form=[^\r\n()<>]*mac=hmac-sha256:[0-9a-f]{64}/g)];
    expect(marks).toHaveLength(2);
    const places = [
      ...marks.flatMap(({ index, 0: mark }) =>
        [0, 5, mark.length - 150, mark.length - 64, mark.length - 1].map((of) => index + of),
      ),
      ...Array.from({ length: 12 }, (_, at) => at),
      ...Array.from({ length: 12 }, (_, at) => plain.length - 1 - at),
    ];
    for (const at of places)
      expect(
        isUnaltered(
          await examine(
            changed(at, (byte) => byte ^ 1),
            verify,
          ),
        ),
        String(at),
      ).toBe(false);
  });

  // Where the record is torn, a reader has to say what the file holds: it must not look for the other bracket for ever.
  test.each([...')({}[]<>/%'])('into a bracket too many, %s, is never unaltered', async (bracket) => {
    const at = text.indexOf('page3:');
    const examined = await examine(
      changed(at, () => bracket.charCodeAt(0)),
      verify,
    );
    expect(isUnaltered(examined)).toBe(false);
  });

  test.each<[string, () => Uint8Array, readonly string[]]>([
    ['on page 3', () => changed((contentOf(3).stream?.[0] ?? 0) + 200, (byte) => byte ^ 0xff, 4), ['page 3']],
    ['in the title', () => replaced('(Consent for IV', '(Contest for IV'), ['metadata']],
    ['in a font', () => changed((fontStream.stream?.[0] ?? 0) + 50, (byte) => byte ^ 0xff), ['fonts']],
    ['in a tag', () => replaced('/S /H2', '/S /H3'), ['structure']],
    ['in the digests', () => replaced('page3:', 'page4:'), ['metadata']],
    ['in the catalogue', () => replaced('/DisplayDocTitle true', '/DisplayDocTitle null'), ['frame']],
    ['in the cross-references', () => changed(text.lastIndexOf('0000'), () => 0x31), ['frame']],
    [
      'in the list of pages: two swapped',
      () => replaced(`${kids[2]} 0 R ${kids[3]} 0 R`, `${kids[3]} 0 R ${kids[2]} 0 R`),
      ['page 3', 'page 4', 'frame'],
    ],
  ])('%s is named', async (_where, change, expected) => expect(await differences(change())).toEqual(expected));
});

describe('bytes more or fewer', () => {
  test('a file that was cut anywhere is not unaltered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: plain.length - 1 }),
        async (length) => !isUnaltered(await examine(plain.slice(0, length), verify)),
      ),
      { numRuns: 60 },
    );
  });

  test('a file cut behind its pages says so, and that the pages are still there', async () => {
    const state = await stateOf(plain.slice(0, text.lastIndexOf('xref\n') - 300));
    expect(state).toMatchObject({ is: 'altered', pages: { intact: kids.length, of: kids.length } });
    expect(state).toMatchObject({ differences: expect.arrayContaining([{ part: 'end' }]) });
  });

  test('a file cut before its record is no form any more, and is told as cut', async () => {
    expect(await examine(plain.slice(0, contentOf(5).start), verify)).toEqual({ is: 'not-a-form', isCut: true });
  });

  test('anything behind the end is not unaltered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (more) => !isUnaltered(await examine(Buffer.concat([plain, more]), verify)),
      ),
      { numRuns: 60 },
    );
    expect(await differences(Buffer.concat([plain, Buffer.from('\n')]))).toEqual(['after-end']);
    expect(await differences(Buffer.concat([plain, plain]))).not.toEqual([]);
  });

  test('anything put in or taken out is not unaltered', async () => {
    const cut = fc.tuple(
      fc.nat({ max: plain.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.nat({ max: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(cut, async ([at, more, less]) => {
        const bytes = Buffer.concat([plain.slice(0, at), more, plain.slice(at + less)]);
        return bytes.equals(plain) || !isUnaltered(await examine(bytes, verify));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a file that another program wrote anew', () => {
  test.skipIf(!hasQpdf)('by qpdf: its pages are known again', async () => {
    for (const args of [[], ['--object-streams=generate'], ['--stream-data=uncompress']]) {
      const bytes = run('qpdf', args, plain, ['-'], 'latin1');
      expect(await stateOf(Buffer.from(bytes, 'latin1'))).toMatchObject({
        is: 'rewritten',
        differences: [],
        pages: { intact: kids.length, of: kids.length },
      });
    }
  });

  test('with something written on page 2: that page is named', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    pdf.getPage(1).drawText('Not what was agreed', { x: 100, y: 400 });
    const state = await stateOf(await pdf.save());
    expect(state).toMatchObject({ is: 'rewritten', differences: [{ part: 'page', page: 2 }] });
  });

  test('with part of a page cut off or turned: that page is named', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    pdf.getPage(0).setCropBox(0, 300, 612, 492);
    pdf.getPage(2).setRotation(degrees(180));
    const state = await stateOf(await pdf.save());
    expect(state).toMatchObject({
      is: 'rewritten',
      differences: [
        { part: 'page', page: 1 },
        { part: 'page', page: 3 },
      ],
      pages: { intact: kids.length - 2, of: kids.length },
    });
  });

  test('with a field laid over a page: that page is named; one that holds something is named itself', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    const white = { x: 50, y: 100, width: 500, height: 300, backgroundColor: rgb(1, 1, 1) };
    pdf.getForm().createTextField('over').addToPage(pdf.getPage(0), white);
    const typed = pdf.getForm().createTextField('typed');
    typed.setText('something');
    typed.addToPage(pdf.getPage(1), white);
    expect(await stateOf(await pdf.save())).toMatchObject({
      is: 'rewritten',
      differences: expect.arrayContaining([{ part: 'annotation', page: 1 }]),
      later: { filled: ['typed'] },
    });
  });

  test('without a page: every page from there is named', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    pdf.removePage(kids.length - 2);
    expect(await differences(await pdf.save())).toEqual([`page ${kids.length - 1}`, `page ${kids.length}`]);
  });
});

/** The form with an update behind it, as a program that keeps what was there writes it. */
async function updated(change: (pdf: PDF) => void): Promise<Uint8Array> {
  const pdf = await PDF.load(plain);
  change(pdf);
  const bytes = await pdf.save({ incremental: true });
  expect(Buffer.from(bytes.subarray(0, plain.length)).equals(plain)).toBe(true);
  return bytes;
}

describe('an update behind a form', () => {
  test.each<[string, (pdf: PDF) => void, readonly string[]]>([
    ['that writes on page 2', (pdf) => pdf.getPage(1)?.drawText('Not what was agreed', { x: 100, y: 400 }), ['page 2']],
    [
      'that puts a note on page 4',
      (pdf) => void pdf.getPage(3)?.addTextAnnotation({ rect: { x: 10, y: 10, width: 20, height: 20 }, contents: 'x' }),
      ['annotation 4'],
    ],
    ['that changes the title', (pdf) => pdf.setTitle('Another title'), ['metadata']],
    ['that swaps a page', (pdf) => pdf.movePage(0, 3), ['frame']],
    ['that opens something', (pdf) => pdf.getCatalog().set('OpenAction', PdfString.fromString('x')), ['frame']],
    [
      'that changes a tag',
      (pdf) => {
        const tag = objects.find(({ head }) => /\/S \/H1\b/.test(head));
        const dict = pdf.getObject(PdfRef.of(tag?.number ?? 0, 0));
        if (dict?.type === 'dict') dict.set('S', PdfName.of('P'));
      },
      ['structure'],
    ],
  ])('%s is named', async (_what, change, expected) =>
    expect(await differences(await updated(change))).toEqual(expected),
  );
});

describe('what is no form', () => {
  test('another PDF', async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage();
    expect(await examine(await pdf.save(), verify)).toEqual({ is: 'not-a-form', isCut: false });
  });

  test.each([
    ['nothing', ''],
    ['a text', 'Consent for IV ketamine treatment'],
  ])('%s is no PDF', async (_what, said) => {
    expect(await examine(new TextEncoder().encode(said), verify)).toEqual({ is: 'not-a-pdf' });
  });

  test('a head and rubbish', async () => {
    expect(await examine(new TextEncoder().encode('%PDF-1.7\nrubbish %%EOF'), verify)).toEqual({
      is: 'not-a-form',
      isCut: false,
    });
  });
});
