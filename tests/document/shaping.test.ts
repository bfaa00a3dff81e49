import fc from 'fast-check';
import { Blob, Face, Font, Buffer as Letters, shape } from 'harfbuzzjs';
import PDFDocument from 'pdfkit';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type EmbeddedFont,
  isComplex,
  prepareFor,
  type ShapedRun,
  shareShaping,
  turned,
  unshaped,
  whole,
} from '../../src/document/shaping.ts';
import { fonts } from './sample.ts';

/** Where a glyph with ink stands, in thousandths of the size, and its outline. */
type Ink = readonly [x: number, y: number, outline: string];

interface Both {
  readonly harfbuzz: (text: string) => readonly Ink[];
  readonly ours: (text: string) => readonly Ink[];
}

function bothWith(family: string): Both {
  const bytes = fonts.find(({ name }) => name === family)?.read('regular');
  if (!bytes) throw new Error(`no font: ${family}`);
  const font = (new PDFDocument({ font: '' }).font(Buffer.from(bytes)) as unknown as { _font: EmbeddedFont })._font;
  const face = new Face(new Blob(new Uint8Array(bytes).buffer));
  const peer = new Font(face);
  const outlines = new Map<number, string>();
  const outlineOf = (glyph: number): string => {
    const known = outlines.get(glyph) ?? peer.glyphToPath(glyph);
    outlines.set(glyph, known);
    return known;
  };
  const inked = (all: readonly Ink[]): readonly Ink[] =>
    all
      .filter(([, , outline]) => outline !== '')
      .sort(([ax, ay, a], [bx, by, b]) => ax - bx || ay - by || (a < b ? -1 : 1));
  const shaped = unshaped(bytes);
  shareShaping(font, shaped);
  const inkOf = ({ glyphs, positions }: ShapedRun, from = 0): readonly Ink[] => {
    let x = from;
    return glyphs.map(({ id }, index) => {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
      const ink: Ink = [Math.round(x + xOffset), Math.round(yOffset), outlineOf(id)];
      x += xAdvance;
      return ink;
    });
  };
  return {
    harfbuzz(text) {
      const letters = new Letters();
      letters.addText(text);
      letters.guessSegmentProperties();
      shape(peer, letters);
      const places = letters.getGlyphPositions();
      const scale = 1000 / face.upem;
      let x = 0;
      return inked(
        letters.getGlyphInfos().map(({ codepoint }, index) => {
          const { xAdvance = 0, xOffset = 0, yOffset = 0 } = places[index] ?? {};
          const ink: Ink = [Math.round((x + xOffset) * scale), Math.round(yOffset * scale), outlineOf(codepoint)];
          x += xAdvance;
          return ink;
        }),
      );
    },
    ours(text) {
      if (!isComplex(text)) return inked(inkOf(font.layoutCached(text)));
      if (!/[\p{sc=Hebr}\p{sc=Arab}]/u.test(text)) return inked(inkOf(whole(font, shaped, text)));
      const { words, marks } = turned(font, shaped, text);
      return inked([...words.flatMap(({ x, run }) => inkOf(run, x)), ...inkOf(marks)]);
    },
  };
}

