import { workerData } from 'piscina';
import { readersOf } from '../exchange/input.ts';
import type { RawRecord, RecordKind } from '../exchange/records.ts';
import { resultText } from '../exchange/result-text.ts';
import { plainScreener } from '../exchange/screen.ts';
import { wantedResults } from './batch-choices.ts';
import { type ChunkEvent, type ChunkTools, screenChunk } from './batch-chunk.ts';
import type { TallyState } from './batch-tally.ts';
import type { PackedChunk, WorkerSetup } from './batch-workers.ts';
import { sha256 } from './source.ts';

/** What came of a packed chunk. Plain data. */
export interface WorkerOutcome {
  readonly text: string;
  readonly tally: TallyState;
  readonly events: readonly ChunkEvent[];
}

let tools: ChunkTools | undefined;

/** Screens a chunk in a thread of its own. */
export function screenPacked(chunk: PackedChunk): WorkerOutcome {
  tools ??= toolsOf(workerData as WorkerSetup);
  const { text, tally, events } = screenChunk(tools, { start: 0, end: 0, records: unpacked(chunk) });
  return { text, tally: tally.state(), events: events.map(alone) };
}

function toolsOf({ screening: plain, format, header, output, columns, only }: WorkerSetup): ChunkTools {
  const screening = { ...plain, sha256 };
  const { questionnaire } = screening;
  const { read, readPlain } = readersOf(format, questionnaire, header);
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
    const raw = size < 0 ? undefined : bytes.subarray(at, at + size);
    at += Math.max(0, size);
    return { line: lines[index] as number, is, raw, end: 0 };
  });
}

/** Without the bytes of other records, which would be sent along. */
function alone(event: ChunkEvent): ChunkEvent {
  return event.is === 'refused' && event.raw ? { ...event, raw: event.raw.slice() } : event;
}
