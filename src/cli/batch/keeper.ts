import type { FormFolder } from './consent-forms.ts';
import type { Meter } from './input.ts';
import type { Rejects, TextOutput } from './output.ts';
import type { BatchState, RunIdentity, StateFile } from './state.ts';
import type { BatchTally } from './tally.ts';

/** Keeps how far a run is, so that another can go on from there. */
export interface Keeper {
  /** All records that end at `offset` or before are done and written; kept where it is time to. */
  keep(offset: number): Promise<void>;
  /** Keeps what was last told of. */
  keepNow(): Promise<void>;
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
  const keepNow = async (): Promise<void> => {
    // Before the bytes of the earlier run are seen to be the same, nothing new may stand for them.
    if (kept.meter.isKnown()) await kept.file.write(await stateAt(offset, kept));
    keptAt = kept.seconds();
  };
  await kept.file.write(kept.left ?? (await stateAt(0, kept)));
  return {
    async keep(done) {
      offset = done;
      if (kept.seconds() - keptAt >= kept.every) await keepNow();
    },
    keepNow,
  };
}

/** Everything is on the disk before the state says so. */
async function stateAt(offset: number, { identity, meter, output, rejects, forms, tally }: Kept): Promise<BatchState> {
  const input = { offset, read: meter.read(), digest: meter.digest() };
  await forms?.sync();
  return {
    run: identity,
    input,
    output: await output.sync(),
    ...(rejects && { rejects: await rejects.sync() }),
    tally: tally.state(),
  };
}
