import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChainFault, nextEntry, noHead, shortHead, verifyChain } from '../../src/record/chain.ts';
import {
  allowedSigner,
  checkpointNamespace,
  checkpointOf,
  readCheckpoint,
  signerOf,
} from '../../src/record/checkpoint.ts';
import type { AuditEntry, Head } from '../../src/record/sealing.ts';
import { sshPublicKey } from '../../src/record/ssh-signature.ts';
import { folderWith } from '../folder.ts';
import { has, stock } from './stock.ts';

/** A chain of `length` entries, the content of each from `say`. */
function chainOf(length: number, say: (seq: number) => string = (seq) => `changed ${seq}`): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const event = {
      at: `2026-03-10T12:00:${String(seq).padStart(2, '0')}Z`,
      actor: 'anna',
      event: say(seq),
      caseId: 'c1',
    };
    entries.push(nextEntry(entries.at(-1) ?? noHead, event));
  }
  return entries;
}

const headOf = (entries: readonly AuditEntry[]): Head => {
  const { seq, hash } = entries.at(-1) ?? noHead;
  return { seq, hash };
};
const entries = chainOf(9);
const head = headOf(entries);

describe('the chain', () => {
  test('holds, from none to many', async () => {
    expect(await verifyChain([], noHead)).toEqual({ is: 'whole', head: noHead });
    expect(await verifyChain(entries, head, [noHead, headOf(entries.slice(0, 4))])).toEqual({ is: 'whole', head });
  });

  test('an entry hashes as anybody can take it again with sha256sum', () => {
    const before = headOf(entries.slice(0, 4)).hash;
    const line = `${before}\n{"actor":"anna","at":"2026-03-10T12:00:05Z","caseId":"c1","event":"changed 5","seq":5}`;
    expect(stock('sha256sum', [], { input: line }).stdout.slice(0, 64)).toBe(entries[4]?.hash);
  });

  test('a field more or less is another entry', () => {
    const event = { at: 't', actor: 'a', event: 'e' };
    const hashes = [event, { ...event, note: '' }, { ...event, caseId: '' }, { ...event, documentHash: '' }];
    expect(new Set(hashes.map((each) => nextEntry(noHead, each).hash)).size).toBe(4);
  });

  test('its head in short', () => {
    expect(shortHead({ seq: 12, hash: 'abcdef0123456789'.repeat(4) })).toBe('12-abcdef012345');
  });

  const changed = (at: number, change: Partial<AuditEntry>): readonly AuditEntry[] =>
    entries.map((entry) => (entry.seq === at ? { ...entry, ...change } : entry));
  const rebuilt = chainOf(9, (seq) => (seq === 5 ? 'something else' : `changed ${seq}`));

  test.each<[string, readonly AuditEntry[], Head, readonly Head[], ChainFault]>([
    ['a word changed', changed(5, { event: 'seen' }), head, [], { is: 'altered', seq: 5 }],
    ['a time changed', changed(1, { at: '2025-03-10T12:00:01Z' }), head, [], { is: 'altered', seq: 1 }],
    ['a field added', changed(7, { note: 'x' }), head, [], { is: 'altered', seq: 7 }],
    ['a hash changed', changed(9, { hash: '0'.repeat(64) }), head, [], { is: 'altered', seq: 9 }],
    ['the last rebuilt', [...entries.slice(0, 8), ...chainOf(9, String).slice(8)], head, [], { is: 'altered', seq: 9 }],
    ['one taken out', entries.filter(({ seq }) => seq !== 4), head, [], { is: 'missing', seq: 4 }],
    ['the first taken out', entries.slice(1), head, [], { is: 'missing', seq: 1 }],
    ['one twice', [...entries.slice(0, 3), ...entries.slice(2)], head, [], { is: 'repeated', seq: 3 }],
    ['two changed about', changed(2, { ...entries[2], seq: 2 }), head, [], { is: 'altered', seq: 2 }],
    ['the end cut off', entries.slice(0, 6), head, [], { is: 'truncated', seq: 7 }],
    ['all gone', [], head, [], { is: 'truncated', seq: 1 }],
    [
      'the end cut off, the head with it',
      entries.slice(0, 6),
      headOf(entries.slice(0, 6)),
      [head],
      { is: 'truncated', seq: 7 },
    ],
    ['the head set back', entries, headOf(entries.slice(0, 6)), [], { is: 'added', seq: 7 }],
    [
      'all rebuilt from 5 on, the head with it',
      rebuilt,
      headOf(rebuilt),
      [head],
      { is: 'rewritten', seq: 9, after: 0 },
    ],
    [
      'rebuilt before a checkpoint',
      rebuilt,
      headOf(rebuilt),
      [headOf(entries.slice(0, 6))],
      { is: 'rewritten', seq: 6, after: 0 },
    ],
    [
      'rebuilt between two checkpoints',
      rebuilt,
      headOf(rebuilt),
      [head, headOf(entries.slice(0, 3)), headOf(entries.slice(0, 4))],
      { is: 'rewritten', seq: 9, after: 4 },
    ],
    [
      'rebuilt, where one of two who know the entry was told the new one',
      rebuilt,
      headOf(rebuilt),
      [head, headOf(rebuilt)],
      { is: 'rewritten', seq: 9, after: 0 },
    ],
  ])('%s', async (_what, found, storedHead, known, fault) => {
    expect(await verifyChain(found, storedHead, known)).toEqual({ is: 'broken', fault });
  });
});

