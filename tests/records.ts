import { openForReview, type Records, withRecords } from '../src/cli/records/record-store.ts';
import { documentsOf, listCases, type StoredCase } from '../src/record/cases.ts';
import { readSealed } from '../src/record/life.ts';
import { ioIn } from './run.ts';

/** Opens the store that commands run with this working folder and environment use, as its reviewer. */
export function inStore<T>(
  cwd: string,
  env: Readonly<Record<string, string>>,
  work: (records: Records) => Promise<T>,
): Promise<T> {
  return withRecords(openForReview({ input: false }, ioIn({ cwd, env }).io), work);
}

/** The cases there are, last saved first. */
export function storedCases(cwd: string, env: Readonly<Record<string, string>>): Promise<readonly StoredCase[]> {
  return inStore(cwd, env, async ({ store }) => {
    const cases: StoredCase[] = [];
    for await (const each of listCases(store)) cases.push(each);
    return cases;
  });
}

/** What the last document of a case says. */
export function lastDocument<T>(cwd: string, env: Readonly<Record<string, string>>, id: string): Promise<T> {
  return inStore(cwd, env, async ({ store, vault }) => {
    const last = (await documentsOf(store, vault, id)).at(-1);
    return readSealed<T>(last?.document ?? new Uint8Array());
  });
}
