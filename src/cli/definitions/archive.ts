import { type Revision, recall } from '../../check/diff-archive.ts';
import { formatByName, namedFormats, openInput, recordsOf } from '../../exchange/input.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { Recall, RecallCounts } from '../../report/diff-recall.ts';
import { CommandError, Exit } from '../exit.ts';
import { decompressed } from '../files/decompress.ts';
import { bytesOf, openSource } from '../files/source.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';

/** An archive of answer sheets, open for reading. */
export interface Archive {
  /** How a record is placed: by its line, or in a JSON list by which one it is. */
  readonly unit: 'line' | 'record';
  /** One at a time: memory does not grow with their number. */
  readonly recalls: AsyncIterable<Recall>;
  close(): void;
}

/**
 * Opens `source` (`-` is standard input), answer sheets as `batch` takes them, `recorded` under the definition of then. One
 * that cannot be read: CommandError, exit 2.
 */
export async function openArchive(
  source: string,
  recorded: Questionnaire,
  revision: Revision,
  io: Io,
): Promise<Archive> {
  const format = source === '-' ? 'ndjson' : formatByName(source);
  if (!format) {
    throw new CommandError(`the name ${printable(source)} does not say what format it has`, Exit.cannotStart, {
      hint: `name a file that ends in .${namedFormats.join(', .')}`,
    });
  }
  const input = await openSource(source, io);
  const close = (): void => {
    if (source !== '-') input.destroy();
  };
  const opened = await openInput(format, recorded, decompressed(bytesOf(source, input)));
  if ('problems' in opened) {
    close();
    const problems = opened.problems.slice(0, 10).map((problem) => `  ${printable(problem)}`);
    throw new CommandError(
      `the header of ${printable(source)} is not accepted\n${problems.join('\n')}`,
      Exit.cannotStart,
      {
        hint: 'the first line names a linkId of the old definition in each column',
      },
    );
  }
  const { chunks, read, unit } = opened;
  return {
    unit,
    recalls: (async function* () {
      for await (const record of recordsOf(chunks, read)) yield recall(revision, record);
    })(),
    close,
  };
}

/** Adds one more to the counts. */
export function withOneMore({ records, ...counts }: RecallCounts, each: Recall): RecallCounts {
  const kind = each.is === 'changed' ? each.direction : each.is;
  return { records: records + 1, ...counts, [kind]: counts[kind] + 1 };
}

export const nothingCounted: RecallCounts = { records: 0, same: 0, loosened: 0, tightened: 0, undetermined: 0 };
