import PDFDocument from 'pdfkit';
import { joined } from '../model/bytes.ts';
import { hasRightToLeft } from './bidi.ts';
import type { Face, Fonts, Measure, Weight } from './faces.ts';
import { type Bookmark, type Choice, type Ink, isInk, type Layout, type Mark, type Node, paper } from './marks.ts';
import { type Attachment, accessibilityMetadata, escapeXml, type FileFacts, modifiedMetadata } from './metadata.ts';
import { isSpelled } from './press/operators.ts';
import { ConsentRefused } from './refusal.ts';
import {
  type EmbeddedFont,
  type FontProgram,
  isComplex,
  once,
  prepareFor,
  type Shaped,
  shareShaping,
  turned,
  unshaped,
  whole,
} from './shaping.ts';

/** Fonts opened once: measuring, and painting as often as wanted. */
export interface Printer extends Measure {
  /** Loads what the scripts of a text need. To be awaited before the text is measured or painted. */
  prepare(text: string): Promise<void>;
  /** The bytes of the PDF. Same layout and facts, same bytes. */
  paint(layout: Layout, facts: FileFacts): Promise<Uint8Array>;
}

/* What pdfkit has and its types do not tell. */

interface StructureElement {
  add(child: StructureElement | StructureContent): StructureElement;
  end(): void;
  readonly dictionary: { readonly data: Record<string, unknown> };
}

type StructureContent = { readonly refs: readonly unknown[] };

interface Ink2d {
  font(name: unknown): Ink2d;
  fontSize(size: number): Ink2d;
  fillColor(color: string): Ink2d;
  strokeColor(color: string): Ink2d;
  lineWidth(width: number): Ink2d;
  text(text: string, x: number, y: number, options: object): Ink2d;
  addContent(operators: string): Ink2d;
  rect(x: number, y: number, width: number, height: number): Ink2d;
  path(path: string): Ink2d;
  moveTo(x: number, y: number): Ink2d;
  lineTo(x: number, y: number): Ink2d;
  translate(x: number, y: number): Ink2d;
  scale(factor: number): Ink2d;
  save(): Ink2d;
  restore(): Ink2d;
  fill(): Ink2d;
  stroke(): Ink2d;
  fillAndStroke(): Ink2d;
  addPage(): Ink2d;
  switchToPage(page: number): Ink2d;
  end(): void;
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  registerFont(name: string, source: unknown): void;
  appendXML(xml: string): void;
  file(content: Uint8Array, options: object): void;
  struct(type: string, options?: object): StructureElement;
  addStructure(element: StructureElement): void;
  markStructureContent(tag: string): StructureContent;
  markContent(tag: string, options: object): void;
  endMarkedContent(): void;
  _addInfo(): void;
  readonly _font: EmbeddedFont;
  readonly page: { readonly margins: { bottom: number }; readonly annotations: readonly Reference[] };
  info: Record<string, unknown>;
  readonly outline: Outline;
  readonly _root: { readonly data: Record<string, Reference> };
  ref(data: Record<string, unknown>): Reference;
  initForm(): Ink2d;
  annotate(x: number, y: number, width: number, height: number, options: object): Ink2d;
}

interface Outline {
  addItem(title: string, options: object): Outline;
}

interface Reference {
  readonly data: Record<string, unknown>;
  end(content?: string): void;
}

interface OpenFace {
  readonly program: FontProgram;
  readonly covered: ReadonlySet<number>;
  /** What was shaped before, shared by all documents; emptied when it grows large. */
  readonly shaped: Shaped;
  readonly widths: Map<string, number>;
  readonly font: EmbeddedFont;
}

/** A printer for these families. A face is opened when a text first needs it, and stays open for all documents. */
export function openPrinter(fonts: Fonts): Printer {
  const scratch = newDocument({ autoFirstPage: false, font: null });
  const known = new Map<Face, OpenFace | undefined>();
  const find = (face: Face): OpenFace | undefined => {
    if (!known.has(face)) {
      const bytes = bytesOfFace(fonts, face);
      known.set(face, bytes && openFace(scratch, face, bytes));
    }
    return known.get(face);
  };
  const get = (face: Face): OpenFace => {
    const found = find(face);
    if (!found) throw new Error(`no such face: ${face}`);
    return found;
  };
  return {
    fonts,
    prepare: prepareFor,
    has: (face) => find(face) !== undefined,
    covers: (face, text) => coversAll(find(face)?.covered, text),
    width: (face, size, text) => widthIn(get(face), text) * size,
    paint: (layout, facts) => paint(layout, facts, get),
  };
}

