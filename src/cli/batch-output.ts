import { resolve } from 'node:path';
import type { RefusedResult } from '../exchange/result.ts';
import type { ResultText } from '../exchange/result-text.ts';
import type { Io } from './io.ts';
import { writeOut } from './write-out.ts';
import { openWhole, type WholeFile } from './write-whole.ts';

/** Where the results of a batch go: standard output or a file that is whole or not there. */
export interface TextOutput {
  /** Takes the text of any number of results. False where whoever read it closed it. */
  write(text: string): Promise<boolean>;
  /** Everything is written. */
  commit(): Promise<boolean>;
  discard(): Promise<void>;
}

/** Text is handed on in pieces of about this many characters. */
const pieceLength = 64 * 1024;

/** Opens the output `name` (`-` is standard output) from the folder that the user is in. */
export async function openOutput(name: string, shape: ResultText, io: Io): Promise<TextOutput> {
  if (name !== '-') {
    const file = await openWhole(resolve(io.cwd, name));
    return inPieces(shape, (text) => file.write(text).then(() => true), file);
  }
  return inPieces(shape, (text) => writeOut(io.stdout, text), { commit: async () => {}, discard: async () => {} });
}

function inPieces(
  { before, separator, end }: ResultText,
  write: (text: string) => Promise<boolean>,
  { commit, discard }: Pick<WholeFile, 'commit' | 'discard'>,
): TextOutput {
  let pending = before;
  let isFirst = true;
  const flush = async (): Promise<boolean> => {
    const text = pending;
    pending = '';
    return text === '' || write(text);
  };
  return {
    async write(text) {
      if (text === '') return true;
      pending += isFirst ? text.slice(separator) : text;
      isFirst = false;
      return pending.length < pieceLength || flush();
    },
    async commit() {
      pending += end;
      const isTaken = await flush();
      if (isTaken) await commit();
      return isTaken;
    },
    discard,
  };
}

/** Where records in error go, as they came, and beside them why. */
export interface Rejects {
  add(raw: Uint8Array | undefined, result: RefusedResult): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** How rejected records are put together again so that the file can be mended and given to `batch`. */
export interface RejectsShape {
  readonly before: Uint8Array | string;
  readonly between: string;
  readonly end: string;
}

/** Opens the rejects file `name`, and `name.reasons.ndjson` beside it. */
export async function openRejects(name: string, shape: RejectsShape, io: Io): Promise<Rejects> {
  const records = await openWhole(resolve(io.cwd, name));
  const reasons = await openWhole(resolve(io.cwd, reasonsName(name))).catch(async (error: unknown) => {
    await records.discard();
    throw error;
  });
  let isEmpty = true;
  const files = [records, reasons];
  await records.write(shape.before);
  return {
    async add(raw, result) {
      await reasons.write(`${JSON.stringify(result)}\n`);
      if (raw === undefined) return;
      if (!isEmpty) await records.write(shape.between);
      isEmpty = false;
      await records.write(raw);
    },
    async commit() {
      await records.write(`${isEmpty ? '' : '\n'}${shape.end}`);
      for (const file of files) await file.commit();
    },
    async discard() {
      for (const file of files) await file.discard();
    },
  };
}

export function reasonsName(rejects: string): string {
  return `${rejects}.reasons.ndjson`;
}
