import type { Text } from '../content.ts';
import type { Face } from '../faces.ts';
import { type Bookmark, type Ink, isInk, type Layout, type Mark, type Node, paper, type Setting } from '../marks.ts';
import { type FaceSource, type FontPack, packedFaces, weights } from './font-pack.ts';
import {
  faceName,
  type OpenLine,
  type OpenLineSetter,
  openLineSetter,
  openPen,
  type Pen,
  type Stretch,
} from './operators.ts';
import { type Collector, collectObjects, number, type Plate, textString, type WriterTools } from './pdf-writer.ts';

/** An open text as it stands in a layout: which one, how it is set, and how many lines it takes there. */
export interface OpenSetting {
  readonly text: number;
  readonly setting: Setting;
  readonly lines: number;
}

/** A line of an open text on a page. */
export interface OpenSpot {
  /** Index among the settings. */
  readonly set: number;
  readonly line: number;
  readonly spot: OpenLine;
  readonly write: OpenLineSetter;
}

/** Everything of a form that does not depend on its open texts, but on how many lines they take. */
export interface Sketch {
  readonly pages: number;
  readonly settings: readonly OpenSetting[];
  /** Operators to be written for each copy, in stretches that pages share where they are alike. */
  readonly streams: readonly (readonly (string | OpenSpot)[])[];
  /** The file: its texts are the streams, then the metadata and the Info dictionary. */
  readonly plate: Plate;
}

export interface EngraveTools extends WriterTools {
  /** Operators that pages of many forms have in common, deflated. */
  readonly deflateOperators: (operators: string) => Uint8Array;
}

/** Draws a layout but for its `open` texts. Undefined where a character or face is not packed. */
export function engrave(
  layout: Layout,
  open: readonly Text[],
  language: string,
  pack: FontPack,
  tools: EngraveTools,
): Sketch | undefined {
  const drawn = draw(layout, pack);
  if (!drawn) return undefined;
  const settings: OpenSetting[] = [];
  const streams: (string | OpenSpot)[][] = [];
  const known = new Map<string, number>();
  const spotOf = (line: OpenLine): OpenSpot => {
    const { text, setting, line: at } = line.open;
    const index = open.indexOf(text);
    const found = settings.findIndex((each) => each.text === index && isSame(each.setting, setting));
    const set = found < 0 ? settings.push({ text: index, setting, lines: 0 }) - 1 : found;
    const own = settings[set];
    if (own) settings[set] = { ...own, lines: Math.max(own.lines, at + 1) };
    return { set, line: at, spot: line, write: openLineSetter(line) };
  };
  const pages = drawn.pens.map((pen) =>
    parted(pen.stretches).map((part): Uint8Array | number => {
      if (typeof part === 'string') return tools.deflateOperators(part);
      const stream = part.map((stretch) => (typeof stretch === 'string' ? stretch : spotOf(stretch)));
      const key = JSON.stringify(stream.map((each) => (typeof each === 'string' ? each : placeOf(each))));
      const index = known.get(key) ?? streams.push(stream) - 1;
      known.set(key, index);
      return index;
    }),
  );
  const plate = plateOf({ ...drawn, pages, open: streams.length, language, pack, tools });
  return { pages: layout.pages, settings, streams, plate };
}

function isSame(one: Setting, other: Setting): boolean {
  return one.kind === other.kind && one.size === other.size && one.width === other.width && one.isBold === other.isBold;
}

function placeOf({ set, line, spot: { x, y, color } }: OpenSpot): readonly unknown[] {
  return [set, line, x, y, color];
}

/** Shorter operators between two open lines are written with them: a stream of their own would be longer. */
const shortest = 400;

