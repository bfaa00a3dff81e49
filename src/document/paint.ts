import PDFDocument from 'pdfkit';
import { type Face, type Fonts, faces, type Measure } from './faces.ts';
import { type Ink, type Layout, type Mark, type Node, paper } from './layout.ts';

/** Facts of the file beside its pages. */
export interface FileFacts {
  readonly title: string;
  readonly author: string;
  readonly keywords: string;
  /** The rest of a form's record (`form-record`), for the Info dictionary: `PreinfuseDigests`. It stands there uncompressed, as written. */
  readonly digests?: string;
  /** BCP 47, such as `en`. */
  readonly language: string;
  /** The file's date. Nothing reads the clock. */
  readonly created: Date;
}

/** Fonts opened once: measuring, and painting as often as wanted. */
export interface Printer extends Measure {
  /** The bytes of the PDF. Same layout and facts, same bytes. */
  paint(layout: Layout, facts: FileFacts): Promise<Uint8Array>;
}

/* What pdfkit has and its types do not tell. */

interface FontProgram {
  readonly characterSet: readonly number[];
  /** Glyphs met so far; each keeps the characters it was first met with. */
  _glyphs: Record<number, unknown>;
}

interface EmbeddedFont {
  readonly font: FontProgram;
  layoutRun(text: string): unknown;
  layoutCached(text: string): unknown;
  widthOfString(text: string, size: number): number;
}

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
  struct(type: string, options?: object): StructureElement;
  addStructure(element: StructureElement): void;
  markStructureContent(tag: string): StructureContent;
  markContent(tag: string, options: object): void;
  endMarkedContent(): void;
  _addInfo(): void;
  readonly _font: EmbeddedFont;
  readonly page: { readonly margins: { bottom: number } };
  info: Record<string, unknown>;
}

interface OpenFace {
  readonly program: FontProgram;
  readonly covered: ReadonlySet<number>;
  /** Shaped words, shared by all documents; emptied when it grows large. */
  readonly shaped: Map<string, unknown>;
  readonly widths: Map<string, number>;
  readonly font: EmbeddedFont;
}

const cacheLimit = 20_000;

/** Opens the four faces. They stay open for all documents of the printer. */
export function openPrinter(fonts: Fonts): Printer {
  const scratch = newDocument({ autoFirstPage: false, font: null });
  const open = new Map(faces.map((face) => [face, openFace(scratch, fonts[face])]));
  const get = (face: Face): OpenFace => {
    const found = open.get(face);
    if (!found) throw new Error(`no such face: ${face}`);
    return found;
  };
  return {
    covers: (face, codePoint) => get(face).covered.has(codePoint),
    width(face, size, text) {
      const { widths, font } = get(face);
      const known = widths.get(text);
      if (known !== undefined) return known * size;
      if (widths.size > cacheLimit) widths.clear();
      // Inside a line a word is drawn with its space: shaped so, it is shaped once.
      const isWord = !text.includes(' ');
      const width = isWord
        ? font.widthOfString(`${text} `, 1) - font.widthOfString(' ', 1)
        : font.widthOfString(text, 1);
      widths.set(text, width);
      return width * size;
    },
    paint: (layout, facts) => paint(layout, facts, get),
  };
}

function newDocument(options: object): Ink2d {
  return new PDFDocument(options as PDFKit.PDFDocumentOptions) as unknown as Ink2d;
}

function openFace(scratch: Ink2d, bytes: Uint8Array): OpenFace {
  const font = scratch.font(bytes)._font;
  const shaped = new Map<string, unknown>();
  shareShaping(font, shaped);
  return { program: font.font, covered: new Set(font.font.characterSet), shaped, widths: new Map(), font };
}

/**
 * Shapes each word once for all documents. The font forgets the glyphs it has met before each word: else what a glyph
 * reads as would depend on the words before it, and so on the documents before.
 */
