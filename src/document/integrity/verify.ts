import type { Difference, FilePart, FileState, Later, SignatureFound } from '../../model/verdict.ts';
import { paper } from '../marks.ts';
import { asText, objectsOf, type PartTools, pageDigest } from './file-parts.ts';
import { type FormRecord, pieceNames, readRecord, writeRecord } from './form-record.ts';
import type { ObjectChange, PdfFile } from './pdf-file.ts';
import { sealField } from './seal-field.ts';
import type { RawSignature } from './signature.ts';
import { currentPieces, fileDigest, findKeywords, findRecord } from './stamp.ts';

export interface VerifyTools extends PartTools {
  /** What reads a PDF of anybody's making: loaded only for a file that is not as it was made. Undefined: such a file is not read. */
  readonly reader: () => Promise<PdfReader | undefined>;
  /** Whose signature it is, and whether it fits. */
  readonly checkSignature: (bytes: Uint8Array, signature: RawSignature) => Promise<SignatureFound>;
}

export type PdfReader = typeof import('./pdf-file.ts');

/** What a file is: no PDF, a PDF of another kind (`isCut`: its end is missing), or a form with what it says of itself and how it stands. */
export type Examined =
  | { readonly is: 'not-a-pdf' }
  | { readonly is: 'not-a-form'; readonly isCut: boolean }
  | { readonly is: 'form'; readonly record: FormRecord; readonly state: FileState };

/**
 * Says whether a form's file is as it was made, or what differs. Reads nothing but the bytes. Never throws for what a file
 * holds: what the reader fails on counts as not to be read.
 */
export async function examine(bytes: Uint8Array, tools: VerifyTools): Promise<Examined> {
  try {
    return await examineWith(bytes, tools);
  } catch {
    return examineWith(bytes, { ...tools, reader: async () => undefined });
  }
}

async function examineWith(bytes: Uint8Array, tools: VerifyTools): Promise<Examined> {
  const text = asText(bytes);
  if (!text.slice(0, 1024).includes('%PDF-')) return { is: 'not-a-pdf' };
  for (const end of endsIn(text)) {
    const original = bytes.subarray(0, end);
    const found = findRecord(original);
    if (!found || fileDigest(original, found, tools) !== found.record.file) continue;
    const { record } = found;
    return { is: 'form', record, state: await stateOfMade(bytes, original, record, tools) };
  }
  const record = await recordIn(bytes, text, tools);
  return record
    ? { is: 'form', record, state: await stateOfAltered(bytes, record, tools) }
    : { is: 'not-a-form', isCut: endsIn(text).length === 0 };
}

/** What is said of a PDF that nobody could examine: that it is a form, where it says so itself, and not as it was made. */
export function unexamined(bytes: Uint8Array): Examined {
  const record = findKeywords(asText(bytes));
  return record
    ? { is: 'form', record, state: changed([{ part: 'unreadable' }], 0, pageNames(record).length, nothing) }
    : { is: 'not-a-form', isCut: false };
}

const nothing: Later = { isThere: false, filled: [], signatures: [] };

/** A form with more updates than this was not only filled in and signed. */
const mostUpdates = 30;

/** Where a file may have ended when it was made: behind each end mark. */
function endsIn(text: string): readonly number[] {
  const ends = [...text.matchAll(/%%EOF(?:\r\n|\n|\r)?/g)].slice(0, mostUpdates);
  return ends.map(({ index, 0: mark }) => index + mark.length);
}

/** What a file that was changed still says of itself: from its bytes, or, where another program packed them, as a reader finds it. */
async function recordIn(bytes: Uint8Array, text: string, tools: VerifyTools): Promise<FormRecord | undefined> {
  const written = findKeywords(text);
  if (written) return written;
  const read = await readPdf(bytes, tools);
  const { Keywords = '', PreinfuseDigests = '' } = read ? read.reader.infoOf(read.file) : {};
  return readRecord({ keywords: Keywords, digests: PreinfuseDigests });
}

interface ReadPdf {
  readonly reader: PdfReader;
  readonly file: PdfFile;
}

/** A file as a viewer reads it; undefined where it is not to be read. */
async function readPdf(bytes: Uint8Array, tools: VerifyTools): Promise<ReadPdf | undefined> {
  const reader = await tools.reader();
  const file = await reader?.openPdf(bytes);
  return reader && file && { reader, file };
}

/** A file that is as it was made, maybe with something behind its end. */
async function stateOfMade(
  bytes: Uint8Array,
  original: Uint8Array,
  record: FormRecord,
  tools: VerifyTools,
): Promise<FileState> {
  const update = await updateBehind(bytes, original, record, tools);
  const differences = [...update.differences, ...brokenSignatures(original, update.later)];
  const of = pageNames(record).length;
  const touched = differences.filter(({ part }) => part === 'page' || part === 'annotation').length;
  const { later } = update;
  return differences.length === 0 ? { is: 'unaltered', later } : changed(differences, of - touched, of, later);
}

