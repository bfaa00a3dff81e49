import { resolve } from 'node:path';
import type { ResultText } from '../../exchange/result-text.ts';
import { CommandError, Exit } from '../exit.ts';
import { isLeft, partialPlace } from '../files/partial-file.ts';
import type { Io } from '../io.ts';
import type { NamedFiles } from './end.ts';
import { hold, type Release } from './lock.ts';
import {
  openOutput,
  openRejects,
  outputToStream,
  type Rejects,
  type RejectsShape,
  rejectsPlaces,
  type TextOutput,
} from './output.ts';
import { type BatchState, openStateFile, type StateFile } from './state.ts';

/** Where a batch writes, and what an earlier run left there. */
export interface BatchTarget {
  /** Undefined where no run can go on with another: the results are not in a file. */
  readonly state: StateFile | undefined;
  /** How far an earlier run was that is to be gone on with; undefined where there is none, or it is not wanted. */
  left(): Promise<BatchState | undefined>;
  /** True where an earlier run left something. */
  isLeft(): Promise<boolean>;
  open(
    text: ResultText,
    shape: RejectsShape,
    left: BatchState | undefined,
  ): Promise<{ readonly output: TextOutput; readonly rejects: Rejects | undefined }>;
  /** All is in place. */
  done(): Promise<void>;
  /** Others may write there again. */
  release(): Promise<void>;
}

/**
 * The target of `output` and `rejects`, held until its release, as are the files of counts. Where another process writes one
 * of them, one cannot be written, or `resume` is asked for results that are not in a file, a CommandError with exit 2.
 */
export async function openTarget(options: NamedFiles & { readonly resume?: boolean }, io: Io): Promise<BatchTarget> {
  const { output: name = '-', resume = false } = options;
  const place = name === '-' ? undefined : await partialPlace(resolve(io.cwd, name));
  const places = options.rejects === undefined ? undefined : await rejectsPlaces(options.rejects, io);
  const isFile = place?.canGrow === true;
  if (resume && !isFile) {
    throw new CommandError('--resume goes on with results in a file', Exit.cannotStart, {
      hint: 'name it: --output FILE',
    });
  }
  const counts = [options.summary, options.report].filter((each) => each !== undefined);
  const countsPlaces = await Promise.all(counts.map((each) => partialPlace(resolve(io.cwd, each))));
  const release = await holdAll(
    [place, places?.records, ...countsPlaces].flatMap((each) => (each?.canGrow ? [each.target] : [])),
  );
  const state = isFile ? await openStateFile(place.target) : undefined;
  const isAllThere = async ({ output, rejects }: BatchState): Promise<boolean> => {
    const files = [
      ...(place ? [isLeft(place, output.length)] : []),
      ...(places && rejects
        ? [isLeft(places.records, rejects.records.length), isLeft(places.reasons, rejects.reasons.length)]
        : []),
    ];
    return (await Promise.all(files)).every((isThere) => isThere);
  };
  return {
    state,
    async left() {
      const found = resume ? await state?.read() : undefined;
      return found && (await isAllThere(found)) ? found : undefined;
    },
    isLeft: async () => (await state?.read()) !== undefined,
    async open(text, shape, left) {
      const output = place ? await openOutput(place, text, left?.output) : outputToStream(text, io);
      if (places === undefined) return { output, rejects: undefined };
      const rejects = await openRejects(places, shape, left?.rejects).catch(async (error: unknown) => {
        await output.stop(left !== undefined);
        throw error;
      });
      return { output, rejects };
    },
    done: async () => state?.remove(),
    release,
  };
}

async function holdAll(targets: readonly string[]): Promise<Release> {
  const held: Release[] = [];
  const release = async (): Promise<void> => {
    for (const each of held) await each();
  };
  try {
    for (const target of targets) held.push(await hold(target));
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}
