import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { unlock } from '../../src/record/keys.ts';
import { Keys, Terminal } from './terminal.ts';

function terminal(...argv: readonly string[]): Terminal {
  const opened = new Terminal(argv);
  onTestFinished(() => {
    try {
      opened.kill('SIGKILL');
    } catch {
      // It has ended by itself.
    }
    opened.remove();
  });
  return opened;
}

const passphrase = 'vier Wörter ganz zufällig';
const keysOf = ({ folder }: Terminal): string => join(folder, 'state', 'preinfuse', 'keys');

test('key init asks for a passphrase twice and shows the recovery key once, on a screen that is gone', async () => {
  const desk = terminal('key', 'init');
  await desk.shows('New passphrase');
  await desk.type('too short');
  await desk.shows('too short: it takes 16');
  await desk.type(passphrase);
  await desk.shows('The same again');
  await desk.type(`${passphrase}!`);
  await desk.shows('not the same');
  await desk.type(passphrase);
  await desk.shows('The same again');
  await desk.type(passphrase);
  const shown = await desk.shows('Press Enter when it is written down');
  expect(desk.isAlternate()).toBe(true);
  const groups = /AGE-SECRET-KEY-1((?:\s+[0-9A-Z]{1,4})+)\n\n/.exec(shown)?.[1] ?? '';
  const secret = `AGE-SECRET-KEY-1${groups.replace(/\s/g, '')}`;
  expect(secret).toHaveLength(74);
  await desk.press(Keys.enter);
  await desk.shows('Its last 6 characters');
  await desk.type('AAAAAA');
  await desk.shows('Press Enter when it is written down');
  await desk.press(Keys.enter);
  await desk.shows('Its last 6 characters');
  expect(desk.isAlternate()).toBe(false);
  await desk.type(secret.slice(-6).toLowerCase());
  expect((await desk.exited).exitCode).toBe(0);

  expect(desk.normal()).not.toContain(secret.slice(20, 24));
  expect(desk.written).not.toContain(passphrase);
  const locked = readFileSync(join(keysOf(desk), 'reviewer.key.age'), 'utf8');
  expect(await unlock(locked, passphrase.normalize('NFC'))).toContain('AGE-SECRET-KEY-1');
});

test('key init that is stopped has made no reader', async () => {
  const desk = terminal('key', 'init');
  await desk.shows('New passphrase');
  await desk.press(Keys.interrupt);
  expect((await desk.exited).exitCode).toBe(130);
  expect(existsSync(join(keysOf(desk), 'recipients.txt'))).toBe(false);
  expect(existsSync(join(keysOf(desk), 'reviewer.key.age'))).toBe(false);
});
