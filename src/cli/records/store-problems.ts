import type { StoredCase } from '../../record/cases.ts';
import type { StoreProblem } from '../../record/problem.ts';
import { CommandError, Exit } from '../exit.ts';

/** Tells what keeps a store or a document closed as a CommandError. */
export async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toldOf(error);
  }
}

/** What keeps a store or a document closed, as a CommandError; any other error as it is. */
export function toldOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'StoreProblem') return commandErrorOf(error as StoreProblem);
  if (error.name === 'CannotOpen') return cannotOpen(error as Error & { readonly reason?: string });
  return error;
}

/** A problem of the store for people. Those that pass by themselves end a command with 75. */
export function commandErrorOf({ code, message, hint, cause }: StoreProblem): CommandError {
  const passes = code === 'full' || code === 'busy' || code === 'unreachable';
  return new CommandError(message, passes ? Exit.stopped : Exit.cannotStart, { hint, cause });
}

function cannotOpen(error: Error & { readonly reason?: string }): CommandError {
  const hint =
    error.reason === 'no-key'
      ? "the reviewer's key opens finished records, and drafts of other desks too: name its file with --key-file"
      : 'stop here, keep the store as it is, and look at it with: preinfuse records verify';
  return new CommandError(`it cannot be opened: ${error.message}`, Exit.cannotStart, { hint, cause: error });
}

/** That nothing was ever written to a store: more likely it is the wrong one. `done`: what would have been done with it. */
export function noHistory(done: string): CommandError {
  return new CommandError(`the store has no history yet; nothing was ${done}`, Exit.cannotStart, {
    hint: 'see that --store, or store: in preinfuse.yaml, names the right one',
  });
}

/** That another desk was faster. Nothing was overwritten. */
export function changedElsewhere(id: string, now: StoredCase | undefined): CommandError {
  const who = now ? ` by ${now.savedBy} at ${now.saved.slice(0, 16).replace('T', ' ')} UTC` : ', where it was removed';
  return new CommandError(`${id} was changed at another desk${who}. Nothing there was overwritten`, Exit.changed, {
    hint: `look at it as it is now: preinfuse records show ${id}`,
  });
}
