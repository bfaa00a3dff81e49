import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PDFDict, PDFDocument, PDFName } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshPack, pressTools } from '../../src/cli/forms/press.ts';
import { compose, composeConsent } from '../../src/document/compose.ts';
import { type ConsentRequest, renderConsent } from '../../src/document/consent.ts';
import { type Content, runsOf } from '../../src/document/content.ts';
import { partDigests } from '../../src/document/integrity/digests.ts';
import { currentPieces, fileDigest, findRecord } from '../../src/document/integrity/stamp.ts';
import { fontOf, openPrinter } from '../../src/document/paint.ts';
import {
  type FontPackSource,
  openFontPack,
  type PackName,
  packNames,
  readFontPack,
  weights,
  writeFontPack,
} from '../../src/document/press/font-pack.ts';
import { openPress, type Press } from '../../src/document/press/press.ts';
import { ConsentRefused } from '../../src/document/refusal.ts';
import {
  clearance,
  everyClause,
  fonts,
  found,
  hasPoppler,
  hasQpdf,
  requestWith,
  rulesOf,
  run,
  sha256,
  spanish,
  template,
  tools,
  withoutProfile,
} from './sample.ts';

const packed = (name: PackName): FontPackSource => {
  const source = freshPack(name);
  if (!source) throw new Error(`the fonts ${name} are not packed: npm run build`);
  return source;
};
const pack = openFontPack(packed('form'), packed);
const newPress = (): Press => openPress(pack, { ...pressTools, deflate: (bytes) => deflateSync(bytes, { level: 9 }) });
const charactersOf = (name: PackName): readonly string[] => [...packed(name).faces.regular.characters];
const lettersOf = (name: PackName): readonly string[] => charactersOf(name).filter((each) => /\p{L}/u.test(each));

describe('the font pack', () => {
  test('is read as it was written', () => {
    const source = packed('greek');
    const read = readFontPack(writeFontPack(source));
    expect(read.digest).toBe(source.digest);
    for (const weight of weights) {
      expect(read.faces[weight].characters).toBe(source.faces[weight].characters);
      expect(sha256(read.faces[weight].kerning)).toBe(sha256(source.faces[weight].kerning));
      expect(sha256(read.faces[weight].program)).toBe(sha256(source.faces[weight].program));
    }
    expect(sha256(read.profile)).toBe(sha256(source.profile));
  });

  test.each([
    ['form', ['¿Qué señales de alarma?', 'Łódź Žižek Őry İğdır Ștefan', '“12 in 100” – ±5 °C']],
    ['latin', ['Nguyễn Thị Ánh', 'Phạm Đức Lộc', 'Ọlọ́run'.normalize('NFC').replace('\u0301', ''), 'Əliyev', 'Lǐ Nǚ']],
    ['greek', ['Ελένη Παπαδοπούλου', 'ΆΈΉ ϊΰ']],
    ['cyrillic', ['Єлизавета Їжак', 'Ђорђе Љубић', 'Әлия Өмірбек Ғани', "Дар'я"]],
  ] as const)('%s has the letters of its names', (name, texts) => {
    for (const text of texts) expect(pack.packOf(text), text).toBe(name);
  });

  test.each([
    ['e\u0301', 'a\u00adb', 'a\u00a0b', '1\u20442', '\u200b', '\ufffe'],
    ['فاطمة', 'נועה', '王芳', 'Ελένη Ганна'],
    // In the font of these letters two f are one glyph.
    ['Tiffany Nguyễn'],
  ])('nothing is packed for %s', (...texts) => {
    for (const text of texts) expect(pack.packOf(text), text).toBeUndefined();
  });

  /** Words of the form and random ones: pairs were all looked at when the pack was made, longer contexts were not. */
  const words = (name: PackName): readonly string[] => [
    ...(name === 'form'
      ? new Set(
          [requestWith(), requestWith({}, { assessment: everyClause, clearance })].flatMap((request) =>
            runsOf(composeConsent(request)).flatMap(({ text }) => text.split(' ').map((word) => `${word} `)),
          ),
        )
      : []),
    ...fc
      .sample(fc.array(fc.constantFrom(...charactersOf(name)), { minLength: 3, maxLength: 12 }), {
        seed: 8,
        numRuns: name === 'form' ? 4000 : 2000,
      })
      .map((letters) => letters.join('').replaceAll(' ', '.'))
      .filter((word) => pack.packOf(word) === name),
  ];

  const faces = packNames.flatMap((name) => weights.map((weight) => [name, weight] as const));

  test.each(faces)('%s, %s: words are set as the font engine does, to the same width', (name, weight) => {
    type Shaped = { glyphs: { id: number }[]; positions: { xAdvance: number; xOffset: number; yOffset: number }[] };
    const [family, face] = name === 'form' ? [fonts[0], weight] : [notoSans, `${name}/${weight}` as const];
    const program = fontOf(family?.read(weight) ?? new Uint8Array()).font as { layout(text: string): Shaped };
    const printer = openPrinter(fonts);
    const glyphsOf = new Map(charactersOf(name).map((each) => [each, program.layout(each).glyphs.map(({ id }) => id)]));
    for (const word of words(name)) {
      const { glyphs, positions } = program.layout(word);
      expect(
        glyphs.map(({ id }) => id),
        word,
      ).toEqual([...word].flatMap((each) => glyphsOf.get(each) ?? []));
      // Of what has a width: a mark stands where its letter is.
      const letters = positions.filter(({ xAdvance }) => xAdvance > 0);
      expect(
        letters.every(({ xOffset, yOffset }) => xOffset === 0 && yOffset === 0),
        word,
      ).toBe(true);
      for (const text of [word, word.trim(), `${word}${word}`]) {
        if (pack.packOf(text) !== name) continue;
        const plain = name === 'form' ? weight : (`noto-sans/${weight}` as const);
        expect(pack.width(face, 11.4, text), text).toBe(printer.width(plain, 11.4, text));
      }
    }
  });
});

