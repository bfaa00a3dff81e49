import {
  P12Signer,
  PDF,
  PdfArray,
  PdfDict,
  PdfName,
  PdfNumber,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfString,
  type SignatureField,
} from '@libpdf/core';
import { isFrame } from './box-look.ts';
import type { RawSignature } from './signature.ts';

/** A PDF of anybody's making, read as a viewer reads it. */
export interface PdfFile {
  readonly bytes: Uint8Array;
  readonly pdf: PDF;
}

/** One object that an update of a file changed, and the keys of it that read otherwise. */
export type ObjectChange =
  | { readonly kind: 'field'; readonly name: string; readonly keys: readonly string[] }
  | { readonly kind: 'page'; readonly page: number; readonly keys: readonly string[] }
  | { readonly kind: ObjectKind; readonly keys: readonly string[] };

/** `form`: the list of fields. `appearance`: how a field looks. `xmp`: the metadata packet. */
export type ObjectKind =
  | 'catalog'
  | 'form'
  | 'appearance'
  | 'info'
  | 'xmp'
  | 'structure'
  | 'fonts'
  | 'attachments'
  | 'trailer'
  | 'other';

/** Objects beyond this are nobody's form. */
const mostObjects = 50_000;

/**
 * Reads a PDF; undefined for what no reader takes, or takes only by guessing. Objects are read when they are asked for:
 * whoever asks for one that is broken gets an error.
 */
export async function openPdf(bytes: Uint8Array): Promise<PdfFile | undefined> {
  try {
    // A guessing reader does not come to an end where a bracket is too many.
    const pdf = await PDF.load(bytes, { lenient: false });
    return !pdf.isEncrypted && pdf.context.registry.nextObjectNumber <= mostObjects ? { bytes, pdf } : undefined;
  } catch {
    return undefined;
  }
}

/** The Info dictionary's texts. */
export function infoOf({ pdf }: PdfFile): Readonly<Record<string, string>> {
  const info = dictAt(pdf, pdf.context.info.trailer.get('Info'));
  const texts = [...(info ?? [])].flatMap(([key, value]): [string, string][] => {
    const text = resolved(pdf, value);
    return text instanceof PdfString ? [[key.value, text.asString()]] : [];
  });
  return Object.fromEntries(texts);
}

/** The decoded content streams of each page; undefined for a page that cannot be decoded. */
export function pageStreams({ pdf }: PdfFile): readonly (readonly Uint8Array[] | undefined)[] {
  return pdf.getPages().map(({ dict }) => {
    const contents = resolved(pdf, dict.get('Contents'));
    const parts = contents instanceof PdfArray ? [...contents].map((part) => resolved(pdf, part)) : [contents];
    try {
      return parts.flatMap((part) => (part instanceof PdfStream ? [part.getDecodedData()] : []));
    } catch {
      return undefined;
    }
  });
}

/** How many notes, stamps and drawings lie on each page: annotations that are neither links nor fields, and fields that show something and hold nothing. */
export function noteCounts({ pdf }: PdfFile): readonly number[] {
  return pdf.getPages().map(({ dict }) => {
    const list = resolved(pdf, dict.get('Annots'));
    const annotations = list instanceof PdfArray ? [...list].map((each) => dictAt(pdf, each)) : [];
    return annotations.filter((each) => {
      const subtype = nameIn(pdf, each, 'Subtype');
      if (!each || subtype !== 'Widget') return subtype !== 'Link';
      return holdsNothing(pdf, each) && showsSomething(pdf, each);
    }).length;
  });
}

/** Names of the fields that hold something, but for signatures. */
export function filledFields({ pdf }: PdfFile): readonly string[] {
  const fields = pdf.getForm()?.getFields() ?? [];
  return fields.flatMap((field) => {
    const value = resolved(pdf, field.getDict().get('V'));
    const isEmpty = value === undefined || isOff(value);
    return isEmpty || field.type === 'signature' ? [] : [field.name];
  });
}

