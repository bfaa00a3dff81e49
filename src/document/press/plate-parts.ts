import {
  contentOf,
  digestOfStreams,
  type FilePart,
  type PartTools,
  partsOf,
  type Range,
  shortDigest,
} from '../integrity/file-parts.ts';
import type { Piece } from '../integrity/form-record.ts';
import type { Ending, Plate } from './pdf-writer.ts';

/** Digests of bytes of which many begin alike. */
export interface StartTools {
  /** SHA-256 of bytes that begin with `start`, by what follows on it: 64 hex digits. `start` is gone through once. */
  readonly sha256After: (start: Uint8Array) => (rest: Uint8Array) => string;
}

/** Takes the digests of the parts of a plate's copies. What is not in their ending has the same digest in all of them. */
export type PartDigester = (ending: Ending) => readonly Piece[];

/** The digests are those of `piecesOf`. What an object is for is told by what is written in it: `first` is any copy's ending. */
export function partDigester({ start }: Plate, first: Ending, tools: PartTools & StartTools): PartDigester {
  const whole = new Uint8Array(start.length + first.bytes.length);
  whole.set(start);
  whole.set(first.bytes, start.length);
  const edges = new Map(first.edges.map((at, edge) => [start.length + at, edge]));
  const edgeAt = (at: number): number => {
    const edge = edges.get(at);
    if (edge === undefined) throw new Error('a part of a form begins or ends where no edge is');
    return edge;
  };
  const place: Placing = ([from, to]) => (to <= start.length ? undefined : { from: edgeAt(from), to: edgeAt(to) });
  const takings = partsOf(whole, tools).map((part) => ({ name: part.name, take: takingOf(part, place, whole, tools) }));
  return (ending) => {
    const streams = new Map<number, string>();
    return takings.map(({ name, take }) => ({ name, digest: typeof take === 'string' ? take : take(ending, streams) }));
  };
}

/** A stretch of an ending, by its edges. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Undefined for what is not in the ending. */
type Placing = (range: Range) => Stretch | undefined;

/** `streams`: what was taken already from the copy, by its first edge. Pages share streams. */
type Taking = (ending: Ending, streams: Map<number, string>) => string;

function takingOf(part: FilePart, place: Placing, whole: Uint8Array, tools: PartTools & StartTools): string | Taking {
  return part.kind === 'bytes'
    ? takingOfBytes(part.ranges, place, whole, tools)
    : takingOfPage(part, place, whole, tools);
}

function takingOfBytes(
  ranges: readonly Range[],
  place: Placing,
  whole: Uint8Array,
  { sha256After }: StartTools,
): string | Taking {
  const stretches = ranges.flatMap((range) => place(range) ?? []);
  const closed = joined(ranges.filter((range) => place(range) === undefined).map((range) => whole.subarray(...range)));
  const after = sha256After(closed);
  if (stretches.length === 0) return shortDigest(after(new Uint8Array()));
  return ({ bytes, edges }) =>
    shortDigest(after(joined(stretches.map((each) => bytes.subarray(...rangeOf(each, edges))))));
}

function takingOfPage(
  { streams }: Extract<FilePart, { kind: 'page' }>,
  place: Placing,
  whole: Uint8Array,
  tools: PartTools,
): Taking {
  const takings = streams.map((stream): string | Taking => {
    const stretch = place(stream.range);
    if (!stretch) return tools.sha256(contentOf(stream, whole, tools));
    return ({ bytes, edges }, taken) => {
      const digest =
        taken.get(stretch.from) ?? tools.sha256(contentOf({ ...stream, range: rangeOf(stretch, edges) }, bytes, tools));
      taken.set(stretch.from, digest);
      return digest;
    };
  });
  return (ending, taken) =>
    digestOfStreams(
      takings.map((each) => (typeof each === 'string' ? each : each(ending, taken))),
      tools,
    );
}

function rangeOf({ from, to }: Stretch, edges: readonly number[]): Range {
  return [edges[from] ?? 0, edges[to] ?? 0];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
