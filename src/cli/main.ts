import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { CannotOpen } from '../record/cannot-open.ts';
import { StoreProblem } from '../record/problem.ts';
import { mostJobs } from './batch/most-jobs.ts';
import { bugReport } from './bug-report.ts';
import { CommandError, Exit } from './exit.ts';
import { isRefusedWrite, printableLines, refusedWrite } from './files/write-out.ts';
import type { Io } from './io.ts';
import { packageVersion } from './package.ts';

/** The whole program: runs the command that `argv` names and gives its exit code. Throws for nothing. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const outcome: { exit: number } = { exit: Exit.ok };
  const program = declare(io, (exit) => {
    outcome.exit = exit;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, io);
    outcome.exit = error.exitCode === 0 ? Exit.ok : Exit.cannotStart;
  }
  // What was written without waiting fails without a word.
  const { errored } = io.stdout;
  return isRefusedWrite(errored) ? report(refusedWrite(errored), io) : outcome.exit;
}

/** Messages name files and options as they were given: nothing in them reaches a terminal as it is. */
function report(error: unknown, io: Io): number {
  const say = (text: string): void => void io.stderr.write(printableLines(text));
  if (error instanceof CommandError) {
    say(`preinfuse: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
    return error.exit;
  }
  if (error instanceof StoreProblem) {
    say(`preinfuse: ${error.message}\n  ${error.hint}\n`);
    return Exit.cannotStart;
  }
  if (error instanceof CannotOpen) {
    say(`preinfuse: a stored document stays closed: ${error.message}\n  see docs/security.md: the keys\n`);
    return Exit.cannotStart;
  }
  say(bugReport(error));
  return Exit.bug;
}

type SetExit = (exit: number) => void;

/** Every command, declared once; what it needs is loaded when it runs. */
function declare(io: Io, setExit: SetExit): Command {
  const program = new Command('preinfuse')
    .description('Screens an applicant before IV ketamine treatment and produces the consent form.')
    .version(packageVersion(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(printableLines(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'preinfuse: ').replace(/^\(/m, '  (')),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .addHelpText('after', '\nThis is a screening aid. A licensed clinician decides.')
    .showHelpAfterError(helpOf('preinfuse'));

  command(program, 'screen', 'type one applicant through the questionnaire')
    .option('--answers <file>', 'start from an answer sheet (JSON or FHIR)')
    .option('--resume [id]', 'go on with a draft; without an id, choose one')
    .option('--again <id>', 'start from the answers of a finished record that still hold')
    .option('--key-file <file>', "the reviewer's key, for --again or the draft of another desk (default: asked for)")
    .option('--store <place>', storeOption)
    .option('--plain', 'line mode: for screen readers and simple terminals')
    .option('--inline', 'keep the questions on the normal screen')
    .option('--confirm', 'a digit chooses, Enter accepts')
    .option('--json', 'the result as JSON on stdout')
    .option('-o, --output <file>', 'where the consent form goes', fileToWrite)
    .option('--language <code>', "language of the form (default: the applicant's, else en)")
    .option(...sealOption)
    .option(...sealPassphraseOption)
    .action(async (options) => setExit(await (await import('./commands/screen.ts')).screen(options, io)));

  command(program, 'evaluate', 'one answer sheet, no prompts: disposition, findings, what decided each')
    .argument('<file>', 'answers as JSON or as a FHIR QuestionnaireResponse; - for standard input')
    .option('--json', 'the result as JSON')
    .action(async (file, options) =>
      setExit(await (await import('./commands/evaluate.ts')).evaluate(file, options, io)),
    );

  command(program, 'batch', 'many answer sheets, in order')
    .argument('<file>', 'NDJSON, JSON, CSV, TSV or FHIR, also as .gz or .zst; - for standard input')
    .option('-o, --output <file>', 'results, as .ndjson, .json, .csv or .tsv; - for standard output', fileToWrite, '-')
    .option('--columns <names>', 'columns of a CSV of results, joined by commas')
    .option('--only <kinds>', 'write these results alone: dispositions and error, joined by commas')
    .option('--fail-on <disposition>', 'exit 1 where a record comes to this or worse')
    .option('--consent-dir <folder>', 'write a consent form for each applicant who may have one')
    .option('--language <code>', "language of the forms (default: the applicant's, else en)")
    .option(...sealOption)
    .option(sealPassphraseOption[0], 'its passphrase, in a file that you alone may read')
    .option('--rejects <file>', 'records in error, as they came; why is in FILE.reasons.ndjson', fileToWrite)
    .option('--format <format>', 'of the input: ndjson, json, csv, tsv or fhir (default: by the file name)')
    .option('--resume', 'go on with what a run that stopped left beside the output')
    .option('--checkpoint <seconds>', 'how often what is done is made safe', seconds, 1)
    .option('--summary <file>', 'the counts as JSON', fileToWrite)
    .option('--report <file>', 'the counts as one page, .pdf or .svg', fileToWrite)
    .option('--progress <kind>', 'bar, plain, json or none (default: a bar on a terminal, else a line now and then)')
    .option('--jobs <n>', 'threads that screen (default: more than one for an input above 128 MiB)', jobs)
    .action(async (file, options) => setExit(await (await import('./commands/batch.ts')).batch(file, options, io)));

  command(program, 'consent', 'the consent form for an answer sheet or a stored record')
    .argument('<file or id>', 'answers as JSON or FHIR, - for standard input; or the id of a record')
    .option('-o, --output <file>', 'the PDF; - for standard output', fileToWrite, '-')
    .option('--language <code>', "language of the form (default: the applicant's, else en)")
    .option('--large-print', '18 pt')
    .option('--fillable', 'with fields to fill in on the screen')
    .option('--clearance <file>', 'who cleared a clinician-review: name, licence, when, why (YAML)')
    .option('--store <place>', storeOption)
    .option('--key-file <file>', "the reviewer's key, for a record (default: asked for)")
    .option('--teach-back <file>', 'what the patient could say in their own words (YAML)')
    .option('--embed', 'put the answers inside as FHIR R4 JSON: who has the file then has all of them')
    .option(...sealOption)
    .option(...sealPassphraseOption)
    .option('--force', 'replace an existing file')
    .action(async (file, options) => setExit(await (await import('./commands/consent.ts')).consent(file, options, io)));

  command(program, 'init', 'a definition, consent forms and clinic settings of your own, to edit and sign')
    .argument('<folder>', 'a new or empty folder')
    .action(async (folder, options) => setExit(await (await import('./commands/init.ts')).init(folder, options, io)));

  command(program, 'convert', 'FHIR R4 out of a definition or an answer sheet, and back')
    .argument(
      '<file>',
      'folder of a definition, answers as JSON, a Questionnaire or a QuestionnaireResponse; - for standard input',
    )
    .option('--to <spelling>', 'fhir or preinfuse')
    .option('-o, --output <file>', 'where it goes; - for standard output', fileToWrite, '-')
    .option('--force', 'replace an existing file')
    .action(async (file, options) => setExit(await (await import('./commands/convert.ts')).convert(file, options, io)));

  command(program, 'verify', 'is this consent form unaltered, and what made it')
    .argument('<file>', 'a consent form as PDF; - for standard input')
    .option('--answers <file>', 'do these answers belong to the form? (JSON or FHIR)')
    .option('--json', 'the result as JSON')
    .action(async (file, options) => setExit(await (await import('./commands/verify.ts')).verify(file, options, io)));

  command(program, 'check', 'check definitions, templates, evidence and golden cases')
    .argument('[path...]', 'folders of definitions (default: the shipped one)')
    .option('--format <format>', 'text, json, sarif, junit or github', 'text')
    .option('--fix', 'mend what cannot change who is let through')
    .option('--watch', 'check again after each change')
    .option('--export-smt2 <file>', 'also write the goals of the proofs as SMT-LIB 2, for another solver', fileToWrite)
    .action(async (paths, options) => setExit(await (await import('./commands/check.ts')).check(paths, options, io)));

  command(program, 'test', 'golden cases, what they cover, and which slips they tell')
    .argument('[path...]', 'folders of definitions (default: the shipped one)')
    .option('--coverage', 'what no case shows: rules, answers, conditions, limits')
    .option('--min-coverage <percent>', 'exit 1 where a measure of coverage is below', percent)
    .option('--mutate', 'change the definition in every small way, and see that some case fails')
    .option('--suggest [file]', 'write the cases to add, for a clinician to fill in (suggested-cases.yaml)')
    .option('--force', 'replace an existing file')
    .option('--format <format>', 'text or json', 'text')
    .action(async (paths, options) => setExit(await (await import('./commands/test.ts')).test(paths, options, io)));

  command(program, 'explain', 'a page about a check code, or a rule in plain English')
    .argument('<code or rule>', 'a code such as unread-option, or the id of a rule')
    .action(async (name, options) => setExit(await (await import('./commands/explain.ts')).explain(name, options, io)));

  command(program, 'docs', 'the codebook that a medical director signs')
    .option('--pdf <file>', 'as a PDF to print and sign', fileToWrite)
    .option('--html <file>', 'as one web page', fileToWrite)
    .option('--markdown <file>', 'as Markdown; - for standard output (default where no form is named)', fileToWrite)
    .option('--against <folder>', 'the signed definition, to say what changed since')
    .action(async (options) => setExit(await (await import('./commands/docs.ts')).docs(options, io)));

  command(program, 'graph', 'the questionnaire as a picture: questions, and the rules that leave from them')
    .option('--format <format>', 'svg, pdf or mermaid (default: by the file name, else svg)')
    .option('-o, --output <file>', 'the picture; - for standard output', fileToWrite, '-')
    .action(async (options) => setExit(await (await import('./commands/graph.ts')).graph(options, io)));

  command(program, 'diff', 'whose outcome changes between two definitions, with an applicant for each change')
    .argument('<old>', 'folder of the definition as it was, or its questionnaire.yaml')
    .argument('<new>', 'folder of the definition as it is now, or its questionnaire.yaml')
    .option('--format <format>', 'text or json', 'text')
    .option('--pdf <file>', 'a page for the medical director to read and sign', fileToWrite)
    .option('--fail-on <what>', 'exit 1 where somebody is loosened, tightened, or any of both', 'any')
    .option('--rename <old=new>', 'what the new definition calls otherwise; can be repeated', collect)
    .option('--renames <file>', 'a YAML map of old names to new ones')
    .option('--archive <file>', 'recorded answer sheets: whose outcome changes or cannot be told')
    .action(async (old, next, options) =>
      setExit(await (await import('./commands/diff.ts')).diff(old, next, options, io)),
    );

  const key = program
    .command('key')
    .description('who can open the stored screenings')
    .showHelpAfterError(helpOf('preinfuse key'));
  keyCommand(key, 'init', "make the reviewer's key and a recovery key")
    .option('--reviewer-file <file>', reviewerFileText)
    .option('--recovery-file <file>', recoveryFileText)
    .action(async (options) => setExit(await (await import('./commands/key.ts')).init(options, io)));
  keyCommand(key, 'rotate', "a new reviewer's key in the place of the old one; records stay as they are")
    .option('--key-file <file>', "the old key, or the recovery key (default: the reviewer's, by its passphrase)")
    .option('--reviewer-file <file>', reviewerFileText)
    .option('--recovery', 'a new recovery key too')
    .option('--recovery-file <file>', recoveryFileText)
    .option('--only-rewrap', 'no new key: what other desks sealed meanwhile, for the readers of today')
    .action(async (options) => setExit(await (await import('./commands/key.ts')).rotate(options, io)));
  keyCommand(key, 'reindex', "find stored screenings by this desk's index.key, where the one before is lost")
    .option('--key-file <file>', "the reviewer's or the recovery key (default: the reviewer's, by its passphrase)")
    .action(async (options) => setExit(await (await import('./commands/key.ts')).reindexCases(options, io)));
  keyCommand(key, 'test-recovery', 'see that the recovery key opens all that is stored')
    .option('--key-file <file>', 'the recovery key (default: typed in)')
    .action(async (options) => setExit(await (await import('./commands/key.ts')).testRecovery(options, io)));

  command(program, 'doctor', 'is this machine, this clinic and its record store fit to screen with; what to mend')
    .option('--store <place>', storeOption)
    .option('--json', 'the result as JSON')
    .action(async (options) => setExit(await (await import('./commands/doctor.ts')).doctor(options, io)));

  command(program, 'schema', 'JSON Schema of a file, for editors')
    .argument('<name>', 'questionnaire, table, cases, evidence, clinic or questions')
    .action(async (name) => setExit(await (await import('./commands/schema.ts')).schema(name, io)));

  command(program, 'completion', 'what makes a shell complete these commands')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell) => setExit(await (await import('./commands/completion.ts')).completion(shell, program, io)));

  declareRecords(program, io, setExit);

  command(program, 'start', 'the wizard in a terminal; without one, the sample applicants').action(async (options) =>
    setExit(await (await import('./commands/start.ts')).start(options, io)),
  );
  return program;
}

const reviewerFileText = "where the reviewer's new key goes (default: the keyring, behind a passphrase)";
const recoveryFileText = 'where the new recovery key goes (default: shown once, for paper)';

function keyCommand(key: Command, name: string, description: string): Command {
  return command(key, name, description).option('--store <place>', 'a file or postgres://... (default: as set up)');
}

const sealOption = ['--seal <file>', "sign with the clinic's key and certificate (PKCS#12: .p12, .pfx)"] as const;
const sealPassphraseOption = [
  '--seal-passphrase-file <file>',
  'its passphrase, in a file that you alone may read (default: asked for)',
] as const;
/** What is done with stored screenings. */
function declareRecords(program: Command, io: Io, setExit: SetExit): void {
  const records = program
    .command('records')
    .description('the stored screenings')
    .hook('preAction', async (_records, subcommand) => {
      if (subcommand.name() === 'restore') return;
      (await import('./records/desk.ts')).refuseMissingStore(subcommand.opts<{ store?: string }>().store, io);
    })
    .showHelpAfterError(helpOf('preinfuse records'));
  const load = () => import('./commands/records.ts');
  const stored = (name: string, description: string): Command =>
    command(records, name, description).option('--store <place>', storeOption);
  const reviewed = (name: string, description: string): Command =>
    stored(name, description).option('--key-file <file>', "the reviewer's key (default: asked for)");

  stored('list', 'the stored screenings, last saved first, and what is past its time')
    .option('--state <state>', 'draft, completed, cleared, issued, consented, declined or withdrawn')
    .option('--chart', 'those with a chart reference, which is asked for or read from standard input')
    .option('--renew', 'only those to be asked again')
    .option('--json', 'a line of JSON for each')
    .action(async (options) => setExit(await (await load()).list(options, io)));
  reviewed('show', 'one finished screening, as it stands today')
    .argument('<id>', 'as the list has it')
    .option('--json', 'as JSON')
    .action(async (id, options) => setExit(await (await load()).show(id, options, io)));
  stored('resume', 'go on with a draft, as screen --resume does')
    .argument('<id>', 'as the list has it')
    .action(async (resume, options) =>
      setExit(await (await import('./commands/screen.ts')).screen({ ...options, resume }, io)),
    );
  stored('clear', "keep a clinician's decision that a screening may go ahead")
    .argument('<id>', 'as the list has it')
    .requiredOption('--clearance <file>', 'who cleared it: name, licence, when, why (YAML)')
    .action(async (id, options) => setExit(await (await load()).clear(id, options.clearance, options, io)));
  for (const [name, description] of [
    ['consented', 'keep that the consent form was signed'],
    ['declined', 'keep that the person said no'],
    ['withdrawn', 'keep that a consent was taken back, or a screening called off'],
  ] as const) {
    stored(name, description)
      .argument('<id>', 'as the list has it')
      .option('--by <name>', 'who writes it down (default: the account)')
      .option('--why', 'with a reason, which is asked for or read from standard input')
      .action(async (id, options) => setExit(await (await load()).outcome(name, id, options, io)));
  }
  reviewed('export', 'every finished screening, opened')
    .option('--format <format>', 'ndjson or csv', 'ndjson')
    .option('-o, --output <file>', 'where it goes; - for standard output', fileToWrite, '-')
    .action(async (options) => setExit(await (await load()).exportAll(options, io)));
  stored('purge', 'remove what the retention rule in preinfuse.yaml lets go')
    .option('--dry-run', 'only say what would be removed')
    .action(async (options) => setExit(await (await load()).purge(options, io)));
  const audit = () => import('./commands/records-audit.ts');
  stored('verify', 'is the store as it was written, from end to end')
    .option('--checkpoint <file>', 'and does it hold this checkpoint; can be repeated', collect)
    .option('--json', 'the result as JSON')
    .action(async (options) => setExit(await (await audit()).verify(options, io)));
  stored('checkpoint', 'sign how far the history has come, to be kept elsewhere')
    .argument('<file>', 'where it goes; its signature goes to FILE.sig')
    .option('--force', 'replace existing files')
    .option('--json', 'what was signed, as JSON')
    .action(async (file, options) => setExit(await (await audit()).checkpoint(file, options, io)));
  stored('accept', 'go on with a store or a clock that is not as this desk knew it')
    .requiredOption('--why <text>', 'why, in a few words that name nobody')
    .action(async (options) => setExit(await (await load()).accept(options, io)));
  stored('backup', 'the whole store, sealed, in one file')
    .argument('<file>', 'where it goes; - for standard output')
    .option('--force', 'replace an existing file')
    .action(async (file, options) => setExit(await (await load()).backup(file, options, io)));
  stored('restore', 'put a backup into an empty store')
    .argument('<file>', 'the backup')
    .action(async (file, options) => setExit(await (await load()).restore(file, options, io)));
}

const storeOption = 'where records are kept: a file, or postgres://... (default: store: in preinfuse.yaml)';

/** A command with the options that all take. */
function command(program: Command, name: string, description: string): Command {
  const path = program.parent ? `preinfuse ${program.name()} ${name}` : `preinfuse ${name}`;
  return program
    .command(name)
    .description(description)
    .showHelpAfterError(helpOf(path))
    .option('--questionnaire <folder>', 'the definition to screen with (default: the shipped one)')
    .option('--on <date>', 'the day of the visit, YYYY-MM-DD (default: today)', calendarDate)
    .option('--no-input', 'never ask')
    .option('--no-color', 'no colour')
    .option('-q, --quiet', 'only the result');
}

/** The way out of a command line that cannot be read. */
function helpOf(command: string): string {
  return `  see: ${command} --help`;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A name that ends as a folder's does would be taken for that of a file without its end. */
function fileToWrite(text: string): string {
  if (/[\\/]$/.test(text)) throw new InvalidArgumentError('It must be a file, not a folder.');
  return text;
}

function jobs(text: string): number {
  if (!/^[1-9]\d?$/.test(text) || Number(text) > mostJobs)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostJobs}.`);
  return Number(text);
}

function seconds(text: string): number {
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(text))
    throw new InvalidArgumentError('It must be a number of seconds from 0 to 9999.');
  return Number(text);
}

function percent(text: string): number {
  if (!/^(\d|[1-9]\d|100)$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 to 100.');
  return Number(text);
}

function calendarDate(text: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  if (!isDate) throw new InvalidArgumentError('It must be a date of the calendar as YYYY-MM-DD.');
  return text;
}