function coversAll(covered: ReadonlySet<number> | undefined, text: string): boolean {
  if (covered === undefined) return false;
  for (const character of text) if (!covered.has(character.codePointAt(0) ?? 0)) return false;
  return true;
}

/** A face opened by pdfkit, for who needs more of it than a printer gives. */
export function fontOf(bytes: Uint8Array): { readonly font: unknown } {
  return newDocument({ autoFirstPage: false, font: null }).font(bytes)._font;
}

function newDocument(options: object): Ink2d {
  return new PDFDocument(options as PDFKit.PDFDocumentOptions) as unknown as Ink2d;
}

function bytesOfFace(fonts: Fonts, face: Face): Uint8Array | undefined {
  const [weight = face, name] = face.split('/').reverse();
  const family = name === undefined ? fonts[0] : fonts.find((each) => each.name === name);
  return family?.read(weight as Weight);
}

function openFace(scratch: Ink2d, face: Face, bytes: Uint8Array): OpenFace {
  const font = embeddedFont(scratch, face, bytes);
  const shaped = unshaped(bytes);
  shareShaping(font, shaped);
  return { program: font.font, covered: new Set(font.font.characterSet), shaped, widths: new Map(), font };
}

function embeddedFont(scratch: Ink2d, face: Face, bytes: Uint8Array): EmbeddedFont {
  try {
    return scratch.font(bytes)._font;
  } catch {
    throw new ConsentRefused(
      'unreadable-font',
      `the font ${face} is no TrueType or OpenType font`,
      'put a whole file in its place, or take it away',
    );
  }
}

/** Width at 1 point. */
function widthIn({ widths, font, shaped }: OpenFace, text: string): number {
  return once(widths, text, () => {
    if (!isComplex(text)) return widthByWords(font, text);
    const isTurned = hasRightToLeft(text) && /\p{L}/u.test(text);
    return (isTurned ? turned(font, shaped, text).width : whole(font, shaped, text).advanceWidth) / 1000;
  });
}

/** Inside a line a word is drawn with its space: shaped so, it is shaped once. */
function widthByWords(font: EmbeddedFont, text: string): number {
  if (text.includes(' ')) return font.widthOfString(text, 1);
  return font.widthOfString(`${text} `, 1) - font.widthOfString(' ', 1);
}

async function paint(layout: Layout, facts: FileFacts, get: (face: Face) => OpenFace): Promise<Uint8Array> {
  const doc = newDocument({
    size: [paper.width, paper.height],
    margin: 0,
    bufferPages: true,
    autoFirstPage: false,
    font: null,
    pdfVersion: '1.7',
    tagged: true,
    lang: facts.language,
    displayTitle: true,
    subset: facts.attachment ? 'PDF/A-3a' : 'PDF/A-2a',
    info: {
      Title: facts.title,
      Author: facts.author,
      Keywords: facts.keywords,
      ...(facts.digests !== undefined && { PreinfuseDigests: facts.digests }),
      Creator: 'preinfuse',
      Producer: 'preinfuse',
      CreationDate: facts.created,
      ModDate: facts.created,
    },
  });
  const done = bytesOf(doc);
  escapeMetadata(doc);
  writeInfoWhole(doc);
  doc.appendXML(accessibilityMetadata + modifiedMetadata(facts));
  for (let page = 0; page < layout.pages; page += 1) doc.addPage();
  const pen: Pen = { doc, get };
  for (const [page, marks] of layout.artifacts.entries()) artifact(pen, page, marks, { type: 'Layout' });
  structure(pen, layout.root);
  bookmarks(doc, layout.bookmarks);
  if (facts.attachment) attach(doc, facts.attachment, facts.created);
  const bottom = { type: 'Pagination', attached: ['Bottom'] };
  for (const [page, marks] of layout.footers.entries()) artifact(pen, page, marks, bottom);
  doc.end();
  return done;
}

function attach(doc: Ink2d, { name, mediaType, description, content }: Attachment, created: Date): void {
  const options = { name, type: mediaType, description, creationDate: created, modifiedDate: created };
  doc.file(new TextEncoder().encode(content), { ...options, relationship: 'Data' });
}

interface Pen {
  readonly doc: Ink2d;
  readonly get: (face: Face) => OpenFace;
}

