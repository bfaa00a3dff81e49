import { PDFDict, PDFDocument, PDFName, PDFRawStream, PDFRef } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { renderConsent } from '../../src/document/consent.ts';
import { runsOf } from '../../src/document/content.ts';
import { ConsentRefused } from '../../src/document/refusal.ts';
import {
  clearance,
  clinic,
  everyClause,
  fonts,
  hasPoppler,
  hasQpdf,
  requestWith,
  run,
  sha256,
  template,
  textOf,
  withoutProfile,
} from './sample.ts';

const plain = await renderConsent(requestWith());
const full = await renderConsent(requestWith({}, { assessment: everyClause, clearance }));

test.runIf(hasPoppler)(
  'page 1 holds the card, the main points and the whole driving rule, with its box for initials',
  () => {
    const first = run('pdftotext', ['-layout', '-l', '1'], plain, ['-']).replace(/\s+/g, ' ');
    const blocks = template.sections.flatMap((section) => section.blocks);
    const words = ({ text }: { readonly text: string }): string => text.replace(/\s+/g, ' ').trim();
    expect(first).toContain(template.words.birthDate);
    for (const id of ['key-facts', 'no-driving']) {
      const clause = blocks.find((block) => block.kind === 'clause' && block.id === id);
      if (clause?.kind !== 'clause') throw new Error(`no clause ${id}`);
      const said = clause.body.flatMap((passage) => (passage.kind === 'list' ? passage.items : []));
      expect(said.length).toBeGreaterThanOrEqual(4);
      for (const item of said) {
        const [start] = item.flatMap((inline) => (inline.kind === 'text' ? [words(inline)] : []));
        expect(first).toContain(start?.split(' ').slice(0, 4).join(' '));
      }
    }
    expect(first).toContain(template.words.initials);
  },
);

test.runIf(hasPoppler)(
  'in large print the main points begin on page 1 and end before the driving rule on page 2',
  async () => {
    const large = await renderConsent(requestWith({}, { edition: 'large-print' }));
    const pages = run('pdftotext', ['-raw', '-l', '2'], large, ['-']).split('\f');
    const [first = '', second = ''] = pages.map((page) => page.replace(/\s+/g, ' '));
    expect(first).toMatch(/Your details .* The main points Before you read on . What it is\./);
    expect(second).toMatch(
      /^ ?. (?:Why|Off-label|Main risks)\. .* . You may say no .* Do not drive . Do not drive for at least 24 hours/,
    );
  },
);

describe('the file', () => {
  test('the same request gives the same bytes, whatever was printed in between', async () => {
    const others = ['Nguyễn Thị Ánh', 'Ẹ̀bùn ị̀ ı̇ í', 'Çağrı İğdır', 'José Íñigo', 'fi fl ffi'];
    for (const name of others) await renderConsent(requestWith({ 'applicant.name': name }));
    expect(sha256(Buffer.from(await renderConsent(requestWith())).toString('hex'))).toBe(
      sha256(Buffer.from(plain).toString('hex')),
    );
  });

  test('what a name reads as does not depend on the names before it', async () => {
    const name = 'Çağrı İğdır';
    const before = sha256(Buffer.from(await renderConsent(requestWith({ 'applicant.name': name }))).toString('hex'));
    for (const other of ['ị̀ ı̇ í', 'Rene\u0301 i\u0307']) await renderConsent(requestWith({ 'applicant.name': other }));
    const fresh = await renderConsent({ ...requestWith({ 'applicant.name': name }), fonts: [...fonts] });
    const after = await renderConsent(requestWith({ 'applicant.name': name }));
    expect([sha256(Buffer.from(fresh).toString('hex')), sha256(Buffer.from(after).toString('hex'))]).toEqual([
      before,
      before,
    ]);
  });

  test('dates are of the visit', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    expect(pdf.getCreationDate()?.toISOString()).toBe('2026-03-10T00:00:00.000Z');
  });

  test('letter pages, as many as the footers say', async () => {
    const pdf = await PDFDocument.load(plain);
    expect(pdf.getPages().map((page) => page.getSize())).toEqual(
      Array.from({ length: pdf.getPageCount() }, () => ({ width: 612, height: 792 })),
    );
    expect(pdf.getPageCount()).toBeGreaterThan(5);
    expect(pdf.getPageCount()).toBeLessThan(16);
  });

  test('every font is embedded', async () => {
    const pdf = await PDFDocument.load(full);
    const descriptors = pdf.context
      .enumerateIndirectObjects()
      .flatMap(([, object]) =>
        object instanceof PDFDict && object.get(PDFName.of('Type')) === PDFName.of('FontDescriptor') ? [object] : [],
      );
    expect(descriptors.length).toBeGreaterThanOrEqual(2);
    for (const each of descriptors) {
      const program = each.get(PDFName.of('FontFile2'));
      expect(program).toBeInstanceOf(PDFRef);
      expect(pdf.context.lookup(program)).toBeInstanceOf(PDFRawStream);
    }
  });

  test('is tagged, has a language and a title, and shows it', async () => {
    const pdf = await PDFDocument.load(plain);
    const catalog = pdf.catalog;
    expect(String(catalog.lookup(PDFName.of('Lang')))).toContain('en');
    expect(String(catalog.lookup(PDFName.of('MarkInfo')))).toContain('/Marked true');
    expect(String(catalog.lookup(PDFName.of('ViewerPreferences')))).toContain('/DisplayDocTitle true');
    expect(catalog.has(PDFName.of('StructTreeRoot'))).toBe(true);
    expect(pdf.getTitle()).toBe('Consent for IV ketamine treatment');
  });

  test('a clinic name with markup characters leaves the metadata well-formed', async () => {
    const bytes = await renderConsent(requestWith({}, { clinic: { ...clinic, name: 'Smith & <Sons>' } }));
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
    const metadata = pdf.catalog.lookup(PDFName.of('Metadata'));
    const xml = new TextDecoder().decode((metadata as PDFRawStream).contents);
    expect(xml).toContain('Smith &amp; &lt;Sons&gt;');
    expect(pdf.getAuthor()).toBe('Smith & <Sons>');
  });

  test('large print has more pages', async () => {
    const large = await PDFDocument.load(await renderConsent(requestWith({}, { edition: 'large-print' })));
    expect(large.getPageCount()).toBeGreaterThan((await PDFDocument.load(plain)).getPageCount());
  });
});

