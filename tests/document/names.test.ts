import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { decodePDFRawStream, PDFDict, PDFDocument, PDFHexString, PDFName, PDFRawStream, PDFString } from 'pdf-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { loadFonts } from '../../src/cli/forms/fonts.ts';
import { levelsOf, visualOrder } from '../../src/document/bidi.ts';
import { renderConsent } from '../../src/document/consent.ts';
import type { Run } from '../../src/document/content.ts';
import { type Fonts, faceOf } from '../../src/document/faces.ts';
import { breakLines } from '../../src/document/lines.ts';
import { openPrinter } from '../../src/document/paint.ts';
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
  withoutProfile,
} from './sample.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'preinfuse-fonts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const withoutPacks: Fonts = fonts.filter(({ pack }) => pack === undefined);
const printer = openPrinter(fonts);
await printer.prepare('שם');

function named(name: string, own: Fonts = fonts): Promise<Uint8Array> {
  const request = requestWith({}, { fonts: own });
  return renderConsent({ ...request, answers: new Map(request.answers).set('applicant.name', name) });
}

async function refusalOf(name: string, own: Fonts = fonts): Promise<ConsentRefused> {
  const refused = await named(name, own).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConsentRefused);
  return refused as ConsentRefused;
}

/** Text as poppler finds it on the page, without its marks of direction. */
function pageText(pdf: Uint8Array, ...options: readonly string[]): string {
  return run('pdftotext', ['-q', ...options, '-enc', 'UTF-8'], withoutProfile(pdf), ['-'])
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
    .replace(/\s+/g, ' ');
}

async function streamsOf(pdf: Uint8Array): Promise<readonly string[]> {
  const { context } = await PDFDocument.load(pdf);
  return context
    .enumerateIndirectObjects()
    .flatMap(([, object]) =>
      object instanceof PDFRawStream && !object.dict.has(PDFName.of('Length1'))
        ? [Buffer.from(decodePDFRawStream(object).decode()).toString('latin1')]
        : [],
    );
}

/** Replacement texts of the elements of the structure, in the order of the file. */
async function replacementsOf(pdf: Uint8Array): Promise<readonly string[]> {
  const { context } = await PDFDocument.load(pdf);
  return context.enumerateIndirectObjects().flatMap(([, object]) => {
    if (!(object instanceof PDFDict) || object.get(PDFName.of('S')) !== PDFName.of('Span')) return [];
    const text = object.lookup(PDFName.of('ActualText'));
    return text instanceof PDFHexString || text instanceof PDFString ? [text.decodeText()] : [];
  });
}

const fromLeft = [
  ['Polish', 'Zażółć Gęślą-Jaźń Łukasiewicz'],
  ['Turkish', 'Çağrı Şükrü İğdır'],
  ['Vietnamese', 'Nguyễn Thị Ánh Tuyết'],
  ['Hawaiian', 'Kealiʻiahonui Kāneʻohe'],
  ['Navajo', 'Diné Bizaad Łįįʼ Haskʼąą'],
  ['Yoruba', 'Adébáyọ̀ Ọlábísí Ẹ̀bùn M̀bàdíwé'],
  ['Greek', 'Ελευθερία Παπαδοπούλου'],
  ['Ukrainian', 'Єлизавета Ґалаґан'],
  ['Hindi', 'श्रीकृष्ण त्रिपाठी किर्ति'],
  ['Hindi with a joiner', 'श्री क्\u200dष'],
  ['Thai', 'สมชาย วงศ์สวัสดิ์ น้ำผึ้ง'],
  ['Chinese', '王小明'],
  ['Chinese with brackets', '诸葛亮（孔明）'],
  ['Japanese', '渡辺 さくら・ジョン'],
  ['Armenian', 'Արամ Խաչատրյան'],
  ['Bengali', 'রবীন্দ্রনাথ ঠাকুর'],
  ['Ethiopic', 'ሰላማዊት መድኅን'],
  ['Georgian', 'გიორგი ჭავჭავაძე'],
  ['Gujarati', 'મોહનદાસ ગાંધી કૃષ્ણ'],
  ['Kannada', 'ಶ್ರೀನಿವಾಸ ಕೃಷ್ಣಮೂರ್ತಿ'],
  ['Khmer', 'សុខា ព្រះ កម្ពុជា'],
  ['Lao', 'ສົມຊາຍ ນ້ຳຝົນ'],
  ['Malayalam', 'ശ്രീനിവാസൻ കൃഷ്ണൻ'],
  ['Punjabi', 'ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ'],
  ['Tamil', 'காமராஜ் பொன்னியின் ஸ்ரீ'],
  ['Telugu', 'శ్రీనివాస్ రామకృష్ణ'],
] as const;