/** What is the same in every copy, and what is not, by turns. */
function parted(stretches: readonly Stretch[]): readonly (string | readonly Stretch[])[] {
  const parts: (string | Stretch[])[] = [];
  for (const stretch of stretches) {
    const last = parts.at(-1);
    const before = parts.at(-2);
    if (typeof stretch === 'string') parts.push(stretch);
    else if (Array.isArray(last)) last.push(stretch);
    else if (Array.isArray(before) && typeof last === 'string' && last.length < shortest) {
      parts.pop();
      before.push(last, stretch);
    } else parts.push([stretch]);
  }
  return parts;
}

/* Structure and pages */

interface Element {
  readonly node: Node;
  readonly parent: number | undefined;
  readonly kids: (Element | Content)[];
  index: number;
}

/** A piece of marked content. */
interface Content {
  readonly page: number;
  readonly mcid: number;
}

interface Drawn {
  readonly pens: readonly Pen[];
  readonly elements: readonly Element[];
  /** By page, by number of marked content: the element it belongs to. */
  readonly owners: readonly (readonly number[])[];
  readonly bookmarks: readonly Bookmark[];
  /** Those that are used, and the two of the form. */
  readonly faces: readonly Face[];
}

function draw({ pages, root, artifacts, footers, bookmarks }: Layout, pack: FontPack): Drawn | undefined {
  const pens = Array.from({ length: pages }, () => openPen(pack));
  const owners: number[][] = pens.map(() => []);
  const elements: Element[] = [];
  const faces = new Set<Face>(weights);
  let isPacked = true;
  const ink = (page: number, tag: string, properties: string, marks: readonly Mark[]): void => {
    const pen = pens[page];
    if (!pen) throw new Error(`there is no page ${page + 1}`);
    pen.begin(tag, properties);
    for (const mark of marks) {
      if (mark.kind === 'text') faces.add(mark.face);
      if (mark.kind === 'text' && pack.packOf(mark.text) === undefined) isPacked = false;
      else pen.mark(mark);
    }
    pen.end();
  };
  const artifact = (properties: string) => (marks: readonly Mark[], page: number) => {
    if (marks.length > 0) ink(page, 'Artifact', properties, marks);
  };
  const element = (node: Node, parent: number | undefined): Element => {
    const made: Element = { node, parent, kids: [], index: elements.length };
    elements.push(made);
    for (const child of node.children) {
      if (isInk(child)) made.kids.push(content(child, node.tag, made.index));
      else made.kids.push(element(child, made.index));
    }
    return made;
  };
  const content = ({ page, marks }: Ink, tag: string, owner: number): Content => {
    const mcid = (owners[page]?.push(owner) ?? 1) - 1;
    ink(page, tag, `/MCID ${mcid}`, marks);
    return { page, mcid };
  };
  artifacts.forEach(artifact('/Type /Layout'));
  element(root, undefined);
  footers.forEach(artifact('/Type /Pagination/Attached[/Bottom]'));
  // A bookmark is the same in every copy: a heading that is not cannot be engraved.
  if (elements.some(({ node }) => /^H[23]$/.test(node.tag) && node.children.some(isOpenInk))) return undefined;
  if (!isPacked) return undefined;
  return { pens, elements, owners, bookmarks, faces: packedFaces.filter((face) => faces.has(face)) };
}

function isOpenInk(child: Node | Ink): boolean {
  return isInk(child) && child.marks.some((mark) => mark.kind === 'text' && mark.open !== undefined);
}

interface Closed extends Drawn {
  /** Streams of each page: bytes, or the number of an open one. */
  readonly pages: readonly (readonly (Uint8Array | number)[])[];
  /** How many streams are open. */
  readonly open: number;
  readonly language: string;
  readonly pack: FontPack;
  readonly tools: WriterTools;
}

