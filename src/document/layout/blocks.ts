import type { Block, ItemBlock, Text } from '../content.ts';
import { plainText } from '../faces.ts';
import { type Field, type Mark, type Node, paper } from '../marks.ts';
import { heightOf, type Strip, widestGap } from '../pages.ts';
import { palette } from '../palette.ts';
import { fieldStrokes } from './fields.ts';
import { listStrips, outlineStrips } from './lists.ts';
import type { Pen } from './pen.ts';
import { noDrivingSign, pictureStrip } from './pictures.ts';
import { blankLine, sealStrip } from './signatures.ts';
import { heldLoosely, heldToNext, joined, node, shift, spaced } from './strips.ts';
import { cardStrips, tableStrips } from './tables.ts';
import { type Style, textStrips } from './text.ts';

/** `owner` is the item the block is in. */
export function blockStrips(block: Block, parent: Node, width: number, pen: Pen, owner?: ItemBlock): readonly Strip[] {
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
