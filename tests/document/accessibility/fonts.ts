import type { PDFObject } from 'pdf-lib';
import type { Report } from './clauses.ts';
import { bytesOf, latin1Of, nameOf, numberOf, type Objects } from './objects.ts';
import { type Operation, operationsOf, type Token, textOfBytes } from './operators.ts';

/** A font of a page. What is shown with it is remembered. */
export interface Font {
  readonly name: string;
  /** The codes in a shown string. */
  codesOf(bytes: string): readonly number[];
  textOf(code: number): string | undefined;
  readonly used: Set<number>;
}

export interface OpenFont extends Font {
  check(report: Report): void;
}

export function openFont(object: PDFObject, objects: Objects): OpenFont {
  const { get, list } = objects;
  const isComposite = nameOf(get(object, 'Subtype')) === 'Type0';
  const program = isComposite ? list(get(object, 'DescendantFonts'))[0] : object;
  const name = nameOf(get(object, 'BaseFont')) ?? 'a font without a name';
  const descriptor = get(program, 'FontDescriptor');
  const texts = readToUnicode(latin1Of(bytesOf(get(object, 'ToUnicode'))));
  const used = new Set<number>();
  const widths = isComposite ? readW(list(get(program, 'W')), list) : simpleWidths(object, objects);
  return {
    name,
    used,
    codesOf: (bytes) => {
      if (!isComposite) return [...bytes].map((each) => each.charCodeAt(0));
      return (bytes.match(/[\s\S]{2}/g) ?? []).map((pair) => (pair.charCodeAt(0) << 8) | pair.charCodeAt(1));
    },
    textOf: (code) => texts.get(code),
    check(report) {
      const file = get(descriptor, 'FontFile2') ?? get(descriptor, 'FontFile3') ?? get(descriptor, 'FontFile');
      if (!file) {
        report('font-embedded', name, 'no font program');
        return;
      }
      if (get(descriptor, 'CIDSet')) report('font-set', name, 'has a CIDSet');
      // The missing glyph is told of once.
      const codes = [...used].filter((code) => !isComposite || code !== 0);
      for (const code of codes) {
        if (!isReadable(texts.get(code))) report('font-unicode', name, `code ${code} reads as nothing`);
      }
      if (isComposite && used.has(0)) report('font-glyphs', name, 'code 0 is shown');
      const trueType = get(descriptor, 'FontFile2');
      if (!trueType) return;
      const table = bytesOf(trueType);
      checkProgram({ name, codes, widths, glyphOf: isComposite ? (code) => code : simpleGlyphs(table) }, table, report);
    },
  };
}

function isReadable(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !/[\0\ufeff\ufffe]/.test(text);
}

interface Shown {
  readonly name: string;
  readonly codes: readonly number[];
  readonly widths: Widths;
  glyphOf(code: number): number;
}

/** What was shown with a font against its TrueType program. In a composite font code 0 is told of already. */
function checkProgram({ name, codes, widths, glyphOf }: Shown, program: Uint8Array, report: Report): void {
  const advances = readAdvances(program);
  for (const code of codes) {
    const glyph = glyphOf(code);
    if (glyph === 0) report('font-glyphs', name, `code ${code} is the missing glyph`);
    const [said, real] = [widths(code), advances[Math.min(glyph, advances.length - 1)] ?? 0];
    if (Math.abs(said - real) > 1) report('font-widths', name, `code ${code}: ${said}, in the program ${real}`);
  }
}

/** What each code reads as, from the bfchar and bfrange parts of a CMap. */
function readToUnicode(cmap: string): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const code = (token: Token | undefined): number =>
    token?.kind === 'string' ? [...token.value].reduce((sum, each) => sum * 256 + each.charCodeAt(0), 0) : Number.NaN;
  const text = (token: Token | undefined): string =>
    token?.kind === 'string' ? textOfBytes(`\xfe\xff${token.value}`) : '';
  const chars = ({ operands }: Operation): void => {
    for (let at = 0; at + 1 < operands.length; at += 2) texts.set(code(operands[at]), text(operands[at + 1]));
  };
  const ranges = ({ operands }: Operation): void => {
    for (let at = 0; at + 2 < operands.length; at += 3) {
      const [from, to, target] = [code(operands[at]), code(operands[at + 1]), operands[at + 2]];
      for (let each = from; each <= to; each += 1) {
        if (target?.kind === 'list') texts.set(each, text(target.value[each - from]));
        else texts.set(each, next(text(target), each - from));
      }
    }
  };
  for (const operation of operationsOf(cmap)) {
    if (operation.operator === 'endbfchar') chars(operation);
    if (operation.operator === 'endbfrange') ranges(operation);
  }
  return texts;
}

