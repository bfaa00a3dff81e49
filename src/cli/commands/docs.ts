import { resolve } from 'node:path';
import type { AnswerSheet } from '../../model/cases.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { Changes, Codebook, Limit } from '../../report/codebook.ts';
import type { CodebookFacts } from '../../report/codebook-content.ts';
import { type LoadedDefinition, loadDefinition } from '../definitions/definitions.ts';
import { acceptedAnswers, countCases, loadCases } from '../definitions/golden-cases.ts';
import { CommandError, Exit } from '../exit.ts';
import { tellWritten, writeOut } from '../files/write-out.ts';
import { writeWhole } from '../files/write-whole.ts';
import { loadFonts } from '../forms/fonts.ts';
import type { Io } from '../io.ts';

export interface DocsOptions {
  /** A file, or `-` for standard output; so are `html` and `markdown`. */
  readonly pdf?: string;
  readonly html?: string;
  readonly markdown?: string;
  /** The folder of the definition that was signed. */
  readonly against?: string;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly quiet?: boolean;
}

/**
 * Writes the codebook that a medical director signs, in each form that is asked for; none is Markdown on stdout. A
 * definition or cases that are not valid, a file that cannot be written, two forms for stdout, and a PDF to a terminal:
 * CommandError with exit 2.
 */
export async function docs(options: DocsOptions, io: Io): Promise<number> {
  const { pdf, html } = options;
  const markdown = options.markdown ?? (pdf === undefined && html === undefined ? '-' : undefined);
  refuseClash([pdf, html, markdown], pdf === '-' && io.stdout.isTTY === true);
  const codebook = await codebookFrom(options, io);
  const written: string[] = [];
  const put = async (file: string, content: string | Uint8Array): Promise<void> => {
    if (file === '-') {
      await writeOut(io.stdout, content);
      return;
    }
    await writeWhole(resolve(io.cwd, file), content);
    written.push(file);
  };
  if (pdf !== undefined) await put(pdf, await pdfOf(codebook, options, io));
  if (html !== undefined) await put(html, (await import('../../report/codebook-html.ts')).codebookHtml(codebook));
  if (markdown !== undefined) {
    await put(markdown, (await import('../../report/codebook-markdown.ts')).codebookMarkdown(codebook));
  }
  await tellWritten(written, options, io);
  return Exit.ok;
}

function refuseClash(targets: readonly (string | undefined)[], isPdfOnTerminal: boolean): void {
  const hint = 'name a file';
  if (targets.filter((target) => target === '-').length > 1)
    throw new CommandError('standard output takes one form only', Exit.cannotStart, { hint: `${hint} for the others` });
  if (isPdfOnTerminal) throw new CommandError('a PDF does not belong on a terminal', Exit.cannotStart, { hint });
}

async function codebookFrom({ questionnaire: folder, against }: DocsOptions, io: Io): Promise<Codebook> {
  const definition = await loadDefinition(folder, io);
  const { questionnaire, digest } = definition;
  const { baseline, cases } = await loadCases(questionnaire, definition.folder, io);
  const sheets = cases.map(({ sheet }) => sheet);
  const signed = against === undefined ? undefined : await loadDefinition(against, io);
  const changes = signed && (await changesSince(signed, definition, baseline?.sheet, io));
  const { codebookOf } = await import('../../report/codebook-content.ts');
  return codebookOf({
    questionnaire,
    digest,
    cases: sheets,
    tested: await testedIn(definition.folder, io),
    casesByRule: countCases(questionnaire, sheets).byRule,
    limits: await limitsFrom(questionnaire, baseline?.sheet),
    ...(changes && { changes }),
  });
}

/** How the golden cases come out, and what they cover where all of them pass. */
async function testedIn(folder: string, io: Io): Promise<CodebookFacts['tested']> {
  const [{ readTexts }, { testDefinition }] = await Promise.all([
    import('../definitions/definition-texts.ts'),
    import('../../check/test-run.ts'),
  ]);
  const { texts } = await readTexts(folder, io);
  const { cases, coverage } = testDefinition(texts, { coverage: true, mutate: false });
  return { cases, ...(coverage && { coverage }) };
}

/** What changed since the signed definition: whose outcome, proved over every answer sheet, and what reads differently. */
async function changesSince(
  signed: LoadedDefinition,
  { questionnaire }: LoadedDefinition,
  baseline: AnswerSheet | undefined,
  io: Io,
): Promise<Changes> {
  const [{ diffDefinitions }, { differenceInLists }] = await Promise.all([
    import('../../check/diff.ts'),
    import('../../report/diff-words.ts'),
  ]);
  const { baseline: before } = await loadCases(signed.questionnaire, signed.folder, io);
  const unremarkable = { old: before?.sheet.answers, new: baseline?.answers };
  const { id, version } = signed.questionnaire;
  return {
    against: `${id} ${version}, ${signed.digest}`,
    lists: differenceInLists(diffDefinitions(signed.questionnaire, questionnaire, unremarkable)),
  };
}

async function limitsFrom(questionnaire: Questionnaire, baseline: AnswerSheet | undefined): Promise<readonly Limit[]> {
  const answers = baseline && acceptedAnswers(questionnaire, baseline);
  return answers ? (await import('../../document/codebook-limits.ts')).limitsOf(questionnaire, answers) : [];
}

/** The file's date is the day given with --on; without one it has the first day that a file can have, not the clock's. */
async function pdfOf(codebook: Codebook, { on }: DocsOptions, io: Io): Promise<Uint8Array> {
  const [{ renderCodebook }, { ConsentRefused }] = await Promise.all([
    import('../../document/codebook.ts'),
    import('../../document/refusal.ts'),
  ]);
  try {
    return await renderCodebook(
      codebook,
      loadFonts(io.cwd),
      on === undefined ? new Date(0) : new Date(`${on}T00:00:00Z`),
    );
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    throw new CommandError(error.message, Exit.cannotStart, { hint: error.hint, cause: error });
  }
}
