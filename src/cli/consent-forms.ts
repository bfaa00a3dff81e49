import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ConsentRefused } from '../document/refusal.ts';
import type { Result } from '../exchange/result.ts';
import type { Screened, Screening } from '../exchange/screen.ts';
import { consentForm } from '../model/disposition.ts';
import { CommandError } from './exit.ts';
import { type FormTools, formTools } from './form-key.ts';
import type { Io } from './io.ts';
import { syncFolder } from './partial-file.ts';
import { isRunning } from './running.ts';
import { loadSeal, type SealOptions } from './seal.ts';
import type { ConsentKit } from './templates.ts';
import { makeFolder, whileWriting } from './write-whole.ts';

/** Makes consent forms in one folder. */
export interface ConsentForms {
  /** The file's name where it stands in the folder; undefined where the disposition has no form. Else why it could not be made. */
  make(screened: Extract<Screened, { is: 'assessed' }>): Promise<string | undefined | ConsentRefused>;
  /** What was made is safe from now on, also where the power fails. */
  sync(): Promise<void>;
  /** The same for the same key of the forms; the key cannot be told from it. */
  readonly keyMark: string;
}

export interface FormsOptions extends SealOptions {
  readonly questionnaire?: string;
  readonly language?: string;
}

/** Opens the folder `name`; loads templates and fonts once for each language, which `say` names. A form that stands there already, the same, is left alone. */
export async function openForms(
  name: string,
  { questionnaire: questionnaireFolder, language, ...sealing }: FormsOptions,
  screening: Screening,
  say: (line: string) => Promise<void>,
  io: Io,
): Promise<ConsentForms> {
  const [{ kitChooser, loadConsentKit }, { renderConsent }, { ConsentRefused }] = await Promise.all([
    import('./templates.ts'),
    import('../document/consent.ts'),
    import('../document/refusal.ts'),
  ]);
  // A run of many is not one to sit by: its passphrase comes from a file.
  const seal = await loadSeal(sealing, false, io);
  const { questionnaire, definitionDigest } = screening;
  const definition = { questionnaire, digest: definitionDigest };
  const load = (code: string): Promise<ConsentKit> =>
    loadConsentKit(io, questionnaireFolder, { definition, language: code });
  const asked = await load(language ?? 'en');
  const choose = kitChooser(async (code) => (code === asked.template.language ? asked : load(code)), language, say);
  const tools = await formTools(asked, io);
  const folder = resolve(io.cwd, name);
  await makeFolder(folder);
  await removeDrafts(folder);
  let unsafe: string[] = [];
  return {
    keyMark: tools.mac('mark of the key').slice(0, 16),
    async sync() {
      await syncAll(unsafe);
      if (unsafe[0] !== undefined) await syncFolder(unsafe[0]);
      unsafe = [];
    },
    async make({ answers, assessment, result }) {
      if (consentForm[assessment.disposition] !== 'always') return undefined;
      const name = formName(result, tools);
      let form: Uint8Array;
      try {
        const kit = await choose(answers);
        form = await renderConsent({
          questionnaire,
          definitionDigest,
          ...kit,
          answers,
          assessment,
          edition: 'standard',
          ...(seal && { seal }),
          ...tools,
        });
      } catch (error) {
        if (error instanceof ConsentRefused) return error;
        if (error instanceof CommandError) return new ConsentRefused('wrong-language', error.message, error.hint ?? '');
        throw error;
      }
      // A full disk is no reason against one form: it ends the batch.
      const path = join(folder, name);
      if (await replace(path, form)) unsafe.push(path);
      return name;
    },
  };
}

/** Keyed: from a digest that anybody can take, the answers behind a name could be guessed. */
function formName({ digest }: Result, { mac }: Pick<FormTools, 'mac'>): string {
  return `${mac(`form name\n${digest}`).slice(0, 16)}.pdf`;
}

/** False where the same form stands there already. */
async function replace(path: string, form: Uint8Array): Promise<boolean> {
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(form)) return false;
  const draft = join(dirname(path), `.preinfuse-${process.pid}-${randomUUID()}.tmp`);
  await whileWriting(path, async () => {
    try {
      await writeFile(draft, form, { flag: 'wx', mode: 0o600 });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
  return true;
}

/** Forms that are made safe at the same time. */
const atOnce = 32;

async function syncAll(paths: readonly string[]): Promise<void> {
  for (let from = 0; from < paths.length; from += atOnce) {
    await Promise.all(paths.slice(from, from + atOnce).map(syncFile));
  }
}

async function syncFile(path: string): Promise<void> {
  await whileWriting(path, async () => {
    const handle = await open(path, 'r');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  });
}

/** Takes away half-written forms that a killed run left. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid] = /^\.preinfuse-(\d+)-[\da-f-]{36}\.tmp$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}
