import type { Blank, Block, Content, IconArray, OutlineItem, Section, Text } from './content.ts';
import type { Measure } from './faces.ts';
import { plainText } from './faces.ts';
import { arrayShape, figurePath, figurePlaces } from './icon-array.ts';
import { sealField } from './integrity/seal-field.ts';
import { breakLines, type Piece } from './lines.ts';
import {
  bookmarksIn,
  type Choice,
  type Field,
  type Layout,
  type Mark,
  moved,
  type Node,
  paper,
  type Setting,
  withSpans,
} from './marks.ts';
import {
  column,
  drawn,
  gapsIn,
  heightOf,
  margin,
  type Placed,
  placesOf,
  type Strip,
  type Stroke,
  widestGap,
} from './pages.ts';
import { palette } from './palette.ts';

export type Edition = 'compact' | 'standard' | 'large-print';

/** Of every size; body text is 12 points in the standard edition. */
const scales: Readonly<Record<Edition, number>> = { compact: 0.85, standard: 1, 'large-print': 1.5 };

interface Pen {
  readonly measure: Measure;
  readonly linesOf: (text: Text, setting: Setting) => Lines;
  /** 1 in the standard edition. */
  readonly scale: number;
  readonly spacing: Spacing;
  readonly isFillable: boolean;
}

/** To be written on paper, or also filled in on the screen. */
export type Filling = 'flat' | 'fillable';

/** How close text is set. */
interface Spacing {
  /** From line to line, as part of the size of the letters. */
  readonly leading: number;
  /** Between blocks and items, as part of what it is elsewhere. */
  readonly between: number;
}

const usual: Spacing = { leading: 1.32, between: 1 };
/** For forms that have an ill-filled page with the usual one. */
const closer: readonly Spacing[] = [
  { leading: 1.3, between: 0.9 },
  { leading: 1.3, between: 0.8 },
  { leading: 1.28, between: 0.8 },
  { leading: 1.26, between: 0.7 },
];

/** Places a content on pages. Pure: the same content and measures give the same layout. */
export function layOut(content: Content, measure: Measure, edition: Edition, filling: Filling = 'flat'): Layout {
  const linesOf = settingOnce(measure);
  const pen: Pen = { measure, linesOf, scale: scales[edition], isFillable: filling === 'fillable', spacing: usual };
  const footerTop = paper.height - 20 - footerLines(content).length * footerLeading(pen);
  const { root, places } = flowWithin(footerTop - 8, (spacing) => flowOf(content, { ...pen, spacing }));
  const artifacts = drawn(places);
  return {
    pages: artifacts.length,
    root: withSpans(root),
    artifacts,
    footers: footers(content, artifacts.length, footerTop, pen),
    bookmarks: bookmarksIn(root),
  };
}

/** A flow on pages that end at `bottom`, with the first spacing that fills them all well; else with the one that fills them best. */
function flowWithin(
  bottom: number,
  flowWith: (spacing: Spacing) => Flow,
): Pick<Flow, 'root'> & { readonly places: readonly Placed[] } {
  const placed = (spacing: Spacing) => {
    const { root, strips } = flowWith(spacing);
    const places = placesOf(strips, bottom);
    return { root, places, gaps: gapsIn(places, bottom) };
  };
  const isWell = ({ gaps }: ReturnType<typeof placed>): boolean => Math.max(0, ...gaps) <= widestGap;
  let best = placed(usual);
  for (const spacing of closer) {
    if (isWell(best)) return best;
    const next = placed(spacing);
    if (isWell(next) || badness(next.gaps) < badness(best.gaps)) best = next;
  }
  return best;
}

/** One wide gap is worse than two of half its width. */
function badness(gaps: readonly number[]): number {
  return gaps.reduce((sum, gap) => sum + gap ** 2, 0);
}

/** The strips of a content, and the structure that their ink belongs to. */
interface Flow {
  readonly root: Node;
  readonly strips: readonly Strip[];
}

function flowOf(content: Content, pen: Pen): Flow {
  const root: Node = { tag: 'Document', children: [] };
  const strips = [
    ...opening(content, root, pen),
    ...content.sections.flatMap((section) => sectionStrips(section, root, pen)),
  ];
  return { root, strips: strips.map((strip) => ({ ...strip, before: strip.before * pen.spacing.between })) };
}

function node(parent: Node, tag: Node['tag'], more: Omit<Partial<Node>, 'tag' | 'children'> = {}): Node {
  const made: Node = { tag, ...more, children: [] };
  parent.children.push(made);
  return made;
}

/* Flow */

function opening({ title, notices }: Content, root: Node, pen: Pen): readonly Strip[] {
  const heading = textStrips(title, node(root, 'H1'), pen, { size: 23, color: palette.heading, isBold: true });
  const noted = notices.flatMap((notice) => [
    framed(textStrips(notice, node(root, 'P'), pen, { width: column - 20 * pen.scale }), pen, palette.tint),
  ]);
  return [...heading.map((strip) => ({ ...strip, hold: 3 as const })), ...spaced(noted, 5 * pen.scale)];
}

