import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateFolder } from '../../src/cli/files/state-folder.ts';

const own = join(homedir(), '.local', 'state', 'preinfuse');

test.each([
  ['XDG_STATE_HOME', { XDG_STATE_HOME: '/srv/state', HOME: '/home/ann' }, '/srv/state/preinfuse'],
  ['the home', { HOME: '/home/ann' }, '/home/ann/.local/state/preinfuse'],
  [
    'the home, where XDG_STATE_HOME is empty',
    { XDG_STATE_HOME: '', HOME: '/home/ann' },
    '/home/ann/.local/state/preinfuse',
  ],
  [
    'the home, where XDG_STATE_HOME is not absolute',
    { XDG_STATE_HOME: 'x', HOME: '/home/ann' },
    '/home/ann/.local/state/preinfuse',
  ],
  ['the account, where there is no home', {}, own],
  ['the account, where the home is empty', { HOME: '' }, own],
  ['the account, where the home is not absolute', { HOME: 'home/ann' }, own],
])('what is kept has one place, whatever the working folder: that of %s', (_what, env, place) => {
  expect(stateFolder(env)).toBe(place);
});
