import { resolve } from 'node:path';
import type { RefusedResult } from '../../exchange/result.ts';
import type { ResultText } from '../../exchange/result-text.ts';
import { CommandError, Exit } from '../exit.ts';
import {
  openPartial,
  type PartialFile,
  type PartialPlace,
  partialPlace,
  removePartial,
} from '../files/partial-file.ts';
import { writeOut } from '../files/write-out.ts';
import type { Io } from '../io.ts';
import type { BatchState, GrownFile } from './state.ts';

/** Files of a batch that grow beside their names until all is done. */
export interface Growing<State> {
  /** What was written when it was called is safe from now on, and how another run goes on after it. More may be written meanwhile. */
  sync(): Promise<State>;
  /** Nothing more comes. False where whoever read it closed it. */
  end(): Promise<boolean>;
  /** Puts what is ended in place. */
  place(): Promise<void>;
  /** Ends early: what was written stays for another run, or is taken away where `isKept` is false. Does nothing after `place`. */
  stop(isKept: boolean): Promise<void>;
}

/** Where the results of a batch go: standard output, or a file that is whole or not there. */
export interface TextOutput extends Growing<GrownFile> {
  /** Takes the text of any number of results, in UTF-8. False where whoever read it closed it. */
  write(text: Uint8Array): Promise<boolean>;
}

/** The results on standard output: nobody can go on with them. */
export function outputToStream({ before, separator, end }: ResultText, io: Io): TextOutput {
  let isEmpty = true;
  return {
    async write(text) {
      if (text.length === 0) return true;
      const whole = isEmpty ? Buffer.concat([Buffer.from(before), text.subarray(separator)]) : text;
      isEmpty = false;
      return writeOut(io.stdout, whole);
    },
    sync: async () => ({ length: 0, isEmpty }),
    end: async () => {
      const whole = (isEmpty ? before : '') + end;
      return whole === '' || writeOut(io.stdout, whole);
    },
    place: async () => {},
    stop: async () => {},
  };
}

/** The results in a file, from what an earlier run `left` on. */
export async function openOutput(
  place: PartialPlace,
  { before, separator, end }: ResultText,
  left: GrownFile | undefined,
): Promise<TextOutput> {
  const file = await openPartial(place, left?.length ?? 0);
  let isEmpty = left?.isEmpty ?? true;
  if (left === undefined) await file.write(before);
  return {
    async write(text) {
      if (text.length === 0) return true;
      await file.write(isEmpty ? text.subarray(separator) : text);
      isEmpty = false;
      return true;
    },
    async sync() {
      const hasNone = isEmpty;
      return { length: await file.sync(), isEmpty: hasNone };
    },
    async end() {
      await file.write(end);
      await file.sync();
      return true;
    },
    place: file.place,
    stop: (isKept) => stopFile(place, file, isKept),
  };
}

async function stopFile(place: PartialPlace, file: PartialFile, isKept: boolean): Promise<void> {
  await file.leave();
  if (!isKept) await removePartial(place);
}

type RejectsState = NonNullable<BatchState['rejects']>;

/** Where records in error go, as they came, and beside them why. */
export interface Rejects extends Growing<RejectsState> {
  /** `raw`: the record, or the rest of it after its parts. */
  add(raw: Uint8Array, result: RefusedResult): Promise<void>;
  /** Bytes of a record that is too long to be held. Until the record ends no other run goes on behind them. */
  addPart(raw: Uint8Array): Promise<void>;
}

const carriageReturn = 0x0d;

/** How rejected records are put together again so that the file can be mended and given to `batch`. */
export interface RejectsShape {
  readonly before: Uint8Array | string;
  readonly between: string;
  /** After the last record, where there is one. */
  readonly last: string;
  readonly end: string;
}

/** The places of the rejects file `name`, and of `name.reasons.ndjson` beside it. A device or a pipe is a CommandError with exit 2. */
export interface RejectsPlaces {
  readonly records: PartialPlace;
  readonly reasons: PartialPlace;
}

export async function rejectsPlaces(name: string, io: Io): Promise<RejectsPlaces> {
  const [records, reasons] = await Promise.all(
    [name, reasonsName(name)].map((each) => partialPlace(resolve(io.cwd, each))),
  );
  if (name === '-' || !records?.canGrow || !reasons?.canGrow) {
    throw new CommandError('--rejects needs a file of its own', Exit.cannotStart, {
      hint: 'name one: why each record was refused is written beside it, in FILE.reasons.ndjson',
    });
  }
  return { records, reasons };
}

/** Opens both, from what an earlier run `left` on. */
export async function openRejects(
  places: RejectsPlaces,
  { before, between, last, end }: RejectsShape,
  left: RejectsState | undefined,
): Promise<Rejects> {
  const records = await openPartial(places.records, left?.records.length ?? 0);
  const reasons = await openPartial(places.reasons, left?.reasons.length ?? 0).catch(async (error: unknown) => {
    await stopFile(places.records, records, left !== undefined);
    throw error;
  });
  let isEmpty = left?.records.isEmpty ?? true;
  let hasNoReasons = left?.reasons.isEmpty ?? true;
  let isInside = false;
  let written = left?.records.length ?? 0;
  let whole: GrownFile;
  const write = async (bytes: Uint8Array | string): Promise<void> => {
    written += Buffer.byteLength(bytes);
    await records.write(bytes);
  };
  const addPart = async (raw: Uint8Array): Promise<void> => {
    if (!isInside && !isEmpty) await write(between);
    isInside = true;
    isEmpty = false;
    await write(raw);
  };
  if (left === undefined) await write(before);
  whole = { length: written, isEmpty };
  return {
    async add(raw, result) {
      hasNoReasons = false;
      await reasons.write(`${JSON.stringify(result)}\n`);
      await addPart(raw);
      // With the line feed that follows it alone, it would be read as the end of its line.
      if (between === '\n' && raw.at(-1) === carriageReturn) await write('\r');
      isInside = false;
      whole = { length: written, isEmpty };
    },
    addPart,
    async sync() {
      const [wholeRecords, hasNone] = [whole, hasNoReasons];
      const [length] = await Promise.all([reasons.sync(), records.sync()]);
      return { records: wholeRecords, reasons: { length, isEmpty: hasNone } };
    },
    async end() {
      await records.write(`${isEmpty ? '' : last}${end}`);
      await records.sync();
      await reasons.sync();
      return true;
    },
    async place() {
      await reasons.place();
      await records.place();
    },
    async stop(isKept) {
      await stopFile(places.records, records, isKept);
      await stopFile(places.reasons, reasons, isKept);
    },
  };
}

export function reasonsName(rejects: string): string {
  return `${rejects}.reasons.ndjson`;
}