function bytesOf(doc: Ink2d): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    doc.on('data', (chunk) => chunks.push(chunk));
    doc.on('error', reject);
    doc.on('end', () => {
      resolve(joined(chunks));
    });
  });
}

/** pdfkit puts texts into its XML as they are: there they are escaped, in the Info dictionary they stay raw. */
function escapeMetadata(doc: Ink2d): void {
  const write = doc._addInfo.bind(doc);
  doc._addInfo = () => {
    const raw = doc.info;
    doc.info = Object.fromEntries(
      Object.entries(raw).map(([key, value]) => [key, typeof value === 'string' ? escapeXml(value) : value]),
    );
    write();
    doc.info = raw;
  };
}

/** pdfkit makes an object of each entry of the Info dictionary. Programs that copy the dictionary alone would lose them. */
function writeInfoWhole(doc: { ref: (data: never) => unknown }): void {
  const make = doc.ref.bind(doc) as (data: unknown) => unknown;
  const itself = { end(): void {} };
  doc.ref = (data: unknown) => {
    if (data instanceof String) return Object.assign(new String(data), itself);
    if (data instanceof Date) return Object.assign(new Date(data), itself);
    return make(data);
  };
}

function structure(pen: Pen, root: Node): void {
  const document = pen.doc.struct('Document');
  pen.doc.addStructure(document);
  for (const child of root.children) element(pen, document, child);
  document.end();
}

/** Sections are shown, what is in them is folded. */
function bookmarks(doc: Ink2d, all: readonly Bookmark[]): void {
  let section = doc.outline;
  for (const { title, level, page, y } of all) {
    const made = (level === 1 ? doc.outline : section).addItem(title, { pageNumber: page, top: y, left: paper.width });
    if (level === 1) section = made;
  }
}

function element(pen: Pen, parent: StructureElement, child: Node | Ink): void {
  if (isInk(child)) return;
  if (child.tag === 'Form') {
    for (const { page, marks } of child.children.filter(isInk)) {
      for (const mark of marks) if (mark.kind === 'field') widget(pen, parent, page, mark);
    }
    return;
  }
  const { doc } = pen;
  const inks = child.children.filter(isInk);
  doc.switchToPage(inks[0]?.page ?? 0);
  const made = doc.struct(child.tag, optionsOf(child, inks[0]));
  parent.add(made);
  if (child.tag === 'L') made.dictionary.data.A = { O: 'List', ListNumbering: child.isToTick ? 'None' : 'Disc' };
  for (const each of child.children) {
    if (isInk(each)) marked(pen, made, child.tag, each);
    else element(pen, made, each);
  }
  made.end();
}

function optionsOf({ alt, actual, language, title, scope, box }: Node, ink: Ink | undefined): object {
  const first = ink?.marks[0];
  const bbox = box && first ? [first.x, first.y, first.x + box.width, first.y + box.height] : undefined;
  return {
    ...(alt && { alt }),
    ...(actual && { actual }),
    ...(language && { lang: language }),
    ...(title && { title }),
    ...(scope && { scope }),
    ...(bbox && { bbox }),
  };
}

type FieldMark = Extract<Mark, { kind: 'field' }>;

/**
 * A field as an annotation with its own element: pdfkit's own fields lose their label and their element. What is typed
 * is set in a face of which the whole alphabet is in the file.
 */
function widget(pen: Pen, parent: StructureElement, page: number, mark: FieldMark): void {
  const { doc } = pen;
  const { x, y, width, height, field } = mark;
  doc.switchToPage(page);
  const form = formOf(pen);
  const element = doc.struct('Form', { alt: field.label });
  parent.add(element);
  const group = field.kind === 'choice' ? groupOf(doc, field, form) : undefined;
  doc.annotate(x, y, width, height, {
    Subtype: 'Widget',
    ...(group ? { Parent: group } : { T: new String(field.name) }),
    TU: new String(field.label),
    F: field.kind === 'seal' ? printed | locked : printed,
    structParent: element,
    ...entriesOf(doc, mark, form),
  });
  const made = doc.page.annotations.at(-1);
  if (made) (group ? group.data.Kids : form.fields).push(made);
  element.end();
}

