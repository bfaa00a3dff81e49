import type { Content, Text } from '../content.ts';
import type { PartTools } from '../integrity/file-parts.ts';
import type { Piece } from '../integrity/form-record.ts';
import { type Edition, layOut, type SetPiece, setText } from '../layout.ts';
import { type FileFacts, metadataPacket } from '../metadata.ts';
import { engrave, type Sketch } from './engrave.ts';
import type { FontPack } from './font-pack.ts';
import { setOpenLine } from './operators.ts';
import { type Deflate, dateString, type Plate, printPlate, textString } from './pdf-writer.ts';
import { type PartDigester, partDigester } from './plate-parts.ts';
import { openShapes } from './shapes.ts';

/** Prints forms without a font engine. What forms have in common is drawn once, and only the rest for each. */
export interface Press {
  /**
   * The PDF: what the plain printer would print, as other bytes. The same content and facts give the same bytes, whatever
   * was printed before. Undefined where a character is in no font pack: the plain printer has to do it.
   * `factsOf` is given the number of pages.
   */
  print(content: Content, edition: Edition, factsOf: (pages: number) => FormFacts): Printed | undefined;
}

/** The facts of a form's file, with its record. */
export interface FormFacts extends FileFacts {
  readonly digests: string;
}

/** A form that is not stamped yet, and what it is stamped with. */
export interface Printed {
  readonly bytes: Uint8Array;
  readonly pages: number;
  readonly keywordsAt: readonly number[];
  readonly digestsAt: number;
  readonly pieces: readonly Piece[];
}

export interface PressTools extends PartTools {
  readonly deflate: Deflate;
}

/** Kept at most, each some 100 KB, whatever is printed: kinds of forms, ways that open texts of a kind fill lines, files with places. */
const mostKinds = 64;
const mostSketches = 8;
const mostPlates = 256;

export function openPress(pack: FontPack, tools: PressTools): Press {
  const shapes = openShapes();
  const known = new Map<string, readonly ReadySketch[]>();
  const plates = new Map<string, ReadyPlate>();
  let count = 0;
  const keep = (kind: string, sketches: readonly ReadySketch[]): void => {
    known.delete(kind);
    if (known.size >= mostKinds) known.delete(known.keys().next().value ?? '');
    known.set(kind, sketches);
  };
  return {
    print(content, edition, factsOf) {
      const { shape, open } = shapes.of(content);
      const packs = packsOf(open, pack);
      if (packs === undefined) return undefined;
      const kind = `${edition} ${packs} ${shape}`;
      const sketches = known.get(kind) ?? [];
      for (const sketch of sketches) {
        const lines = linesIn(sketch, open, pack);
        if (lines) return print(sketch, lines, factsOf(sketch.pages), { pack, tools, plates });
      }
      const made = engrave(layOut(content, pack, edition), open, content.language, pack, tools.deflate);
      if (!made) return undefined;
      count += 1;
      const sketch: ReadySketch = { ...made, number: count };
      keep(kind, [...sketches.slice(1 - mostSketches), sketch]);
      return print(sketch, linesIn(sketch, open, pack) ?? [], factsOf(sketch.pages), { pack, tools, plates });
    },
  };
}

/** Which packs set which runs, but for those of the form's own; undefined where one cannot be set. */
function packsOf(open: readonly Text[], pack: FontPack): string | undefined {
  let packs = '';
  for (const [index, { text }] of open.flat().entries()) {
    const name = pack.packOf(text);
    if (name === undefined) return undefined;
    if (name !== 'form') packs += `${index}:${name} `;
  }
  return packs;
}

interface ReadySketch extends Sketch {
  /** No other sketch of the press has it. */
  readonly number: number;
}

interface ReadyPlate {
  readonly plate: Plate;
  digester?: PartDigester;
}

type Lines = readonly (readonly SetPiece[])[];

/** The open texts as lines, by setting; undefined where they take more or fewer lines than in the sketch. */
function linesIn({ settings }: Sketch, open: readonly Text[], pack: FontPack): readonly Lines[] | undefined {
  const lines = settings.map(({ text, setting }) => setText(open[text] ?? [], setting, pack));
  return lines.every(({ length }, index) => length === settings[index]?.lines) ? lines : undefined;
}

interface Shop {
  readonly pack: FontPack;
  readonly tools: PressTools;
  /** By their sketch and the rooms of their places, the one that was used last behind all others. */
  readonly plates: Map<string, ReadyPlate>;
}

function print(
  { pages, streams, plate, number }: ReadySketch,
  lines: readonly Lines[],
  facts: FormFacts,
  { pack, tools, plates }: Shop,
): Printed {
  const [metadata, info] = [metadataPacket(facts), infoDictionary(facts)];
  const texts = [...streams.map((parts) => operatorsOf(parts, lines, pack)), metadata, info];
  // A place is as long as its own text asks for, in steps: bytes must not depend on the forms before.
  const rooms = texts.map(({ length }) => Math.ceil(length / 256) * 256);
  const key = `${number}: ${rooms.join(' ')}`;
  const ready = plates.get(key) ?? { plate: plate(rooms) };
  plates.delete(key);
  if (plates.size >= mostPlates) plates.delete(plates.keys().next().value ?? '');
  plates.set(key, ready);
  const identifier = tools.sha256(texts.join('\n')).slice(0, 32);
  const bytes = printPlate(ready.plate, [...texts, `${identifier}><${identifier}`]);
  ready.digester ??= partDigester(ready.plate, bytes, tools);
  const [metadataAt = 0, infoAt = 0] = ready.plate.places.slice(-3).map(({ at }) => at);
  return {
    bytes,
    pages,
    keywordsAt: [metadataAt + placeIn(metadata, facts.keywords), infoAt + placeIn(info, facts.keywords)],
    digestsAt: infoAt + placeIn(info, facts.digests),
    pieces: ready.digester(bytes),
  };
}

function operatorsOf(parts: Sketch['streams'][number], lines: readonly Lines[], pack: FontPack): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : setOpenLine(part.spot, lines[part.set]?.[part.line] ?? [], pack)))
    .join('');
}

function placeIn(text: string, record: string): number {
  const at = text.indexOf(record);
  if (at < 0) throw new Error('the record of a form is not written as it is');
  return at;
}

function infoDictionary({ title, author, keywords, digests, created }: FormFacts): string {
  const date = dateString(created);
  return (
    `<</Title${textString(title)}/Author${textString(author)}/Keywords${textString(keywords)}` +
    `/PreinfuseDigests${textString(digests)}` +
    `/Creator(preinfuse)/Producer(preinfuse)/CreationDate${date}/ModDate${date}>>`
  );
}