function sectionStrips({ title, blocks, isAgreement }: Section, root: Node, pen: Pen): readonly Strip[] {
  const section = node(root, 'Sect', { title: plainText(title) });
  const heading = textStrips(title, node(section, 'H2'), pen, { size: 16, color: palette.heading, isBold: true });
  const ruled = heading.map((strip, index): Strip => {
    const isLast = index === heading.length - 1;
    const rule: Mark = { kind: 'line', x: 0, y: strip.height + 1, width: column, color: palette.rule };
    return {
      ...strip,
      hold: 3,
      ...(isLast && { height: strip.height + 3, strokes: [...strip.strokes, { node: undefined, marks: [rule] }] }),
    };
  });
  const body = blocks.map((block, index) => {
    const isSmallGap = block.kind === 'paragraph' || block.kind === 'list' || block.kind === 'outline';
    const strips = spaced(blockStrips(block, section, column, pen), (index === 0 ? 5 : isSmallGap ? 4 : 9) * pen.scale);
    const next = blocks[index + 1]?.kind;
    const leads = next === 'list' || next === 'outline' || next === 'table' || next === 'item';
    return block.kind === 'paragraph' && leads ? heldToNext(strips) : strips;
  });
  const strips = [...spaced(ruled, 16 * pen.scale), ...body.flat()];
  if (!isAgreement) return strips;
  // Where a page cannot hold it all, no signature stands alone on the next: the first with all that is agreed to, the last with one more.
  const before = blocks.findIndex(({ kind }) => kind === 'signature');
  const first = ruled.length + body.slice(0, before).flat().length;
  const isBound = (index: number): boolean => index < first || index === strips.length - 2;
  return strips.map((strip, index) => {
    if (index === strips.length - 1 || strip.hold === 3) return strip;
    return { ...strip, hold: isBound(index) ? 3 : 2 };
  });
}

/** The last strip holds to whatever follows. */
function heldToNext(strips: readonly Strip[]): readonly Strip[] {
  return strips.map((strip, index) => (index === strips.length - 1 ? { ...strip, hold: 3 } : strip));
}

/** Puts space before the first strip. */
function spaced(strips: readonly Strip[], before: number): readonly Strip[] {
  return strips.map((strip, index) => (index === 0 ? { ...strip, before: strip.before + before } : strip));
}

/** `owner` is the item the block is in. */
function blockStrips(block: Block, parent: Node, width: number, pen: Pen, owner?: ItemBlock): readonly Strip[] {
  switch (block.kind) {
    case 'paragraph': {
      const color = block.tone === 'quiet' ? palette.quiet : palette.text;
      return textStrips(block.of, node(parent, 'P'), pen, { width, color });
    }
    case 'list':
      return listStrips(block, parent, width, pen, owner);
    case 'blanks':
      return block.lines.map((blanks) => blankLine(blanks, owner ?? { id: 'form', title: [] }, parent, width, pen));
    case 'picture':
      return [pictureStrip(block, parent, width, pen)];
    case 'outline':
      return outlineStrips(block.items, parent, width, pen);
    case 'item':
      return itemStrips(block, parent, width, pen);
    case 'card':
      return cardStrips(block, parent, width, pen);
    case 'table':
      return tableStrips(block, parent, width, pen);
    case 'signature':
      return [signatureStrip(block, parent, width, pen)];
    case 'seal':
      return [sealStrip(block.of, parent, width, pen)];
    default:
      return block;
  }
}

interface Style {
  readonly width?: number;
  readonly size?: number;
  readonly color?: string;
  readonly isBold?: boolean;
}

/** A text as one strip a line. The first two and the last two lines hold together. */
function textStrips(text: Text, owner: Node, pen: Pen, style: Style = {}): readonly Strip[] {
  const size = (style.size ?? 12) * pen.scale;
  const setting: Setting = { kind: 'broken', size, width: style.width ?? column, isBold: style.isBold === true };
  const lines = pen.linesOf(text, setting);
  const height = size * pen.spacing.leading;
  return lines.map((pieces, index) => ({
    height,
    before: 0,
    hold: index === 0 && lines.length > 1 ? 3 : index === lines.length - 2 ? 3 : 0,
    strokes: [
      {
        node: owner,
        marks: textMarks(text, setting, index, pieces, style.color ?? palette.text).map((mark) =>
          moved(mark, 0, size * 1.02),
        ),
      },
    ],
  }));
}

/** A piece of a line at its size. */
export interface SetPiece extends Piece {
  readonly size: number;
}

type Lines = readonly (readonly SetPiece[])[];

/** `setText`, which sets no text twice the same way: how close lines are does not change where they break. */
function settingOnce(measure: Measure): Pen['linesOf'] {
  const known = new Map<Text, Map<string, Lines>>();
  return (text, setting) => {
    const own = known.get(text) ?? new Map<string, Lines>();
    known.set(text, own);
    const key = `${setting.kind} ${setting.size} ${setting.width} ${setting.isBold}`;
    const lines = own.get(key) ?? setText(text, setting, measure);
    own.set(key, lines);
    return lines;
  };
}

/** The lines of a text. */
export function setText(text: Text, { kind, size, width, isBold }: Setting, measure: Measure): Lines {
  const runs = isBold ? text.map((run) => ({ ...run, strong: true })) : text;
  if (kind === 'broken') {
    return breakLines(runs, size, width, measure).map((line) => line.map((piece) => ({ ...piece, size })));
  }
  const [line = []] = breakLines(runs, size, Number.POSITIVE_INFINITY, measure);
  const fit = Math.min(1, width / widthOf(line));
  return [line.map((piece) => ({ ...piece, x: piece.x * fit, width: piece.width * fit, size: size * fit }))];
}

