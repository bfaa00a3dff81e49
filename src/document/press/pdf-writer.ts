import { joined } from '../../model/bytes.ts';

/** What files are written with. */
export interface WriterTools {
  /** Deflates bytes as PDF wants them (zlib format). */
  readonly deflate: (bytes: Uint8Array) => Uint8Array;
  /** Characters below 256 as bytes. */
  readonly latin1: (text: string) => Uint8Array;
}

/** Six decimals, as few digits as needed. */
export function number(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}

/** A text as a literal string: ASCII, else UTF-16 with its mark. Latin-1 characters stand for bytes. */
export function textString(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return `(${escaped(text)})`;
  let bytes = '\xfe\xff';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    bytes += String.fromCharCode(code >> 8, code & 0xff);
  }
  return `(${escaped(bytes)})`;
}

function escaped(bytes: string): string {
  return bytes.replace(/[()\\\r\n]/g, (character) =>
    character === '\r' ? '\\r' : character === '\n' ? '\\n' : `\\${character}`,
  );
}

/** UTC, to the second. */
export function dateString(date: Date): string {
  return `(D:${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z)`;
}

/** A whole PDF file but for a few objects, which stand at its end and are written anew in each copy. */
export interface Plate {
  /** How every copy begins. */
  readonly start: Uint8Array;
  /** The rest of a copy: its texts in the order in which they were asked for. Latin-1 characters stand for bytes. */
  end(texts: readonly string[], identifier: string): Ending;
}

export interface Ending {
  readonly bytes: Uint8Array;
  /** Where each text begins. */
  readonly textsAt: readonly number[];
  /** Where objects, texts and the gaps between them begin and end, in ascending order: as many in every copy. */
  readonly edges: readonly number[];
}

/** An object that is written anew in each copy: a stream with `entries` in its dictionary beside the length, or a dictionary. */
interface OpenObject {
  readonly id: number;
  readonly entries?: string;
}

interface StreamObject {
  readonly id: number;
  readonly entries: string;
  readonly bytes: Uint8Array;
}

/** Collects the objects of a file. Object numbers are handed out in the order of asking. */
export interface Collector {
  /** A number for an object that is given later. */
  reserve(): number;
  /** An object, packed with all others. */
  object(text: string, id?: number): number;
  /** A stream of these bytes as they are; `entries` of its dictionary beside the length. */
  stream(entries: string, bytes: Uint8Array): number;
  /** A stream whose data is the next text of each copy. */
  openStream(entries: string): number;
  /** A dictionary, with its brackets, that is the next text of each copy. */
  openDictionary(): number;
  /** The file. */
  plate(root: number, info: number): Plate;
}

export function collectObjects(tools: WriterTools): Collector {
  const { deflate, latin1 } = tools;
  let count = 0;
  const packed: [id: number, text: string][] = [];
  const streams: StreamObject[] = [];
  const open: OpenObject[] = [];
  const next = (): number => {
    count += 1;
    return count;
  };
  const stream = (entries: string, bytes: Uint8Array): number => {
    const id = next();
    streams.push({ id, entries, bytes });
    return id;
  };
  return {
    reserve: next,
    object(text, id = next()) {
      packed.push([id, text]);
      return id;
    },
    stream,
    openStream(entries) {
      const id = next();
      open.push({ id, entries });
      return id;
    },
    openDictionary() {
      const id = next();
      open.push({ id });
      return id;
    },
    plate(root, info) {
      const { entries, bytes } = packedObjects(packed, tools);
      const holder = stream(entries, bytes);
      const [closedTable, openTable] = [next(), next()];
      const references: Reference[] = [[0, 0, 0, 0xffff]];
      const parts = [latin1('%PDF-1.7\n%\xff\xff\xff\xff\n')];
      let length = parts[0]?.length ?? 0;
      const put = (part: Uint8Array): void => {
        parts.push(part);
        length += part.length;
      };
      const putStream = ({ id, entries: own, bytes: data }: StreamObject): void => {
        put(latin1(`${id} 0 obj\n<<${own}/Length ${data.length}>>\nstream\n`));
        put(data);
        put(latin1('\nendstream\nendobj\n'));
      };
      for (const each of streams) {
        references.push([each.id, 1, length, 0]);
        putStream(each);
      }
      packed.forEach(([id], index) => {
        references.push([id, 2, holder, index]);
      });
      references.push([closedTable, 1, length, 0]);
      const trailer = `/Size ${openTable + 1}/Root ${root} 0 R/Info ${info} 0 R`;
      const table = crossReferences(references);
      const closedAt = length;
      putStream({
        id: closedTable,
        entries: `${table.entries}${trailer}/Filter /FlateDecode`,
        bytes: deflate(latin1(table.data)),
      });
      return plateOf(joined(parts), { open, table: openTable, trailer: `${trailer}/Prev ${closedAt}`, latin1 });
    },
  };
}

