import { joined } from '../../model/bytes.ts';
import {
  contentOf,
  digestOfStreams,
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
  const takings = takingsOf(start, first, tools);
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

/** `streams`: what was taken already from the copy, by its first edge. Pages share streams. */
type Taking = (ending: Ending, streams: Map<number, string>) => string;

interface NamedTaking {
  readonly name: string;
  readonly take: string | Taking;
}

/* What takes digests of copies is made apart from what looked at the first: its bytes would be kept with each. */

function takingsOf(start: Uint8Array, first: Ending, tools: PartTools & StartTools): readonly NamedTaking[] {
  const whole = joined([start, first.bytes]);
  const edges = new Map(first.edges.map((at, edge) => [start.length + at, edge]));
  const edgeAt = (at: number): number => {
    const edge = edges.get(at);
    if (edge === undefined) throw new Error('a part of a form begins or ends where no edge is');
    return edge;
  };
  const isClosed = ([, to]: Range): boolean => to <= start.length;
  const stretchOf = ([from, to]: Range): Stretch => ({ from: edgeAt(from), to: edgeAt(to) });
  return partsOf(whole, tools).map((part): NamedTaking => {
    const { name } = part;
    if (part.kind === 'bytes') {
      const closed = joined(part.ranges.filter(isClosed).map((range) => whole.subarray(...range)));
      const open = part.ranges.filter((range) => !isClosed(range)).map(stretchOf);
      return { name, take: takingOfBytes(tools.sha256After(closed), open) };
    }
    const streams = part.streams.map((stream) => {
      if (isClosed(stream.range)) return tools.sha256(contentOf(stream, whole, tools));
      return takingOfStream(stretchOf(stream.range), tools);
    });
    return { name, take: takingOfPage(streams, tools) };
  });
}

function takingOfBytes(digestAfter: (rest: Uint8Array) => string, open: readonly Stretch[]): string | Taking {
  if (open.length === 0) return shortDigest(digestAfter(new Uint8Array()));
  return ({ bytes, edges }) => shortDigest(digestAfter(joined(open.map((each) => stretchIn(bytes, each, edges)))));
}

/** Open streams are not deflated. */
function takingOfStream(stretch: Stretch, { sha256 }: PartTools): Taking {
  return ({ bytes, edges }, taken) => {
    const digest = taken.get(stretch.from) ?? sha256(stretchIn(bytes, stretch, edges));
    taken.set(stretch.from, digest);
    return digest;
  };
}

function takingOfPage(streams: readonly (string | Taking)[], tools: PartTools): Taking {
  return (ending, taken) =>
    digestOfStreams(
      streams.map((each) => (typeof each === 'string' ? each : each(ending, taken))),
      tools,
    );
}

function stretchIn(bytes: Uint8Array, { from, to }: Stretch, edges: readonly number[]): Uint8Array {
  return bytes.subarray(edges[from], edges[to]);
}
