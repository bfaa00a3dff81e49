import type { Chunk } from '../exchange/records.ts';
import type { Paint } from '../report/colour.ts';
import { type ChunkEvent, type ChunkOutcome, type ChunkTools, screenChunk, screenWithForms } from './batch-chunk.ts';
import type { Rejects, TextOutput } from './batch-output.ts';
import type { BatchTally } from './batch-tally.ts';
import type { ConsentForms } from './consent-forms.ts';
import type { Notices } from './notices.ts';
import { printable } from './write-out.ts';

/** Everything that the records of one batch go through. */
export interface Run {
  readonly tools: ChunkTools;
  readonly output: TextOutput;
  readonly rejects: Rejects | undefined;
  readonly forms: ConsentForms | undefined;
  readonly tally: BatchTally;
  readonly notices: Notices;
  readonly paint: Paint;
  readonly unit: 'line' | 'record';
  readonly isQuiet: boolean;
}

/**
 * Screens every chunk in order and writes what comes of it. Files are put in place at the end, and left as they were
 * where it stops before: that is an error. `closed`: whoever read the results wants no more.
 */
export async function runBatch(
  chunks: AsyncIterable<Chunk>,
  run: Run,
  isStopped: () => boolean,
): Promise<'done' | 'closed'> {
  try {
    for await (const outcome of outcomesOf(chunks, run)) {
      if (isStopped()) break;
      if (!(await take(outcome, run))) return 'closed';
    }
    if (isStopped()) throw new Error('stopped');
    if (!(await run.output.commit())) return 'closed';
    await run.rejects?.commit();
    return 'done';
  } finally {
    await run.notices.end();
    await run.output.discard();
    await run.rejects?.discard();
  }
}

async function* outcomesOf(chunks: AsyncIterable<Chunk>, { tools, forms }: Run): AsyncGenerator<ChunkOutcome> {
  for await (const chunk of chunks) {
    if (forms) yield* screenWithForms(tools, chunk, forms.make);
    else yield screenChunk(tools, chunk);
  }
}

/** False where nobody wants more results. */
async function take({ text, tally, events }: ChunkOutcome, run: Run): Promise<boolean> {
  let { refused } = run.tally;
  run.tally.add(tally);
  for (const event of events) {
    if (event.is === 'refused') refused += 1;
    await tell(event, refused, run);
  }
  if (!(await run.output.write(text))) return false;
  await run.notices.progress(`${run.tally.records} records`);
  return true;
}

/** Records in error that are said at once; the results name them all. */
const mostSaid = 10;

/** `refused`: records in error so far. */
async function tell(event: ChunkEvent, refused: number, { unit, notices, paint, ...run }: Run): Promise<void> {
  switch (event.is) {
    case 'urgent':
      for (const text of urgencies(event.rules, run)) {
        await notices.say(`${paint('URGENT', 'alarm')}  ${unit} ${event.line}  ${text}`);
      }
      return;
    case 'no-form':
      return notices.say(printable(`no form   ${unit} ${event.line}  ${event.message}`));
    case 'refused': {
      const { raw, result } = event;
      await run.rejects?.add(raw, result);
      if (run.isQuiet || refused > mostSaid) return;
      for (const { linkId, message } of result.errors.slice(0, 3)) {
        const place = `${unit} ${result.line}`;
        await notices.say(printable(`in error  ${place}  ${linkId === '' ? '' : `${linkId}: `}${message}`));
      }
      if (refused === mostSaid) await notices.say('in error  more are in the results');
    }
  }
}

function urgencies(ids: readonly string[], { tools }: Pick<Run, 'tools'>): readonly string[] {
  return ids.flatMap((id) => {
    const rule = tools.screening.questionnaire.rules.find((each) => each.id === id);
    return rule ? [`${id}: ${rule.reason} ${rule.steps[0] ?? rule.action}`] : [];
  });
}