const from = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
const oneOf = (characters: string | readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...characters);
const maybe = (of: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.option(of, { nil: '' });
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((each) => each.join(''));
const words = (syllable: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(syllable, { minLength: 1, maxLength: 5 }).map((syllables) => syllables.join('').normalize('NFC'));

/** Consonants, up to three of them joined, with a vowel sign. */
function indic(consonants: string, join: string, vowels: string): fc.Arbitrary<string> {
  const more = maybe(joined(oneOf([join]), oneOf(consonants)));
  return words(joined(oneOf(consonants), more, more, maybe(oneOf(vowels))));
}

const scripts: readonly (readonly [script: string, family: string, names: string, more: fc.Arbitrary<string>])[] = [
  [
    'Latin',
    'noto-sans',
    'Nguyễn Ẹ̀bùn M̀bàdíwé Łįįʼ Kealiʻi Şükrü j̣́a ị́gwè ǹ̨̀a',
    words(oneOf('abcdefghijklmnopqrstuvwxyzABCŁąęọẹạệǫ\u0300\u0301\u0302\u0323\u0328ʻ')),
  ],
  [
    'Latin of the form',
    'atkinson-hyperlegible-next',
    'Zażółć Gęślą İğdır Müller',
    words(oneOf('abcdefghijklmnopqrstuvwxyzABCŁąęéèñçß')),
  ],
  [
    'Greek and Cyrillic',
    'noto-sans',
    'Ελευθερία Єлизавета Ґалаґан',
    words(oneOf([...from(0x3b1, 0x3c9), ...from(0x410, 0x45f)])),
  ],
  [
    'Hebrew',
    'noto-sans-hebrew',
    'שָׁלוֹם בֶּן־דָּוִד וַיֹּאמֶר',
    words(joined(oneOf(from(0x5d0, 0x5ea)), maybe(oneOf(from(0x5b0, 0x5bc))))),
  ],
  [
    'Arabic',
    'vazirmatn',
    'مُحَمَّد اللّٰه ٱلرَّحْمَٰن علاء چودھری ٹیپُو پژوهش ښکلا ڕێبوار',
    words(joined(oneOf('ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگکیٹڈڑںےہھ'), maybe(oneOf(from(0x64e, 0x652))))),
  ],
  [
    'Devanagari',
    'noto-sans',
    'श्रीकृष्ण त्रिपाठी किर्ति द्विवेदी ज्ञानेन्द्र राष्ट्र लक्ष्मी ब्रह्मा',
    indic('कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह', '\u094d', 'ािीुूृेैोौंः'),
  ],
  [
    'Gujarati',
    'noto-sans-gujarati',
    'મોહનદાસ ગાંધી કૃષ્ણ શ્રી',
    indic('કખગઘચછજઝટઠડઢણતથદધનપફબભમયરલવશષસહ', '\u0acd', 'ાિીુૂૃેૈોૌં'),
  ],
  ['Kannada', 'noto-sans-kannada', 'ಶ್ರೀನಿವಾಸ ಕೃಷ್ಣಮೂರ್ತಿ', indic('ಕಖಗಘಚಛಜಟಠಡಣತಥದಧನಪಫಬಭಮಯರಲವಶಷಸಹ', '\u0ccd', 'ಾಿೀುೂೃೆೇೈೊೋೌ')],
  ['Tamil', 'noto-sans-tamil', 'காமராஜ் பொன்னியின் ஸ்ரீ', indic('கஙசஞடணதநபமயரலவழளறன', '\u0bcd', 'ாிீுூெேைொோௌ')],
  [
    'Thai',
    'noto-sans-thai',
    'น้ำผึ้ง สมชาย วงศ์สวัสดิ์ กัญญ์ฐิตา',
    words(joined(oneOf(from(0xe01, 0xe2e)), maybe(oneOf('ัิีึืุู')), maybe(oneOf('่้๊๋')), maybe(oneOf('าะำ')))),
  ],
  [
    'Lao',
    'noto-sans-lao',
    'ສົມຊາຍ ນ້ຳຝົນ',
    words(joined(oneOf('ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ'), maybe(oneOf('ັິີຶືຸູ')), maybe(oneOf('່້')), maybe(oneOf('າະຳ')))),
  ],
  ['Khmer', 'noto-sans-khmer', 'សុខា ស្រី ព្រះ កម្ពុជា', words(oneOf(from(0x1780, 0x17a2)))],
  ['Armenian', 'noto-sans-armenian', 'Արամ Խաչատրյան', words(oneOf(from(0x561, 0x587)))],
  ['Georgian', 'noto-sans-georgian', 'გიორგი ჭავჭავაძე', words(oneOf(from(0x10d0, 0x10f0)))],
  ['Ethiopic', 'noto-sans-ethiopic', 'ሰላማዊት መድኅን', words(oneOf(from(0x1200, 0x1206)))],
];

beforeAll(() => prepareFor('ש'));

describe('letters stand where HarfBuzz puts them', () => {
  test.each(scripts)('%s', (_script, family, names, more) => {
    const { harfbuzz, ours } = bothWith(family);
    for (const name of names.normalize('NFC').split(' ')) {
      expect(harfbuzz(name).length).toBeGreaterThan(0);
      expect(ours(name), name).toEqual(harfbuzz(name));
    }
    fc.assert(
      fc.property(more, (text) => {
        expect(ours(text)).toEqual(harfbuzz(text));
      }),
      { numRuns: 300 },
    );
  });
});
