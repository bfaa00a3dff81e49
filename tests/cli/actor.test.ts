import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { loadClinic } from '../../src/cli/forms/templates.ts';
import type { Io } from '../../src/cli/io.ts';
import { actorOf } from '../../src/cli/records/actor.ts';
import { ioIn } from '../run.ts';

const { io } = ioIn({ cwd: '/' });
const { clinic } = await loadClinic(io);
const own = { ...clinic, demo: false };
const withName = (name: string): Io => ({ ...io, env: { PREINFUSE_USER: name } });
const account = userInfo().username;

test('the example clinic takes whoever works here', () => {
  expect(actorOf(clinic, io)).toBe(account);
});

test('a name that was given stands beside the account', () => {
  expect(actorOf(own, withName('Ana Łukasz'))).toBe(`Ana Łukasz (account ${account})`);
  expect(actorOf(clinic, withName(account))).toBe(account);
});

test.each(['root', 'Admin', 'user', 'reception'])('%s can be anybody: refused', (name) => {
  expect(() => actorOf(own, withName(name))).toThrow('can be anybody');
});

test.each(['x', '\u001b[31mred', 'a\nb', 'a'.repeat(65), '- rm'])('%j is no name', (name) => {
  expect(() => actorOf(own, withName(name))).toThrow('does not hold a name');
});