/** The field that boxes of one name have in common, made with the first. A second click on a box takes the tick away. */
function groupOf(doc: Ink2d, { name, question }: Choice, { fields }: OpenForm): Group {
  const known = fields.find((each): each is Group => 'Kids' in each.data && String(each.data.T) === name);
  if (known) return known;
  const entries = { FT: 'Btn', Ff: radio, T: new String(name), TU: new String(question), V: 'Off', Kids: [] };
  const made = doc.ref(entries) as Group;
  fields.push(made);
  return made;
}

interface Group extends Reference {
  readonly data: Record<string, unknown> & { readonly Kids: Reference[] };
}

/** Flag of a field: one of its boxes at most. */
const radio = 1 << 15;

/** Flags of an annotation. */
const printed = 4;
const locked = 128;

function entriesOf(doc: Ink2d, mark: FieldMark, form: OpenForm): object {
  switch (mark.field.kind) {
    case 'check':
      return { FT: 'Btn', V: 'Off', ...boxEntries(doc, mark, 'Yes') };
    case 'choice':
      return boxEntries(doc, mark, mark.field.code);
    case 'text':
      return textEntries(doc, mark, form.font);
    case 'seal':
      // There is a signature, and whoever adds to the file must leave what is there as it is.
      form.data.SigFlags = 3;
      return { FT: 'Sig', AP: { N: appearanceOf(doc, mark.width, mark.height, '') } };
    default:
      return mark.field;
  }
}

interface OpenForm {
  readonly font: string;
  readonly fields: Reference[];
  readonly data: Record<string, unknown>;
}

/** The form's dictionary; made with the first field. Its font has all letters that names may need from the start. */
function formOf({ doc, get }: Pen): OpenForm {
  const open = doc._root.data.AcroForm;
  if (!open) {
    doc.registerFont(typedFace, get(typedFace).program);
    doc.font(typedFace);
    if (!Object.hasOwn(doc._font, 'layoutCached')) shareShaping(doc._font, get(typedFace).shaped);
    for (const character of typedCharacters(get(typedFace))) doc._font.encode(character);
    doc.initForm();
    delete doc._root.data.AcroForm?.data.NeedAppearances;
  }
  const data = doc._root.data.AcroForm?.data as { Fields: Reference[]; DR: { Font: object }; SigFlags?: number };
  return { font: Object.keys(data.DR.Font)[0] ?? '', fields: data.Fields, data };
}

const typedFace: Face = 'regular';

/** Latin letters, digits and signs. */
function typedCharacters({ covered }: OpenFace): readonly string[] {
  return Array.from({ length: 0x17f - 0x20 }, (_, index) => 0x20 + index)
    .filter((code) => covered.has(code) && !(code >= 0x7f && code < 0xa1))
    .map((code) => String.fromCodePoint(code));
}

function textEntries(doc: Ink2d, { width, height, size }: FieldMark, font: string): object {
  const appearance = appearanceOf(doc, width, height, '/Tx BMC EMC');
  return { FT: 'Tx', DA: new String(`/${font} ${size} Tf 0 g`), AP: { N: appearance } };
}

/** Off is drawn by the box on the page; on is a tick in it. */
function boxEntries(doc: Ink2d, { width, height }: FieldMark, on: string): object {
  const at = (x: number, y: number): string => `${x * width} ${y * height}`;
  const tick = `q ${0.13 * width} w 1 J 1 j ${at(0.2, 0.5)} m ${at(0.42, 0.25)} l ${at(0.82, 0.8)} l S Q`;
  const [off, ticked] = [appearanceOf(doc, width, height, ''), appearanceOf(doc, width, height, tick)];
  return { AS: 'Off', AP: { N: { Off: off, [on]: ticked } } };
}

function appearanceOf(doc: Ink2d, width: number, height: number, operators: string): Reference {
  const made = doc.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, 0, width, height], Resources: {} });
  // An object without a byte of its own is written as no stream.
  made.end(operators === '' ? 'q Q' : operators);
  return made;
}

type TextMark = Extract<Mark, { kind: 'text' }>;

/** Marked content is closed by hand: pdfkit does not always close what is open. */
function marked(pen: Pen, owner: StructureElement, tag: string, { page, marks }: Ink): void {
  const { doc } = pen;
  doc.switchToPage(page);
  for (const stretch of stretchesOf(marks)) {
    const content = doc.markStructureContent('actual' in stretch ? 'Span' : tag);
    for (const mark of stretch.marks) draw(pen, mark);
    doc.endMarkedContent();
    if ('actual' in stretch) {
      const span = doc.struct('Span', { actual: stretch.actual });
      owner.add(span);
      span.add(content);
      span.end();
    } else owner.add(content);
  }
}

