import type { EvidenceLedger } from '../model/evidence.ts';
import { composeWith, type Matter } from './compose.ts';
import { type Content, wholeText } from './content.ts';
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
  readonly evidence: EvidenceLedger;
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
  const parts = partDigests(request, request);
  const content = composeWith(request, parts);
  const recordFor = (pages: number): FormRecord => recordOf(request, parts, content, pages);
  const factsOf = (pages: number): FormFacts => ({
    title: plainText(content.title),
    author: request.clinic.name.normalize('NFC'),
    ...writeRecord(recordFor(pages)),
    language: content.language,
    created: createdOf(request),
    ...(request.isEmbedding === true && { attachment: answersAttachment(request, createdOf(request)) }),
  });
  const press = isPlain(request) ? request.press : undefined;
  const printed = press?.print(content, request.edition, factsOf);
  if (printed) return stampAt(printed.bytes, { ...printed, record: recordFor(printed.pages) }, printed.pieces, request);
  const form = stamp(await printPlain(content, request, factsOf), request);
  return request.seal ? request.seal(form) : form;
}

/** True for what the press prints too: no fields, no seal, nothing inside. */
function isPlain({ filling, seal, isEmbedding }: ConsentRequest): boolean {
  return filling !== 'fillable' && seal === undefined && isEmbedding !== true;
}

async function printPlain(
  content: Content,
  { fonts, edition, filling }: ConsentRequest,
  factsOf: (pages: number) => FormFacts,
): Promise<Uint8Array> {
  const printer = await printerOf(fonts);
  checkCharacters(content, printer);
  await printer.prepare(wholeText(content));
  const layout = layOut(content, printer, edition, filling);
  return printer.paint(layout, factsOf(layout.pages));
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
  content: Content,
  pages: number,
): FormRecord {
  return {
    form: { id: template.id, version: template.version, language: template.language },
    questionnaire: { id: questionnaire.id, version: questionnaire.version },
    ...parts,
    content: plainText(content.footer.digest).split(' ').at(-1) ?? '',
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
