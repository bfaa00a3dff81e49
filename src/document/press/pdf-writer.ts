/** Deflates bytes as PDF wants them (zlib format). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

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

export function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  write(bytes, 0, text);
  return bytes;
}

function write(bytes: Uint8Array, from: number, text: string): void {
  for (let at = 0; at < text.length; at += 1) bytes[from + at] = text.charCodeAt(at);
}

/** A stretch of a file that is written anew in each copy; the rest of it is blanks. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** A whole PDF file in which some places are open. */
export interface Plate {
  readonly bytes: Uint8Array;
  /** In the order in which they were asked for; the last holds the file's identifier. */
  readonly places: readonly Place[];
}

/** A copy of the plate's file with the places written. Latin-1 characters stand for bytes. */
export function printPlate({ bytes, places }: Plate, texts: readonly string[]): Uint8Array {
  const copy = bytes.slice();
  places.forEach(({ at, length }, index) => {
    const text = texts[index] ?? '';
    if (text.length > length) throw new Error('a text is longer than its place');
    write(copy, at, text);
  });
  return copy;
}

type Body = { readonly bytes: Uint8Array } | { readonly room: number; readonly place: number };

interface StreamObject {
  readonly id: number;
  readonly entries: string;
  readonly body: Body;
}

/** Collects the objects of a file. Object numbers are handed out in the order of asking. */
export interface Collector {
  /** A number for an object that is given later. */
  reserve(): number;
  /** An object, packed with all others. */
  object(text: string, id?: number): number;
  /** A stream of these bytes as they are; `entries` of its dictionary beside the length. */
  stream(entries: string, bytes: Uint8Array): number;
  /** A stream that is place number `place`, `room` bytes long. */
  openStream(entries: string, place: number, room: number): number;
  /** The dictionary that is place number `place`, `room` bytes long with its brackets. */
  openDictionary(place: number, room: number): number;
  /** The file. The place after the last holds both identifiers, 32 hex digits each: `><` stands between them. */
  plate(root: number, info: number, deflate: Deflate): Plate;
}

export function collectObjects(): Collector {
  let count = 0;
  const packed: [id: number, text: string][] = [];
  const streams: StreamObject[] = [];
  const dictionaries: { readonly id: number; readonly place: number; readonly room: number }[] = [];
  const next = (): number => {
    count += 1;
    return count;
  };
  const add = (entries: string, body: Body): number => {
    const id = next();
    streams.push({ id, entries, body });
    return id;
  };
  return {
    reserve: next,
    object(text, id = next()) {
      packed.push([id, text]);
      return id;
    },
    stream: (entries, bytes) => add(entries, { bytes }),
    openStream: (entries, place, room) => add(entries, { room, place }),
    openDictionary(place, room) {
      const id = next();
      dictionaries.push({ id, place, room });
      return id;
    },
    plate(root, info, deflate) {
      const { entries, bytes } = packedObjects(packed, deflate);
      const holder = add(entries, { bytes });
      const file = startFile();
      for (const { id, entries: more, body } of streams) file.stream(id, more, body);
      for (const { id, place, room } of dictionaries) file.dictionary(id, place, room);
      return file.end({ holder, packed: packed.map(([id]) => id), xref: next(), root, info, deflate });
    },
  };
}

function packedObjects(
  objects: readonly (readonly [id: number, text: string])[],
  deflate: Deflate,
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

interface Ending {
  readonly holder: number;
  readonly packed: readonly number[];
  readonly xref: number;
  readonly root: number;
  readonly info: number;
  readonly deflate: Deflate;
}

interface OpenFile {
  stream(id: number, entries: string, body: Body): void;
  dictionary(id: number, place: number, room: number): void;
  end(ending: Ending): Plate;
}

const identifier = 32;

function startFile(): OpenFile {
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (part: Uint8Array | string): void => {
    const bytes = typeof part === 'string' ? latin1(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const offsets = new Map<number, number>();
  const places: Place[] = [];
  const open = (place: number, room: number): void => {
    places[place] = { at: length, length: room };
    put(new Uint8Array(room).fill(0x20));
  };
  const begin = (id: number): void => {
    offsets.set(id, length);
    put(`${id} 0 obj\n`);
  };
  const stream = (id: number, entries: string, body: Body): void => {
    begin(id);
    put(`<<${entries}/Length ${'bytes' in body ? body.bytes.length : body.room}>>\nstream\n`);
    if ('bytes' in body) put(body.bytes);
    else open(body.place, body.room);
    put('\nendstream\nendobj\n');
  };
  put('%PDF-1.7\n%\xff\xff\xff\xff\n');
  return {
    stream,
    dictionary(id, place, room) {
      begin(id);
      open(place, room);
      put('\nendobj\n');
    },
    end({ holder, packed, xref, root, info, deflate }) {
      const start = length;
      offsets.set(xref, start);
      const bytes = deflate(crossReferences(xref + 1, offsets, holder, packed));
      begin(xref);
      put(`<</Type /XRef/Size ${xref + 1}/W [1 3 2]/Root ${root} 0 R/Info ${info} 0 R/ID [<`);
      open(places.length, 2 * identifier + 2);
      put(`>]/Filter /FlateDecode/Length ${bytes.length}>>\nstream\n`);
      put(bytes);
      put(`\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`);
      return { bytes: joined(parts, length), places };
    },
  };
}

function crossReferences(
  size: number,
  offsets: ReadonlyMap<number, number>,
  holder: number,
  packed: readonly number[],
): Uint8Array {
  const table = new Uint8Array(6 * size);
  const set = (id: number, kind: number, second: number, third: number): void => {
    const bytes = [kind, second >> 16, (second >> 8) & 0xff, second & 0xff, third >> 8, third & 0xff];
    table.set(bytes, 6 * id);
  };
  set(0, 0, 0, 0xffff);
  for (const [id, offset] of offsets) set(id, 1, offset, 0);
  packed.forEach((id, index) => {
    set(id, 2, holder, index);
  });
  return table;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