function shareShaping(font: EmbeddedFont, shaped: Map<string, unknown>): void {
  font.layoutCached = (word) => {
    const known = shaped.get(word);
    if (known !== undefined) return known;
    if (shaped.size > cacheLimit) shaped.clear();
    font.font._glyphs = {};
    const run = font.layoutRun(word);
    shaped.set(word, run);
    return run;
  };
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
    subset: 'PDF/A-2a',
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
  doc.appendXML(accessibilityMetadata);
  for (const face of faces) doc.registerFont(face, get(face).program);
  for (let page = 0; page < layout.pages; page += 1) doc.addPage();
  const pen: Pen = { doc, get };
  for (const [page, marks] of layout.artifacts.entries()) artifact(pen, page, marks, { type: 'Layout' });
  structure(pen, layout.root);
  const bottom = { type: 'Pagination', attached: ['Bottom'] };
  for (const [page, marks] of layout.footers.entries()) artifact(pen, page, marks, bottom);
  doc.end();
  return done;
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
      const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      resolve(bytes);
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

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Says PDF/UA-1, and declares that property to PDF/A readers. */
const accessibilityMetadata = `
  <rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
    <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
      <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
      <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
      <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
      <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>part</pdfaProperty:name>
        <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
        <pdfaProperty:category>internal</pdfaProperty:category>
        <pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
      </rdf:li></rdf:Seq></pdfaSchema:property>
    </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>`;

function structure(pen: Pen, root: Node): void {
  const document = pen.doc.struct('Document');
  pen.doc.addStructure(document);
  for (const child of root.children) element(pen, document, child);
  document.end();
}

function element(pen: Pen, parent: StructureElement, child: Node | Ink): void {
  if (isInk(child)) return;
  const { doc } = pen;
  const inks = child.children.filter(isInk);
  doc.switchToPage(inks[0]?.page ?? 0);
  const made = doc.struct(child.tag, optionsOf(child, inks[0]));
  parent.add(made);
  if (child.tag === 'L') made.dictionary.data.A = { O: 'List', ListNumbering: 'Disc' };
  for (const each of child.children) {
    if (isInk(each)) marked(pen, made, child.tag, each);
    else element(pen, made, each);
  }
  made.end();
}

function isInk(child: Node | Ink): child is Ink {
  return 'marks' in child;
}

function optionsOf({ alt, title, scope, size }: Node, ink: Ink | undefined): object {
  const first = ink?.marks[0];
  const bbox = size !== undefined && first ? [first.x, first.y, first.x + size, first.y + size] : undefined;
  return { ...(alt && { alt }), ...(title && { title }), ...(scope && { scope }), ...(bbox && { bbox }) };
}

/** Marked content is closed by hand: pdfkit does not always close what is open. */
function marked(pen: Pen, owner: StructureElement, tag: string, { page, marks }: Ink): void {
  const { doc } = pen;
  doc.switchToPage(page);
  const content = doc.markStructureContent(tag);
  for (const mark of marks) draw(pen, mark);
  doc.endMarkedContent();
  owner.add(content);
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
    case 'text': {
      // Shaping may take a letter apart; what is read out and copied is the text itself.
      const isShaped = /[^\x20-\x7e“”’•·]/u.test(mark.text);
      if (isShaped) doc.markContent('Span', { actual: mark.text });
      useFace(pen, mark.face).fontSize(mark.size).fillColor(mark.color);
      doc.text(mark.text, mark.x, mark.y, { lineBreak: false, baseline: 'alphabetic' });
      if (isShaped) doc.endMarkedContent();
      return;
    }
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
        .lineWidth(mark.lineWidth ?? 1)
        .path(mark.path);
      fillAndStroke(doc, mark.fill, mark.stroke);
      doc.restore();
      return;
    default:
      mark satisfies never;
  }
}

function fillAndStroke(doc: Ink2d, fill: string | undefined, stroke: string | undefined): void {
  if (fill !== undefined) doc.fillColor(fill);
  if (stroke !== undefined) doc.strokeColor(stroke);
  if (fill !== undefined && stroke !== undefined) doc.fillAndStroke();
  else if (fill !== undefined) doc.fill();
  else doc.stroke();
}

/** The document's face, with the shaped words of all documents before it. */
function useFace({ doc, get }: Pen, face: Face): Ink2d {
  doc.font(face);
  if (!Object.hasOwn(doc._font, 'layoutCached')) shareShaping(doc._font, get(face).shaped);
  return doc;
}