function plateOf({ elements, owners, bookmarks, faces, pages, open, language, pack, tools }: Closed): Plate {
  const file = collectObjects(tools);
  const ref = (id: number): string => `${id} 0 R`;
  const [tree, treeRoot] = [file.reserve(), file.reserve()];
  const pageIds = pages.map(() => file.reserve());
  const elementIds = elements.map(() => file.reserve());
  const idOf = (index: number): number => elementIds[index] ?? 0;
  const openIds = Array.from({ length: open }, () => file.openStream(''));
  const metadata = file.openStream('/Type /Metadata/Subtype /XML');
  const info = file.openDictionary();
  const fonts = faces.map((face) => `/${faceName(face)} ${ref(font(file, pack.open(face), tools))}`).join('');
  const resources = file.object(`<</Font<<${fonts}>>>>`);
  pages.forEach((streams, page) => {
    const contents = streams.map((stream) =>
      ref(typeof stream === 'number' ? (openIds[stream] ?? 0) : file.stream('/Filter /FlateDecode', stream)),
    );
    file.object(
      `<</Type /Page/Parent ${ref(tree)}/MediaBox[0 0 ${paper.width} ${paper.height}]/Resources ${ref(resources)}` +
        `/Contents [${contents.join(' ')}]/StructParents ${page}/Tabs/S>>`,
      pageIds[page],
    );
  });
  file.object(`<</Type /Pages/Count ${pages.length}/Kids [${pageIds.map(ref).join(' ')}]>>`, tree);
  for (const each of elements) {
    file.object(structureElement(each, idOf, pageIds, treeRoot), idOf(each.index));
  }
  const parents = owners.map((of, page) => `${page}[${of.map((index) => ref(idOf(index))).join(' ')}]`).join('');
  file.object(
    `<</Type /StructTreeRoot/K[${ref(idOf(0))}]/ParentTree<</Nums [${parents}]>>/ParentTreeNextKey ${pages.length}>>`,
    treeRoot,
  );
  const profile = file.stream('/N 3/Filter /FlateDecode', pack.profile);
  const outlines = outline(file, bookmarks, pageIds);
  const root = file.object(
    `<</Type /Catalog/Pages ${ref(tree)}/Outlines ${ref(outlines)}/PageMode/UseOutlines/StructTreeRoot ${ref(treeRoot)}/MarkInfo<</Marked true>>` +
      `/Lang${textString(language)}/ViewerPreferences<</DisplayDocTitle true>>/Metadata ${ref(metadata)}` +
      `/OutputIntents [<</Type /OutputIntent/S /GTS_PDFA1/Info(sRGB IEC61966-2.1)` +
      `/OutputConditionIdentifier(sRGB IEC61966-2.1)/DestOutputProfile ${ref(profile)}>>]>>`,
  );
  return file.plate(root, info);
}

/** Sections, and what is in them folded. Gives the number of the list's own object. */
function outline(file: Collector, bookmarks: readonly Bookmark[], pageIds: readonly number[]): number {
  const list = file.reserve();
  const items = bookmarks.map((bookmark) => ({ ...bookmark, id: file.reserve() }));
  const sections = items.filter(({ level }) => level === 1);
  const ends = (of: readonly { readonly id: number }[]): string =>
    of.length === 0 ? '' : `/First ${of[0]?.id} 0 R/Last ${of.at(-1)?.id} 0 R`;
  const insideOf = (section: (typeof items)[number]): typeof items => {
    const from = items.indexOf(section) + 1;
    const to = items.findIndex(({ level }, index) => index >= from && level === 1);
    return items.slice(from, to < 0 ? undefined : to);
  };
  const put = (siblings: typeof items, parent: number): void =>
    siblings.forEach(({ id, title, page, y, level }, index) => {
      const inside = level === 1 ? insideOf(siblings[index] as (typeof items)[number]) : [];
      const [before, after] = [siblings[index - 1], siblings[index + 1]];
      file.object(
        `<</Title${textString(title)}/Parent ${parent} 0 R/Dest[${pageIds[page]} 0 R/XYZ 0 ${number(paper.height - y)} 0]` +
          `${before ? `/Prev ${before.id} 0 R` : ''}${after ? `/Next ${after.id} 0 R` : ''}` +
          `${ends(inside)}${inside.length === 0 ? '' : `/Count -${inside.length}`}>>`,
        id,
      );
      put(inside, id);
    });
  put(sections, list);
  return file.object(`<</Type /Outlines${ends(sections)}/Count ${sections.length}>>`, list);
}

