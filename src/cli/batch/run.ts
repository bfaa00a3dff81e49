import { errorText } from '../../exchange/error-text.ts';
import type { Chunk } from '../../exchange/records.ts';
import type { RefusedResult } from '../../exchange/result.ts';
import type { Unit } from '../../report/batch-summary.ts';
import type { Paint } from '../../report/colour.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable } from '../files/write-out.ts';
import { type ChunkEvent, type ChunkOutcome, type ChunkTools, screenChunk, screenWithForms } from './chunk.ts';
import type { FormFolder, FormMaker } from './consent-forms.ts';
import type { Keeper } from './keeper.ts';
import type { BatchNotices, Notice } from './notices.ts';
import type { Rejects, TextOutput } from './output.ts';
import type { BatchTally } from './tally.ts';
import { formChunks, inOrder, screenInWorkers, type WorkerSetup } from './workers.ts';

/** Everything that the records of one batch go through. */
export interface Run {
  readonly tools: ChunkTools;
  /** Undefined where records are screened, and consent forms made, in this thread. */
  readonly workers: { readonly setup: WorkerSetup; readonly jobs: number } | undefined;
  readonly output: TextOutput;
  readonly rejects: Rejects | undefined;
  readonly forms: { readonly folder: FormFolder; readonly maker: FormMaker } | undefined;
  readonly tally: BatchTally;
  /** Undefined where no other run can go on. */
  readonly keeper: Keeper | undefined;
  /** Refuses an input that changed while it was read. */
  readonly checkInput: () => Promise<void>;
  readonly notices: BatchNotices;
  readonly paint: Paint;
  readonly unit: Unit;
}

/**
 * Screens every chunk in order and writes what comes of it, to the end but not yet in place. `closed`: whoever read the
 * results wants no more. `stopped`: `isStopped` said so. Where it does not come to the end, what is done is kept for
 * another run.
 */
export async function runBatch(
  chunks: AsyncIterable<Chunk>,
  run: Run,
  isStopped: () => boolean,
): Promise<'done' | 'closed' | 'stopped'> {
  const { output, rejects, keeper } = run;
  let isBetween = true;
  let isDone = false;
  try {
    for await (const outcome of outcomesOf(chunks, run)) {
      if (isStopped()) break;
      isBetween = false;
      if (!(await take(outcome, run))) return 'closed';
      isBetween = true;
      await keeper?.keep(outcome.end);
      if (outcome.failure) throw failed(outcome.failure);
    }
    if (isStopped()) return 'stopped';
    await run.checkInput();
    await run.forms?.folder.sync();
    await keeper?.keepNow();
    if (!(await output.end())) return 'closed';
    await rejects?.end();
    isDone = true;
    return 'done';
  } finally {
    await run.notices.end();
    if (!isDone) await leave(run, isBetween);
    await run.forms?.folder.close();
  }
}

function failed({ message, hint }: NonNullable<ChunkOutcome['failure']>): CommandError {
  return new CommandError(message, Exit.stopped, hint === undefined ? {} : { hint });
}

/** `isBetween`: all that was taken is written. Else the last state that was kept stands. */
async function leave({ keeper, output, rejects }: Run, isBetween: boolean): Promise<void> {
  // Where this fails too (a full disk), another run goes on from the state before.
  if (isBetween) await keeper?.keepNow().catch(() => undefined);
  await keeper?.rest();
  await output.stop(keeper !== undefined);
  await rejects?.stop(keeper !== undefined);
}

async function* outcomesOf(chunks: AsyncIterable<Chunk>, { tools, forms, workers }: Run): AsyncGenerator<ChunkOutcome> {
  if (workers) yield* screenInWorkers(chunks, workers.setup, workers.jobs);
  // While the disk takes the forms of one chunk, those of the next are made.
  else if (forms) {
    const work = (chunk: Chunk): Promise<ChunkOutcome> => screenWithForms(tools, chunk, forms.maker);
    yield* inOrder(formChunks(chunks), work, 1, async () => {});
  } else {
    let room: ArrayBufferLike | undefined;
    for await (const chunk of chunks) {
      const outcome = screenChunk(tools, chunk, room);
      yield outcome;
      // It is written by now.
      room = outcome.text.buffer;
    }
  }
}

/** False where nobody wants more results. */
async function take({ text, tally, events, drafts }: ChunkOutcome, run: Run): Promise<boolean> {
  await run.forms?.folder.take(drafts);
  let { refused } = run.tally;
  run.tally.add(tally);
  const notices = events.flatMap((event) => {
    if (event.is === 'refused') refused += 1;
    return noticesOf(event, refused, run);
  });
  await run.notices.sayAll(notices);
  if (run.rejects) for (const event of events) await reject(event, run.rejects);
  if (!(await run.output.write(text))) return false;
  await run.notices.progress();
  return true;
}

/** Records in error that are said at once; the results name them all. */
const mostSaid = 10;

/** `refused`: records in error so far. */
function noticesOf(event: ChunkEvent, refused: number, { unit, paint, tools }: Run): readonly Notice[] {
  switch (event.is) {
    case 'urgent':
      return urgencies(event.rules, tools).map(({ rule, message }) => ({
        line: `${paint('URGENT', 'alarm')}  ${unit} ${event.line}  ${rule}: ${message}`,
        event: { event: 'urgent', [unit]: event.line, rule, message },
        always: true,
      }));
    case 'no-form': {
      const { line, message } = event;
      return [
        {
          line: printable(`no form   ${unit} ${line}  ${message}`),
          event: { event: 'no-form', [unit]: line, message },
        },
      ];
    }
    case 'said': {
      const { message } = event;
      return [{ line: message, event: { event: 'notice', message }, once: true }];
    }
    case 'refused':
      return refused > mostSaid ? [] : noticesOfRefused(event.result, refused === mostSaid, unit);
    case 'part':
      return [];
  }
}

function noticesOfRefused({ line, errors }: RefusedResult, isLast: boolean, unit: Unit): readonly Notice[] {
  const notices = errors.slice(0, 3).map(
    (error): Notice => ({
      line: printable(`in error  ${unit} ${line}  ${errorText(error)}`),
      event: { event: 'in-error', [unit]: line, ...error },
    }),
  );
  const more = 'more are in the results';
  return isLast ? [...notices, { line: `in error  ${more}`, event: { event: 'notice', message: more } }] : notices;
}

async function reject(event: ChunkEvent, rejects: Rejects): Promise<void> {
  if (event.is === 'part') await rejects.addPart(event.raw);
  if (event.is === 'refused') await rejects.add(event.raw, event.result);
}

interface Urgency {
  readonly rule: string;
  readonly message: string;
}

function urgencies(ids: readonly string[], { screening }: ChunkTools): readonly Urgency[] {
  return ids.flatMap((id) => {
    const rule = screening.questionnaire.rules.find((each) => each.id === id);
    return rule ? [{ rule: id, message: `${rule.reason} ${rule.steps[0] ?? rule.action}` }] : [];
  });
}