const fromRight = [
  ['Arabic', 'محمد عبد الرحمن الفيصل'],
  ['Arabic with lam and alef', 'علاء الدين هلال'],
  ['Arabic with one sign for four letters', 'عبد الله عبدالله'],
  ['Arabic with that sign and vowel signs', 'عبد اللّٰه'],
  ['Arabic with vowel signs', 'مُحَمَّد'],
  ['Persian with a joiner', 'علی\u200cرضا کیارستمی پژوهشگر'],
  ['Urdu', 'ڈاکٹر فیضان چودھری ٹیپُو ہے'],
  ['Pashto', 'ښکلا ځوان ګډون'],
  ['Hebrew', 'אברהם בן־דוד'],
  ['Hebrew with vowel points', 'שָׁלוֹם בֶּן־דָּוִד'],
] as const;

const mixed = [
  ['a Hebrew name with a Latin one', 'אברהם לוי (Abraham Levy)'],
  ['a Latin name with a Hebrew one', 'Levi אברהם Cohen (גיל 12)'],
  ['a chart number in Arabic', 'فاطمة الزهراء رقم 4512-B'],
  ['Persian digits', 'علی (نام ۱۲۳)'],
] as const;

describe.skipIf(!hasPoppler)('a name comes out as it went in', () => {
  test.each(fromLeft)('%s', async (_script, name) => {
    expect(pageText(await named(name.normalize('NFD')), '-raw')).toContain(name.normalize('NFC'));
  });

  test.each(fromRight)('%s', async (_script, name) => {
    const pdf = await named(name.normalize('NFD'));
    expect(pageText(pdf)).toContain(name.normalize('NFC'));
    expect(await replacementsOf(pdf)).toEqual([name.normalize('NFC'), name.normalize('NFC')]);
  });

  test.each(mixed)('%s', async (_what, name) => {
    const pdf = await named(name);
    expect(pageText(pdf, '-raw').replaceAll(' ', '')).toContain(name.replaceAll(' ', ''));
  });
});

describe('what is drawn', () => {
  test.each([...fromLeft, ...fromRight, ...mixed])(
    '%s: no empty box, and nothing that reads as nothing',
    async (_, name) => {
      const streams = await streamsOf(await named(name));
      const shown = streams.flatMap((text) =>
        [...text.matchAll(/\[(<[^\]]*>[^\]]*)\] TJ/g)].map(([, run = '']) => run),
      );
      expect(shown.length).toBeGreaterThan(50);
      const codes = shown.flatMap((each) =>
        [...each.matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []),
      );
      expect(codes).not.toContain('0000');
      const maps = streams.filter((text) => text.includes('beginbfrange'));
      expect(maps.length).toBeGreaterThan(1);
      for (const map of maps) expect(map).not.toMatch(/<>/);
    },
  );

  test('the same bytes, whatever was printed before', async () => {
    const before = await named('شَيماء علاء');
    for (const [, name] of fromRight) await named(name);
    expect(Buffer.compare(await named('شَيماء علاء'), before)).toBe(0);
    expect(Buffer.compare(await named('شَيماء علاء', [...fonts]), before)).toBe(0);
  });

  test.skipIf(!hasQpdf).each([fromRight[0], fromRight[7], fromLeft[11]])(
    '%s: the file is sound',
    async (_script, name) => {
      expect(run('qpdf', ['--check'], await named(name))).toContain('No syntax');
    },
  );

  test.skipIf(!hasPoppler)('wherever people write: name, chart, clinic, clearance', async () => {
    const request = requestWith(
      { 'applicant.name': 'فاطمة الزهراء', 'applicant.id': 'תיק 77' },
      { assessment: everyClause },
    );
    const pdf = await renderConsent({
      ...request,
      clinic: { ...clinic, practitioner: 'Δρ. Ελένη Παππά', cost: '诊疗费 100 元' },
      clearance: { ...clearance, name: 'ד"ר שרה לוי', why: 'دیدم و با او حرف زدم' },
    });
    const text = pageText(pdf);
    for (const each of ['فاطمة الزهراء', 'Δρ. Ελένη Παππά', '诊疗费 100 元', 'ד"ר שרה לוי', 'دیدم و با او حرف زدم']) {
      expect(text).toContain(each);
    }
    expect(pageText(pdf, '-raw')).toMatch(/Chart reference: תיק 77/);
  });
});

