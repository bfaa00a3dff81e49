import { resolve } from 'node:path';
import { formatByName, type InputFormat, inputFormats, openInput } from '../../exchange/input.ts';
import type { ReadRecord } from '../../exchange/records.ts';
import type { RefusedResult, Result } from '../../exchange/result.ts';
import { type ResultText, resultText } from '../../exchange/result-text.ts';
import type { Screening } from '../../exchange/screen.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { paintFor } from '../../report/colour.ts';
import { failingDispositions, wantedResults } from '../batch-choices.ts';
import { finish } from '../batch-end.ts';
import { openBatchNotices, progressKind } from '../batch-notices.ts';
import { openOutput, openRejects, type RejectsShape, reasonsName, type TextOutput } from '../batch-output.ts';
import { openReport } from '../batch-report.ts';
import { type Run, runBatch } from '../batch-run.ts';
import { BatchTally } from '../batch-tally.ts';
import { openForms } from '../consent-forms.ts';
import { decompressed } from '../decompress.ts';
import { loadDefinition } from '../definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { refuseIdleSeal, type SealOptions } from '../seal.ts';
import { bytesOf, openSource, sha256, sizeOf, visitDay } from '../source.ts';
import { printable } from '../write-out.ts';

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
  /** One record is screened at a time whatever this says: results and their order are the same. */
  readonly jobs?: number;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

/**
 * Screens every record of an input in order and writes one result each: JSON lines, or what the name of the output says. A record in error never stops the others. Files are written whole or not at all; an interrupted batch leaves
 * no results and no rejects, and the consent forms it has made. The exit code is 1 where a record was in error, a
 * consent form could not be made, or a record has a disposition of `failOn`.
 */
export async function batch(source: string, options: BatchOptions, io: Io): Promise<number> {
  const format = formatOf(source, options.format);
  const [isWanted, failing] = [wantedResults(options.only), failingDispositions(options.failOn)];
  requireDistinctFiles(source, options, io);
  const report = openReport(options, io);
  const notices = openBatchNotices(
    progressKind(options.progress, options.quiet === true, io),
    options.quiet === true,
    io,
  );
  const { questionnaire, digest } = await loadDefinition(options.questionnaire, io);
  const screening = { questionnaire, definitionDigest: digest, visitDate: visitDay(options.on, io), sha256 };
  const input = await openSource(source, io);
  const stopper = stopOnSignal(io, () => input.destroy());
  try {
    let soFar = 0;
    const bytes = counted(bytesOf(source, input), (count) => {
      soFar += count;
    });
    notices.begin({ records: 0, read: 0, size: await sizeOf(source, io) });
    const opened = await openInput(format, questionnaire, decompressed(bytes));
    if ('problems' in opened) throw badHeader(source, opened.problems);
    const { chunks, read, header } = opened;
    const wanted = { ...options, isWanted, notices, readSoFar: () => soFar };
    const run = await openRun(screening, read, shapeOf(format, header), wanted, format, io);
    if ((await runBatch(chunks, run, () => stopper.stopped !== undefined)) === 'closed') return Exit.stopped;
    await report(screening, run.tally, run.unit);
    return await finish(run, failing, options);
  } catch (error) {
    const { stopped } = stopper;
    if (stopped === undefined) throw error;
    return exitOfSignal(stopped);
  } finally {
    stopper.release();
    if (source !== '-') input.destroy();
  }
}

function formatOf(source: string, wanted: string | undefined): InputFormat {
  if (wanted === 'fhir') {
    throw new CommandError('batch does not read FHIR yet', Exit.cannotStart, {
      hint: 'give it NDJSON, JSON or CSV: docs/formats.md tells how',
    });
  }
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

async function* counted(bytes: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
}

/** One file never stands for two things: results would be lost. */
function requireDistinctFiles(source: string, { output = '-', rejects, summary, report }: BatchOptions, io: Io): void {
  const written = [output, summary, report].filter((name) => name !== undefined);
  const files = [source, ...written, ...(rejects === undefined ? [] : [rejects, reasonsName(rejects)])];
  const paths = files.filter((name) => name !== '-').map((name) => resolve(io.cwd, name));
  if (new Set(paths).size === paths.length) return;
  throw new CommandError(
    'the input, --output, --rejects, --summary and --report must be different files',
    Exit.cannotStart,
  );
}

function badHeader(source: string, problems: readonly string[]): CommandError {
  const shown = problems.slice(0, 10).map((problem) => `  ${printable(problem)}`);
  const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
  const name = source === '-' ? 'standard input' : printable(source);
  return new CommandError(
    `the header of ${name} is not accepted\n${[...shown, ...more].join('\n')}`,
    Exit.cannotStart,
    {
      hint: 'the first line names a linkId in each column: docs/formats.md tells how',
    },
  );
}

/** Rejects go into a file of the format they came in. */
function shapeOf(format: InputFormat, header: Uint8Array | undefined): RejectsShape {
  if (format === 'json') return { before: '[\n', between: ',\n', end: ']\n' };
  const before = header ? Buffer.concat([header, Buffer.from('\n')]) : '';
  return { before, between: '\n', end: '' };
}

interface Stopper {
  readonly stopped: StopSignal | undefined;
  release(): void;
}

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

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

interface Wanted extends Pick<Run, 'notices' | 'readSoFar'> {
  readonly isWanted: (result: Result | RefusedResult) => boolean;
}

async function openRun(
  screening: Screening,
  read: ReadRecord,
  shape: RejectsShape,
  { output: name = '-', rejects, consentDir, color, isWanted, notices, readSoFar, ...options }: BatchOptions & Wanted,
  format: InputFormat,
  io: Io,
): Promise<Run> {
  const text = textOf(screening.questionnaire, name, options.columns);
  const say = (line: string): Promise<void> => notices.say(line, { event: 'notice', message: line });
  if (consentDir === undefined) refuseIdleSeal(options);
  const forms = consentDir === undefined ? undefined : await openForms(consentDir, options, screening, say, io);
  const output = await openOutput(name, text, io);
  const openedRejects =
    rejects === undefined ? undefined : await openRejects(rejects, shape, io).catch(discarding(output));
  return {
    tools: { screening, read, text, isWanted },
    output,
    rejects: openedRejects,
    forms,
    tally: new BatchTally(forms !== undefined),
    notices,
    readSoFar,
    paint: paintFor({ env: io.env, isTerminal: io.stderr.isTTY === true, isWanted: color !== false }),
    unit: format === 'json' ? 'record' : 'line',
  };
}

function textOf(questionnaire: Questionnaire, name: string, columns: string | undefined): ResultText {
  const chosen = resultText(questionnaire, name, columns);
  if (!('problem' in chosen)) return chosen;
  throw new CommandError(printable(chosen.problem), Exit.cannotStart, { hint: chosen.wayOut });
}

function discarding(output: TextOutput): (error: unknown) => Promise<never> {
  return async (error) => {
    await output.discard();
    throw error;
  };
}