/** Up to where the pieces of a line reach; 1 at least. */
function widthOf(pieces: readonly Piece[]): number {
  return Math.max(1, ...pieces.map(({ x, width }) => x + width));
}

function textMarks(
  text: Text,
  setting: Setting,
  line: number,
  pieces: readonly SetPiece[],
  color: string,
): readonly Mark[] {
  const isOpen = text.some((run) => run.isOpen === true);
  return pieces.map(({ width: _, ...piece }, at) => ({
    kind: 'text',
    ...piece,
    y: 0,
    color,
    ...(isOpen && { open: { text, line, piece: at, setting } }),
  }));
}

/** A field under `parent`; nothing where the form is flat, but for the seal. */
function fieldStrokes(
  parent: Node,
  pen: Pen,
  field: Field | Choice,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): readonly Stroke[] {
  if (!pen.isFillable && field.kind !== 'seal') return [];
  const isBox = field.kind === 'check' || field.kind === 'choice';
  const size = isBox ? place.height : Math.min(12 * pen.scale, 0.7 * place.height);
  return [{ node: node(parent, 'Form'), marks: [{ kind: 'field', ...place, size, field }] }];
}

function listStrips(
  block: Extract<Block, { kind: 'list' }>,
  parent: Node,
  width: number,
  pen: Pen,
  owner: ItemBlock | undefined,
): readonly Strip[] {
  const list = node(parent, 'L', block.marker === 'box' ? { isToTick: true } : {});
  const name = owner?.id ?? 'form';
  const field = (item: Text, index: number): Field | Choice => {
    const question = owner ? plainText(owner.title) : '';
    const label = `${owner ? `${question}: ` : ''}${plainText(item)}`;
    const code = block.oneOf?.[index];
    return code === undefined
      ? { kind: 'check', name: `${name}.${index + 1}`, label }
      : { kind: 'choice', name, label, code, question };
  };
  const indent = (block.marker === 'box' ? 20 : 13) * pen.scale;
  const items = block.items.map((item, index) => {
    const entry = node(list, 'LI');
    const label = block.marker === 'box' ? tickBox(entry, pen, field(item, index)) : [disc(node(entry, 'Lbl'), pen)];
    const strips = textStrips(item, node(node(entry, 'LBody'), 'P'), pen, { width: width - indent });
    return strips.map((strip, at) => {
      const shifted = shift(strip, indent, 0);
      if (at > 0) return shifted;
      return { ...shifted, strokes: [...label, ...shifted.strokes] };
    });
  });
  const gap = (block.marker === 'box' ? 5 : 2) * pen.scale;
  if (!block.oneOf) return items.flatMap((strips, index) => spaced(strips, index === 0 ? 0 : gap));
  const widths = block.items.map((item) => indent + lineWidth(item, pen));
  return acrossRows(items.map(joined), widths, width, pen).map((row, index) => ({
    ...row,
    before: index === 0 ? 0 : gap,
  }));
}

/** How wide a text is on one line. */
function lineWidth(text: Text, { measure, scale }: Pen): number {
  const [line = []] = breakLines(text, 12 * scale, Number.POSITIVE_INFINITY, measure);
  return widthOf(line);
}

/** Strips from left to right, in as many rows as it takes. */
function acrossRows(strips: readonly Strip[], widths: readonly number[], room: number, pen: Pen): readonly Strip[] {
  const gap = 16 * pen.scale;
  const rows: Strip[][] = [];
  let x = room;
  strips.forEach((strip, index) => {
    const own = widths[index] ?? 0;
    if (x + own > room) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push(shift(strip, x, 0));
    x += own + gap;
  });
  return rows.map((row) => besideEachOther(row, 0));
}

/** Bullets with bullets below them, each level set in. */
function outlineStrips(items: readonly OutlineItem[], parent: Node, width: number, pen: Pen): readonly Strip[] {
  const list = node(parent, 'L');
  const indent = 13 * pen.scale;
  return items.flatMap((item, index) => {
    const entry = node(list, 'LI');
    const label = disc(node(entry, 'Lbl'), pen);
    const body = node(entry, 'LBody');
    const own = textStrips(item.of, node(body, 'P'), pen, { width: width - indent });
    const below = item.items.length === 0 ? [] : outlineStrips(item.items, body, width - indent, pen);
    const moved = [...(below.length === 0 ? own : heldToNext(own)), ...below].map((strip) => shift(strip, indent, 0));
    const labelled = moved.map((strip, at) => (at === 0 ? { ...strip, strokes: [label, ...strip.strokes] } : strip));
    return spaced(labelled, index === 0 ? 0 : 2 * pen.scale);
  });
}

function disc(label: Node, { scale }: Pen): Stroke {
  const size = 12 * scale;
  return {
    node: label,
    marks: [{ kind: 'text', x: 1, y: size * 1.02, size, face: 'regular', color: palette.text, text: '• ' }],
  };
}

function tickBox(entry: Node, pen: Pen, field: Field | Choice): readonly Stroke[] {
  const side = 11 * pen.scale;
  const place = { x: 0, y: 2.5 * pen.scale, width: side, height: side };
  const marks: readonly Mark[] = [{ kind: 'rect', ...place, stroke: palette.outline }];
  if (!pen.isFillable) return [{ node: node(entry, 'Lbl', { actual: emptyBox }), marks }];
  return [{ node: undefined, marks }, ...fieldStrokes(node(entry, 'Lbl'), pen, field, place)];
}