type Stretch = { readonly marks: Mark[] } | { readonly marks: readonly [TextMark]; readonly actual: string };

/**
 * What is written from the right is drawn from left to right: readers of the page turn it, and readers of the structure
 * are told the text in an element of its own. Told beside the ink, the first would turn that as well.
 */
function stretchesOf(marks: readonly Mark[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const mark of marks) {
    const last = stretches.at(-1);
    if (mark.kind === 'text' && mark.direction === 'rtl') stretches.push({ marks: [mark], actual: mark.text });
    else if (last && !('actual' in last)) last.marks.push(mark);
    else stretches.push({ marks: [mark] });
  }
  return stretches;
}

function artifact(pen: Pen, page: number, marks: readonly Mark[], options: object): void {
  if (marks.length === 0) return;
  pen.doc.switchToPage(page);
  pen.doc.markContent('Artifact', options);
  for (const mark of marks) draw(pen, mark);
  pen.doc.endMarkedContent();
}

function draw(pen: Pen, mark: Mark): void {
  const { doc } = pen;
  switch (mark.kind) {
    case 'text':
      drawText(pen, mark);
      return;
    case 'rect':
      doc.lineWidth(1).rect(mark.x, mark.y, mark.width, mark.height);
      fillAndStroke(doc, mark.fill, mark.stroke);
      return;
    case 'line':
      doc
        .lineWidth(0.75)
        .strokeColor(mark.color)
        .moveTo(mark.x, mark.y)
        .lineTo(mark.x + mark.width, mark.y)
        .stroke();
      return;
    case 'shape':
      doc
        .save()
        .translate(mark.x, mark.y)
        .scale(mark.scale)
        .lineWidth(mark.lineWidth ?? 1);
      for (const [x, y] of mark.places ?? [[0, 0]]) {
        doc.save().translate(x, y).path(mark.path);
        fillAndStroke(doc, mark.fill, mark.stroke);
        doc.restore();
      }
      doc.restore();
      return;
    case 'field':
      throw new Error('a field is drawn with its element');
    default:
      mark satisfies never;
  }
}

function drawText({ doc, get }: Pen, { text, direction, face, size, color, x, y }: TextMark): void {
  const { program, shaped } = get(face);
  doc.registerFont(face, program);
  doc.font(face).fontSize(size).fillColor(color);
  // The document's own face has the shaped words of all documents before it.
  if (!Object.hasOwn(doc._font, 'layoutCached')) shareShaping(doc._font, shaped);
  const options = { lineBreak: false, baseline: 'alphabetic' };
  if (direction === 'rtl') {
    const { words, marks } = turned(doc._font, shaped, text);
    for (const word of words) doc.text(text, x + (word.x * size) / 1000, y, { ...options, features: word.run });
    if (marks.glyphs.length === 0) return;
    doc.addContent('/Span <</ActualText ()>> BDC');
    doc.text(text, x, y, { ...options, features: marks });
    doc.addContent('EMC');
    return;
  }
  // Arabic digits stay whole.
  const set = isComplex(text) ? { ...options, features: whole(doc._font, shaped, text) } : options;
  const draw = (): Ink2d => doc.text(text, x, y, set);
  if (isSpelled(text) && !hasRightToLeft(text)) spelledOut(doc, text, draw);
  else draw();
}

/**
 * Writes a text beside the glyphs that `draw` draws. It is marked inside the text's own coordinates, which stand upright:
 * outside of them readers take its place from the page's, which are upside down, and select it elsewhere.
 */
function spelledOut(doc: Ink2d, text: string, draw: () => void): void {
  const add = doc.addContent.bind(doc);
  doc.addContent = (operators) => {
    if (operators === 'BT') doc.markContent('Span', { actual: text });
    add(operators);
    if (operators === 'ET') doc.endMarkedContent();
    return doc;
  };
  try {
    draw();
  } finally {
    doc.addContent = add;
  }
}

function fillAndStroke(doc: Ink2d, fill: string | undefined, stroke: string | undefined): void {
  if (fill !== undefined) doc.fillColor(fill);
  if (stroke !== undefined) doc.strokeColor(stroke);
  if (fill !== undefined && stroke !== undefined) doc.fillAndStroke();
  else if (fill !== undefined) doc.fill();
  else doc.stroke();
}
