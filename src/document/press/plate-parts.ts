import {
  contentOf,
  digestOfPart,
  digestOfStreams,
  type FilePart,
  type PartTools,
  partsOf,
  type Range,
} from '../integrity/file-parts.ts';
import type { Piece } from '../integrity/form-record.ts';
import type { Plate } from './pdf-writer.ts';

/** Takes the digests of the parts of a plate's copies. What no place is in has the same digest in all of them. */
export type PartDigester = (copy: Uint8Array) => readonly Piece[];

/** `first` is any copy of the plate. The digests are those of `piecesOf`. */
export function partDigester({ places }: Plate, first: Uint8Array, tools: PartTools): PartDigester {
  const isOpen = ([start, end]: Range): boolean => places.some(({ at, length }) => at < end && start < at + length);
  const digests = partsOf(first, tools).map((part) => ({ name: part.name, of: digestOf(part, isOpen, first, tools) }));
  return (copy) => {
    const streams = new Map<number, string>();
    return digests.map(({ name, of }) => ({ name, digest: typeof of === 'string' ? of : of(copy, streams) }));
  };
}

/** `streams`: what was taken already from the copy, by where it begins. Pages share streams. */
type Taking = (copy: Uint8Array, streams: Map<number, string>) => string;

function digestOf(
  part: FilePart,
  isOpen: (range: Range) => boolean,
  first: Uint8Array,
  tools: PartTools,
): string | Taking {
  if (part.kind === 'bytes') {
    return part.ranges.some(isOpen) ? (copy) => digestOfPart(part, copy, tools) : digestOfPart(part, first, tools);
  }
  const streams = part.streams.map((stream): string | Taking => {
    if (!isOpen(stream.range)) return tools.sha256(contentOf(stream, first, tools));
    return (copy, taken) => {
      const digest = taken.get(stream.range[0]) ?? tools.sha256(contentOf(stream, copy, tools));
      taken.set(stream.range[0], digest);
      return digest;
    };
  });
  return (copy, taken) =>
    digestOfStreams(
      streams.map((each) => (typeof each === 'string' ? each : each(copy, taken))),
      tools,
    );
}
