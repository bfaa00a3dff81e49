import { CannotOpen } from './cannot-open.ts';
import { rewrap, unwrapWith } from './keys.ts';
import type { WrappedKey } from './sealing.ts';
import { recipientsAfter } from './vault.ts';

/** What a change of readers comes to. */
export interface Rewrapped {
  /** The data keys that take the place of those with their ids. */
  readonly changed: readonly WrappedKey[];
  /** Ids of data keys that no secret here opens: they stay as they are. */
  readonly closed: readonly string[];
}

/** Wraps data keys to other readers; those that are so already are left out. Documents stay as they are. */
export async function rewrapAll(
  keys: readonly WrappedKey[],
  secrets: readonly string[],
  readers: readonly string[],
): Promise<Rewrapped> {
  const changed: WrappedKey[] = [];
  const closed: string[] = [];
  for (const key of keys) {
    const recipients = recipientsAfter(key, readers);
    if (isSameSet(recipients, key.recipients)) continue;
    const next = await unlessClosed(() => rewrap(key, secrets, recipients));
    if (next) changed.push(next);
    else closed.push(key.id);
  }
  return { changed, closed };
}

/** Ids of the data keys that a secret does not open. */
export async function closedTo(keys: readonly WrappedKey[], secret: string): Promise<readonly string[]> {
  const closed: string[] = [];
  for (const key of keys) {
    if ((await unlessClosed(() => unwrapWith([secret], key.wrapped))) === undefined) closed.push(key.id);
  }
  return closed;
}

/** Undefined where no key opens it, or where it is not as it was wrapped. */
async function unlessClosed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CannotOpen) return undefined;
    throw error;
  }
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