/** Apart from the collector, whose objects would be kept with it. */
function plateOf(start: Uint8Array, ending: Omit<Beginning, 'length'>): Plate {
  return { start, end: (texts, identifier) => endOf({ ...ending, length: start.length }, texts, identifier) };
}

interface Beginning extends Pick<WriterTools, 'latin1'> {
  readonly open: readonly OpenObject[];
  /** Number of the table of cross-references to the open objects. */
  readonly table: number;
  /** Entries of the trailer. */
  readonly trailer: string;
  /** Bytes of the file before its open objects. */
  readonly length: number;
}

function endOf(
  { open, table, trailer, length, latin1 }: Beginning,
  texts: readonly string[],
  identifier: string,
): Ending {
  const [edges, textsAt]: [number[], number[]] = [[], []];
  const references: Reference[] = [];
  let end = '';
  const edge = (): number => {
    edges.push(end.length);
    return end.length;
  };
  open.forEach(({ id, entries }, index) => {
    const text = texts[index] ?? '';
    references.push([id, 1, length + edge(), 0]);
    end += entries === undefined ? `${id} 0 obj\n` : `${id} 0 obj\n<<${entries}/Length ${text.length}>>\nstream\n`;
    textsAt.push(edge());
    end += text;
    edge();
    end += entries === undefined ? '\nendobj' : '\nendstream\nendobj';
    edge();
    end += '\n';
  });
  const start = edge();
  const { entries, data } = crossReferences([...references, [table, 1, length + start, 0]]);
  end +=
    `${table} 0 obj\n<<${entries}${trailer}/ID [<${identifier}><${identifier}>]/Length ${data.length}>>\nstream\n` +
    `${data}\nendstream\nendobj`;
  edge();
  end += `\nstartxref\n${length + start}\n%%EOF\n`;
  edge();
  return { bytes: latin1(end), textsAt, edges };
}

function packedObjects(
  objects: readonly (readonly [id: number, text: string])[],
  { deflate, latin1 }: WriterTools,
): { readonly entries: string; readonly bytes: Uint8Array } {
  let at = 0;
  const index = objects.map(([id, text]) => {
    const entry = `${id} ${at}`;
    at += text.length + 1;
    return entry;
  });
  const head = `${index.join(' ')}\n`;
  const body = objects.map(([, text]) => text).join('\n');
  return {
    entries: `/Type /ObjStm/N ${objects.length}/First ${head.length}/Filter /FlateDecode`,
    bytes: deflate(latin1(head + body)),
  };
}

/** Where an object is: its kind, then two numbers by the kind, as a cross-reference stream has them. */
type Reference = readonly [id: number, kind: number, second: number, third: number];

/** A cross-reference stream: entries of its dictionary, and its data, a character a byte. */
function crossReferences(references: readonly Reference[]): { readonly entries: string; readonly data: string } {
  const sorted = [...references].sort(([a], [b]) => a - b);
  const sections: [first: number, count: number][] = [];
  let data = '';
  for (const [id, kind, second, third] of sorted) {
    const last = sections.at(-1);
    if (last && last[0] + last[1] === id) last[1] += 1;
    else sections.push([id, 1]);
    const bytes = [kind, second >> 16, (second >> 8) & 0xff, second & 0xff, third >> 8, third & 0xff];
    data += String.fromCharCode(...bytes);
  }
  return { entries: `/Type /XRef/W [1 3 2]/Index [${sections.flat().join(' ')}]`, data };
}