describe.skipIf(!hasQpdf)('read by qpdf', () => {
  test.each([
    ['plain', plain],
    ['full', full],
  ])('%s is sound', (_name, bytes) => expect(run('qpdf', ['--check'], bytes)).toContain('No syntax'));
});

describe.skipIf(!hasPoppler)('read by poppler', () => {
  test('every sentence is in the text, in order', () => {
    const printed = textOf(full).replace(/\s/g, '');
    const content = composeConsent(requestWith({}, { assessment: everyClause, clearance }));
    const titles = content.sections.map(({ title }) =>
      title
        .map((run) => run.text)
        .join('')
        .replace(/\s/g, ''),
    );
    let at = 0;
    for (const title of titles) {
      const next = printed.indexOf(title, at);
      expect(next, title).toBeGreaterThanOrEqual(at);
      at = next;
    }
    for (const run of runsOf(content).slice(0, -5)) {
      for (const word of run.text.split(/\s+/)) expect(printed, run.text).toContain(word);
    }
  });

  test('every risk stands once, with its band in words and its meaning', () => {
    const printed = textOf(plain);
    const risks = template.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'risk' ? [block] : [])),
    );
    for (const { title, band } of risks)
      expect(printed.split(`${title} ${template.bands[band]}`), title).toHaveLength(2);
  });

  test.each([
    ['Polish', 'Zażółć Gęślą Jaźń'],
    ['Czech', 'Příliš Žluťoučký Kůň'],
    ['Turkish', 'Çağrı Şükrü İğdır'],
    ['Vietnamese', 'Nguyễn Thị Ánh Tuyết'],
    ['Hawaiian', 'Kealiʻiahonui Kāneʻohe'],
    ['Yoruba', 'Adébáyọ̀ Ọlábísí Ẹ̀bùn'],
    ['Navajo', 'Diné Bizaad Łįįʼ'],
    ['Greek', 'Ελευθερία Παπαδοπούλου'],
    ['Cyrillic', 'Єлизавета Ґалаґан'],
    ['decomposed', 'Rene\u0301e Zu\u0308rich'],
  ])('a %s name comes out as it went in', async (_script, name) => {
    const text = textOf(await renderConsent(requestWith({ 'applicant.name': name })));
    expect(text.normalize('NFC')).toContain(name.normalize('NFC'));
  });

  test('a name is set in one font', async () => {
    const fonts = (bytes: Uint8Array) => run('pdffonts', [], bytes);
    expect(fonts(plain)).not.toContain('Noto');
    expect(fonts(await renderConsent(requestWith({ 'applicant.name': 'Nguyễn' })))).toContain('NotoSans');
  });

  test('the structure begins with the title and has the patient as a table', () => {
    const tree = run('pdfinfo', ['-struct-text', '-enc', 'UTF-8'], withoutProfile(plain));
    expect(tree.trimStart()).toMatch(/^Document\s+(?:\(.*\)\s+)?H1[\s\S]*?"Consent for IV ketamine treatment"/);
    expect(tree).toMatch(/Table[\s\S]*?TH[\s\S]*?"Name"[\s\S]*?TD[\s\S]*?"Test Applicant"/);
    expect(tree).toMatch(/Figure/);
  });
});

describe('what cannot be printed', () => {
  test.each([
    ['Cherokee', 'ᏣᎳᎩ', 'U+13E3'],
    ['an emoji', 'Sam 😀', 'U+1F600'],
    ['a line break', 'Sam\u2028Smith', 'U+2028'],
    ['a direction override', 'Sam\u202eSmith', 'U+202E'],
    ['a zero-width space', 'Sam\u200bSmith', 'U+200B'],
    ['a soft hyphen', 'Sam\u00adSmith', 'U+00AD'],
  ])('%s is refused by field and code point, before anything is drawn', async (_what, name, code) => {
    const request = requestWith();
    const answers = new Map(request.answers).set('applicant.name', name);
    const refused = await renderConsent({ ...request, answers }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConsentRefused);
    expect((refused as ConsentRefused).code).toBe('unprintable-character');
    expect((refused as ConsentRefused).message).toContain(code);
    expect((refused as ConsentRefused).message).toContain('applicant.name');
    expect((refused as ConsentRefused).message).not.toContain(name);
  });

  test("a clinician's note is checked as well", async () => {
    const noted = { ...clearance, why: 'fine 😀' };
    const request = requestWith({}, { assessment: everyClause, clearance: noted });
    await expect(renderConsent(request)).rejects.toThrow(/U\+1F600 in clearance\.why/);
  });

  test('a line break in a note is a space', async () => {
    const noted = { ...clearance, why: 'first\nsecond' };
    await expect(renderConsent(requestWith({}, { assessment: everyClause, clearance: noted }))).resolves.toBeDefined();
  });
});