const notoSans = fonts.find(({ name }) => name === 'noto-sans');

/* Applicants: every kind of form, in both editions, with names that fit and names that do not */

const conditions = rulesOf('proceed-with-conditions');
const reviews = rulesOf('clinician-review');

const namesOf = (letters: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 9 })
    .map((names) => names.map((each) => each.join('')).join(' '));

const arbitraryName = fc.oneof(
  fc.constantFrom('Test Applicant', 'Zażółć Gęślą-Jaźń', 'Çağrı Şükrü İğdır', "Seán O'Néill", 'A', 'AVA TÖVÉ Ty. We,'),
  fc.constantFrom('Nguyễn Thị Ánh', 'Phạm Đức Lộc', 'Ελένη Παπαδοπούλου', 'Єлизавета Їжак', 'Ђорђе Љубић'),
  namesOf(lettersOf('form')),
  fc
    .constantFrom<PackName>('latin', 'greek', 'cyrillic')
    .chain((name) => namesOf(lettersOf(name)).filter((each) => pack.packOf(each) !== undefined)),
  fc.array(fc.constantFrom(...lettersOf('form')), { minLength: 60, maxLength: 80 }).map((each) => each.join('')),
);

const arbitraryRequest: fc.Arbitrary<ConsentRequest> = fc
  .record({
    name: arbitraryName,
    chart: fc.stringMatching(/^[A-Z0-9()\\/.-]{1,24}$/),
    day: fc.integer({ min: 1, max: 28 }),
    month: fc.integer({ min: 1, max: 12 }),
    year: fc.integer({ min: 1940, max: 2000 }),
    rules: fc.oneof(fc.constant([]), fc.subarray([...conditions], { maxLength: 3 }), fc.constant(conditions)),
    reviewed: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.subarray([...reviews], { minLength: 1, maxLength: 3 }),
    ),
    why: fc.constantFrom(
      'Talked it over.',
      'Read the chart (2 pages) & talked with the cardiologist \\ nurse. '.repeat(4),
    ),
    edition: fc.constantFrom(...Array.from({ length: 7 }, () => 'standard' as const), 'large-print' as const),
    interpreter: fc.constantFrom('not-needed', 'qualified'),
    unknown: fc.constantFrom({}, {}, { 'eye.glaucoma': { absent: 'unknown' } }),
    form: fc.constantFrom(template, template, template, spanish),
  })
  .map(({ name, chart, day, month, year, rules, reviewed, why, edition, interpreter, unknown, form }) => {
    const two = (value: number): string => String(value).padStart(2, '0');
    const changes = {
      'applicant.name': name,
      'applicant.id': chart,
      'applicant.birthDate': `${year}-${two(month)}-${two(day)}`,
      'visit.date': `2026-${two(day > 12 ? month : 13 - month)}-${two(day)}`,
      'applicant.interpreter': interpreter,
      ...unknown,
    };
    return requestWith(changes, {
      edition,
      template: form,
      assessment: found(reviewed.length > 0 ? 'clinician-review' : 'proceed-with-conditions', [...reviewed, ...rules]),
      ...(reviewed.length > 0 && { clearance: { ...clearance, why } }),
    });
  });

