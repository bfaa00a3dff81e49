import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConsentRefused } from '../../document/refusal.ts';
import { assess } from '../../engine/assess.ts';
import { teachBackFor, teachBackQuestions } from '../../engine/teach-back.ts';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Clearance } from '../../model/clearance.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { TeachBackBlock } from '../../model/template.ts';
import { loadAnswers } from '../answer-sheet.ts';
import { loadDefinition, readSource } from '../definitions.ts';
import { CommandError, Exit, exitOfDisposition } from '../exit.ts';
import { type FormTools, formTools } from '../form-key.ts';
import type { Io } from '../io.ts';
import { loadSeal, type Seal, type SealOptions } from '../seal.ts';
import { type ConsentKit, invalid, kitChooser, loadConsentKit } from '../templates.ts';
import { writeOut } from '../write-out.ts';
import { writeWhole } from '../write-whole.ts';

export interface ConsentOptions extends SealOptions {
  readonly output?: string;
  readonly language?: string;
  readonly largePrint?: boolean;
  readonly fillable?: boolean;
  readonly embed?: boolean;
  readonly clearance?: string;
  readonly teachBack?: string;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly force?: boolean;
}

/**
 * Writes the consent form for an answer sheet (`-` is standard input) to `output` (default standard output), whole or
 * not at all. A screening that may have none ends with the exit code of its disposition.
 */
export async function consent(source: string, options: ConsentOptions, io: Io): Promise<number> {
  const target = await targetOf(options, io);
  const seal = await loadSeal(options, source !== '-', io);
  const definition = await loadDefinition(options.questionnaire, io);
  const { questionnaire, digest } = definition;
  const load = (language: string): Promise<ConsentKit> =>
    loadConsentKit(io, options.questionnaire, { definition, language });
  const first = await load(options.language ?? 'en');
  const { card } = first.template;
  const answers = await loadAnswers(
    source,
    {
      questionnaire,
      visitDate: card.visitDate,
      timeZone: first.clinic.timeZone,
      ...(options.on !== undefined && { on: options.on }),
    },
    io,
  );
  const choose = kitChooser(
    async (code) => (code === first.template.language ? first : load(code)),
    options.language,
    (line) => writeOut(io.stderr, `${line}\n`).then(() => undefined),
  );
  const kit = await choose(answers);
  const clearance = options.clearance === undefined ? undefined : await loadClearance(options.clearance, io);
  const assessment = assess(questionnaire, answers);
  const asked = teachBackFor(teachBackQuestions(kit.template), assessment);
  const teachBack = options.teachBack === undefined ? undefined : await loadTeachBack(options.teachBack, asked, io);
  const bytes = await render(
    { questionnaire, definitionDigest: digest, ...kit, answers, assessment, clearance, teachBack, seal },
    await formTools(kit, io),
    options,
  );
  if (target === undefined) await writeTo(io, bytes);
  else await writeWhole(target, bytes);
  return Exit.ok;
}

/** The file to write; undefined for standard output. Checked before any work. */
async function targetOf({ output = '-', force }: ConsentOptions, io: Io): Promise<string | undefined> {
  if (output === '-') {
    if (!io.stdout.isTTY) return undefined;
    throw new CommandError('a PDF does not belong on a terminal', Exit.cannotStart, {
      hint: 'name a file with --output',
    });
  }
  const target = resolve(io.cwd, output);
  if (force !== true && (await isFile(target))) {
    throw new CommandError(`${output} is there already`, Exit.cannotStart, {
      hint: 'name another file, or replace it with --force',
    });
  }
  return target;
}

/** True for a file; a device or a pipe is written to as it is. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function loadClearance(file: string, io: Io): Promise<Clearance> {
  const source = await readSource(io.cwd, file, io);
  const { readClearance } = await import('../../definition/clearance.ts');
  const { clearance, diagnostics } = readClearance(source);
  if (!clearance) throw await invalid('the clearance is', [source], diagnostics);
  return clearance;
}

async function loadTeachBack(file: string, asked: readonly TeachBackBlock[], io: Io): Promise<TeachBack> {
  const source = await readSource(io.cwd, file, io);
  const { readTeachBack } = await import('../../definition/teach-back.ts');
  const { teachBack, diagnostics } = readTeachBack(source, asked);
  if (!teachBack) throw await invalid('the teach-back is', [source], diagnostics);
  return teachBack;
}

interface Screening extends Awaited<ReturnType<typeof loadConsentKit>> {
  readonly questionnaire: Awaited<ReturnType<typeof loadDefinition>>['questionnaire'];
  readonly definitionDigest: string;
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly clearance: Clearance | undefined;
  readonly teachBack: TeachBack | undefined;
  readonly seal: Seal | undefined;
}

async function render(
  { clearance, teachBack, seal, ...screening }: Screening,
  tools: FormTools,
  { largePrint, fillable, embed }: ConsentOptions,
): Promise<Uint8Array> {
  const { renderConsent } = await import('../../document/consent.ts');
  try {
    return await renderConsent({
      ...screening,
      ...(clearance && { clearance }),
      ...(teachBack && { teachBack }),
      ...(seal && { seal }),
      edition: largePrint === true ? 'large-print' : 'standard',
      filling: fillable === true ? 'fillable' : 'flat',
      isEmbedding: embed === true,
      ...tools,
    });
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    throw new CommandError(error.message, exitOf(error, screening.assessment), { hint: error.hint });
  }
}

function exitOf({ code }: ConsentRefused, { disposition }: Assessment): (typeof Exit)[keyof typeof Exit] {
  if (code === 'teach-back-open') return Exit.stopped;
  const isDisposition = code === 'disposition' || code === 'clearance-missing' || code === 'clearance-incomplete';
  return isDisposition ? exitOfDisposition[disposition] : Exit.cannotStart;
}

function writeTo({ stdout }: Io, bytes: Uint8Array): Promise<void> {
  return new Promise((done, failed) => {
    stdout.write(bytes, (error) => (error ? failed(error) : done()));
  });
}