function next(text: string, by: number): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + by);
}

type Widths = (code: number) => number;

function readW(entries: readonly PDFObject[], list: Objects['list']): Widths {
  const widths = new Map<number, number>();
  for (let at = 0; at < entries.length; ) {
    const first = numberOf(entries[at]) ?? 0;
    const own = list(entries[at + 1]);
    if (own.length > 0) {
      own.forEach((width, index) => {
        widths.set(first + index, numberOf(width) ?? 0);
      });
      at += 2;
    } else {
      for (let code = first; code <= (numberOf(entries[at + 1]) ?? -1); code += 1)
        widths.set(code, numberOf(entries[at + 2]) ?? 0);
      at += 3;
    }
  }
  return (code) => widths.get(code) ?? 1000;
}

function simpleWidths(font: PDFObject, { get, list }: Objects): Widths {
  const first = numberOf(get(font, 'FirstChar')) ?? 0;
  const widths = list(get(font, 'Widths'));
  return (code) => numberOf(widths[code - first]) ?? 0;
}

interface TableView {
  readonly view: DataView;
  readonly at: number;
}

function tableOf(program: Uint8Array, tag: string): TableView | undefined {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  for (let index = 0; index < view.getUint16(4); index += 1) {
    const at = 12 + 16 * index;
    if (latin1Of(program.subarray(at, at + 4)) === tag) return { view, at: view.getUint32(at + 8) };
  }
  return undefined;
}

/** Advance of each glyph in thousandths of the em; the last stands for all after it. */
function readAdvances(program: Uint8Array): readonly number[] {
  const [head, hhea, hmtx] = [tableOf(program, 'head'), tableOf(program, 'hhea'), tableOf(program, 'hmtx')];
  if (!head || !hhea || !hmtx) return [];
  const em = head.view.getUint16(head.at + 18);
  const count = hhea.view.getUint16(hhea.at + 34);
  return Array.from({ length: count }, (_, glyph) => (hmtx.view.getUint16(hmtx.at + 4 * glyph) * 1000) / em);
}

/** Glyphs by code of a simple TrueType font, from the cmap table for symbols (3,0) or the Macintosh one (1,0). */
function simpleGlyphs(program: Uint8Array): (code: number) => number {
  const cmap = tableOf(program, 'cmap');
  if (!cmap) return () => 0;
  const { view, at } = cmap;
  const tables = Array.from({ length: view.getUint16(at + 2) }, (_, index) => {
    const entry = at + 4 + 8 * index;
    return { platform: view.getUint16(entry), at: at + view.getUint32(entry + 4) };
  });
  const found = tables.find(({ platform }) => platform === 3) ?? tables[0];
  if (!found) return () => 0;
  const format = view.getUint16(found.at);
  if (format === 0) return (code) => view.getUint8(found.at + 6 + code);
  if (format === 6) {
    const [first, count] = [view.getUint16(found.at + 6), view.getUint16(found.at + 8)];
    return (code) => (code < first || code >= first + count ? 0 : view.getUint16(found.at + 10 + 2 * (code - first)));
  }
  return (code) => glyphOfFormat4(view, found.at, code) || glyphOfFormat4(view, found.at, 0xf000 + code);
}

function glyphOfFormat4(view: DataView, at: number, code: number): number {
  const segments = view.getUint16(at + 6) / 2;
  const [ends, starts] = [at + 14, at + 16 + 2 * segments];
  for (let index = 0; index < segments; index += 1) {
    if (code > view.getUint16(ends + 2 * index)) continue;
    const start = view.getUint16(starts + 2 * index);
    if (code < start) return 0;
    const delta = view.getUint16(starts + 2 * segments + 2 * index);
    const place = starts + 4 * segments + 2 * index;
    const offset = view.getUint16(place);
    if (offset === 0) return (code + delta) & 0xffff;
    const glyph = view.getUint16(place + offset + 2 * (code - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}