const requests = fc.sample(arbitraryRequest, { seed: 20_261_125, numRuns: 210 });

interface Printed {
  readonly plain: Uint8Array;
  readonly pressed: Uint8Array;
}

describe('210 applicants, by the press and by the plain printer', () => {
  const printed: Printed[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'preinfuse-press-'));
    const press = newPress();
    for (const request of requests) {
      printed.push({ plain: await renderConsent(request), pressed: await renderConsent({ ...request, press }) });
    }
    for (const [index, { plain, pressed }] of printed.entries()) {
      writeFileSync(join(folder, `${index}-plain.pdf`), plain);
      writeFileSync(join(folder, `${index}-press.pdf`), pressed);
      writeFileSync(join(folder, `${index}-plain-bare.pdf`), withoutProfile(plain));
      writeFileSync(join(folder, `${index}-press-bare.pdf`), withoutProfile(pressed));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the press printed all of them', () => {
    for (const { pressed } of printed) expect(Buffer.from(pressed).includes('/Type /ObjStm')).toBe(true);
    for (const { plain, pressed } of printed) expect(pressed.length).toBeLessThan(plain.length);
  });

  test('what was printed before changes no byte', async () => {
    for (const [index, request] of requests.entries()) {
      const fresh = await renderConsent({ ...request, press: newPress() });
      expect(sha256(fresh), String(index)).toBe(sha256(printed[index]?.pressed ?? ''));
    }
  });

  test('what is in another language is told alike', async () => {
    const index = requests.findIndex((request) => request.template === spanish);
    const languages = async (pdf: Uint8Array | undefined): Promise<readonly string[]> => {
      const { context } = await PDFDocument.load(pdf ?? new Uint8Array(), { updateMetadata: false });
      return context.enumerateIndirectObjects().flatMap(([, object]) => {
        if (!(object instanceof PDFDict) || !object.has(PDFName.of('S'))) return [];
        const language = object.lookup(PDFName.of('Lang'));
        return language ? [`${object.get(PDFName.of('S'))} ${language}`] : [];
      });
    };
    const pressed = await languages(printed[index]?.pressed);
    expect(new Set(pressed)).toEqual(new Set(['/Span (en)']));
    expect(pressed).toEqual(await languages(printed[index]?.plain));
  });

  test('each is stamped as its bytes say', () => {
    for (const { pressed } of printed) {
      const found = findRecord(pressed);
      if (!found) throw new Error('no record');
      expect(currentPieces(pressed, found, tools)).toEqual(found.record.pieces);
      expect(fileDigest(pressed, found, tools)).toBe(found.record.file);
    }
  });

  describe.skipIf(!hasPoppler)('read by poppler', () => {
    const call = promisify(execFile);
    const read = async (command: string, args: readonly string[], file: string): Promise<string> =>
      (await call(command, [...args, join(folder, file), '-'], { maxBuffer: 1 << 26 })).stdout;
    /** Two at a time. */
    const forEach = async (indices: readonly number[], look: (index: number) => Promise<void>): Promise<void> => {
      const rest = [...indices];
      const work = async (): Promise<void> => {
        for (let index = rest.pop(); index !== undefined; index = rest.pop()) await look(index);
      };
      await Promise.all([work(), work()]);
    };
    const all = requests.map((_, index) => index);
    const every = (step: number): readonly number[] => all.filter((index) => index % step === 0);

    test('every word stands at the same place', async () => {
      await forEach(all, async (index) => {
        const [plain, pressed] = await Promise.all(
          ['plain', 'press'].map(async (by) => {
            const page = await read('pdftotext', ['-q', '-bbox'], `${index}-${by}-bare.pdf`);
            return page.slice(page.indexOf('<body>'));
          }),
        );
        expect(pressed?.includes('<word'), String(index)).toBe(true);
        expect(pressed === plain, `form ${index}`).toBe(true);
      });
    });

    test('the structure, its attributes and its text are the same', async () => {
      const inSpanish = requests.findIndex((request) => request.template === spanish);
      await forEach([...every(105), inSpanish], async (index) => {
        const of = async (by: string): Promise<string> =>
          (await call('pdfinfo', ['-struct-text', join(folder, `${index}-${by}-bare.pdf`)], { maxBuffer: 1 << 26 }))
            .stdout;
        const [plain, pressed] = [await of('plain'), await of('press')];
        expect(pressed).toContain('H1');
        expect(pressed === plain, `form ${index}`).toBe(true);
      });
    });

    /** The pages of a file as pictures, digests by page. */
    const pictures = async (name: string): Promise<readonly string[]> => {
      await call('pdftoppm', ['-r', '72', join(folder, `${name}.pdf`), join(folder, `${name}-picture`)]);
      const names = readdirSync(folder)
        .filter((each) => each.startsWith(`${name}-picture`))
        .sort();
      const digests = names.map((each) => sha256(readFileSync(join(folder, each))));
      for (const each of names) rmSync(join(folder, each));
      return digests;
    };

    test('some forms are the same to the pixel', async () => {
      await forEach(every(20), async (index) => {
        const pages = await pageCount(printed[index]?.pressed);
        const [plain, pressed] = await Promise.all(['plain', 'press'].map((by) => pictures(`${index}-${by}`)));
        expect(pressed).toHaveLength(pages);
        expect(pressed, `form ${index}`).toEqual(plain);
      });
    });

    // Bound together first: poppler starts, and reads its fonts, once for many pages. The profile was looked at above.
    test.skipIf(!hasQpdf)('of all, the first and the last page are', async () => {
      const bound = 21;
      await forEach(every(bound), async (first) => {
        const indices = all.slice(first, first + bound);
        const [plain = [], pressed = []] = await Promise.all(
          ['plain', 'press'].map(async (by) => {
            const pages = indices.flatMap((index) => [join(folder, `${index}-${by}-bare.pdf`), '1,z']);
            await call('qpdf', [pages[0] ?? '', '--pages', ...pages, '--', join(folder, `first${first}-${by}.pdf`)]);
            return pictures(`first${first}-${by}`);
          }),
        );
        expect(pressed).toHaveLength(2 * indices.length);
        const differing = indices.filter((_, at) => [2 * at, 2 * at + 1].some((page) => pressed[page] !== plain[page]));
        expect(differing).toEqual([]);
      });
    });
  });

  test.skipIf(!hasQpdf)('qpdf finds nothing wrong', () => {
    for (const { pressed } of printed.slice(0, 8)) expect(run('qpdf', ['--check'], pressed)).toContain('No syntax');
  });
});

