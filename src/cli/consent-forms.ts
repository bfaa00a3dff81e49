import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConsentRefused } from '../document/refusal.ts';
import type { Result } from '../exchange/result.ts';
import type { Screened, Screening } from '../exchange/screen.ts';
import { consentForm } from '../model/disposition.ts';
import { CommandError } from './exit.ts';
import { type FormTools, formTools } from './form-key.ts';
import type { Io } from './io.ts';
import { loadSeal, type SealOptions } from './seal.ts';
import type { ConsentKit } from './templates.ts';
import { makeFolder, writeWhole } from './write-whole.ts';

/** Makes consent forms in one folder. */
export interface ConsentForms {
  /** The file's name where it stands in the folder; undefined where the disposition has no form. Else why it could not be made. */
  make(screened: Extract<Screened, { is: 'assessed' }>): Promise<string | undefined | ConsentRefused>;
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
  return {
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
      await replace(join(folder, name), form);
      return name;
    },
  };
}

/** Keyed: from a digest that anybody can take, the answers behind a name could be guessed. */
function formName({ digest }: Result, { mac }: Pick<FormTools, 'mac'>): string {
  return `${mac(`form name\n${digest}`).slice(0, 16)}.pdf`;
}

async function replace(path: string, form: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(form)) return;
  await writeWhole(path, form);
}