/** Pages, from 1, of another size than that of `paper`, turned, or of which only a part is shown. */
export function recutPages(
  { pdf }: PdfFile,
  paper: { readonly width: number; readonly height: number },
): readonly number[] {
  return pdf.getPages().flatMap(({ dict }, page) => {
    const isWhole = ['MediaBox', 'CropBox'].every((key) => {
      const box = inherited(pdf, dict, key);
      if (!(box instanceof PdfArray)) return key === 'CropBox';
      const sides = [...box].map((side) => (side instanceof PdfNumber ? side.value : Number.NaN));
      return sides.join() === [0, 0, paper.width, paper.height].join();
    });
    const isAsUsual = (key: string, usual: number): boolean => {
      const value = inherited(pdf, dict, key);
      return value === undefined || (value instanceof PdfNumber && value.value === usual);
    };
    return isWhole && isAsUsual('Rotate', 0) && isAsUsual('UserUnit', 1) ? [] : [page + 1];
  });
}

/** What a page or a field says itself, or what is above it in its tree. */
function inherited(pdf: PDF, of: PdfDict, key: string): PdfObject | undefined {
  return withParents(pdf, of)
    .map((dict) => resolved(pdf, dict.get(key)))
    .find((value) => value !== undefined);
}

/** Trees of pages and fields that are deeper than this are nobody's form. */
const deepest = 8;

/** A page or a field, and what stands above it in its tree, the nearest first. */
function withParents(pdf: PDF, of: PdfDict): readonly PdfDict[] {
  const found: PdfDict[] = [];
  for (let at: PdfDict | undefined = of; at && found.length < deepest; at = dictAt(pdf, at.get('Parent')))
    found.push(at);
  return found;
}

export function signaturesOf({ pdf }: PdfFile): readonly RawSignature[] {
  const fields = pdf.getForm()?.getFields() ?? [];
  return fields.flatMap((field): readonly RawSignature[] => {
    if (field.type !== 'signature') return [];
    const signature = (field as SignatureField).getSignatureDict();
    if (!signature) return [];
    const contents = resolved(pdf, signature.get('Contents'));
    const range = resolved(pdf, signature.get('ByteRange'));
    const date = resolved(pdf, signature.get('M'));
    return [
      {
        field: field.name,
        contents: contents instanceof PdfString ? contents.bytes : new Uint8Array(),
        range: range instanceof PdfArray ? [...range].map((each) => ('value' in each ? Number(each.value) : -1)) : [],
        ...(date instanceof PdfString && { date: date.asString() }),
      },
    ];
  });
}

/** What reads otherwise in `after`, which is `before` with updates behind it. Objects that only `after` has are reached through these. */
export function changesBetween(before: PdfFile, after: PdfFile): readonly ObjectChange[] {
  const [old, now] = [before.pdf, after.pdf];
  const trailer = ['Root', 'Info', 'Encrypt'].filter(
    (key) => !isSame(old.context.info.trailer.get(key), now.context.info.trailer.get(key), old),
  );
  const changes: ObjectChange[] = trailer.length > 0 ? [{ kind: 'trailer', keys: trailer }] : [];
  const parts = placesIn(before);
  for (let number = 1; number < old.context.registry.nextObjectNumber; number += 1) {
    const ref = PdfRef.of(number, 0);
    const [was, is] = [old.getObject(ref), now.getObject(ref)];
    if (isSame(was ?? undefined, is ?? undefined, old)) continue;
    changes.push(changeOf(before, was, is, number, parts));
  }
  const moved = changes.some(({ kind, keys }) => kind === 'catalog' && keys.includes('AcroForm'));
  return moved ? [...changes, { kind: 'form', keys: changedKeys(formIn(before), formIn(after), old) }] : changes;
}

function formIn({ pdf }: PdfFile): PdfObject {
  return dictAt(pdf, dictAt(pdf, pdf.context.info.trailer.get('Root'))?.get('AcroForm')) ?? new PdfDict();
}

/** Object numbers that say what an object is for. */
interface Places {
  readonly catalog: number;
  readonly form: number | undefined;
  readonly info: ReadonlySet<number>;
  readonly xmp: number | undefined;
  readonly pages: ReadonlyMap<number, number>;
  readonly appearances: ReadonlySet<number>;
}

