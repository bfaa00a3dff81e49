import { joined } from '../model/bytes.ts';
import type { Matter } from './compose/desk.ts';
import { type Composition, compose } from './compose.ts';
import { wholeText, withOpenTexts } from './content.ts';
import { answersAttachment } from './embedded-answers.ts';
import { checkCharacters, type Fonts, plainText } from './faces.ts';
import { type PartDigests, partDigests } from './integrity/digests.ts';
import type { PartTools } from './integrity/file-parts.ts';
import { emptyPieces, type FormRecord, noDigest, writeRecord } from './integrity/form-record.ts';
import { stamp, stampAt } from './integrity/stamp.ts';
import { type Edition, type Filling, layOut } from './layout.ts';
import type { Printer } from './paint.ts';
import type { FormFacts, Press } from './press/press.ts';

/** What a consent form is made from. `definitionDigest` is `sha256:` and 64 hex digits. */
export interface ConsentRequest extends Matter, PartTools {
  readonly fonts: Fonts;
  /** Prints what it can, many times as fast as the plain printer; without it the plain printer prints all. */
  readonly press?: Press | undefined;
  /** `large-print`: everything half as large again, body text 18 points. */
  readonly edition: Edition;
  /** With fields to fill in on the screen. */
  readonly filling?: Filling;
  /** The answers go into the file, for other programs to read. */
  readonly isEmbedding?: boolean;
}

/** Opening fonts costs more than a page: they are opened once for each set. */
const printers = new WeakMap<Fonts, Printer>();

/**
 * The consent form as PDF bytes, stamped with its digests and, where asked, sealed. Same request, same bytes. Throws ConsentRefused where none
 * may be made, before anything is drawn.
 */
export async function renderConsent(request: ConsentRequest): Promise<Uint8Array> {
  const pressed = pressConsent(request);
  return pressed ? joined(pressed) : renderPlain(request);
}

/** A file in two: how others begin too, which is the same bytes in memory, and what is its own. */
export type PressedForm = readonly [start: Uint8Array, rest: Uint8Array];

/** As `renderConsent`, by the press; undefined for what the plain printer has to do. */
export function pressConsent(request: ConsentRequest): PressedForm | undefined {
  const { press, edition } = request;
  if (!press || !isPlain(request)) return undefined;
  const parts = partDigests(request, request);
  const composition = compose(request, parts, true);
  let record: FormRecord | undefined;
  const printed = press.print(composition, edition, (pages) => {
    record = recordOf(request, parts, composition, pages);
    return factsOf(request, composition, record);
  });
  if (!printed || !record) return undefined;
  const { start, rest, pieces, fileDigest } = printed;
  return [start, stampAt(rest, { ...printed, record }, pieces, { mac: request.mac, sha256: fileDigest })];
}

/** True for what the press prints too: no fields, no seal, nothing inside. */
function isPlain({ filling, seal, isEmbedding }: ConsentRequest): boolean {
  return filling !== 'fillable' && seal === undefined && isEmbedding !== true;
}

async function renderPlain(request: ConsentRequest): Promise<Uint8Array> {
  const { fonts, edition, filling } = request;
  const parts = partDigests(request, request);
  const composition = compose(request, parts);
  const content = withOpenTexts(composition.closed, composition.open);
  const printer = await printerOf(fonts);
  checkCharacters(content, printer);
  await printer.prepare(wholeText(content));
  const layout = layOut(content, printer, edition, filling);
  const record = recordOf(request, parts, composition, layout.pages);
  const form = stamp(await printer.paint(layout, factsOf(request, composition, record)), request);
  return request.seal ? request.seal(form) : form;
}

function factsOf(request: ConsentRequest, { closed }: Composition, record: FormRecord): FormFacts {
  const created = createdOf(request);
  return {
    title: plainText(closed.title),
    author: request.clinic.name.normalize('NFC'),
    ...writeRecord(record),
    language: closed.language,
    created,
    ...(request.isEmbedding === true && { attachment: answersAttachment(request, created) }),
  };
}

async function printerOf(fonts: Fonts): Promise<Printer> {
  const known = printers.get(fonts);
  if (known) return known;
  const { openPrinter } = await import('./paint.ts');
  const printer = openPrinter(fonts);
  printers.set(fonts, printer);
  return printer;
}

/** What `verify` looks up: which form, definition and content a file claims to be. */
function recordOf(
  { template, questionnaire }: ConsentRequest,
  parts: PartDigests,
  { digest }: Composition,
  pages: number,
): FormRecord {
  return {
    form: { id: template.id, version: template.version, language: template.language },
    questionnaire: { id: questionnaire.id, version: questionnaire.version },
    ...parts,
    content: digest,
    file: noDigest,
    mac: noDigest,
    pieces: emptyPieces(pages),
  };
}

/** The day of the visit, 00:00 UTC. */
function createdOf({ template, answers }: ConsentRequest): Date {
  const day = answers.get(template.card.visitDate);
  if (typeof day !== 'number') throw new Error('a composed form has a visit date');
  return new Date(day * 86_400_000);
}
