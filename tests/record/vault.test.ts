import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CannotOpen } from '../../src/record/cannot-open.ts';
import { type Identity, identityOf, lock, newIdentity, unlock } from '../../src/record/keys.ts';
import { closedTo, rewrapAll } from '../../src/record/rotation.ts';
import type { Binding, Vault, WrappedKey } from '../../src/record/sealing.ts';
import { documentHash, openVault, recipientsAfter } from '../../src/record/vault.ts';
import { folderWith } from '../folder.ts';
import { has, stock } from './stock.ts';

const [desk, reviewer, recovery, stranger] = (await Promise.all([1, 2, 3, 4].map(() => newIdentity()))) as [
  Identity,
  Identity,
  Identity,
  Identity,
];
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const words = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const record: Binding = { caseId: 'c1', version: 2, kind: 'record' };
const draft: Binding = { caseId: 'c1', version: 1, kind: 'draft' };

/** A vault with the secrets of some, over keys that were stored. */
function vaultOf(
  secrets: readonly Identity[],
  stored: readonly WrappedKey[] = [],
  indexKey = text('k'.repeat(32)),
): Vault {
  return openVault({
    readers: [reviewer.recipient, recovery.recipient],
    desk: desk.recipient,
    secrets: secrets.map(({ secret }) => secret),
    indexKey,
    findKey: async (id) => stored.find((key) => key.id === id),
  });
}

const reasonOf = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: CannotOpen) => error.reason,
  );

describe('who opens what', () => {
  test.each<[string, Binding, Identity, string]>([
    ['the desk, a draft', draft, desk, 'opened'],
    ['the desk, a record', record, desk, 'no-key'],
    ['the reviewer, a draft', draft, reviewer, 'opened'],
    ['the reviewer, a record', record, reviewer, 'opened'],
    ['the recovery key, a record', record, recovery, 'opened'],
    ['the recovery key, a form', { ...record, kind: 'form' }, recovery, 'opened'],
    ['the desk, a clearance', { ...record, kind: 'clearance' }, desk, 'no-key'],
    ['somebody else, a record', record, stranger, 'no-key'],
  ])('%s', async (_who, binding, who, expected) => {
    const sealing = vaultOf([desk]);
    const sealed = await sealing.seal(text('Ada'), binding);
    const later = vaultOf([who], sealing.newKeys());
    expect(await reasonOf(later.open(sealed, binding))).toBe(expected);
  });

  test('a desk does not open a record that it sealed a moment ago', async () => {
    const vault = vaultOf([desk]);
    expect(await reasonOf(vault.open(await vault.seal(text('Ada'), record), record))).toBe('no-key');
  });

  test('what comes out is what went in, empty and large', async () => {
    const vault = vaultOf([reviewer]);
    for (const document of ['', 'Ada Łukasz 李', 'x'.repeat(3_000_000)]) {
      expect(words(await vault.open(await vault.seal(text(document), record), record))).toBe(document);
    }
  });
});

