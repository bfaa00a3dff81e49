import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { readersOf } from '../../exchange/input.ts';
import type { Chunk, RawRecord, RecordKind } from '../../exchange/records.ts';
import { resultText } from '../../exchange/result-text.ts';
import { plainScreener } from '../../exchange/screen.ts';
import { sha256 } from '../files/source.ts';
import { processIo } from '../process-io.ts';
import { wantedResults } from './choices.ts';
import { type ChunkEvent, type ChunkOutcome, type ChunkTools, screenChunk, screenWithForms } from './chunk.ts';
import { type FormMaker, formMaker } from './consent-forms.ts';
import type { TallyState } from './tally.ts';
import type { FormSetup, PackedChunk, WorkerSetup } from './workers.ts';

/** What came of a packed chunk. Plain data. */
export interface WorkerOutcome extends Pick<ChunkOutcome, 'text' | 'events' | 'drafts' | 'failure'> {
  /** Records of the chunk that are done. */
  readonly done: number;
  readonly tally: TallyState;
  /** What the chunk came in, to be filled again. */
  readonly pack: ArrayBuffer;
}

let tools: Promise<ChunkTools> | undefined;
let forms: Promise<FormMaker> | undefined;

/** Screens a chunk in a thread of its own, and makes the forms where they are asked for: a `WorkerOutcome`, its bytes handed over without a copy. */
export async function screenPacked(packed: PackedChunk): Promise<unknown> {
  const setup = workerData as WorkerSetup;
  tools ??= toolsOf(setup);
  const chunk = { start: 0, end: packed.lines.length, records: unpacked(packed) };
  const made = await tools;
  const { room } = packed;
  const outcome = plain(
    setup.forms ? await withForms(made, chunk, setup.forms, room) : screenChunk(made, chunk, room),
    packed.bytes.buffer,
  );
  const transferList = [outcome.text.buffer, outcome.pack];
  return move({ [transferableSymbol]: transferList, [valueSymbol]: outcome });
}

async function withForms(
  tools: ChunkTools,
  chunk: Chunk,
  { options, cwd, env }: FormSetup,
  room: ArrayBuffer | undefined,
): Promise<ChunkOutcome> {
  forms ??= formMaker(options, tools.screening, Object.assign(processIo(), { cwd, env }));
  return screenWithForms(tools, chunk, await forms, room);
}

function plain(outcome: ChunkOutcome, pack: ArrayBuffer): WorkerOutcome {
  const { end, text, tally, events, drafts, failure } = outcome;
  const done = { done: end, text, tally: tally.state(), events: events.map(alone), drafts, pack };
  return failure ? { ...done, failure } : done;
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

function unpacked({ bytes, lines, sizes, kinds }: PackedChunk): readonly RawRecord[] {
  let at = 0;
  return kinds.map((is: RecordKind, index): RawRecord => {
    const size = sizes[index] as number;
    const raw = bytes.subarray(at, at + size);
    at += size;
    return { line: lines[index] as number, is, raw, end: index + 1 };
  });
}

/** Without the bytes of other records, which would be sent along. */
function alone(event: ChunkEvent): ChunkEvent {
  return 'raw' in event ? { ...event, raw: event.raw.slice() } : event;
}