describe('one family for the whole field', () => {
  const written = (text: string, strong = false): Run => ({ text, strong, origin: 'applicant.name' });

  test.each([
    ['Jane Doe', 'regular'],
    ['Zażółć', 'regular'],
    ['Jane Nguyễn', 'noto-sans/regular'],
    ['Ελένη', 'noto-sans/regular'],
    ['श्री', 'noto-sans/regular'],
    ['Fatima فاطمة', 'vazirmatn/regular'],
    ['Levy לוי', 'noto-sans-hebrew/regular'],
    ['สมชาย', 'noto-sans-thai/regular'],
    ['王 Wang', 'noto-sans-sc/regular'],
  ])('%s: %s', (name, face) => {
    expect(faceOf(written(name), printer)).toBe(face);
    expect(faceOf(written(name, true), printer)).toBe(face.replace('regular', 'bold'));
  });

  test('a family without a bold weight is set in its regular one', () => {
    const regular = fonts.map((family) => ({
      ...family,
      read: (weight: 'regular' | 'bold') =>
        weight === 'bold' && family.name === 'vazirmatn' ? undefined : family.read(weight),
    }));
    expect(faceOf(written('فاطمة', true), openPrinter(regular))).toBe('vazirmatn/regular');
  });

  test('a file is read when a text needs it', async () => {
    const read: string[] = [];
    const noted = fonts.map((family) => ({
      ...family,
      read(weight: 'regular' | 'bold') {
        read.push(`${family.name}/${weight}`);
        return family.read(weight);
      },
    }));
    await named('Jane Doe', noted);
    expect(new Set(read)).toEqual(new Set(['atkinson-hyperlegible-next/regular', 'atkinson-hyperlegible-next/bold']));
    await named('فاطمة', noted);
    expect(read.filter((each) => !each.startsWith('atkinson'))).toEqual(['vazirmatn/regular']);
  });
});

describe('what cannot be printed', () => {
  test.each([
    ['Thai without its fonts', 'สมชาย', 'U+0E2A', 'npm install @expo-google-fonts/noto-sans-thai'],
    ['Chinese without its fonts', '王小明', 'U+738B', 'npm install @embedpdf/fonts-sc'],
    ['Japanese without its fonts', 'さくら', 'U+3055', 'npm install @embedpdf/fonts-jp'],
    ['Korean without its fonts', '김철수', 'U+AE40', 'npm install @embedpdf/fonts-kr'],
    ['Tamil without its fonts', 'காமராஜ்', 'U+0B95', 'npm install @expo-google-fonts/noto-sans-tamil'],
    ['a script without fonts', 'ᏣᎳᎩ', 'U+13E3', '`fonts` in preinfuse.yaml'],
    ['an emoji', 'Sam 😀', 'U+1F600', '`fonts` in preinfuse.yaml'],
  ])('%s is refused with a way out', async (_what, name, code, hint) => {
    const absent = fonts.map((family) => (family.pack === undefined ? family : { ...family, read: () => undefined }));
    const { code: kind, message, hint: way } = await refusalOf(name, absent);
    expect(kind).toBe('unprintable-character');
    expect(message).toBe(`no font on hand has the character ${code} in applicant.name`);
    expect(way).toContain(hint);
    expect(message + way).not.toContain(name);
  });

  test('two scripts that no font has together are not torn apart', async () => {
    const { message, hint } = await refusalOf('Ελένη محمد', withoutPacks);
    expect(message).toBe(
      'no one font on hand has all the characters of applicant.name: U+0645 is in none that has the others',
    );
    expect(hint).toContain('one script');
  });

  test.each([
    ['a joiner between Latin letters', 'Sam\u200cuel', 'U+200C'],
    ['a joiner at the end of an Arabic word', 'محمد\u200c', 'U+200C'],
    ['a joiner that joins, in Arabic', 'محمد\u200dعلی', 'U+200D'],
    ['a mark of direction', 'אברהם\u200f', 'U+200F'],
    ['an isolate', '\u2067אברהם\u2069', 'U+2067'],
    ['a Hangul filler', 'Sam\u3164', 'U+3164'],
    ['a variation selector', '渡\u{e0100}辺', 'U+E0100'],
    ['a byte order mark', '\ufeffSam', 'U+FEFF'],
  ])('%s is refused', async (_what, name, code) => {
    const { message } = await refusalOf(name);
    expect(message).toBe(`applicant.name holds the invisible character ${code}`);
  });
});