const pem = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const key = pem();
const content = { origin: 'preinfuse/clinic', head, at: '2026-03-10T12:00:00Z' };

describe('checkpoints', () => {
  test('say what they were made of', () => {
    const { body } = checkpointOf(content, key);
    expect(readCheckpoint(body)).toEqual(content);
    expect(body.split('\n').slice(0, 2)).toEqual(['preinfuse/clinic', '9']);
    for (const wrong of ['', body.slice(0, -1), `${body}more\n`, body.replace('\n9\n', '\n-9\n')])
      expect(readCheckpoint(wrong)).toBeUndefined();
  });

  test('are signed: another text, namespace, key or armour has no signer', () => {
    const checkpoint = checkpointOf(content, key);
    expect(signerOf(checkpoint)).toBe(sshPublicKey(key));
    expect(signerOf({ ...checkpoint, body: checkpoint.body.replace('\n9\n', '\n8\n') })).toBeUndefined();
    expect(signerOf(checkpointOf(content, pem()))).not.toBe(sshPublicKey(key));
    for (const signature of [
      '',
      'x',
      checkpoint.signature.slice(0, 200),
      checkpoint.signature.replace('U1NIU0lH', 'AAAAAAAA'),
    ])
      expect(signerOf({ ...checkpoint, signature })).toBeUndefined();
  });
});

describe.skipIf(!has('ssh-keygen'))('stock ssh-keygen', () => {
  const verifyWith = (body: string, signature: string, namespace = checkpointNamespace): ReturnType<typeof stock> => {
    const folder = folderWith({ allowed: allowedSigner('clinic', sshPublicKey(key)), signature });
    const args = ['-Y', 'verify', '-f', join(folder, 'allowed'), '-I', 'clinic', '-n', namespace];
    return stock('ssh-keygen', [...args, '-s', join(folder, 'signature')], { input: body });
  };
  const { body, signature } = checkpointOf(content, key);

  test('finds a checkpoint good', () => {
    expect(verifyWith(body, signature)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Good "preinfuse-audit" signature for clinic'),
    });
  });

  test.each<[string, string, string, string]>([
    ['another head', body.replace('\n9\n', '\n8\n'), signature, checkpointNamespace],
    ['another key', body, checkpointOf(content, pem()).signature, checkpointNamespace],
    ['another purpose', body, signature, 'file'],
  ])('refuses %s', (_what, text, signed, namespace) => {
    expect(verifyWith(text, signed, namespace).status).not.toBe(0);
  });

  test('signs what we read', () => {
    const folder = folderWith({ text: 'a text\n' });
    stock('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
    stock('ssh-keygen', [
      '-q',
      '-Y',
      'sign',
      '-f',
      join(folder, 'id'),
      '-n',
      checkpointNamespace,
      join(folder, 'text'),
    ]);
    const read = (name: string): string => stock('cat', [join(folder, name)]).stdout;
    const publicKey = read('id.pub').split(' ').slice(0, 2).join(' ');
    expect(signerOf({ body: 'a text\n', signature: read('text.sig') })).toBe(publicKey);
  });
});