function placesIn(before: PdfFile): Places {
  const { pdf } = before;
  const { trailer } = pdf.context.info;
  const catalog = dictAt(pdf, trailer.get('Root'));
  const info = [trailer.get('Info'), ...[...(dictAt(pdf, trailer.get('Info')) ?? [])].map(([, value]) => value)];
  const pages = pdf.getPages().flatMap(({ ref, dict }, page): [number, number][] => {
    const contents = dict.get('Contents');
    const parts = contents instanceof PdfArray ? [...contents] : [contents];
    return [ref, dict.get('Resources'), ...parts].flatMap((each) =>
      each instanceof PdfRef ? [[each.objectNumber, page + 1]] : [],
    );
  });
  return {
    catalog: numberOf(trailer.get('Root')) ?? 0,
    form: numberOf(catalog?.get('AcroForm')),
    info: new Set(info.flatMap((each) => numberOf(each) ?? [])),
    xmp: numberOf(catalog?.get('Metadata')),
    pages: new Map(pages),
    appearances: new Set(appearancesIn(before)),
  };
}

/** The streams that fields are drawn with. */
function appearancesIn({ pdf }: PdfFile): readonly number[] {
  const fields = pdf.getForm()?.getFields() ?? [];
  return fields.flatMap((field) =>
    widgetsOf(pdf, field.getDict()).flatMap((widget) => refsUnder(pdf, widget.get('AP'), 3)),
  );
}

/** Where a field stands on pages: it may be such a place itself. */
function widgetsOf(pdf: PDF, field: PdfDict): readonly PdfDict[] {
  const kids = resolved(pdf, field.get('Kids'));
  return [field, ...(kids instanceof PdfArray ? [...kids].flatMap((kid) => dictAt(pdf, kid) ?? []) : [])];
}

/** Names of the fields that show something in `after` that they did not in `before`, though nothing was filled in there. */
export function drawnFields(before: PdfFile, after: PdfFile): readonly string[] {
  const was = new Map(
    before.pdf
      .getForm()
      ?.getFields()
      .map((field) => [field.name, field.getDict()]),
  );
  const fields = after.pdf.getForm()?.getFields() ?? [];
  return fields.flatMap((field) => {
    const old = was.get(field.name);
    const places = old ? widgetsOf(before.pdf, old) : [];
    const isDrawn = widgetsOf(after.pdf, field.getDict()).some((now, at) => {
      const place = places[at];
      if (place && !isSame(heldIn(before.pdf, place), heldIn(after.pdf, now), before.pdf)) return false;
      const shown = shownIn(after.pdf, now);
      return !isSame(place && shownIn(before.pdf, place), shown, before.pdf) && showsSomething(after.pdf, now);
    });
    return isDrawn ? [field.name] : [];
  });
}

/** What a place of a field holds: whether its box is ticked, or what the field says. */
function heldIn(pdf: PDF, widget: PdfDict): PdfObject | undefined {
  return inherited(pdf, widget, 'AS') ?? inherited(pdf, widget, 'V');
}

/** A box without a tick, and a field without a value: by what either says, not by its look. */
function holdsNothing(pdf: PDF, widget: PdfDict): boolean {
  const value = inherited(pdf, widget, 'V');
  return value === undefined || isOff(value) || isOff(inherited(pdf, widget, 'AS'));
}

function isOff(value: PdfObject | undefined): boolean {
  return value instanceof PdfName && value.value === 'Off';
}

/** What a place of a field looks like now. */
function shownIn(pdf: PDF, widget: PdfDict): PdfStream | undefined {
  const normal = resolved(pdf, dictAt(pdf, widget.get('AP'))?.get('N'));
  if (normal instanceof PdfStream) return normal;
  const state = normal instanceof PdfDict ? normal.get(nameIn(pdf, widget, 'AS') ?? 'Off') : undefined;
  const shown = resolved(pdf, state);
  return shown instanceof PdfStream ? shown : undefined;
}

/** There is ink, beyond the frame that some viewers put round a field. */
function showsSomething(pdf: PDF, widget: PdfDict): boolean {
  const shown = shownIn(pdf, widget);
  if (!shown || !hasInk(shown)) return false;
  const [box, matrix] = ['BBox', 'Matrix'].map((key) => numbersIn(resolved(pdf, shown.get(key))));
  const [left, bottom, right, top] = box ?? [];
  const isUpright = matrix === undefined || matrix.join() === '1,0,0,1,0,0';
  if (left === undefined || bottom === undefined || right === undefined || top === undefined || !isUpright) return true;
  return !isFrame(operatorsIn(shown), [left, bottom, right, top]);
}

