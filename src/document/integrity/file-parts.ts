import { joined } from '../../model/bytes.ts';
import { type Piece, pieceNames } from './form-record.ts';

/** An object of a PDF as it stands in the bytes: `[start, end)`; `stream` is its data, still encoded. */
export interface RawObject {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Its dictionary or value, as text. */
  readonly head: string;
  readonly stream?: readonly [start: number, end: number];
}

/** What parts are taken with. */
export interface PartTools {
  readonly sha256: (data: string | Uint8Array) => string;
  /** Undoes FlateDecode. */
  readonly inflate: (data: Uint8Array) => Uint8Array;
}

type PieceName = (typeof pieceNames)[number];

/** What a part of a file is taken from. */
export type FilePart =
  | { readonly kind: 'bytes'; readonly name: string; readonly ranges: readonly Range[] }
  | { readonly kind: 'page'; readonly name: string; readonly streams: readonly ContentStream[] };

/** `[start, end)` in the bytes of a file. */
export type Range = readonly [start: number, end: number];

export interface ContentStream {
  readonly range: Range;
  readonly isDeflated: boolean;
}

/**
 * A digest, 32 hex digits, of each part of a file as the painter wrote it: what is printed on each page (its content
 * streams, decoded, so that they are known again in a file that another program has written anew), and the bytes of
 * everything else by what it is for. `frame` is what no other part holds: page list, catalogue, cross-references.
 */
export function piecesOf(bytes: Uint8Array, tools: PartTools): readonly Piece[] {
  return partsOf(bytes, tools).map((part) => ({ name: part.name, digest: digestOfPart(part, bytes, tools) }));
}

/** Where the parts of a file are in its bytes. */
export function partsOf(bytes: Uint8Array, tools: PartTools): readonly FilePart[] {
  const objects = objectsOf(bytes);
  const contents = contentsOf(objects, bytes, tools);
  const printed = new Set(contents.flat());
  const ranges = new Map<PieceName, Range[]>(pieceNames.map((name) => [name, []]));
  let at = 0;
  for (const object of objects) {
    ranges.get('frame')?.push([at, object.start]);
    at = object.end;
    if (!printed.has(object)) ranges.get(kindOf(object))?.push([object.start, object.end]);
  }
  ranges.get('frame')?.push([at, bytes.length]);
  return [
    ...[...ranges].map(([name, of]) => ({ kind: 'bytes' as const, name, ranges: of })),
    ...contents.map((streams, page) => ({
      kind: 'page' as const,
      name: `page${page + 1}`,
      streams: streams.map(contentStream),
    })),
  ];
}

function contentStream({ head, stream }: RawObject): ContentStream {
  return { range: stream ?? [0, 0], isDeflated: isDeflated(head) };
}

/** 32 hex digits. */
function digestOfPart(part: FilePart, bytes: Uint8Array, tools: PartTools): string {
  if (part.kind === 'bytes')
    return shortDigest(tools.sha256(joined(part.ranges.map((range) => bytes.subarray(...range)))));
  return pageDigest(
    part.streams.map((stream) => contentOf(stream, bytes, tools)),
    tools,
  );
}

/** What a content stream holds, decoded. */
export function contentOf(
  { range, isDeflated: is }: ContentStream,
  bytes: Uint8Array,
  { inflate }: PartTools,
): Uint8Array {
  const data = bytes.subarray(...range);
  return is ? inflate(data) : data;
}

/** The digest of a page's decoded content streams, in order, 32 hex digits. */
export function pageDigest(streams: readonly Uint8Array[], { sha256 }: Pick<PartTools, 'sha256'>): string {
  return digestOfStreams(
    streams.map((stream) => sha256(stream)),
    { sha256 },
  );
}

/** The digest of a page from those of its content streams, 32 hex digits. */
export function digestOfStreams(digests: readonly string[], { sha256 }: Pick<PartTools, 'sha256'>): string {
  return shortDigest(sha256(digests.join('\n')));
}

/** What of a digest stands for a part. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 32);
}

/** Bytes as a text with one character a byte: what is ASCII reads as it is. */
export function asText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += atOnce) {
    // Spread, it would take ten times as long.
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + atOnce));
  }
  return text;
}

/** Bytes that become a text in one step: many more would not fit on the stack. */
const atOnce = 8192;

/** The objects of a file in the order in which they stand, found by their own marks, not by the cross-references. */
export function objectsOf(bytes: Uint8Array): readonly RawObject[] {
  const text = asText(bytes);
  const objects: RawObject[] = [];
  const opening = /(?:^|[\r\n])(\d{1,10}) 0 obj\b/g;
  const marks = {
    endobj: placesOf(text, 'endobj'),
    endstream: placesOf(text, 'endstream'),
    last: placesOf(text, 'endobj'),
  };
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const [whole, number = ''] = found;
    const start = found.index + whole.length - number.length - ' 0 obj'.length;
    const object = objectAt(text, start, opening.lastIndex, Number(number), marks);
    if (!object) continue;
    objects.push(object);
    opening.lastIndex = object.end - 1;
  }
  return objects;
}