describe('fonts of a clinic', () => {
  const thai = join(root, 'node_modules/@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf');
  const put = (path: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };

  test('a folder of fonts: names end in the weight', () => {
    for (const name of ['Thai-Regular.ttf', 'Thai-Bold.ttf', 'Other.otf', 'LICENSE.txt', 'web.woff2'])
      put(`own/${name}`, new Uint8Array([1]));
    const own = loadFonts(folder, join(folder, 'own')).filter(({ name }) => name.startsWith('clinic-'));
    expect(own.map(({ name, read }) => [name, read('regular')?.length, read('bold')?.length])).toEqual([
      ['clinic-Other', 1, undefined],
      ['clinic-Thai', 1, 1],
    ]);
  });

  test.skipIf(!hasPoppler)('are used where the shipped ones lack a character', async () => {
    put('thai/Thai.ttf', readFileSync(thai));
    const own = loadFonts(folder, join(folder, 'thai')).filter(({ pack }) => pack === undefined);
    expect(pageText(await named('สมชาย', own), '-raw')).toContain('สมชาย');
  });

  test('a file that is no font is said', async () => {
    put('broken/Broken.ttf', new Uint8Array([1, 2, 3]));
    const { code, message } = await refusalOf(
      'สมชาย',
      loadFonts(folder, join(folder, 'broken')).filter(({ pack }) => pack === undefined),
    );
    expect(code).toBe('unreadable-font');
    expect(message).toContain('clinic-Broken');
  });

  test('a folder that is not there is said', () => {
    expect(() => loadFonts(folder, join(folder, 'nowhere'))).toThrow(
      'the folder that `fonts` names in preinfuse.yaml cannot be read',
    );
  });

  test('a package is found in the working folder, and in those above it', () => {
    put('node_modules/@embedpdf/fonts-kr/fonts/NotoSansKR-Regular.otf', new Uint8Array([1, 2, 3]));
    const found = loadFonts(join(folder, 'own')).find(({ name }) => name === 'noto-sans-kr');
    expect(found?.read('regular')).toEqual(Buffer.from([1, 2, 3]));
    expect(found?.read('bold')).toBeUndefined();
  });
});

describe('order', () => {
  const order = (text: string): string => {
    const [levels = new Uint8Array()] = levelsOf([{ text, isOwn: true }]);
    return visualOrder([...levels])
      .map((index) => text[index])
      .join('');
  };

  // Capitals stand for Hebrew letters, as in the standard.
  const hebrew = (text: string): string =>
    text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 65 + 0x5d0));

  test.each([
    ['abc DEF ghi', 'abc FED ghi'],
    ['ABC def GHI', 'IHG def CBA'],
    ['ABC 12 DEF', 'FED 12 CBA'],
    ['ABC 4512-b DEF', 'FED 4512-b CBA'],
    ['ABC 2026-03-10.', '.2026-03-10 CBA'],
    ['ABC.', '.CBA'],
    ['abc ABC.', 'abc CBA.'],
  ])('%s is drawn as %s', (text, drawn) => {
    expect(order(hebrew(text))).toBe(hebrew(drawn));
  });

  test('a name from the right leaves the sentence around it alone', () => {
    const runs = [
      { text: 'Name: ', isOwn: false },
      { text: hebrew('ABC'), isOwn: true },
      { text: ' (1)', isOwn: false },
    ];
    expect(levelsOf(runs).map((levels) => [...levels])).toEqual([
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  const word = fc.oneof(
    fc.constantFrom('אבג', 'דה', 'לוי,', '(כהן)', 'בן־דוד'),
    fc.constantFrom('Levy', '12', '4512-B', '(Abraham', 'Levy)', '-', 'a.'),
  );

  test('every word stands once, in reading order, on lines without overlap', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 40, max: 300 }),
        (words, width) => {
          const text = words.join(' ');
          const lines = breakLines([{ text, strong: false, origin: 'applicant.name' }], 12, width, printer);
          expect(lines.flatMap((line) => line.map((piece) => piece.text)).join('')).toBe(text);
          for (const line of lines) {
            const places = [...line].sort((a, b) => a.x - b.x || a.width - b.width);
            let end = 0;
            for (const { x, width: own } of places) {
              expect(x).toBeCloseTo(end, 6);
              end = x + own;
            }
            expect(end).toBeLessThanOrEqual(width + printer.width('noto-sans-hebrew/regular', 12, ' ') + 0.001);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a Chinese sentence is broken between characters, not before its stop', () => {
    const text = '患者今天感觉很好。没有头痛，也没有恶心。';
    const lines = breakLines([{ text, strong: false, origin: 'clearance.why' }], 12, 50, printer).map((line) =>
      line.map((piece) => piece.text).join(''),
    );
    expect(lines).toEqual(['患者今天', '感觉很', '好。没有', '头痛，也', '没有恶', '心。']);
  });
});
