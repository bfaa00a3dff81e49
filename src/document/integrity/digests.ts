import type { Answer, Answers } from '../../model/answers.ts';
import type { Clearance } from '../../model/clearance.ts';
import type { EvidenceLedger } from '../../model/evidence.ts';
import { remembering } from '../../model/memo.ts';
import type { ConsentTemplate } from '../../model/template.ts';

/** What digests are taken with: given by the shell, so that this room needs no cryptography of its own. */
export interface Digester {
  /** SHA-256 of bytes, or of a text in UTF-8: 64 hex digits. */
  readonly sha256: (data: string | Uint8Array) => string;
  /** HMAC-SHA256 of a text with the clinic's form key, 64 hex digits. Nobody without that key can guess the text back. */
  readonly mac: (text: string) => string;
}

/** What a form was made from, 64 hex digits each. `answers` is keyed: the others can be taken again by anybody. */
export interface PartDigests {
  readonly definition: string;
  readonly template: string;
  readonly evidence: string;
  readonly answers: string;
}

export interface Parts {
  /** `sha256:` and 64 hex digits. */
  readonly definitionDigest: string;
  readonly template: ConsentTemplate;
  readonly evidence: EvidenceLedger;
  readonly answers: Answers;
}

/** The digests of what a form is made from. The key of the clinic is in that of the answers. */
export function partDigests(parts: Parts, by: Digester): PartDigests {
  return { ...sourceDigests(parts, by), answers: answersDigest(parts.answers, by) };
}

/** The digests of what is installed: the same for every form of a clinic until something of it changes. */
export function sourceDigests(
  { definitionDigest, template, evidence }: Omit<Parts, 'answers'>,
  by: Pick<Digester, 'sha256'>,
): Omit<PartDigests, 'answers'> {
  return {
    definition: definitionDigest.replace(/^sha256:/, ''),
    template: valueDigest(template, by),
    evidence: valueDigest(evidence, by),
  };
}

/** The keyed digest of answers: the same answers have the same one, in whatever order they were given. */
export function answersDigest(answers: Answers, { mac }: Pick<Digester, 'mac'>): string {
  return mac(`answers\n${answersText(answers)}`);
}

/** Writes answers as a JSON list of linkId and answer by turns, sorted by linkId. */
function answersWriter(): (answers: Answers) => string {
  // The linkIds of a definition: to sort them for each form takes its time.
  let met: ReadonlyMap<string, (answer: Answer) => string> = new Map();
  return (answers) => {
    for (const linkId of answers.keys()) {
      if (!met.has(linkId)) met = new Map([...met, [linkId, memberWriter(linkId)] as const].sort(byLinkId));
    }
    let text = '';
    met.forEach((write, linkId) => {
      const answer = answers.get(linkId);
      if (answer !== undefined) text += write(answer);
    });
    return `[${text.slice(1)}]`;
  };
}

/** A comma, a linkId and the answer to it. Most applicants answer most questions alike: what was written last is kept. */
function memberWriter(linkId: string): (answer: Answer) => string {
  const start = `,${JSON.stringify(linkId)},`;
  return remembering(1, (answer: Answer) => start + answerText(answer));
}

function byLinkId([some]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return some < other ? -1 : 1;
}

const answersText = answersWriter();
const entryText = answersWriter();

function answerText(answer: Answer): string {
  if (!Array.isArray(answer)) return JSON.stringify(answer);
  return `[${answer.map((each: string | Answers) => (typeof each === 'string' ? JSON.stringify(each) : entryText(each))).join()}]`;
}

/** What the footer's digest covers: everything that is printed, whatever the edition, but this digest. */
export interface FormMatter {
  readonly parts: PartDigests;
  readonly language: string;
  /** What is printed but for the open texts. */
  readonly closed: object;
  readonly open: readonly (readonly { readonly text: string }[])[];
  readonly clearance?: Clearance;
}

/** What a run of forms shares: its digest is taken once. */
const known = new WeakMap<object, string>();

/** The digest in the footer of every page: 64 hex digits. A change in anything that the form was made from changes it. */
export function formDigest({ parts, language, closed, open, clearance }: FormMatter, { sha256 }: Digester): string {
  const closedDigest = digestOnce(closed, () => sha256(JSON.stringify(closed)));
  const texts = open.map((text) => text.map((run) => run.text));
  const { definition, template, evidence, answers } = parts;
  const made = [definition, template, evidence, answers, language, clearance ? stable(clearance) : null];
  return sha256(JSON.stringify([...made, closedDigest, texts]));
}

/** The digest of a form's wording, as the form prints it: what a translator's review names. */
export function wordingDigest(template: ConsentTemplate, by: Pick<Digester, 'sha256'>): string {
  return valueDigest(template, by);
}

/** Template and ledger are the same for every form of a run: their digest is taken once. */
function valueDigest(value: object, { sha256 }: Pick<Digester, 'sha256'>): string {
  return digestOnce(value, () => sha256(stable(value)));
}

function digestOnce(value: object, take: () => string): string {
  const digest = known.get(value) ?? take();
  known.set(value, digest);
  return digest;
}

/** JSON with sorted keys, without source positions, maps as sorted lists: the same for the same value. */
function stable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (value instanceof Map) return stable([...value].sort(([a], [b]) => (a < b ? -1 : 1)));
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = stableObject(value);
  if (text.length >= shortest) texts.set(value, text);
  return text;
}

/** Of what was written before: many blocks of a form are the same objects as those of the form before. */
const texts = new WeakMap<object, string>();
/** Shorter texts are written anew sooner than looked up. */
const shortest = 80;

function stableObject(value: object): string {
  let text = '';
  for (const key of sortedKeys(value)) {
    const each = (value as Readonly<Record<string, unknown>>)[key];
    if (key !== 'at' && each !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${stable(each)}`;
  }
  return `{${text}}`;
}

function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return isSorted ? keys : keys.sort();
}