/**
 * Where `mark` stands next from a place on; -1 where it does not. Asked for in ascending order, it looks at each character
 * once, however often it is asked.
 */
function placesOf(text: string, mark: string): (from: number) => number {
  let at = text.indexOf(mark);
  return (from) => {
    if (at >= 0 && at < from) at = text.indexOf(mark, from);
    return at;
  };
}

function objectAt(
  text: string,
  start: number,
  body: number,
  number: number,
  { endobj, endstream, last }: Readonly<Record<'endobj' | 'endstream' | 'last', (from: number) => number>>,
): RawObject | undefined {
  const close = endobj(body);
  if (close < 0) return undefined;
  const inside = text.slice(body, close);
  const opens = body + inside.indexOf('stream');
  if (opens < body) return { number, start, end: close + 'endobj'.length, head: inside };
  const head = text.slice(body, opens);
  const from = opens + 'stream'.length + (text.startsWith('\r\n', opens + 'stream'.length) ? 2 : 1);
  const length = Number(/\/Length (\d+)(?! \d+ R)/.exec(head)?.[1] ?? Number.NaN);
  const isExact = /^\r?\n?endstream/.test(text.slice(from + length, from + length + 12));
  const to = isExact ? from + length : endstream(from);
  const end = to < 0 ? -1 : last(to);
  return end < 0 ? undefined : { number, start, end: end + 'endobj'.length, head, stream: [from, to] };
}

const kinds: readonly (readonly [PieceName, RegExp])[] = [
  ['metadata', /\/Type \/Metadata\b|\/Producer\b|^\s*\(/],
  ['attachments', /\/Type \/(?:EmbeddedFile|Filespec)\b/],
  ['fields', /\/Subtype \/Widget\b|\/FT \/|\/Fields \[|\/Subtype \/Form\b/],
  ['structure', /\/Type \/(?:StructTreeRoot|StructElem|ObjStm)\b|^\s*<<\s*\/S \/\w+\s+[\s\S]*?\/P \d+ 0 R|\/Nums \[/],
  ['fonts', /\/Type \/(?:Font|FontDescriptor)\b|\/Length1\b|\/CIDInit\b/],
];

function kindOf({ head, stream }: RawObject): PieceName {
  const kind = kinds.find(([, pattern]) => pattern.test(head))?.[0];
  if (kind) return kind;
  // Streams that say nothing of themselves are what a font's codes mean.
  return stream && !/\/Type\b|\/N \d/.test(head) ? 'fonts' : 'frame';
}

/** The content streams of each page, in the order of the page list. */
function contentsOf(
  objects: readonly RawObject[],
  bytes: Uint8Array,
  tools: PartTools,
): readonly (readonly RawObject[])[] {
  const heads = new Map(objects.map(({ number, head }) => [number, head]));
  for (const object of objects) for (const [number, head] of packedIn(object, bytes, tools)) heads.set(number, head);
  const streams = new Map(objects.map((object) => [object.number, object]));
  const pages = [...heads.values()].find((head) => /\/Type \/Pages\b/.test(head)) ?? '';
  const kids = refsIn(/\/Kids \[([^\]]*)\]/.exec(pages)?.[1] ?? '');
  return kids.map((kid) => {
    const [, list = ''] = /\/Contents (\[[^\]]*\]|\d+ 0 R)/.exec(heads.get(kid) ?? '') ?? [];
    return refsIn(list).flatMap((ref) => streams.get(ref) ?? []);
  });
}

function refsIn(text: string): readonly number[] {
  return [...text.matchAll(/(\d+) 0 R/g)].map(([, number]) => Number(number));
}

/** The objects in an object stream. */
function packedIn(object: RawObject, bytes: Uint8Array, tools: PartTools): readonly (readonly [number, string])[] {
  if (!/\/Type \/ObjStm\b/.test(object.head)) return [];
  const first = Number(/\/First (\d+)/.exec(object.head)?.[1]);
  const text = asText(decodedStream(object, bytes, tools));
  const table = text.slice(0, first).trim().split(/\s+/).map(Number);
  return table.flatMap((number, index): readonly (readonly [number, string])[] => {
    if (index % 2 === 1) return [];
    const [start = 0, end] = [table[index + 1], table[index + 3]];
    return [[number, text.slice(first + start, end === undefined ? undefined : first + end)]];
  });
}

/** The data of a stream, decoded; empty where the object is none. */
export function decodedStream({ head, stream }: RawObject, bytes: Uint8Array, { inflate }: PartTools): Uint8Array {
  const data = stream ? bytes.subarray(...stream) : new Uint8Array();
  return isDeflated(head) ? inflate(data) : data;
}

function isDeflated(head: string): boolean {
  return /\/Filter (?:\[ ?)?\/FlateDecode/.test(head);
}
