import { extname, resolve } from 'node:path';
import { formatByHead, hasText, isHead, isHeadOfLines, isLinesOfJson } from '../../exchange/format-by-head.ts';
import { formatByName, type InputFormat, inputFormats, openInput } from '../../exchange/input.ts';
import { peek } from '../../exchange/peek.ts';
import type { Bytes } from '../../exchange/records.ts';
import { type ResultText, resultText } from '../../exchange/result-text.ts';
import { plainScreener, type Screening } from '../../exchange/screen.ts';
import { counted } from '../../model/counted.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { Unit } from '../../report/batch-summary.ts';
import { paintFor } from '../../report/colour.ts';
import { failingDispositions, wantedResults } from '../batch/choices.ts';
import type { ChunkTools } from '../batch/chunk.ts';
import {
  type FormMaker,
  type FormsOptions,
  formMaker,
  openFormFolder,
  refuseWithoutForms,
} from '../batch/consent-forms.ts';
import { requireDistinctFiles } from '../batch/distinct-files.ts';
import { finish } from '../batch/end.ts';
import { chunksAfter, hasChanged, inputNow, type Meter, metered } from '../batch/input.ts';
import { openKeeper } from '../batch/keeper.ts';
import { openBatchNotices, progressKind } from '../batch/notices.ts';
import type { RejectsShape } from '../batch/output.ts';
import { openReport } from '../batch/report.ts';
import { type Run, runBatch } from '../batch/run.ts';
import { type BatchState, differenceOf, type RunIdentity } from '../batch/state.ts';
import { BatchTally, tallyOf } from '../batch/tally.ts';
import { type BatchTarget, openTarget } from '../batch/target.ts';
import { jobsFor } from '../batch/workers.ts';
import { loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { decompressed } from '../files/decompress.ts';
import { bytesOf, nameOf, openSource, sha256, visitDay } from '../files/source.ts';
import { printable } from '../files/write-out.ts';
import type { SealOptions } from '../forms/seal.ts';
import type { Io, StopSignal } from '../io.ts';
import { packageVersion } from '../package.ts';

export interface BatchOptions extends SealOptions {
  readonly output?: string;
  readonly consentDir?: string;
  /** Of the consent forms; default: each applicant's. */
  readonly language?: string;
  readonly rejects?: string;
  readonly format?: string;
  /** Of a table of results: names joined by commas. */
  readonly columns?: string;
  /** Which results are written: dispositions and `error`, joined by commas. */
  readonly only?: string;
  /** A disposition: where a record has it, or a worse one, the exit code is 1. */
  readonly failOn?: string;
  /** How progress is told; default: by what standard error is. */
  readonly progress?: string;
  /** A file for the counts, as JSON. */
  readonly summary?: string;
  /** A file for the counts as a page: `.pdf` or `.svg`. */
  readonly report?: string;
  /** Goes on with what a run that stopped left; where there is nothing, from the beginning. */
  readonly resume?: boolean;
  /** Seconds between two states that are kept. */
  readonly checkpoint?: number;
  /** Threads that screen; the results and their order are the same whatever this says. Default: by the size of the input. */
  readonly jobs?: number;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

/**
 * Screens every record of an input in order and writes one result each: JSON lines, or what the name of the output says.
 * A record in error never stops the others. Files are written whole or not at all; where a run into a file stops before
 * its end, `resume` goes on with it. The exit code is 1 where a record was in error, a consent form could not be made, or
 * a record has a disposition of `failOn`; 75 where it stopped before the end.
 */
export async function batch(source: string, options: BatchOptions, io: Io): Promise<number> {
  const format = formatOf(source, options.format);
  const [isWanted, failing] = [wantedResults(options.only), failingDispositions(options.failOn)];
  requireDistinctFiles(source, options, io);
  const report = openReport(options, io);
  const isQuiet = options.quiet === true;
  const notices = openBatchNotices(progressKind(options.progress, isQuiet, io), isQuiet, io);
  const { questionnaire, digest } = await loadDefinition(options.questionnaire, io);
  const screening = { questionnaire, definitionDigest: digest, visitDate: visitDay(options.on, io), sha256 };
  const text = textOf(questionnaire, options.output ?? '-', options.columns);
  const target = await openTarget(options, io);
  try {
    return await screenInto(
      target,
      source,
      options,
      { screening, text, format, isWanted, failing, report, notices },
      io,
    );
  } finally {
    await target.release();
  }
}

/** What is known before the input is opened. */
interface Chosen {
  readonly screening: Screening;
  readonly text: ResultText;
  readonly format: InputFormat;
  readonly isWanted: ChunkTools['isWanted'];
  readonly failing: ReturnType<typeof failingDispositions>;
  readonly report: ReturnType<typeof openReport>;
  readonly notices: ReturnType<typeof openBatchNotices>;
}

async function screenInto(
  target: BatchTarget,
  source: string,
  options: BatchOptions,
  { screening, text, format, isWanted, failing, report, notices }: Chosen,
  io: Io,
): Promise<number> {
  const { questionnaire } = screening;
  const left = await target.left();
  const before = await inputNow(source, io);
  const input = await openSource(source, io);
  const stopper = stopOnSignal(io, () => input.destroy());
  const meter = metered(bytesOf(source, input), left?.input);
  let run: Run | undefined;
  try {
    const said = await refuseUnsaid(source, options.format, questionnaire, decompressed(meter.bytes));
    const bytes = await refuseNoDocument(source, format, said);
    const opened = await openInput(format, questionnaire, bytes, source);
    if ('problems' in opened) throw badHeader(source, opened.problems);
    const { read, readPlain, header, firstLine, unit } = opened;
    const screenPlain = readPlain && plainScreener(screening, readPlain);
    const checkInput = async (): Promise<void> => {
      if (hasChanged(before, await inputNow(source, io), meter.read())) throw new InputChanged(source);
    };
    run = await openRun(
      { screening, read, screenPlain, text, isWanted },
      { ...options, text, shape: shapeOf(unit, firstLine), unit, format, target, left, meter, notices, checkInput },
      io,
      workersFor(options.jobs ?? jobsFor(before?.size, options.consentDir !== undefined), screening, format, header, {
        ...options,
        forms: formsOptions(options, io),
        io,
      }),
    );
    notices.begin({
      tally: run.tally,
      readSoFar: meter.read,
      before: left?.input.read ?? 0,
      size: before?.size,
    });
    const end = await runBatch(
      chunksAfter(opened.chunks, left?.input.offset ?? 0),
      run,
      () => stopper.stopped !== undefined,
    );
    if (end === 'closed') return Exit.stopped;
    if (end === 'stopped') throw new Error('stopped');
    await report(screening, run.tally, run.unit);
    await run.rejects?.place();
    await run.output.place();
    await target.done();
    return await finish(run, failing, options);
  } catch (error) {
    const { stopped } = stopper;
    if (stopped === undefined) throw run && meter.isKnown() ? stoppedBy(error, run, left?.tally.records ?? 0) : error;
    if (run?.keeper) await notices.sayAlways(goOn, { event: 'notice', message: goOn });
    return exitOfSignal(stopped);
  } finally {
    stopper.release();
    if (source !== '-') input.destroy();
    // What came to its end but not into its place stays for another run.
    await run?.output.stop(true);
    await run?.rejects?.stop(true);
  }
}

const goOn = 'stopped before the end: the same command with --resume goes on from here';

/** Once records were screened, beside the `before` of an earlier run, or a form was being made, nobody can say that the batch could not start. */
function stoppedBy(error: unknown, { keeper, tally }: Run, before: number): unknown {
  if (!(error instanceof CommandError) || (tally.records === before && error.exit !== Exit.stopped)) return error;
  const canGoOn = keeper !== undefined && !(error instanceof InputChanged);
  const hint = canGoOn ? `${error.hint ?? 'mend that'}; then go on with the same command and --resume` : error.hint;
  return new CommandError(error.message, Exit.stopped, { cause: error, ...(hint !== undefined && { hint }) });
}

/** Nothing goes on from what was screened of an input that was not whole: it may end in the middle of a record. */
class InputChanged extends CommandError {
  constructor(source: string) {
    super(`${printable(source)} changed while it was read`, Exit.cannotStart, {
      hint: 'let whatever writes it finish, then start again, without --resume',
    });
  }
}

function formatOf(source: string, wanted: string | undefined): InputFormat {
  const known = inputFormats.find((format) => format === wanted);
  if (known) return known;
  if (wanted !== undefined) {
    const hint = `there is: ${inputFormats.join(', ')}`;
    throw new CommandError(`there is no format ${printable(wanted)}`, Exit.cannotStart, { hint });
  }
  const format = source === '-' ? 'ndjson' : formatByName(source);
  if (format) return format;
  throw new CommandError(`the name ${printable(source)} does not say what format it has`, Exit.cannotStart, {
    hint: `say it with --format ${inputFormats.join('|')}`,
  });
}

/** Standard input whose format nobody says is lines of JSON: of anything else each line would be in error. */
async function refuseUnsaid(
  source: string,
  wanted: string | undefined,
  questionnaire: Questionnaire,
  bytes: Bytes,
): Promise<Bytes> {
  if (source !== '-' || wanted !== undefined) return bytes;
  const { head, all, close } = await peek(bytes, isHead);
  const format = formatByHead(head, questionnaire);
  if (format === undefined) return all;
  await close();
  const what = format === 'json' ? 'a JSON list' : 'a table';
  const hint = format === 'json' ? '--format json (fhir, where it lists FHIR resources)' : `--format ${format}`;
  throw new CommandError(`standard input is ${what}, not lines of JSON`, Exit.cannotStart, {
    hint: `say it with ${hint}`,
  });
}

/** Nothing at all is no JSON: a file that was cut off before its beginning, mostly. Lines of JSON are no document either. */
async function refuseNoDocument(source: string, format: InputFormat, bytes: Bytes): Promise<Bytes> {
  const isDocument = format === 'json' || (format === 'fhir' && formatByName(source) === 'json');
  if (!isDocument) return bytes;
  const { head, all, close } = await peek(bytes, isHeadOfLines);
  const isLines = format === 'json' && isLinesOfJson(head);
  if (hasText(head) && !isLines) return all;
  await close();
  const name = printable(nameOf(source));
  if (isLines) {
    throw new CommandError(`${name} is lines of JSON, not one list`, Exit.cannotStart, {
      hint: 'say it with --format ndjson',
    });
  }
  throw new CommandError(`${name} is empty`, Exit.cannotStart, { hint: 'a list without records is []' });
}

function badHeader(source: string, problems: readonly string[]): CommandError {
  const shown = problems.slice(0, 10).map((problem) => `  ${printable(problem)}`);
  const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
  return new CommandError(
    `the header of ${printable(nameOf(source))} is not accepted\n${[...shown, ...more].join('\n')}`,
    Exit.cannotStart,
    {
      hint: 'the first line names a linkId in each column: docs/formats.md tells how',
    },
  );
}

/** Rejects go into a file of the format they came in, a table with the line ends of its header; what a Bundle held, into a list. */
function shapeOf(unit: Unit, firstLine: Uint8Array = new Uint8Array(0)): RejectsShape {
  if (unit === 'record') return { before: '[\n', between: ',\n', last: '\n', end: ']\n' };
  const lineEnd = firstLine.at(-2) === 0x0d ? '\r\n' : '\n';
  return { before: firstLine, between: lineEnd, last: lineEnd, end: '' };
}

interface Stopper {
  readonly stopped: StopSignal | undefined;
  release(): void;
}

function stopOnSignal(io: Io, stop: () => void): Stopper {
  let stopped: StopSignal | undefined;
  const release = io.onSignal((signal) => {
    stopped ??= signal;
    stop();
  });
  return {
    get stopped() {
      return stopped;
    },
    release,
  };
}

function exitOfSignal(signal: StopSignal): number {
  return signal === 'SIGINT' ? Exit.interrupted : Exit.terminated;
}

interface Opening extends BatchOptions, Pick<Run, 'notices' | 'checkInput'> {
  readonly text: ResultText;
  readonly shape: RejectsShape;
  readonly unit: Unit;
  readonly format: InputFormat;
  readonly target: BatchTarget;
  readonly left: BatchState | undefined;
  readonly meter: Meter;
}

async function openRun(
  tools: ChunkTools,
  { notices, checkInput, meter, left, ...opening }: Opening,
  io: Io,
  workers: Run['workers'],
): Promise<Run> {
  const { consentDir, target } = opening;
  const say = (line: string): Promise<void> => notices.say(line, { event: 'notice', message: line });
  if (consentDir === undefined) refuseWithoutForms(opening);
  const asked = formsOptions(opening, io);
  const maker = asked && (await formMaker(asked, tools.screening, io));
  const identity = await identityOf(tools.screening, opening, maker);
  if (left !== undefined) requireSame(left.run, identity);
  else if (await target.isLeft())
    await say(
      opening.resume === true
        ? 'starting again: what an earlier run left does not fit together any more'
        : 'starting again: what an earlier run left is given up (--resume goes on with it)',
    );
  const folder = asked && (await openFormFolder(asked.folder));
  const forms = maker && folder && { maker, folder };
  const { output, rejects } = await target.open(opening.text, opening.shape, left);
  const tally = new BatchTally(forms !== undefined);
  if (left) tally.add(tallyOf(left.tally));
  if (left) await say(`going on after ${counted(tally.records, 'record')}`);
  const { state } = target;
  const every = opening.checkpoint ?? secondsBetween;
  const { seconds } = notices;
  const keeper =
    state &&
    (await openKeeper({ file: state, identity, left, meter, output, rejects, forms: folder, tally, every, seconds }));
  return {
    tools,
    workers,
    output,
    rejects,
    forms,
    tally,
    keeper,
    checkInput,
    notices,
    paint: paintFor({ env: io.env, isTerminal: io.stderr.isTTY === true, isWanted: opening.color !== false }),
    unit: opening.unit,
  };
}

function workersFor(
  jobs: number,
  { questionnaire, definitionDigest, visitDate }: Screening,
  format: InputFormat,
  header: Uint8Array | undefined,
  { output = '-', columns, only, forms, io }: BatchOptions & { forms: FormsOptions | undefined; io: Io },
): Run['workers'] {
  if (jobs === 1) return undefined;
  const screening = { questionnaire, definitionDigest, visitDate };
  const formSetup = forms && { options: forms, cwd: io.cwd, env: { ...io.env } };
  return { jobs, setup: { screening, format, header, output, columns, only, forms: formSetup } };
}

/** Undefined where no forms are asked for. */
function formsOptions(options: BatchOptions, io: Io): FormsOptions | undefined {
  const { consentDir, questionnaire, language, seal, sealPassphraseFile } = options;
  if (consentDir === undefined) return undefined;
  return {
    folder: resolve(io.cwd, consentDir),
    questionnaire,
    language,
    ...(seal !== undefined && { seal }),
    ...(sealPassphraseFile !== undefined && { sealPassphraseFile }),
  };
}

/** Seconds between two states that are kept: what a killed run does again. */
const secondsBetween = 1;

/** What decides the bytes of the results beside the input. */
async function identityOf(
  { definitionDigest, visitDate }: Screening,
  options: BatchOptions & { readonly format: InputFormat },
  forms: FormMaker | undefined,
): Promise<RunIdentity> {
  const { format, output = '-', columns = '', only = '', language = '', rejects, consentDir, seal } = options;
  return {
    'version of preinfuse': packageVersion(),
    definition: definitionDigest,
    'day of the visit': visitDate,
    '--format': format,
    '--columns': columns,
    '--only': only,
    'ending of --output': extname(output),
    '--rejects': String(rejects !== undefined),
    '--consent-dir': String(consentDir !== undefined),
    '--language': language,
    '--seal': String(seal !== undefined),
    'wording of the forms, or what it says of the clinic,': (await forms?.sources()) ?? '',
    'key of the forms': forms?.keyMark ?? '',
  };
}

function requireSame(left: RunIdentity, now: RunIdentity): void {
  const name = differenceOf(left, now);
  if (name === undefined) return;
  const isDay = name === 'day of the visit';
  throw new CommandError(`cannot go on: the ${name} is not what it was in the earlier run`, Exit.cannotStart, {
    hint: isDay
      ? `give --on ${left[name]}, or leave out --resume`
      : 'make it the same, or leave out --resume to start again',
  });
}

function textOf(questionnaire: Questionnaire, name: string, columns: string | undefined): ResultText {
  const chosen = resultText(questionnaire, name, columns);
  if (!('problem' in chosen)) return chosen;
  throw new CommandError(printable(chosen.problem), Exit.cannotStart, { hint: chosen.wayOut });
}