describe('what does not open', () => {
  test.each<[string, Binding]>([
    ['another case', { ...record, caseId: 'c2' }],
    ['another version', { ...record, version: 3 }],
    ['another kind', { ...record, kind: 'clearance' }],
  ])('moved to %s', async (_where, place) => {
    const vault = vaultOf([reviewer]);
    expect(await reasonOf(vault.open(await vault.seal(text('Ada'), record), place))).toBe('altered');
  });

  test('any byte changed, any length cut', async () => {
    const vault = vaultOf([reviewer]);
    const sealed = await vault.seal(text('Ada'), record);
    for (const at of sealed.bytes.keys()) {
      const bytes = Uint8Array.from(sealed.bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(await reasonOf(vault.open({ ...sealed, bytes }, record))).toBe(at === 0 ? 'format' : 'altered');
      const reason = at < 29 ? 'format' : 'altered';
      expect(await reasonOf(vault.open({ ...sealed, bytes: sealed.bytes.subarray(0, at) }, record))).toBe(reason);
    }
  });

  test('a key that is not in the store, and a key that was changed there', async () => {
    const sealing = vaultOf([desk]);
    const sealed = await sealing.seal(text('Ada'), record);
    expect(await reasonOf(vaultOf([reviewer]).open(sealed, record))).toBe('lost-key');
    const [key] = sealing.newKeys() as [WrappedKey];
    const cut = { ...key, wrapped: key.wrapped.subarray(0, -80) };
    expect(await reasonOf(vaultOf([reviewer], [cut]).open(sealed, record))).toBe('altered');
  });

  test('a failed opening is tried again', async () => {
    const sealing = vaultOf([desk]);
    const stored: WrappedKey[] = [];
    const reading = vaultOf([reviewer], stored);
    const sealed = await sealing.seal(text('Ada'), record);
    expect(await reasonOf(reading.open(sealed, record))).toBe('lost-key');
    stored.push(...sealing.newKeys());
    expect(await reasonOf(reading.open(sealed, record))).toBe('opened');
  });
});

describe('data keys', () => {
  test('one for drafts and one for records, whatever the number of documents and however they overlap', async () => {
    const vault = vaultOf([desk]);
    const sealed = await Promise.all(
      Array.from({ length: 40 }, (_, version) =>
        vault.seal(text('Ada'), { ...(version % 2 ? record : draft), version }),
      ),
    );
    expect(vault.newKeys()).toHaveLength(2);
    expect(new Set(sealed.map(({ keyId }) => keyId))).toEqual(new Set(vault.newKeys().map(({ id }) => id)));
  });

  test('the same document sealed twice has nothing in common', async () => {
    const vault = vaultOf([desk]);
    const [one, two] = [await vault.seal(text('Ada'), record), await vault.seal(text('Ada'), record)];
    expect(documentHash(one)).not.toBe(documentHash(two));
    expect(documentHash(one)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('rewrapped for others, the old key opens nothing and documents are as they were', async () => {
    const sealing = vaultOf([desk]);
    const sealed = await sealing.seal(text('Ada'), record);
    const { changed: keys, closed } = await rewrapAll(
      sealing.newKeys(),
      [reviewer.secret],
      [stranger.recipient, recovery.recipient],
    );
    expect(closed).toEqual([]);
    expect(keys[0]?.recipients).toEqual([stranger.recipient, recovery.recipient]);
    expect(words(await vaultOf([stranger], keys).open(sealed, record))).toBe('Ada');
    expect(words(await vaultOf([recovery], keys).open(sealed, record))).toBe('Ada');
    expect(await reasonOf(vaultOf([reviewer], keys).open(sealed, record))).toBe('no-key');
  });
});

describe('who opens data keys when the readers change', () => {
  const [drafts, records] = ['draft-1', 'record-1'];
  test.each<[string, string, string[], string[]]>([
    ['a record, before there were readers', records, ['desk'], ['r', 'c']],
    ['a draft, before there were readers', drafts, ['desk'], ['desk', 'r', 'c']],
    ['a record', records, ['old', 'c'], ['r', 'c']],
    ['a draft', drafts, ['desk', 'old', 'c'], ['desk', 'r', 'c']],
  ])('%s', (_what, id, recipients, expected) => {
    expect(recipientsAfter({ id, recipients }, ['r', 'c'])).toEqual(expected);
  });

  test('what no key here opens is named and left as it is', async () => {
    const sealing = vaultOf([desk]);
    await sealing.seal(text('Ada'), record);
    const keys = sealing.newKeys();
    expect(await rewrapAll(keys, [stranger.secret], [stranger.recipient])).toEqual({
      changed: [],
      closed: [keys[0]?.id],
    });
    expect(await closedTo(keys, recovery.secret)).toEqual([]);
    expect(await closedTo(keys, desk.secret)).toEqual([keys[0]?.id]);
  });

  test('what is right already is not wrapped again', async () => {
    const sealing = vaultOf([desk]);
    await sealing.seal(text('Ada'), draft);
    const readers = [recovery.recipient, reviewer.recipient];
    expect(await rewrapAll(sealing.newKeys(), [], readers)).toEqual({ changed: [], closed: [] });
  });
});

describe('looking up by chart reference', () => {
  test('spaces and letter size do not matter, the key does', () => {
    const vault = vaultOf([]);
    const digest = vault.lookupOf('MRN 12 34');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(vault.lookupOf(' mrn 12\t 34')).toBe(digest);
    expect(vault.lookupOf('MRN 12 35')).not.toBe(digest);
    expect(vaultOf([], [], text('j'.repeat(32))).lookupOf('MRN 12 34')).not.toBe(digest);
  });
});

describe('secrets as people type them', () => {
  test('spaces and small letters are let be; a slip is told', async () => {
    const spaced = desk.secret.toLowerCase().replace(/(.{4})/g, '$1 ');
    expect(await identityOf(spaced)).toEqual(desk);
    const slipped = `${desk.secret.slice(0, -1)}${desk.secret.endsWith('Q') ? 'P' : 'Q'}`;
    for (const wrong of [slipped, '', 'AGE-SECRET-KEY-1', desk.recipient]) {
      expect(await reasonOf(identityOf(wrong))).toBe('format');
    }
  });

  test('locked with a passphrase', async () => {
    const locked = await lock(desk.secret, 'correct horse', 10);
    expect(await unlock(locked, 'correct horse')).toBe(desk.secret);
    expect(await reasonOf(unlock(locked, 'wrong horse'))).toBe('no-key');
    expect(await reasonOf(unlock('no age file', 'correct horse'))).toBe('altered');
  });
});

describe.skipIf(!has('age'))('stock age', () => {
  test('opens a data key for each reader and for no other', async () => {
    const vault = vaultOf([desk]);
    await vault.seal(text('Ada'), record);
    const [key] = vault.newKeys() as [WrappedKey];
    const folder = folderWith({ key: key.wrapped });
    const opening = ({ secret }: Identity): ReturnType<typeof stock> =>
      stock('age', ['-d', '-i', '-', join(folder, 'key')], { input: secret });
    expect(opening(reviewer).stdout).toMatch(/^[0-9a-f]{64}$/);
    expect(opening(recovery).stdout).toBe(opening(reviewer).stdout);
    expect(opening(desk)).toMatchObject({ status: 1, stdout: '' });
  });
});