/** A ballot box: what a box that is drawn reads as. */
const emptyBox = '\u2610';

const mostPitch = 11;
const leastPitch = 9;

/** Its caption, and the arrays beside each other where both have room, else below each other. */
function pictureStrip(block: Extract<Block, { kind: 'picture' }>, parent: Node, width: number, pen: Pen): Strip {
  const { scale } = pen;
  const gap = 20 * scale;
  const across = Math.max(...block.arrays.map(({ of }) => arrayShape(of, width, leastPitch).width));
  const beside = (width - gap) / 2 >= across;
  const room = beside ? (width - gap) / 2 : width;
  const caption = textStrips(block.caption, node(parent, 'P'), pen, { width, color: palette.quiet });
  const labelled = block.arrays.map((array) => {
    const { scale: own, ...box } = arrayShape(array.of, room, mostPitch * scale);
    const words = joined(textStrips(array.label, node(parent, 'P'), pen, { width: room }));
    return { array, words, scale: own, box, owner: node(parent, 'Figure', { alt: array.alt, box }) };
  });
  const rise = Math.max(...labelled.map(({ words }) => words.height));
  const arrays = labelled.map(({ array, words, box, owner, scale: own }): Strip => {
    const y = (beside ? rise : words.height) + 2 * scale;
    const figures = { node: owner, marks: figureMarks(array, y, own) };
    return { ...words, height: y + box.height, strokes: [...words.strokes, figures] };
  });
  const below = beside ? besideEachOther(arrays, room + gap) : joined(spacedOut(arrays, 6 * scale));
  const whole = joined([...caption, { ...below, before: 2 * scale }]);
  return { ...whole, height: whole.height + 5 * scale, before: 3 * scale };
}

function spacedOut(strips: readonly Strip[], before: number): readonly Strip[] {
  return strips.map((strip) => ({ ...strip, before }));
}

function besideEachOther(strips: readonly Strip[], step: number): Strip {
  return {
    height: Math.max(...strips.map(({ height }) => height)),
    before: 0,
    hold: 0,
    strokes: strips.flatMap((strip, index) => shift(strip, index * step, 0).strokes),
  };
}

/** The figures that are filled in, and those that are not. */
function figureMarks({ filled, of }: IconArray, y: number, scale: number): readonly Mark[] {
  const shape = { kind: 'shape', x: 0, y, scale, lineWidth: 0.7, path: figurePath } as const;
  const marks = [
    { ...shape, places: figurePlaces(0, filled), fill: palette.heading, stroke: palette.heading },
    { ...shape, places: figurePlaces(filled, of), stroke: palette.outline },
  ];
  return marks.filter(({ places }) => places.length > 0);
}

function shift(strip: Strip, dx: number, dy: number): Strip {
  const strokes = strip.strokes.map(({ node: owner, marks, x = 0, y = 0 }) => ({
    node: owner,
    marks,
    x: x + dx,
    y: y + dy,
  }));
  return { ...strip, strokes };
}

/** Strips below each other as one that no page break cuts. */
function joined(strips: readonly Strip[]): Strip {
  let y = 0;
  const strokes = strips.flatMap((strip, index) => {
    y += index === 0 ? 0 : strip.before;
    const at = y;
    y += strip.height;
    return shift(strip, 0, at).strokes;
  });
  return { height: y, before: 0, hold: 0, strokes };
}

/** A block on a tinted ground. */
function framed(strips: readonly Strip[], { scale }: Pen, fill: string): Strip {
  const pad = 6 * scale;
  const inside = joined(strips);
  const height = inside.height + 2 * pad - 3 * scale;
  const ground: Mark = { kind: 'rect', x: 0, y: 0, width: column, height, fill };
  return {
    ...shift(inside, 10 * scale, pad - 2 * scale),
    height,
    strokes: [{ node: undefined, marks: [ground] }, ...shift(inside, 10 * scale, pad - 2 * scale).strokes],
  };
}

type ItemBlock = Extract<Block, { kind: 'item' }>;

/** A box for initials. Hands write no larger where letters are: it grows half as much as they do. */
function initialsBox({ scale }: Pen): { readonly width: number; readonly height: number } {
  const growth = (1 + scale) / 2;
  return { width: 70 * growth, height: 34 * growth };
}

/** What is initialled and taller, in the standard edition, may go on over the next page: as far as it can be, it is seen as a whole. */
const tallestInitialled = paper.height / 3;

/**
 * A clause, benefit, risk or finding. It stays whole, beside its box for initials, unless it is tall; then the box stands
 * beside its end: whoever initials it has read it, and so is it read aloud.
 */
function itemStrips(block: ItemBlock, parent: Node, width: number, pen: Pen): readonly Strip[] {
  if (block.look !== 'plain') return boxedItem(block, parent, width, pen);
  const { initials } = block;
  const inner = initials ? width - initialsBox(pen).width - 14 * pen.scale : width;
  const strips = itemBody(block, parent, inner, pen);
  const whole = joined(strips);
  const caption = initials && captionOf(initials, pen);
  const beside = (strip: Strip): Strip =>
    caption ? withInitials(strip, block, caption, parent, width, 0, pen) : strip;
  if (whole.height <= (initials ? tallestInitialled * pen.scale : widestGap)) return [beside(whole)];
  const [first, rest, last] = headBodyEnd(strips, caption ? boxHeight(caption, pen) : 0);
  return heldLoosely([first, ...rest, beside(last)]);
}