function structureElement(
  { node, parent, kids }: Element,
  idOf: (index: number) => number,
  pageIds: readonly number[],
  treeRoot: number,
): string {
  const first = kids.find((kid): kid is Content => 'mcid' in kid);
  const children = kids.map((kid) => {
    if (!('mcid' in kid)) return `${idOf(kid.index)} 0 R`;
    if (kid.page === first?.page) return String(kid.mcid);
    return `<</Type /MCR/Pg ${pageIds[kid.page]} 0 R/MCID ${kid.mcid}>>`;
  });
  return [
    `<</S /${node.tag}/P ${parent === undefined ? treeRoot : idOf(parent)} 0 R`,
    node.title ? `/T${textString(node.title)}` : '',
    node.alt ? `/Alt${textString(node.alt)}` : '',
    node.actual ? `/ActualText${textString(node.actual)}` : '',
    node.language ? `/Lang${textString(node.language)}` : '',
    attributes(node),
    first ? `/Pg ${pageIds[first.page]} 0 R` : '',
    `/K[${children.join(' ')}]>>`,
  ].join('');
}

function attributes({ tag, scope, box, children, isToTick }: Node): string {
  if (tag === 'L') return `/A<</O/List/ListNumbering/${isToTick ? 'None' : 'Disc'}>>`;
  if (scope) return `/A<</O/Table/Scope/${scope}>>`;
  const mark = children.find(isInk)?.marks[0];
  if (!box || !mark) return '';
  const corners = [mark.x, paper.height - mark.y - box.height, mark.x + box.width, paper.height - mark.y];
  return `/A<</O/Layout/Placement/Block/BBox[${corners.map(number).join(' ')}]>>`;
}

/* Fonts */

function font(file: Collector, face: FaceSource, { deflate, latin1 }: WriterTools): number {
  const program = file.stream(`/Length1 ${face.programLength}/Filter /FlateDecode`, face.program);
  const descriptor = file.object(
    `<</Type /FontDescriptor/FontName /${face.name}/Flags ${face.flags}/FontBBox [${face.box.map(number).join(' ')}]` +
      `/ItalicAngle ${number(face.italicAngle)}/Ascent ${number(face.ascent)}/Descent ${number(face.descent)}` +
      `/CapHeight ${number(face.capHeight)}/XHeight ${number(face.xHeight)}/StemV 0/FontFile2 ${program} 0 R>>`,
  );
  const descendant = file.object(
    `<</Type /Font/Subtype /CIDFontType2/BaseFont /${face.name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
      `/FontDescriptor ${descriptor} 0 R/W [0[${face.advances.map(number).join(' ')}]]/CIDToGIDMap /Identity>>`,
  );
  const unicode = file.stream('/Filter /FlateDecode', deflate(latin1(characterMap(face))));
  return file.object(
    `<</Type /Font/Subtype /Type0/BaseFont /${face.name}/Encoding /Identity-H/DescendantFonts [${descendant} 0 R]/ToUnicode ${unicode} 0 R>>`,
  );
}

/** What each glyph reads as. */
function characterMap({ characters, marked }: FaceSource): string {
  const hex = (code: number): string => `<${code.toString(16).padStart(4, '0')}>`;
  const marks = new Map(Object.values(marked).map(({ mark, reads }) => [mark, reads]));
  const read = [...[...characters].map((character, index) => [index + 1, character] as const), ...marks];
  const lines = read.map(([glyph, character]) => `${hex(glyph)} ${hex(character.charCodeAt(0))}`);
  const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, at) => {
    const block = lines.slice(at * 100, at * 100 + 100);
    return `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`;
  });
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
}