interface Update {
  /** What filling in and signing do not do. */
  readonly differences: readonly Difference[];
  readonly later: Later;
}

/** What was put behind the end of a file. */
async function updateBehind(
  bytes: Uint8Array,
  original: Uint8Array,
  record: FormRecord,
  tools: VerifyTools,
): Promise<Update> {
  if (original.length === bytes.length) return { differences: [], later: nothing };
  const [made, read] = [await readPdf(original, tools), await readPdf(bytes, tools)];
  if (!made || !read) return { differences: [{ part: 'after-end' }], later: { ...nothing, isThere: true } };
  const { reader, file: after } = read;
  const before = made.file;
  const changes = reader.changesBetween(before, after);
  const isClosed = /%%EOF\s*$/.test(asText(bytes.subarray(-32)));
  const differences = unique([
    ...(changes.length === 0 || !isClosed ? [{ part: 'after-end' } as const] : []),
    ...changes.flatMap((change) => differenceIn(change)),
    ...reader.drawnFields(before, after).map((field) => ({ part: 'field', field }) as const),
    ...(isSameMetadata(before, after, record, reader) ? [] : [{ part: 'metadata' } as const]),
  ]);
  return { differences, later: await laterIn(changes, after, reader, tools) };
}

/** A signature that does not fit; a seal that was made room for, and is not there. */
function brokenSignatures(original: Uint8Array, { signatures }: Later): readonly Difference[] {
  const isSealMeant = asText(original).includes(`/T (${sealField})`);
  return [
    ...(isSealMeant && !signatures.some(({ isSeal }) => isSeal) ? [{ part: 'seal' } as const] : []),
    ...(signatures.every(({ isValid }) => isValid) ? [] : [{ part: 'signature' } as const]),
  ];
}

function changed(differences: readonly Difference[], intact: number, of: number, later: Later): FileState {
  return { is: 'altered', differences, pages: { intact, of }, later };
}

async function laterIn(
  changes: readonly ObjectChange[],
  after: PdfFile,
  { signaturesOf }: PdfReader,
  tools: VerifyTools,
): Promise<Later> {
  const signatures = await Promise.all(signaturesOf(after).map((each) => tools.checkSignature(after.bytes, each)));
  const signed = new Set(signatures.map(({ field }) => field));
  const filled = changes.flatMap((change) =>
    change.kind === 'field' && change.keys.some((key) => key === 'V' || key === 'AS') && !signed.has(change.name)
      ? [change.name]
      : [],
  );
  return { isThere: true, filled: [...new Set(filled)], signatures };
}

/** What filling in and signing may change: nothing that was printed, and nothing that acts. */
const allowedKeys = {
  catalog: ['AcroForm', 'Metadata', 'Extensions', 'DSS', 'Version', 'Perms'],
  form: ['SigFlags', 'NeedAppearances', 'DR', 'DA', 'Q'],
  field: ['V', 'AS', 'AP', 'M', 'MK', 'Ff', 'Lock'],
} as const;

function differenceIn(change: ObjectChange): readonly Difference[] {
  switch (change.kind) {
    case 'page':
      return [{ part: change.keys.every((key) => key === 'Annots') ? 'annotation' : 'page', page: change.page }];
    case 'catalog':
    case 'form':
    case 'field': {
      const allowed: readonly string[] = allowedKeys[change.kind];
      const isAllowed = change.keys.every((key) => allowed.includes(key));
      return isAllowed ? [] : [{ part: change.kind === 'catalog' ? 'frame' : 'fields' }];
    }
    case 'structure':
    case 'fonts':
    case 'attachments':
      return [{ part: change.kind }];
    case 'trailer':
      return change.keys.every((key) => key === 'Info') ? [] : [{ part: 'frame' }];
    case 'other':
      return [{ part: 'frame' }];
    // How a field looks goes with what is in it; metadata are compared by what they say.
    case 'appearance':
    case 'info':
    case 'xmp':
      return [];
    default:
      return change;
  }
}

/** Programs that fill in a form put their own date into it, or leave the Info dictionary out, and nothing else. */
function isSameMetadata(before: PdfFile, after: PdfFile, record: FormRecord, { infoOf, xmpOf }: PdfReader): boolean {
  const said = (file: PdfFile): string => {
    const { ModDate: _, ...rest } = infoOf(file);
    return JSON.stringify(Object.entries(rest).sort());
  };
  const isSaid = said(after) === said(before) || Object.keys(infoOf(after)).length === 0;
  const titled = /<dc:title>[\s\S]*?<\/dc:title>/.exec(xmpOf(before))?.[0] ?? '';
  const packet = xmpOf(after);
  return (
    isSaid &&
    (packet === xmpOf(before) || (packet.includes(writeRecord(record).keywords) && packet.includes(textIn(titled))))
  );
}