async function pageCount(pdf: Uint8Array | undefined): Promise<number> {
  const { PDFDocument } = await import('pdf-lib');
  return (await PDFDocument.load(pdf ?? new Uint8Array())).getPageCount();
}

describe('what the press leaves to the plain printer', () => {
  test.each(['Tiffany Nguyễn', 'فاطمة الزهراء', 'נועה כהן'])('%s is printed as without a press', async (name) => {
    const request = requestWith({ 'applicant.name': name });
    const pressed = await renderConsent({ ...request, press: newPress() });
    expect(sha256(pressed)).toBe(sha256(await renderConsent(request)));
  });

  test('refusals are the same', async () => {
    for (const name of ['a\u200bb', 'x \ud83d\ude42', 'a\u00adb']) {
      const refusal = async (press?: Press): Promise<unknown> =>
        renderConsent({ ...requestWith({ 'applicant.name': name }), press }).catch((error: unknown) => error);
      const [plain, pressed] = [await refusal(), await refusal(newPress())];
      expect(plain).toBeInstanceOf(ConsentRefused);
      expect(pressed).toEqual(plain);
    }
  });

  test('a layout with a character that is not packed is left alone', () => {
    const request = requestWith();
    const { closed, open } = compose(request, partDigests(request, request));
    const odd: Content = { ...closed, title: [{ text: 'Ω ש', strong: false, origin: 'template' }] };
    const facts = { title: '', author: '', keywords: '', digests: '', language: 'en', created: new Date(0) };
    expect(newPress().print({ closed: odd, open }, 'standard', () => facts)).toBeUndefined();
  });
});