/** Not cut by a page break where that leaves no wide gap. */
function heldLoosely(strips: readonly Strip[]): readonly Strip[] {
  return strips.map((strip, index) => {
    const hold = index === strips.length - 1 || strip.hold > 1 ? strip.hold : 1;
    return { ...strip, hold };
  });
}

/** The label of a box for initials. Its `owner` is not among what is read yet: the box is read after the words beside it. */
interface Caption {
  readonly label: string;
  readonly owner: Node;
  readonly strip: Strip;
}

function captionOf(label: Text, pen: Pen): Caption {
  const owner: Node = { tag: 'P', children: [] };
  const { width } = initialsBox(pen);
  return {
    label: plainText(label),
    owner,
    strip: joined(textStrips(label, owner, pen, { width, color: palette.quiet })),
  };
}

/** Room for a box for initials with its label. */
function boxHeight({ strip }: Caption, pen: Pen): number {
  return initialsBox(pen).height + 5 * pen.scale + strip.height;
}

/** The first strips that hold together as one, the last three or as many as are `height` high as one, and those between. */
function headBodyEnd(strips: readonly Strip[], height: number): readonly [Strip, readonly Strip[], Strip] {
  let end = strips.length - 3;
  while (end > 1 && (heightOf(strips.slice(end)) < height || strips[end - 1]?.hold === 3)) end -= 1;
  let start = 1;
  while (start < end && strips[start - 1]?.hold === 3) start += 1;
  const tail = strips.slice(end);
  return [joined(strips.slice(0, start)), strips.slice(start, end), { ...joined(tail), before: tail[0]?.before ?? 0 }];
}

function itemBody(block: ItemBlock, parent: Node, width: number, pen: Pen): readonly Strip[] {
  const { title, body } = itemParts(block, parent, width, pen, {});
  return [...title, ...body];
}

interface ItemParts {
  readonly title: readonly Strip[];
  readonly body: readonly Strip[];
}

function itemParts(block: ItemBlock, parent: Node, width: number, pen: Pen, heading: Style): ItemParts {
  const owner = node(parent, 'H3');
  const title = textStrips(block.title, owner, pen, {
    width,
    size: 12.5,
    color: palette.heading,
    isBold: true,
    ...heading,
  });
  const body = block.blocks.flatMap((each, index) => {
    const strips = spaced(blockStrips(each, parent, width, pen, block), 2 * pen.scale);
    const next = block.blocks[index + 1];
    const isHeld =
      next?.kind === 'outline' ||
      next?.kind === 'picture' ||
      each.kind === 'picture' ||
      (next?.kind === 'list' && each.kind === 'paragraph') ||
      (next?.kind === 'paragraph' && next.tone === 'quiet');
    return isHeld ? heldToNext(strips) : strips;
  });
  return { title: title.map((strip) => ({ ...strip, hold: 3 as const })), body };
}

function withInitials(
  strip: Strip,
  block: ItemBlock,
  { label, owner, strip: caption }: Caption,
  parent: Node,
  right: number,
  y: number,
  pen: Pen,
): Strip {
  const { width, height } = initialsBox(pen);
  const x = right - width;
  const box: Mark = { kind: 'rect', x, y: y + 2, width, height, stroke: palette.outline, fill: palette.paper };
  parent.children.push(owner);
  const field: Field = {
    kind: 'text',
    name: `initials.${block.id}`,
    label: `${label}: ${plainText(block.title)}`,
  };
  const strokes = [
    ...strip.strokes,
    { node: undefined, marks: [box] },
    ...shift(caption, x, y + height + 3).strokes,
    ...fieldStrokes(parent, pen, field, { x, y: y + 2, width, height }),
  ];
  return { ...strip, strokes, height: Math.max(strip.height, y + height + 3 + caption.height) };
}

