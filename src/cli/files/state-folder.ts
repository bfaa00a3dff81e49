import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what this user keeps is: `${XDG_STATE_HOME:-~/.local/state}/preinfuse` */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'preinfuse');
}
