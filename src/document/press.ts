import type { Content, Text } from './content.ts';
import { engrave, type Sketch } from './engrave.ts';
import type { FontPack } from './font-pack.ts';
import { type Edition, layOut, type SetPiece, setText } from './layout.ts';
import { type FileFacts, metadataPacket } from './metadata.ts';
import { setOpenLine } from './operators.ts';
import { type Deflate, dateString, type Plate, printPlate, textString } from './pdf-file.ts';
import { openShapes } from './shapes.ts';

/** Prints forms without a font engine. What forms have in common is drawn once, and only the rest for each. */
export interface Press {
  /**
   * The PDF: what the plain printer would print, as other bytes. The same content and facts give the same bytes, whatever
   * was printed before. Undefined where a character is not in the font pack: the plain printer has to do it.
   * `factsOf` is given the number of pages.
   */
  print(content: Content, edition: Edition, factsOf: (pages: number) => FileFacts): Uint8Array | undefined;
}

export interface PressTools {
  readonly deflate: Deflate;
  /** 64 hex digits. */
  readonly sha256: (text: string) => string;
}

/** Kinds of forms that are kept at most: each takes some 100 KB. */
const mostKinds = 64;

export function openPress(pack: FontPack, tools: PressTools): Press {
  const shapes = openShapes();
  const known = new Map<string, readonly ReadySketch[]>();
  const keep = (kind: string, sketches: readonly ReadySketch[]): void => {
    known.delete(kind);
    if (known.size >= mostKinds) known.delete(known.keys().next().value ?? '');
    known.set(kind, sketches);
  };
  return {
    print(content, edition, factsOf) {
      const { shape, open } = shapes.of(content);
      if (!open.every((text) => text.every((run) => pack.holds(run.text)))) return undefined;
      const kind = `${edition} ${shape}`;
      const sketches = known.get(kind) ?? [];
      for (const sketch of sketches) {
        const lines = linesIn(sketch, open, pack);
        if (lines) return print(sketch, lines, factsOf(sketch.pages), pack, tools);
      }
      const made = engrave(layOut(content, pack, edition), open, content.language, pack, tools.deflate);
      if (!made) return undefined;
      const sketch: ReadySketch = { ...made, plates: new Map() };
      keep(kind, [...sketches, sketch]);
      return print(sketch, linesIn(sketch, open, pack) ?? [], factsOf(sketch.pages), pack, tools);
    },
  };
}

interface ReadySketch extends Sketch {
  readonly plates: Map<string, Plate>;
}

type Lines = readonly (readonly SetPiece[])[];

/** The open texts as lines, by setting; undefined where they take more or fewer lines than in the sketch. */
function linesIn({ settings }: Sketch, open: readonly Text[], pack: FontPack): readonly Lines[] | undefined {
  const lines = settings.map(({ text, setting }) => setText(open[text] ?? [], setting, pack));
  return lines.every(({ length }, index) => length === settings[index]?.lines) ? lines : undefined;
}

function print(
  { streams, plate, plates }: ReadySketch,
  lines: readonly Lines[],
  facts: FileFacts,
  pack: FontPack,
  { sha256 }: PressTools,
): Uint8Array {
  const texts = [
    ...streams.map((parts) =>
      parts
        .map((part) =>
          typeof part === 'string' ? part : setOpenLine(part.spot, lines[part.set]?.[part.line] ?? [], pack),
        )
        .join(''),
    ),
    metadataPacket(facts),
    infoDictionary(facts),
  ];
  // A place is as long as its own text asks for, in steps: bytes must not depend on the forms before.
  const rooms = texts.map(({ length }) => Math.ceil(length / 256) * 256);
  const key = rooms.join(' ');
  const ready = plates.get(key) ?? plate(rooms);
  plates.set(key, ready);
  const identifier = sha256(texts.join('\n')).slice(0, 32);
  return printPlate(ready, [...texts, `${identifier}><${identifier}`]);
}

function infoDictionary({ title, author, keywords, digests, created }: FileFacts): string {
  const date = dateString(created);
  return (
    `<</Title${textString(title)}/Author${textString(author)}/Keywords${textString(keywords)}` +
    `${digests === undefined ? '' : `/PreinfuseDigests${textString(digests)}`}` +
    `/Creator(preinfuse)/Producer(preinfuse)/CreationDate${date}/ModDate${date}>>`
  );
}