/** A block in a frame. One without a sign and initials that is longer than a third of a page may go on over the next. */
function boxedItem(block: ItemBlock, parent: Node, width: number, pen: Pen): readonly Strip[] {
  const { scale } = pen;
  const isWarning = block.look === 'no-driving';
  const pad = 10 * scale;
  const sign = isWarning ? 50 * scale : 0;
  const edge = isWarning ? 6 * scale : 0;
  const besideSign = isWarning ? sign + 12 * scale : 0;
  const figure = isWarning
    ? node(parent, 'Figure', { alt: block.sign ?? plainText(block.title), box: { width: sign, height: sign } })
    : undefined;
  const whole = width - 2 * pad - edge;
  const between = whole - besideSign - (block.initials ? initialsBox(pen).width + 12 * scale : 0);
  // Large letters have no room between a sign and a box for initials: there only the title stands between them.
  const isBelow = isWarning && scale > 1;
  const heading = isWarning ? { size: 17, color: palette.warning, width: between } : { size: 13.5 };
  const { title, body: rest } = itemParts(block, parent, isBelow ? whole : between, pen, heading);
  const strips = [...title, ...rest];
  const caption = block.initials && captionOf(block.initials, pen);
  const beside = Math.max(sign + 5 * scale, caption ? boxHeight(caption, pen) : 0);
  const body = isBelow
    ? underTitle(shift(joined(title), besideSign, 0), rest, beside)
    : shift(joined(strips), besideSign, 0);
  if (!isWarning && !block.initials && body.height > paper.height / 3) return heldLoosely(openBox(strips, width, pad));
  const text = { ...shift(body, pad + edge, pad - 3 * scale), height: body.height + pad - 3 * scale };
  const content = caption ? withInitials(text, block, caption, parent, width - pad, pad, pen) : text;
  const height = Math.max(content.height + 0.7 * pad, sign + 2 * pad);
  const ground: Mark[] = [
    {
      kind: 'rect',
      x: 0,
      y: 0,
      width,
      height,
      fill: isWarning ? palette.warningTint : palette.tint,
      stroke: isWarning ? palette.warning : palette.outline,
    },
    ...(isWarning ? [{ kind: 'rect', x: 0, y: 0, width: edge, height, fill: palette.warning } as const] : []),
  ];
  const signStrokes = figure ? [{ node: figure, marks: noDrivingSign(pad + edge, pad + 2 * scale, sign) }] : [];
  return [
    {
      height,
      before: 0,
      hold: 0,
      strokes: [{ node: undefined, marks: ground }, ...signStrokes, ...content.strokes],
    },
  ];
}

/** The title, in the middle of what stands beside it and is `beside` high; the rest below both. */
function underTitle(title: Strip, rest: readonly Strip[], beside: number): Strip {
  const under = joined(rest);
  const head = Math.max(title.height + (rest[0]?.before ?? 0), beside);
  const strokes = [...shift(title, 0, (head - title.height) / 2).strokes, ...shift(under, 0, head).strokes];
  return { height: head + under.height, before: 0, hold: 0, strokes };
}

/** The same frame drawn strip by strip, open where a page ends. */
function openBox(strips: readonly Strip[], width: number, pad: number): readonly Strip[] {
  return strips.map((strip, index) => {
    const [isFirst, isLast] = [index === 0, index === strips.length - 1];
    const above = isFirst ? 0.7 * pad : strip.before;
    const height = above + strip.height + (isLast ? 0.7 * pad : 0);
    // Grounds overlap by a hair: else a reader shows the paper between them.
    const ground: Mark = { kind: 'rect', x: 0, y: 0, width, height: height + (isLast ? 0 : 0.5), fill: palette.tint };
    const side = { kind: 'rect', y: 0, width: 1, height, fill: palette.outline } as const;
    const edge = { kind: 'rect', x: 0, width, height: 1, fill: palette.outline } as const;
    const frame: readonly Mark[] = [
      ground,
      { ...side, x: 0 },
      { ...side, x: width - 1 },
      ...(isFirst ? [{ ...edge, y: 0 }] : []),
      ...(isLast ? [{ ...edge, y: height - 1 }] : []),
    ];
    return {
      ...shift(strip, pad, above),
      height,
      before: 0,
      strokes: [{ node: undefined, marks: frame }, ...shift(strip, pad, above).strokes],
    };
  });
}

/** A car in a ring with a bar across it, `size` points wide. */
function noDrivingSign(x: number, y: number, size: number): readonly Mark[] {
  const shape = { kind: 'shape', x, y, scale: size / 48 } as const;
  return [
    {
      ...shape,
      path: 'M12 22 L15.5 15.5 Q16 14.5 17.2 14.5 L30.8 14.5 Q32 14.5 32.5 15.5 L36 22 Q38 22.6 38 25 L38 31 L10 31 L10 25 Q10 22.6 12 22 Z',
      fill: palette.text,
    },
    { ...shape, path: 'M11.5 31 H16.5 V34.5 H11.5 Z M31.5 31 H36.5 V34.5 H31.5 Z', fill: palette.text },
    { ...shape, path: 'M15 21.5 L17.6 16.8 H30.4 L33 21.5 Z', fill: palette.warningTint },
    { ...shape, path: 'M13 25 H17 V27.5 H13 Z M31 25 H35 V27.5 H31 Z', fill: palette.warningTint },
    { ...shape, path: 'M24 3.5 A20.5 20.5 0 1 1 23.99 3.5 Z', stroke: palette.warning, lineWidth: 5 },
    { ...shape, path: 'M9.5 9.5 L38.5 38.5', stroke: palette.warning, lineWidth: 5 },
  ];
}

/* Tables */

interface Cell {
  readonly text: Text;
  readonly owner: Node | undefined;
  readonly x: number;
  readonly width: number;
  readonly style: Style;
}

/** A row of cells with a rule below it, line by line. */
function rowLines(cells: readonly Cell[], width: number, pen: Pen): readonly Strip[] {
  const pad = 3.5 * pen.scale;
  const columns = cells.map(({ text, owner, x, width: own, style }) => {
    const lines = textStrips(text, owner ?? { tag: 'TD', children: [] }, pen, { ...style, width: own - 2 * pad });
    return lines.map((line) => {
      const { strokes, ...rest } = shift(line, x + pad, 0);
      return { ...rest, strokes: owner ? strokes : strokes.map((stroke) => ({ ...stroke, node: undefined })) };
    });
  });
  const longest = columns.reduce((most, each) => (each.length > most.length ? each : most), []);
  return longest.map(({ height, hold }, index): Strip => {
    const [above, below] = [index === 0 ? pad : 0, index === longest.length - 1 ? pad : 0];
    const row: Strip = { height: above + height + below, before: 0, hold, strokes: [] };
    const rule: Mark = { kind: 'line', x: 0, y: row.height, width, color: palette.rule };
    const inside = columns.flatMap((lines) => shift(lines[index] ?? row, 0, above).strokes);
    return { ...row, strokes: [...(below > 0 ? [{ node: undefined, marks: [rule] }] : []), ...inside] };
  });
}