function numbersIn(object: PdfObject | undefined): readonly number[] | undefined {
  if (!(object instanceof PdfArray)) return undefined;
  return [...object].map((each) => (each instanceof PdfNumber ? each.value : Number.NaN));
}

function operatorsIn(stream: PdfStream): string {
  return new TextDecoder('latin1').decode(stream.getDecodedData());
}

/** Something is painted: a text that is not empty, a line, an area, a picture. */
function hasInk(stream: PdfStream): boolean {
  try {
    const operators = operatorsIn(stream).replace(/(?:\(\)|<>)\s*Tj/g, ' ');
    return /(?:^|[\s)>\]])(?:Tj|TJ|['"]|[fFBbSs]|[fBb]\*|Do|sh|BI)(?=[\s/[(<]|$)/.test(operators);
  } catch {
    return true;
  }
}

function refsUnder(pdf: PDF, object: PdfObject | undefined, depth: number): readonly number[] {
  if (object === undefined || depth === 0) return [];
  const own = object instanceof PdfRef ? [object.objectNumber] : [];
  const value = resolved(pdf, object);
  if (!(value instanceof PdfDict) || value instanceof PdfStream) return own;
  return [...own, ...[...value].flatMap(([, each]) => refsUnder(pdf, each, depth - 1))];
}

function changeOf(
  { pdf }: PdfFile,
  was: PdfObject | null,
  is: PdfObject | null,
  number: number,
  places: Places,
): ObjectChange {
  const keys = changedKeys(was, is, pdf);
  const page = places.pages.get(number);
  if (page !== undefined) return { kind: 'page', page, keys };
  if (number === places.catalog) return { kind: 'catalog', keys };
  if (number === places.form) return { kind: 'form', keys };
  if (places.info.has(number)) return { kind: 'info', keys: infoKeys(pdf, number) ?? keys };
  if (number === places.xmp) return { kind: 'xmp', keys };
  if (places.appearances.has(number)) return { kind: 'appearance', keys };
  const dict = was instanceof PdfDict ? was : undefined;
  if (dict && (dict.has('FT') || nameIn(pdf, dict, 'Subtype') === 'Widget')) {
    return { kind: 'field', name: fieldName(pdf, dict), keys };
  }
  return { kind: kindOf(pdf, dict), keys };
}

/** Which entry of the Info dictionary an object is the value of. */
function infoKeys(pdf: PDF, number: number): readonly string[] | undefined {
  const info = dictAt(pdf, pdf.context.info.trailer.get('Info'));
  const entry = [...(info ?? [])].find(([, value]) => numberOf(value) === number);
  return entry && [entry[0].value];
}

function kindOf(pdf: PDF, dict: PdfDict | undefined): ObjectKind {
  const type = nameIn(pdf, dict, 'Type');
  if (type === 'Font' || type === 'FontDescriptor' || dict?.has('Length1')) return 'fonts';
  if (type === 'StructTreeRoot' || type === 'StructElem' || dict?.has('Nums')) return 'structure';
  if (dict?.has('S') && dict.has('P')) return 'structure';
  if (type === 'Filespec' || type === 'EmbeddedFile') return 'attachments';
  return 'other';
}

/** A field's name with those above it, as `witness.name`. */
function fieldName(pdf: PDF, dict: PdfDict): string {
  return withParents(pdf, dict)
    .flatMap((each) => {
      const part = resolved(pdf, each.get('T'));
      return part instanceof PdfString ? [part.asString()] : [];
    })
    .reverse()
    .join('.');
}

/** `*` stands for an object that is no dictionary, is gone, or has other data. */
function changedKeys(was: PdfObject | null, is: PdfObject | null, before: PDF): readonly string[] {
  if (!(was instanceof PdfDict) || !(is instanceof PdfDict)) return ['*'];
  const names = new Set([...was.keys(), ...is.keys()].map(({ value }) => value));
  const keys = [...names].filter((key) => !isSame(was.get(key), is.get(key), before)).sort();
  const isOtherData = was instanceof PdfStream !== is instanceof PdfStream || !sameData(was, is);
  return isOtherData ? [...keys, '*'] : keys;
}

