import { workerData } from 'piscina';
import { readersOf } from '../../exchange/input.ts';
import { resultText } from '../../exchange/result-text.ts';
import { plainScreener } from '../../exchange/screen.ts';
import { sha256 } from '../files/source.ts';
import { processIo } from '../process-io.ts';
import { wantedResults } from './choices.ts';
import {
  type ChunkEvent,
  type ChunkOutcome,
  type ChunkTools,
  type ChunkToScreen,
  screenChunk,
  screenWithForms,
} from './chunk.ts';
import { type FormMaker, formMaker } from './consent-forms.ts';
import { type PackedChunk, unpacked } from './pack.ts';
import type { TallyState } from './tally.ts';
import type { FormSetup, WorkerSetup } from './workers.ts';

/** What came of a packed chunk. Plain data. */
export interface WorkerOutcome extends Omit<ChunkOutcome, 'tally'> {
  readonly tally: TallyState;
}

let tools: Promise<ChunkTools> | undefined;
let forms: Promise<FormMaker> | undefined;

/** Screens a chunk in a thread of its own, and makes the forms where they are asked for. */
export async function screenPacked(packed: PackedChunk): Promise<WorkerOutcome> {
  const setup = workerData as WorkerSetup;
  tools ??= toolsOf(setup);
  const chunk = unpacked(packed);
  const made = await tools;
  const { room } = packed;
  const { tally, events, ...outcome } = setup.forms
    ? await withForms(made, chunk, setup.forms, room)
    : screenChunk(made, chunk, room);
  return { ...outcome, tally: tally.state(), events: events.map(alone) };
}

async function withForms(
  tools: ChunkTools,
  chunk: ChunkToScreen,
  { options, cwd, env }: FormSetup,
  room: SharedArrayBuffer,
): Promise<ChunkOutcome> {
  forms ??= formMaker(options, tools.screening, Object.assign(processIo(), { cwd, env }));
  return screenWithForms(tools, chunk, await forms, room);
}

async function toolsOf({ screening: plain, format, header, output, columns, only }: WorkerSetup): Promise<ChunkTools> {
  const screening = { ...plain, sha256 };
  const { questionnaire } = screening;
  const { read, readPlain } = await readersOf(format, questionnaire, header);
  const text = resultText(questionnaire, output, columns);
  if ('problem' in text) throw new Error(text.problem);
  return {
    screening,
    read,
    screenPlain: readPlain && plainScreener(screening, readPlain),
    text,
    isWanted: wantedResults(only),
  };
}

/** Without the bytes of other records, which would be sent along. */
function alone(event: ChunkEvent): ChunkEvent {
  return 'raw' in event ? { ...event, raw: event.raw.slice() } : event;
}