/** The same as one strip, on a ground where it has one. */
function rowStrip(cells: readonly Cell[], width: number, pen: Pen, fill?: string): Strip {
  const row = joined(rowLines(cells, width, pen));
  const ground: readonly Mark[] =
    fill === undefined ? [] : [{ kind: 'rect', x: 0, y: 0, width, height: row.height, fill }];
  return { ...row, strokes: [{ node: undefined, marks: ground }, ...row.strokes] };
}

/** Labels above their values, three beside each other, or two where letters are large. */
function tileStrips(block: Extract<Block, { kind: 'card' }>, parent: Node, width: number, pen: Pen): readonly Strip[] {
  const table = node(parent, 'Table');
  const columns = pen.scale > 1 ? 2 : 3;
  const own = width / columns;
  const rows = Array.from({ length: Math.ceil(block.rows.length / columns) }, (_, index) =>
    block.rows.slice(index * columns, (index + 1) * columns),
  );
  const pad = 4 * pen.scale;
  const strips = rows.map((tiles): Strip => {
    const laid = tiles.map(({ label, value }) => {
      // A row of its own, wherever it stands: else a label would be the head of what follows on the line.
      const row = node(table, 'TR');
      const inner = own - 2 * pad;
      const name = { width: inner, size: 9.5, color: palette.quiet, isBold: true };
      return joined([
        ...textStrips(label, node(row, 'TH', { scope: 'Row' }), pen, name),
        ...textStrips(value, node(row, 'TD'), pen, { width: inner }),
      ]);
    });
    const height = Math.max(...laid.map((each) => each.height)) + 2 * pad;
    const rule: Mark = { kind: 'line', x: 0, y: height, width, color: palette.rule };
    const strokes = laid.flatMap((each, index) => shift(each, pad + index * own, pad).strokes);
    return { height, before: 0, hold: 3, strokes: [{ node: undefined, marks: [rule] }, ...strokes] };
  });
  return strips.map((strip, index) => (index < strips.length - 1 ? strip : { ...strip, hold: 0 }));
}

function cardStrips(block: Extract<Block, { kind: 'card' }>, parent: Node, width: number, pen: Pen): readonly Strip[] {
  if (block.size === 'tiles') return tileStrips(block, parent, width, pen);
  const table = node(parent, 'Table');
  const style = { size: block.size === 'small' ? 9.5 : 12 };
  const labels = 0.28 * width;
  const rows = block.rows.map(({ label, value }) => {
    const row = node(table, 'TR');
    const head = { ...style, color: palette.quiet, isBold: true };
    const lines = rowLines(
      [
        { text: label, owner: node(row, 'TH', { scope: 'Row' }), x: 0, width: labels, style: head },
        { text: value, owner: node(row, 'TD'), x: labels, width: width - labels, style },
      ],
      width,
      pen,
    );
    return heightOf(lines) <= widestGap ? [joined(lines)] : lines;
  });
  // A small card may go on over the next page; no row of it stands alone there.
  const last = rows.length - 1;
  const isBound = (index: number): boolean =>
    index < last && (block.size !== 'small' || index === 0 || index === last - 1);
  return heldLoosely(rows.flatMap((lines, index) => (isBound(index) ? heldToNext(lines) : lines)));
}

function tableStrips(
  block: Extract<Block, { kind: 'table' }>,
  parent: Node,
  width: number,
  pen: Pen,
): readonly Strip[] {
  const table = node(parent, 'Table');
  const style: Style = { size: 9.5 };
  const cells = (texts: readonly Text[], ownerOf: (index: number) => Node | undefined, own: Style): readonly Cell[] => {
    let x = 0;
    return texts.map((text, index) => {
      const cell = { text, owner: ownerOf(index), x, width: (block.columns[index] ?? 0) * width, style: own };
      x += cell.width;
      return cell;
    });
  };
  const headRow = node(table, 'TR');
  const headStyle: Style = { ...style, color: palette.heading, isBold: true };
  const head = rowStrip(
    cells(block.head, () => node(headRow, 'TH', { scope: 'Column' }), headStyle),
    width,
    pen,
    palette.tint,
  );
  const repeat = rowStrip(
    cells(block.head, () => undefined, headStyle),
    width,
    pen,
    palette.tint,
  );
  const rows = block.rows.map((row) => {
    const owner = node(table, 'TR');
    const strip = rowStrip(
      cells(row, (index) => (index === 0 ? node(owner, 'TH', { scope: 'Row' }) : node(owner, 'TD')), style),
      width,
      pen,
    );
    return { ...strip, repeat };
  });
  return [{ ...head, hold: 3 }, ...rows];
}

/* Signatures */

