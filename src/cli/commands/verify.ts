import { answersDigest, sourceDigests } from '../../document/integrity/digests.ts';
import { type FormRecord, macText } from '../../document/integrity/form-record.ts';
import { embeddedAnswers } from '../../document/read-embedded.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { FileState } from '../../model/verdict.ts';
import { paintFor } from '../../report/colour.ts';
import {
  type AnswersFound,
  type DigestFound,
  describeVerified,
  isGenuine,
  type KeyFound,
  type Verified,
  verifiedJson,
} from '../../report/verdict.ts';
import { loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { loadAnswers } from '../files/answer-sheet.ts';
import { openSource, readWhole, sha256, visitDay } from '../files/source.ts';
import { printable, writeOut } from '../files/write-out.ts';
import { examineApart } from '../forms/examine.ts';
import { type FormKey, findFormKey, sampleKey, toolsWith } from '../forms/form-key.ts';
import { type ConsentKit, loadConsentKit } from '../forms/templates.ts';
import type { Io } from '../io.ts';

export interface VerifyOptions {
  /** An answer sheet: do these answers belong to the form? */
  readonly answers?: string;
  readonly json?: boolean;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly color?: boolean;
}

/**
 * Says on stdout whether a consent form (`-` is standard input) is as it was made, what made it, and whether that is
 * what is installed here. Exit 0 where nothing speaks against it, 1 where something does, 2 for what is no PDF.
 */
export async function verify(source: string, options: VerifyOptions, io: Io): Promise<number> {
  const name = source === '-' ? 'standard input' : printable(source);
  const bytes = await readWhole(source, await openSource(source, io), mostBytes);
  const examined = await examineApart(bytes);
  if (examined.is === 'not-a-pdf') {
    throw new CommandError(`${name} is no PDF`, Exit.cannotStart, { hint: 'name a consent form that preinfuse made' });
  }
  if (examined.is === 'not-a-form') {
    await writeOut(io.stdout, options.json === true ? notAFormJson(name) : notAFormWords(name, examined.isCut));
    return Exit.findings;
  }
  const { record, state } = examined;
  const here = await loadHere(record, options, io);
  const key = await findFormKey(here.kit, io);
  const found = keyFound(record, key);
  const answers =
    options.answers === undefined
      ? undefined
      : await compareAnswers(options.answers, record, here, options, keyOf(found, key), io);
  const embedded = compareEmbedded(bytes, record, here, keyOf(found, key));
  const verified: Verified = {
    file: name,
    state: printableState(state),
    form: {
      id: printable(record.form.id),
      version: printable(record.form.version),
      language: record.form.language,
    },
    questionnaire: printable(`${record.questionnaire.id}|${record.questionnaire.version}`),
    digests: digestsOf(record, here.parts),
    key: found,
    ...(answers !== undefined && { answers }),
    ...(embedded !== undefined && { embedded }),
  };
  const paint = paintFor({ env: io.env, isTerminal: io.stdout.isTTY === true, isWanted: options.color !== false });
  const text = options.json === true ? [verifiedJson(verified)] : describeVerified(verified, paint);
  await writeOut(io.stdout, `${text.join('\n')}\n`);
  return isGenuine(verified) ? Exit.ok : Exit.findings;
}

/** Bytes that a form may have: far more than one with seals, answers and fonts has. */
const mostBytes = 64 * 1024 * 1024;

function notAFormWords(name: string, isCut: boolean): string {
  const why = isCut
    ? 'Its end is missing: the file was cut, or not copied to its end. Get it again from where it came.'
    : 'It carries no record of preinfuse: it was not made by it, or the record was taken out.';
  return `NOT A FORM  ${name}\n  ${why}\n`;
}

function notAFormJson(file: string): string {
  return `${JSON.stringify({ file, verdict: 'not-a-form', genuine: false })}\n`;
}

/** What is installed here, to compare with. */
interface Here {
  readonly questionnaire: Questionnaire;
  readonly kit: ConsentKit;
  readonly parts: Readonly<Record<'definition' | 'evidence', string>> & { readonly template?: string };
}

async function loadHere({ form }: FormRecord, { questionnaire: folder }: VerifyOptions, io: Io): Promise<Here> {
  const definition = await loadDefinition(folder, io);
  const { questionnaire, digest } = definition;
  const load = (language?: string): Promise<ConsentKit> =>
    loadConsentKit(io, folder, { definition, ...(language !== undefined && { language }) });
  const own = await load(form.language).catch((error: unknown) => {
    if (error instanceof CommandError) return undefined;
    throw error;
  });
  // A form in a language that is not installed is still a form.
  const kit = own ?? (await load());
  const { template, ...parts } = sourceDigests({ ...kit, definitionDigest: digest }, { sha256 });
  return { questionnaire, kit, parts: { ...parts, ...(own && { template }) } };
}

function digestsOf(record: FormRecord, { definition, template, evidence }: Here['parts']): readonly DigestFound[] {
  const compared = (name: DigestFound['name'], digest: string, here: string | undefined): DigestFound => {
    if (here === undefined) return { name, digest, here: 'none' };
    return { name, digest, here: here === digest ? 'same' : 'other' };
  };
  return [
    { name: 'file', digest: record.file },
    { name: 'content', digest: record.content },
    compared('definition', record.definition, definition),
    compared('wording', record.template, template),
    compared('evidence', record.evidence, evidence),
    { name: 'answers', digest: record.answers },
  ];
}

function keyFound(record: FormRecord, key: FormKey | undefined): KeyFound {
  const text = macText(record);
  const isSample = sampleKey.mac(text) === record.mac;
  if (key === undefined || key.isSample) return isSample ? 'sample' : 'none';
  if (key.mac(text) === record.mac) return 'own';
  return isSample ? 'foreign-sample' : 'other';
}

/** The key that a form was made with, where it is here. */
function keyOf(found: KeyFound, key: FormKey | undefined): FormKey | undefined {
  if (found === 'own') return key;
  return found === 'sample' || found === 'foreign-sample' ? sampleKey : undefined;
}

async function compareAnswers(
  source: string,
  record: FormRecord,
  { questionnaire }: Here,
  { on }: VerifyOptions,
  key: FormKey | undefined,
  io: Io,
): Promise<AnswersFound> {
  const answers = await loadAnswers(source, questionnaire, visitDay(on, io), io);
  if (!key) return 'untold';
  return answersDigest(answers, key) === record.answers ? 'same' : 'other';
}

function compareEmbedded(
  bytes: Uint8Array,
  record: FormRecord,
  { questionnaire }: Here,
  key: FormKey | undefined,
): Verified['embedded'] {
  const answers = embeddedAnswers(bytes, questionnaire, toolsWith(sampleKey));
  if (answers === undefined || answers === 'unreadable') return answers;
  if (!key) return 'untold';
  return answersDigest(answers, key) === record.answers ? 'same' : 'other';
}

/** Names in a file can hold anything: nothing of them is obeyed by a terminal. */
function printableState(state: FileState): FileState {
  const { isThere, filled, signatures } = state.later;
  const later = {
    isThere,
    filled: filled.map(printable),
    signatures: signatures.map((each) => ({
      ...each,
      field: printable(each.field),
      ...(each.signer !== undefined && { signer: printable(each.signer) }),
    })),
  };
  if (state.is === 'unaltered') return { is: state.is, later };
  const differences = state.differences.map((each) =>
    each.part === 'field' ? { ...each, field: printable(each.field) } : each,
  );
  return { ...state, differences, later };
}