function sameData(was: PdfDict, is: PdfDict): boolean {
  if (!(was instanceof PdfStream) || !(is instanceof PdfStream)) return true;
  return sameBytes(was.data, is.data);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/**
 * Equal as written: references are not followed, but for one in `a`, of the file `before`, where `b` has the value itself.
 * Some programs write out what was referred to.
 */
function isSame(a: PdfObject | undefined, b: PdfObject | undefined, before: PDF): boolean {
  if (a === b) return true;
  if (a instanceof PdfRef && !(b instanceof PdfRef)) return isSame(resolved(before, a), b, before);
  if (a === undefined || b === undefined || a.type !== b.type) return false;
  if (a instanceof PdfRef && b instanceof PdfRef) {
    return a.objectNumber === b.objectNumber && a.generation === b.generation;
  }
  if (a instanceof PdfString && b instanceof PdfString) return sameBytes(a.bytes, b.bytes);
  if (a instanceof PdfArray && b instanceof PdfArray) {
    return a.length === b.length && [...a].every((each, index) => isSame(each, b.at(index), before));
  }
  if (a instanceof PdfDict && b instanceof PdfDict) return changedKeys(a, b, before).length === 0;
  return 'value' in a && 'value' in b && a.value === b.value;
}

function resolved(pdf: PDF, object: PdfObject | undefined): PdfObject | undefined {
  return object instanceof PdfRef ? (pdf.getObject(object) ?? undefined) : object;
}

function dictAt(pdf: PDF, object: PdfObject | undefined): PdfDict | undefined {
  const value = resolved(pdf, object);
  return value instanceof PdfDict ? value : undefined;
}

function nameIn(pdf: PDF, dict: PdfDict | undefined, key: string): string | undefined {
  const value = resolved(pdf, dict?.get(key));
  return value instanceof PdfName ? value.value : undefined;
}

function numberOf(object: PdfObject | undefined): number | undefined {
  return object instanceof PdfRef ? object.objectNumber : undefined;
}

/** The text of the metadata packet. */
export function xmpOf({ pdf }: PdfFile): string {
  const metadata = dictAt(pdf, dictAt(pdf, pdf.context.info.trailer.get('Root'))?.get('Metadata'));
  return metadata instanceof PdfStream ? new TextDecoder().decode(metadata.getDecodedData()) : '';
}

/** Ten digits each, to be filled in. */
const noRange = [0, ...Array(3).fill(9_999_999_999)] as const;

/**
 * A file with an update behind it, in which a signature field holds a signature whose range and contents, `room` bytes, are
 * to be filled in. What is there keeps its bytes. It must have that field, unsigned.
 */
export async function withEmptySignature(
  file: Uint8Array,
  fieldName: string,
  { name, at, room }: { readonly name: string; readonly at: Date; readonly room: number },
): Promise<Uint8Array> {
  const pdf = await PDF.load(file);
  const field = pdf.getForm()?.getSignatureField(fieldName)?.getDict();
  if (!field) throw new Error('the file has no such field');
  const signature = PdfDict.of({
    Type: PdfName.of('Sig'),
    Filter: PdfName.of('Adobe.PPKLite'),
    SubFilter: PdfName.of('ETSI.CAdES.detached'),
    Name: PdfString.fromString(name),
    M: PdfString.fromString(`D:${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`),
    ByteRange: new PdfArray(noRange.map((each) => PdfNumber.of(each))),
    Contents: PdfString.fromBytes(new Uint8Array(room)),
  });
  field.set('V', pdf.context.registry.register(signature));
  return pdf.save({ incremental: true });
}

/** A private key and its certificates, DER. Rejects, with what is wrong, for another passphrase and for what is no PKCS#12 file. */
export function openPkcs12(file: Uint8Array, passphrase: string): Promise<Signer> {
  return P12Signer.create(file, passphrase);
}

export type Signer = Pick<P12Signer, 'keyType' | 'sign' | 'certificate' | 'certificateChain'>;