function signatureStrip(block: Extract<Block, { kind: 'signature' }>, parent: Node, width: number, pen: Pen): Strip {
  const div = node(parent, 'Div');
  const title = textStrips(block.title, node(div, 'H3'), pen, {
    width,
    size: 12.5,
    color: palette.heading,
    isBold: true,
  });
  const words = block.blocks.flatMap((each) => blockStrips(each, div, width, pen));
  const lines = block.lines.map((blanks) => blankLine(blanks, block, div, width, pen));
  return joined([...title, ...words, ...lines]);
}

function blankLine(
  blanks: readonly Blank[],
  { id, title }: { readonly id: string; readonly title: Text },
  parent: Node,
  width: number,
  pen: Pen,
): Strip {
  const gap = 12 * pen.scale;
  const room = 22 * pen.scale;
  let x = 0;
  const parts = blanks.map((blank) => {
    const own = blank.width * width;
    const line: Mark = { kind: 'line', x, y: room, width: own - gap, color: palette.outline };
    // What stands on the line is read before what is below it.
    const value = blank.value
      ? joined(textStrips(blank.value, node(parent, 'P'), pen, { width: own - gap }))
      : undefined;
    const label = joined(textStrips(blank.label, node(parent, 'P'), pen, { width: own - gap, color: palette.quiet }));
    // A signature is written by hand, or by a signing program.
    const isTyped = value === undefined && blank.id !== 'signature';
    const field: Field = {
      kind: 'text',
      name: `${id}.${blank.id}`,
      label: `${plainText(title)}: ${plainText(blank.label)}`,
    };
    const place = { x, y: room - 19 * pen.scale, width: own - gap, height: 18 * pen.scale };
    const typed = isTyped ? fieldStrokes(parent, pen, field, place) : [];
    const at = x;
    x += own;
    return { line, label, value, typed, at };
  });
  const rise = Math.max(0, ...parts.map(({ value }) => (value?.height ?? 0) - room + 4));
  const strokes = parts.flatMap(({ line, label, value, typed, at }) => [
    { node: undefined, marks: [moved(line, 0, rise)] },
    ...(value ? shift(value, at, rise + room - value.height - 1).strokes : []),
    ...shift(label, at, rise + room + 1).strokes,
    ...typed.map((stroke) => ({ ...stroke, y: rise })),
  ]);
  return { height: rise + room + 1 + Math.max(...parts.map(({ label }) => label.height)), before: 0, hold: 0, strokes };
}

/** Words with a mark before them; both are the place of the seal. */
function sealStrip(of: Text, parent: Node, width: number, pen: Pen): Strip {
  const side = 15 * pen.scale;
  const indent = side + 7 * pen.scale;
  const words = joined(textStrips(of, node(parent, 'P'), pen, { width: width - indent }));
  const height = Math.max(side, words.height);
  const ring = { kind: 'shape', x: 0, y: 1, scale: side / 24, stroke: palette.heading, lineWidth: 2 } as const;
  const marks: readonly Mark[] = [
    { ...ring, path: 'M12 1.5 A10.5 10.5 0 1 1 11.99 1.5 Z' },
    { ...ring, path: 'M7 12.5 L10.8 16.2 L17.2 8.6' },
  ];
  const field: Field = { kind: 'seal', name: sealField, label: plainText(of) };
  const place = { x: 0, y: 0, width, height };
  return {
    height,
    before: 0,
    hold: 0,
    strokes: [
      { node: undefined, marks },
      ...shift(words, indent, 0).strokes,
      ...fieldStrokes(parent, pen, field, place),
    ],
  };
}

/* Footer */

function footerLeading({ scale }: Pen): number {
  return 9 * (scale > 1 ? 1.25 : 1) * 1.3;
}

function footerLines({ footer: { chart, form, review, digest } }: Content): readonly Text[] {
  return [chart, form, ...(review ? [review] : []), digest];
}

/** The footers by page. All of them have the same lines, and beside the first the number of the page. */
function footers(content: Content, pages: number, y: number, pen: Pen): readonly (readonly Mark[])[] {
  const words = content.footer;
  const numbers = Array.from({ length: pages }, (_, page) => {
    const count = `${plainText(words.page)} ${page + 1} ${plainText(words.pageOf)} ${pages}`;
    return footerLine([{ text: count, strong: false, origin: 'template' }], column, 0, y, pen);
  });
  const room = column - Math.max(...numbers.map(({ width }) => width)) - 12;
  const lines = footerLines(content).flatMap(
    (text, index) => footerLine(text, index === 0 ? room : column, index, y, pen).marks,
  );
  return numbers.map(({ width, marks }) => [...lines, ...marks.map((mark) => moved(mark, column - width, 0))]);
}

interface FooterLine {
  readonly width: number;
  readonly marks: readonly Mark[];
}

/** One line, set smaller where it would not fit: nothing in a footer is ever cut. */
function footerLine(text: Text, width: number, row: number, y: number, pen: Pen): FooterLine {
  const size = footerLeading(pen) / 1.3;
  const setting: Setting = { kind: 'fitted', size, width, isBold: false };
  const [pieces = []] = setText(text, setting, pen.measure);
  return {
    width: widthOf(pieces),
    marks: textMarks(text, setting, 0, pieces, palette.quiet).map((mark) =>
      moved(mark, margin, y + size + row * footerLeading(pen)),
    ),
  };
}
