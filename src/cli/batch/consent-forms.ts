import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writevSync,
} from 'node:fs';
import { access, constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsentRefused } from '../../document/refusal.ts';
import type { Assessed, Screening } from '../../exchange/screen.ts';
import { consentForm } from '../../model/disposition.ts';
import { CommandError, Exit } from '../exit.ts';
import { draftIn, removeLeftDrafts, removeOwnDrafts } from '../files/drafts.ts';
import { syncFolder } from '../files/partial-file.ts';
import { sha256 } from '../files/source.ts';
import { makeFolder, whileWriting } from '../files/write-whole.ts';
import { type FormTools, formTools } from '../forms/form-key.ts';
import { loadSeal, refuseIdleSeal, type SealOptions } from '../forms/seal.ts';
import type { ConsentKit } from '../forms/templates.ts';
import type { Io } from '../io.ts';

/** A form that is made, and stands nowhere yet. */
export interface UnwrittenForm {
  /** Of its file in the folder. */
  readonly name: string;
  readonly bytes: FormBytes;
}

/** A file in stretches. */
type FormBytes = readonly Uint8Array[];

/** A form that is written. */
export interface MadeForm {
  /** Of its file in the folder. */
  readonly name: string;
  /** Undefined where the same form stands there already. */
  readonly draft: Draft | undefined;
}

/** A form that is written beside its name, by the paths of both. */
export interface Draft {
  readonly path: string;
  readonly target: string;
}

/** A form that is made, or why it could not be; `note`: what people are told of it. */
export interface Making {
  readonly form: UnwrittenForm | ConsentRefused;
  readonly note?: string | undefined;
}

/** What is said of forms where none are made: a CommandError with exit 2. */
export function refuseWithoutForms({ language, ...sealing }: SealOptions & { readonly language?: string }): void {
  refuseIdleSeal(sealing);
  if (language === undefined) return;
  throw new CommandError('--language goes with --consent-dir', Exit.cannotStart, {
    hint: 'name the folder that the forms go to, or leave --language out: results are the same in every language',
  });
}

/** Makes consent forms in one folder: one for each thread. */
export interface FormMaker {
  /** Undefined where the disposition has no form. */
  make(screened: Assessed): Promise<Making | undefined>;
  /** Not under its name yet. A full disk is a CommandError: no reason against one form, it ends the batch. */
  write(form: UnwrittenForm): Promise<MadeForm>;
  /** The same for the same key of the forms; the key cannot be told from it. */
  readonly keyMark: string;
  /** The same for the same wording in all languages that may be asked for, evidence and facts of the clinic. */
  sources(): Promise<string>;
}

export interface FormsOptions extends SealOptions {
  /** Where the forms go: a folder by its whole path. */
  readonly folder: string;
  readonly questionnaire?: string | undefined;
  readonly language?: string | undefined;
}

/** Loads templates and fonts once for each language. A form that stands in the folder already, the same, is left alone. */
export async function formMaker(
  { folder, questionnaire: questionnaireFolder, language, ...sealing }: FormsOptions,
  screening: Screening,
  io: Io,
): Promise<FormMaker> {
  const [
    { formLanguages, kitChooser, loadConsentKit },
    { pressConsent, renderConsent },
    { ConsentRefused },
    { sourceDigests },
  ] = await Promise.all([
    import('../forms/templates.ts'),
    import('../../document/consent.ts'),
    import('../../document/refusal.ts'),
    import('../../document/integrity/digests.ts'),
  ]);
  // A run of many is not one to sit by: its passphrase comes from a file.
  const seal = await loadSeal(sealing, false, io);
  const { questionnaire, definitionDigest } = screening;
  const definition = { questionnaire, digest: definitionDigest };
  const load = (code: string): Promise<ConsentKit> =>
    loadConsentKit(io, questionnaireFolder, { definition, language: code });
  const asked = await load(language ?? 'en');
  const kitIn = async (code: string): Promise<ConsentKit> => (code === asked.template.language ? asked : load(code));
  const choose = kitChooser(kitIn, language);
  const tools = await formTools(asked, io);
  const writeDraft = draftWriter(folder);
  return {
    keyMark: tools.mac('mark of the key').slice(0, 16),
    async sources() {
      const codes = language === undefined ? await formLanguages(asked.folder) : [language];
      const kits = await Promise.all(codes.toSorted().map((code) => kitIn(code).catch(undefinedIfRefused)));
      return sha256(
        JSON.stringify(kits.map((kit) => kit && [sourceDigests({ definitionDigest, ...kit }, { sha256 }), kit.clinic])),
      );
    },
    async make(screened) {
      const { assessment } = screened;
      if (consentForm[assessment.disposition] !== 'always') return undefined;
      const { answers, digest } = screened;
      try {
        const { kit, note } = await choose(answers);
        const matter = {
          questionnaire,
          definitionDigest,
          ...kit,
          answers,
          assessment,
          ...(seal && { seal }),
          ...tools,
        };
        const request = { ...matter, edition: 'standard' } as const;
        const bytes = pressConsent(request) ?? [await renderConsent(request)];
        return { form: { name: formName(digest, tools), bytes }, note };
      } catch (error) {
        if (error instanceof ConsentRefused) return { form: error };
        if (!(error instanceof CommandError)) throw error;
        return { form: new ConsentRefused('wrong-language', error.message, error.hint ?? '') };
      }
    },
    async write({ name, bytes }) {
      const target = join(folder, name);
      const isKnown = isWritten(target, bytes);
      const draft = isKnown ? undefined : await whileWriting(target, async () => writeDraft(target, bytes));
      return { name, draft };
    },
  };
}