function textIn(xml: string): string {
  return xml.replace(/<[^>]*>/g, '').trim();
}

function unique(differences: readonly Difference[]): readonly Difference[] {
  const seen = new Map(differences.map((each) => [JSON.stringify(each), each]));
  return [...seen.values()];
}

function pageNames({ pieces }: FormRecord): readonly string[] {
  return pieces.map(({ name }) => name).filter((name) => name.startsWith('page'));
}

/** A file that is not as it was made: which of its parts are. */
async function stateOfAltered(bytes: Uint8Array, record: FormRecord, tools: VerifyTools): Promise<FileState> {
  const lenient: PartTools = { sha256: tools.sha256, inflate: (data) => inflateOr(data, tools) };
  const text = asText(bytes);
  const [firstEnd] = endsIn(text);
  const own = firstEnd === undefined ? bytes : bytes.subarray(0, firstEnd);
  const now = new Map(currentPieces(own, findRecord(own), lenient).map(({ name, digest }) => [name, digest]));
  const empty = tools.sha256('').slice(0, 32);
  const was = new Map(record.pieces.map(({ name, digest }) => [name, digest]));
  const parts = pieceNames.filter((name) => was.get(name) !== now.get(name));
  const isRewritten =
    pieceNames.every((name) => parts.includes(name) || was.get(name) === empty) && firstEnd !== undefined;
  const printed = isRewritten ? await pagesRead(bytes, tools) : pagesFound(own, now, lenient);
  const pages = pageNames(record);
  const other = pages.flatMap((name, page): readonly Difference[] =>
    isPrinted(was.get(name), printed, name) ? [] : [{ part: 'page', page: page + 1 }],
  );
  const of = pages.length;
  if (isRewritten) {
    const file = await rewrittenFile(bytes, tools);
    const differences = unique([...other, ...file.differences]);
    const touched = new Set(differences.flatMap((each) => ('page' in each ? [each.page] : [])));
    return { is: 'rewritten', differences, pages: { intact: of - touched.size, of }, later: file.later };
  }
  const intact = of - other.length;
  const { differences: behind, later } = await updateBehind(bytes, own, record, tools);
  const cut = firstEnd === undefined ? [{ part: 'end' } as const] : [];
  return changed(
    unique([
      ...cut,
      ...other,
      ...parts.map((part) => ({ part: part as FilePart }) as Difference),
      ...behind,
      ...brokenSignatures(own, later),
    ]),
    intact,
    of,
    later,
  );
}

type Printed = ReadonlyMap<string, string> | ReadonlySet<string>;

function isPrinted(digest: string | undefined, printed: Printed, name: string): boolean {
  if (digest === undefined) return false;
  return printed instanceof Map ? printed.get(name) === digest : printed.has(digest);
}

function inflateOr(data: Uint8Array, { inflate }: PartTools): Uint8Array {
  try {
    return inflate(data);
  } catch {
    return new Uint8Array();
  }
}

/** Pages by the page list; where that is lost, whatever can still be found. */
function pagesFound(bytes: Uint8Array, pieces: ReadonlyMap<string, string>, tools: PartTools): Printed {
  if ([...pieces.keys()].some((name) => name.startsWith('page'))) return pieces;
  const streams = objectsOf(bytes).flatMap(({ stream }) => (stream ? [tools.inflate(bytes.subarray(...stream))] : []));
  return new Set(streams.map((stream) => pageDigest([stream], tools)));
}

async function pagesRead(bytes: Uint8Array, tools: VerifyTools): Promise<Printed> {
  const read = await readPdf(bytes, tools);
  const pages = read ? read.reader.pageStreams(read.file) : [];
  return new Map(pages.map((streams, page) => [`page${page + 1}`, streams ? pageDigest(streams, tools) : '']));
}

async function rewrittenFile(bytes: Uint8Array, tools: VerifyTools): Promise<Update> {
  const read = await readPdf(bytes, tools);
  if (!read) return { differences: [{ part: 'unreadable' }], later: nothing };
  const { file, reader } = read;
  const { filledFields, noteCounts, recutPages, signaturesOf } = reader;
  const recut = recutPages(file, paper).map((page) => ({ part: 'page', page }) as const);
  const notes = noteCounts(file).flatMap((count, page): readonly Difference[] =>
    count > 0 ? [{ part: 'annotation', page: page + 1 }] : [],
  );
  const signatures = await Promise.all(signaturesOf(file).map((each) => tools.checkSignature(bytes, each)));
  return { differences: [...recut, ...notes], later: { isThere: true, filled: filledFields(file), signatures } };
}
