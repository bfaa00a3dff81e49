import type { EvidenceLedger } from '../model/evidence.ts';
import { composeConsent, type Matter } from './compose.ts';
import type { Content } from './content.ts';
import { checkCharacters, type Fonts, plainText } from './faces.ts';
import { type Edition, layOut } from './layout.ts';
import { openPrinter, type Printer } from './paint.ts';

/** What a consent form is made from. `definitionDigest` is `sha256:` and 64 hex digits, `sha256` gives 64 hex digits. */
export interface ConsentRequest extends Matter {
  readonly evidence: EvidenceLedger;
  readonly fonts: Fonts;
  /** `large-print`: everything half as large again, body text 18 points. */
  readonly edition: Edition;
}

/** Opening fonts costs more than a page: they are opened once for each set. */
const printers = new WeakMap<Fonts, Printer>();

/**
 * The consent form as PDF bytes. Same request, same bytes. Throws ConsentRefused where none may be made, before
 * anything is drawn.
 */
export async function renderConsent(request: ConsentRequest): Promise<Uint8Array> {
  const content = composeConsent(request);
  const printer = printerOf(request.fonts);
  checkCharacters(content, printer);
  return printer.paint(layOut(content, printer, request.edition), {
    title: plainText(content.title),
    author: request.clinic.name.normalize('NFC'),
    keywords: keywordsOf(request, content),
    language: content.language,
    created: createdOf(request),
  });
}

function printerOf(fonts: Fonts): Printer {
  const known = printers.get(fonts);
  if (known) return known;
  const printer = openPrinter(fonts);
  printers.set(fonts, printer);
  return printer;
}

/** What `verify` looks up: which form, definition and content a file claims to be. */
function keywordsOf({ template, questionnaire, definitionDigest }: ConsentRequest, content: Content): string {
  const digest = plainText(content.footer.digest).split(' ').at(-1);
  return [
    `form=${template.id}|${template.version}|${template.language}`,
    `definition=${questionnaire.id}|${questionnaire.version}`,
    `definition-digest=${definitionDigest}`,
    `content=sha256:${digest}`,
  ].join('; ');
}

/** The day of the visit, 00:00 UTC. */
function createdOf({ template, answers }: ConsentRequest): Date {
  const day = answers.get(template.card.visitDate);
  if (typeof day !== 'number') throw new Error('a composed form has a visit date');
  return new Date(day * 86_400_000);
}