/** A language whose form is not as it should be: nobody gets that one. */
function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

/** Keyed: from a digest that anybody can take, the answers behind a name could be guessed. */
function formName(digest: string, { mac }: Pick<FormTools, 'mac'>): string {
  return `${mac(`form name\n${digest}`).slice(0, 16)}.pdf`;
}

/* Many small files: asking the system and waiting takes less than being called back. Only the disk is slow. */

function isWritten(path: string, form: FormBytes): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    const length = form.reduce((sum, part) => sum + part.length, 0);
    return found?.isFile() === true && found.size === length && readFileSync(path).equals(Buffer.concat(form));
  } catch {
    return false;
  }
}

/** Drafts stand in a folder of the thread's own: two threads that make files in the same one wait for each other. */
function draftWriter(folder: string): (target: string, form: FormBytes) => Draft {
  const own = draftIn(folder);
  let count = 0;
  return (target, form) => {
    if (count === 0) mkdirSync(own, { mode: 0o700 });
    count += 1;
    const path = join(own, String(count));
    try {
      const file = openSync(path, 'wx', 0o600);
      try {
        writeAll(file, form);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return { path, target };
  };
}

/** A disk that is nearly full takes a part: the system says why with the next. */
function writeAll(file: number, form: FormBytes): void {
  const length = form.reduce((sum, part) => sum + part.length, 0);
  const written = writevSync(file, form);
  if (written < length) writeFileSync(file, Buffer.concat(form).subarray(written));
}

/** Puts forms under their names, each once it is safely on the disk. */
async function placeForms(drafts: readonly Draft[]): Promise<void> {
  for (let from = 0; from < drafts.length; from += atOnce) {
    const ends = await Promise.allSettled(drafts.slice(from, from + atOnce).map(placeForm));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}

/** Forms that are made safe at the same time. */
const atOnce = 32;

async function placeForm({ path, target }: Draft): Promise<void> {
  await whileWriting(target, async () => {
    const file = await open(path, 'r');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
    renameSync(path, target);
  });
}

/** The same at once for many, where the system has a way to. */
async function placeAll(folder: string, drafts: readonly Draft[]): Promise<void> {
  if (drafts.length > atOnce && (await syncFileSystem(folder))) {
    for (const { path, target } of drafts) await whileWriting(target, async () => renameSync(path, target));
  } else await placeForms(drafts);
}

/** The folder that the forms of a batch go to. */
export interface FormFolder {
  /** Takes forms that are made. In time they are put under their names. */
  take(drafts: readonly Draft[]): Promise<void>;
  /** All that was taken when it was called stands under its name from now on, also where the power fails. */
  sync(): Promise<void>;
  /** Takes away what has no name yet. Nobody may be making forms any more. */
  close(): Promise<void>;
}

/**
 * Opens the folder, where there is none makes it, and takes away half-written forms that a killed run left. One that may not
 * be written to is a CommandError with exit 2.
 */
export async function openFormFolder(folder: string): Promise<FormFolder> {
  await makeFolder(folder);
  await whileWriting(folder, () => access(folder, constants.W_OK));
  await whileWriting(folder, () => removeLeftDrafts(folder));
  let taken: Draft[] = [];
  /** Of those before: while the disk takes them, others are made. */
  let placed: Promise<void> = Promise.resolve();
  const placeNext = (): Promise<void> => {
    const drafts = taken;
    taken = [];
    placed = placed.then(() => placeAll(folder, drafts));
    // Whoever asks next is told.
    placed.catch(() => undefined);
    return placed;
  };
  return {
    async take(drafts) {
      taken.push(...drafts);
      if (taken.length < mostTaken) return;
      await placed;
      placeNext();
    },
    async sync() {
      await placeNext();
      await syncFolder(join(folder, 'form'));
    },
    async close() {
      await placed.catch(() => undefined);
      // Where the folder is gone, so are they; whoever wrote there was told.
      await removeOwnDrafts(folder).catch(() => undefined);
    },
  };
}

/** Forms that wait for their names at most, where nobody asks for them sooner. */
const mostTaken = 2000;

/**
 * Has all that was written to the file system of `folder` put on the disk: for many files many times as fast as one after
 * another. False where this system has no way to.
 */
async function syncFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const { spawn } = await import('node:child_process');
  return new Promise((done) => {
    spawn('sync', ['-f', folder], { stdio: 'ignore' })
      .on('error', () => done(false))
      .on('exit', (code) => done(code === 0));
  });
}
