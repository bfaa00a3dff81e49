import type { Composition } from '../compose.ts';
import { type Text, withOpenTexts } from '../content.ts';
import type { PartTools } from '../integrity/file-parts.ts';
import type { Piece } from '../integrity/form-record.ts';
import { type SetPiece, setText } from '../layout/text.ts';
import { type Edition, layOut } from '../layout.ts';
import { type FileFacts, metadataPacket } from '../metadata.ts';
import { type EngraveTools, engrave, type Sketch } from './engrave.ts';
import type { FontPack } from './font-pack.ts';
import { dateString, textString, type WriterTools } from './pdf-writer.ts';
import { type PartDigester, partDigester, type StartTools } from './plate-parts.ts';

/** Prints forms without a font engine. What forms have in common is drawn once, and only the rest for each. */
export interface Press {
  /**
   * The PDF: what the plain printer would print, as other bytes. The same composition and facts give the same bytes, whatever
   * was printed before. Undefined where a character is in no font pack: the plain printer has to do it.
   * `factsOf` is given the number of pages.
   */
  print(composition: Printable, edition: Edition, factsOf: (pages: number) => FormFacts): Printed | undefined;
}

/** Forms with the same `closed` object are drawn once. */
export type Printable = Pick<Composition, 'closed' | 'open'>;

/** The facts of a form's file, with its record. */
export interface FormFacts extends FileFacts {
  readonly digests: string;
}

/** A form that is not stamped yet, and what it is stamped with. */
export interface Printed {
  /** The file in two: all that is stamped, and whatever else is its own, is in the second. */
  readonly start: Uint8Array;
  readonly rest: Uint8Array;
  /** In `rest`. */
  readonly keywordsAt: readonly number[];
  readonly digestsAt: number;
  readonly pieces: readonly Piece[];
  /** SHA-256 of the file with that rest, 64 hex digits. */
  readonly fileDigest: (rest: Uint8Array) => string;
}

export interface PressTools extends PartTools, StartTools, WriterTools {}

/** Kept at most, each some 100 KB, whatever is printed: kinds of forms, and of each the ways that open texts fill lines. */
const mostKinds = 64;
const mostSketches = 4;
/** Stretches of pages that are kept deflated, some 10 KB each. */
const mostStretches = 256;

export function openPress(pack: FontPack, tools: PressTools): Press {
  const numberOf = numbering();
  /** The kind that was used last stands behind all others. */
  const known = new Map<string, readonly ReadySketch[]>();
  const engraveTools = { ...tools, deflateOperators: deflating(tools) };
  const keep = (kind: string, sketches: readonly ReadySketch[]): void => {
    known.delete(kind);
    if (known.size >= mostKinds) known.delete(known.keys().next().value ?? '');
    known.set(kind, sketches);
  };
  return {
    print({ closed, open }, edition, factsOf) {
      const packs = packsOf(open, pack);
      if (packs === undefined) return undefined;
      const kind = `${numberOf(closed)} ${edition} ${packs}`;
      const sketches = known.get(kind) ?? [];
      for (const sketch of sketches) {
        const lines = linesIn(sketch, open, pack);
        if (!lines) continue;
        keep(kind, sketches);
        return print(sketch, lines, edition, factsOf(sketch.pages), pack, tools);
      }
      const layout = layOut(withOpenTexts(closed, open), pack, edition);
      const made = engrave(layout, open, closed.language, pack, engraveTools);
      if (!made) return undefined;
      const sketch: ReadySketch = { ...made, fileDigest: tools.sha256After(made.plate.start) };
      keep(kind, [...sketches.slice(1 - mostSketches), sketch]);
      return print(sketch, linesIn(sketch, open, pack) ?? [], edition, factsOf(sketch.pages), pack, tools);
    },
  };
}

/** A number for each object, the same for the same. */
function numbering(): (value: object) => number {
  const numbers = new WeakMap<object, number>();
  let count = 0;
  return (value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    count += 1;
    numbers.set(value, count);
    return count;
  };
}

/** Most pages of a kind of form are those of another. */
function deflating({ deflate, latin1 }: WriterTools): EngraveTools['deflateOperators'] {
  const known = new Map<string, Uint8Array>();
  return (operators) => {
    const ready = known.get(operators);
    if (ready) return ready;
    if (known.size >= mostStretches) known.clear();
    const made = deflate(latin1(operators));
    known.set(operators, made);
    return made;
  };
}

/** Which packs set which runs, but for those of the form's own; undefined where one cannot be set. */
function packsOf(open: readonly Text[], pack: FontPack): string | undefined {
  let packs = '';
  let index = 0;
  for (const text of open) {
    for (const run of text) {
      const name = pack.packOf(run.text);
      if (name === undefined) return undefined;
      if (name !== 'form') packs += `${index}:${name} `;
      index += 1;
    }
  }
  return packs;
}

interface ReadySketch extends Sketch {
  readonly fileDigest: Printed['fileDigest'];
  digester?: PartDigester;
}

type Lines = readonly (readonly SetPiece[])[];

/** The open texts as lines, by setting; undefined where they take more or fewer lines than in the sketch. */
function linesIn({ settings }: Sketch, open: readonly Text[], pack: FontPack): readonly Lines[] | undefined {
  const all: Lines[] = [];
  for (const { text, setting, lines } of settings) {
    const set = setText(open[text] ?? [], setting, pack);
    if (set.length !== lines) return undefined;
    all.push(set);
  }
  return all;
}

function print(
  sketch: ReadySketch,
  lines: readonly Lines[],
  edition: Edition,
  facts: FormFacts,
  pack: FontPack,
  tools: PressTools,
): Printed {
  const { streams, plate, fileDigest } = sketch;
  const [metadata, info] = [metadataPacket(facts), infoDictionary(facts)];
  const texts = [...streams.map((parts) => operatorsOf(parts, lines, pack)), metadata, info];
  // The keywords hold the digest of all that is printed.
  const ending = plate.end(texts, tools.sha256(`${edition} ${facts.keywords}`).slice(0, 32));
  sketch.digester ??= partDigester(plate, ending, tools);
  const [metadataAt = 0, infoAt = 0] = ending.textsAt.slice(-2);
  return {
    start: plate.start,
    rest: ending.bytes,
    keywordsAt: [metadataAt + placeIn(metadata, facts.keywords), infoAt + placeIn(info, facts.keywords)],
    digestsAt: infoAt + placeIn(info, facts.digests),
    pieces: sketch.digester(ending),
    fileDigest,
  };
}

function operatorsOf(parts: Sketch['streams'][number], lines: readonly Lines[], pack: FontPack): string {
  let operators = '';
  for (const part of parts) {
    operators += typeof part === 'string' ? part : part.write(lines[part.set]?.[part.line] ?? [], pack);
  }
  return operators;
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
