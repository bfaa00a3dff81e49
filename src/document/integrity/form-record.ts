import { questionnaireName } from '../../model/questionnaire.ts';
import type { PartDigests } from './digests.ts';

/** What a form file says of itself, in its metadata. Digests are 64 hex digits. */
export interface FormRecord extends PartDigests {
  readonly form: { readonly id: string; readonly version: string; readonly language: string };
  readonly questionnaire: { readonly id: string; readonly version: string };
  /** The digest in the footer of every page. */
  readonly content: string;
  /** Of the file's own bytes; zeros until it is stamped. */
  readonly file: string;
  /** Of the whole record, keyed; zeros until it is stamped. */
  readonly mac: string;
  /** What each part of the file is: see `file-parts`. Zeros until it is stamped. */
  readonly pieces: readonly Piece[];
}

/** A part of the file and its digest, 32 hex digits. */
export interface Piece {
  readonly name: string;
  readonly digest: string;
}

/** The two texts that carry a record. They keep their length when they are filled in, so that no offset moves. */
export interface RecordTexts {
  /** In the Info dictionary and, the same, in the XMP packet. */
  readonly keywords: string;
  /** In the Info dictionary, as `PreinfuseDigests`. */
  readonly digests: string;
}

export const noDigest = '0'.repeat(64);
export const noPieceDigest = '0'.repeat(32);

/** Parts that every file has, beside its pages. */
export const pieceNames = ['fonts', 'structure', 'metadata', 'fields', 'attachments', 'frame'] as const;

/** The pieces of a file of so many pages, not filled in. */
export function emptyPieces(pages: number): readonly Piece[] {
  const names = [...pieceNames, ...Array.from({ length: pages }, (_, page) => `page${page + 1}`)];
  return names.map((name) => ({ name, digest: noPieceDigest }));
}

export function writeRecord(record: FormRecord): RecordTexts {
  return { keywords: keywordsOf(record), digests: digestsOf(record) };
}

export function keywordsOf({
  form,
  questionnaire,
  definition,
  content,
  file,
  mac,
}: Omit<FormRecord, 'pieces'>): string {
  return [
    `form=${form.id}|${form.version}|${form.language}`,
    `definition=${questionnaireName(questionnaire)}`,
    `definition-digest=sha256:${definition}`,
    `content=sha256:${content}`,
    `file=sha256:${file}`,
    `mac=hmac-sha256:${mac}`,
  ].join('; ');
}

export function digestsOf({ template, evidence, answers, pieces }: FormRecord): string {
  return [
    `template=sha256:${template}`,
    `evidence=sha256:${evidence}`,
    `answers=hmac-sha256:${answers}`,
    `pieces=${pieces.map(({ name, digest }) => `${name}:${digest}`).join(',')}`,
  ].join('; ');
}

const keywordsForm =
  /^form=([^|;()<>]+)\|([^|;()<>]+)\|([A-Za-z-]+); definition=([^|;()<>]+)\|([^|;()<>]+); definition-digest=sha256:([0-9a-f]{64}); content=sha256:([0-9a-f]{64}); file=sha256:([0-9a-f]{64}); mac=hmac-sha256:([0-9a-f]{64})$/;
const digestsForm =
  /^template=sha256:([0-9a-f]{64}); evidence=sha256:([0-9a-f]{64}); answers=hmac-sha256:([0-9a-f]{64}); pieces=([a-z]+\d*:[0-9a-f]{32}(?:,[a-z]+\d*:[0-9a-f]{32})*)$/;

/** The exact inverse of `writeRecord`; undefined for texts that it did not write. */
export function readRecord({ keywords, digests }: RecordTexts): FormRecord | undefined {
  const [, id, version, language, definitionId, definitionVersion, definition, content, file, mac] =
    keywordsForm.exec(keywords) ?? [];
  const [, template, evidence, answers, pieces] = digestsForm.exec(digests) ?? [];
  if (!id || !version || !language || !definitionId || !definitionVersion || !definition) return undefined;
  if (!content || !file || !mac || !template || !evidence || !answers || !pieces) return undefined;
  return {
    form: { id, version, language },
    questionnaire: { id: definitionId, version: definitionVersion },
    definition,
    template,
    evidence,
    answers,
    content,
    file,
    mac,
    pieces: pieces.split(',').map((piece) => {
      const [name = '', digest = ''] = piece.split(':');
      return { name, digest };
    }),
  };
}

/** What the key of the clinic stands for: everything that the record says, but the key's own mark. `digests`: its text, where it is written already. */
export function macText(record: FormRecord, digests = digestsOf(record)): string {
  return `record\n${keywordsOf({ ...record, mac: noDigest })}\n${digests}`;
}
