import type { FormFolder } from './consent-forms.ts';
import type { Meter } from './input.ts';
import type { Rejects, TextOutput } from './output.ts';
import type { BatchState, RunIdentity, StateFile } from './state.ts';
import type { BatchTally } from './tally.ts';

/** Keeps how far a run is, so that another can go on from there. */
export interface Keeper {
  /**
   * All records that end at `offset` or before are done and written. Where it is time to, this is kept while the run goes on;
   * what goes wrong there rejects what is asked next.
   */
  keep(offset: number): Promise<void>;
  /** Keeps what was last told of, and waits until that is done. */
  keepNow(): Promise<void>;
  /** Once it is done, nothing is being kept any more. */
  rest(): Promise<void>;
}

/** What a keeper looks at. */
export interface Kept {
  readonly file: StateFile;
  readonly identity: RunIdentity;
  readonly left: BatchState | undefined;
  readonly meter: Meter;
  readonly output: TextOutput;
  readonly rejects: Rejects | undefined;
  readonly forms: Pick<FormFolder, 'sync'> | undefined;
  readonly tally: BatchTally;
  /** Seconds between two states. */
  readonly every: number;
  readonly seconds: () => number;
}

/** Opens a keeper, which keeps a first state at once: from then on no other run may write the same output. */
export async function openKeeper(kept: Kept): Promise<Keeper> {
  let offset = kept.left?.input.offset ?? 0;
  let keptAt = kept.seconds();
  let isKeeping = false;
  let keeping: Promise<void> = Promise.resolve();
  const keepThis = async (): Promise<void> => {
    isKeeping = true;
    try {
      // Before the bytes of the earlier run are seen to be the same, nothing new may stand for them.
      if (kept.meter.isKnown()) await kept.file.write(await stateAt(offset, kept));
      keptAt = kept.seconds();
    } finally {
      isKeeping = false;
    }
  };
  await kept.file.write(kept.left ?? (await stateAt(0, kept)));
  return {
    async keep(done) {
      offset = done;
      if (isKeeping || kept.seconds() - keptAt < kept.every) return;
      await keeping;
      keeping = keepThis();
      keeping.catch(() => undefined);
    },
    async keepNow() {
      await keeping;
      await keepThis();
    },
    rest: () => keeping.catch(() => undefined),
  };
}

/** How far everything is when it is called. It is on the disk before the state says so; the run may go on meanwhile. */
async function stateAt(offset: number, { identity, meter, output, rejects, forms, tally }: Kept): Promise<BatchState> {
  const input = { offset, read: meter.read(), digest: meter.digest() };
  const counted = tally.state();
  const [written, rejected] = await Promise.all([output.sync(), rejects?.sync(), forms?.sync()]);
  return { run: identity, input, output: written, ...(rejected && { rejects: rejected }), tally: counted };
}
