import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counted } from '../../model/counted.ts';
import { notOwn } from '../../record/own-place.ts';
import { isPostgres } from '../../record/postgres.ts';
import type { DoctorCheck } from '../../report/doctor.ts';
import { readOwnFile } from '../files/own-file.ts';
import { stateFolder } from '../files/state-folder.ts';
import { findFormKey, type KeyPlace } from '../forms/form-key.ts';
import { loadClinic } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { memoryFolder, storeAddress, usingStore } from '../records/desk.ts';
import { oldDrafts } from '../records/drafts.ts';
import { keyFiles, keyFolder, keysName, readReaders } from '../records/keyring.ts';
import type { StoreChoice } from '../records/record-store.ts';
import { telling } from '../records/store-problems.ts';
import { fine, look, mend, note } from './look.ts';

/** The folders that are written to, the keys, and the record store. Opens no document. */
export async function lookAtRecords(choice: StoreChoice, io: Io): Promise<readonly DoctorCheck[]> {
  const place = await loadClinic(io, choice.questionnaire).catch(() => undefined);
  if (!place) return [{ name: 'record store', ...note('not looked at: the clinic facts come first') }];
  const folders = [stateFolder(io.env), keyFolder(place, io)];
  const [formKey, keys, store] = [
    await look('form key', () => findFormKey(place, io), formKeyState),
    await look('keys', () => keysIn(keyFolder(place, io)), keysState),
    await look(
      'record store',
      () => storeIn(place, choice, io),
      (state) => state,
    ),
  ];
  const old = oldDrafts(stateFolder(io.env)).length;
  return [
    ...folders.map((folder) => ({ name: 'folder', ...folderState(folder) })),
    formKey.check,
    keys.check,
    store.check,
    ...(old === 0
      ? []
      : [{ name: 'old drafts', ...note(`${old} of an earlier version, as files`, 'screen takes them over') }]),
  ];
}

/** A folder with what people may do in it, `rwx------`. */
function folderState(folder: string): Omit<DoctorCheck, 'name'> {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (!there) {
    const above = nearest(folder);
    return mayWrite(above)
      ? fine(`${folder}, made when it is needed`)
      : mend(
          `${folder} is not there, and you may not write in ${above}`,
          'make it, for yourself alone, or name another',
        );
  }
  if (!there.isDirectory()) {
    const why = there.isSymbolicLink() ? 'a link' : 'no folder';
    return mend(`${folder} is ${why}`, 'put a folder of your own in its place');
  }
  const why = notOwn(there);
  if (why === 'others may read it') return mend(`${folder}: ${why}`, `make it yours alone: chmod 700 ${folder}`);
  if (why !== undefined) return mend(`${folder}: ${why}`, 'run preinfuse as the account that it belongs to');
  const mode = (there.mode & 0o777).toString(8);
  return mayWrite(folder)
    ? fine(`${folder}, mode ${mode}`)
    : mend(`you may not write in ${folder}`, `chmod 700 ${folder}`);
}

function nearest(folder: string): string {
  const above = dirname(folder);
  return above === folder || lstatSync(above, { throwIfNoEntry: false }) ? above : nearest(above);
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function formKeyState(key: Awaited<ReturnType<typeof findFormKey>>): Omit<DoctorCheck, 'name'> {
  if (!key) return fine('none yet: the first form makes it');
  return key.isSample ? fine('that of the example clinic, which everybody has') : fine('there, for you alone');
}

interface KeysFound {
  readonly folder: string;
  readonly names: readonly string[];
  readonly hasReaders: boolean;
  /** A rotation was cut short. */
  readonly isRotating: boolean;
}

/** The keys that are there; one that is not safe to use is a CommandError. None is made. */
async function keysIn(folder: string): Promise<KeysFound> {
  if (!lstatSync(folder, { throwIfNoEntry: false })) return { folder, names: [], hasReaders: false, isRotating: false };
  const names: string[] = [];
  for (const name of [keyFiles.desk, keyFiles.index, keyFiles.audit, keyFiles.readers, keyFiles.reviewer]) {
    if ((await readOwnFile(join(folder, name), keysName)) !== undefined) names.push(name);
  }
  const isRotating = (await readReaders(folder, 'nextReaders')) !== undefined;
  return { folder, names, hasReaders: (await readReaders(folder)) !== undefined, isRotating };
}

function keysState({ folder, names, hasReaders, isRotating }: KeysFound): Omit<DoctorCheck, 'name'> {
  if (names.length === 0) return fine('none yet: the first screening makes them');
  const missing = [keyFiles.desk, keyFiles.index, keyFiles.audit].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    return mend(
      `${missing.join(', ')} missing in ${folder}`,
      'copy them back from where you keep copies: see docs/security.md',
    );
  }
  if (isRotating) {
    return mend(
      `a change of the reviewer's key was cut short in ${folder}: this desk goes on sealing for the old one`,
      'finish it: preinfuse key rotate, with the same options as before',
    );
  }
  if (hasReaders) return fine(`${names.join(', ')}; a reviewer and a recovery key open finished records`);
  return note(
    `${names.join(', ')}; who has ${folder} can open every record`,
    'make a reviewer key and a recovery key: preinfuse key init',
  );
}

async function storeIn(place: KeyPlace, choice: StoreChoice, io: Io): Promise<Omit<DoctorCheck, 'name'>> {
  const address = storeAddress(place, choice.store, io);
  const isFile = !isPostgres(address);
  if (isFile && !lstatSync(address, { throwIfNoEntry: false })) {
    const { loadDriver } = await import('../../record/sqlite.ts');
    await telling(loadDriver);
    return fine(`${address}, made by the first screening`);
  }
  const { headOf, refuseBehind, refuseOlder, standingStore, tryWriting } = await import('../../record/store.ts');
  // Nothing is written, so nobody need be named.
  const standing = await telling(() =>
    standingStore(address, { actor: 'doctor', now: () => io.now(), memory: memoryFolder(io) }),
  );
  if (!standing) return fine('reached, and empty: the first screening sets it up');
  return usingStore(
    async () => standing.store,
    async (store) => {
      await refuseOlder(store);
      await refuseBehind(store);
      await tryWriting(store);
      const { listCases } = await import('../../record/cases.ts');
      let [count, oldest] = [0, ''];
      for await (const { saved } of listCases(store, { states: ['draft'] })) {
        count += 1;
        if (oldest === '' || saved < oldest) oldest = saved;
      }
      const { seq } = await headOf(store);
      const drafts = count === 0 ? 'no drafts' : `${counted(count, 'draft')}, the oldest saved ${oldest.slice(0, 10)}`;
      const history = `${counted(seq, 'entry', 'entries')} in its history`;
      const found = `${store.place}, ${store.engine}, ${history}, ${drafts}`;
      if (!standing.isOlder) return fine(found);
      return note(
        `${found}; an earlier version of preinfuse made it`,
        'the next command that uses it brings it up to date: desks with an earlier version then need this one',
      );
    },
  );
}
