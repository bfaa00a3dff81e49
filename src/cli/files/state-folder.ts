import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where what this user keeps is: `${XDG_STATE_HOME:-~/.local/state}/preinfuse`. A path that is empty or not absolute names no
 * place (XDG Base Directory Specification): what is kept would change with the working folder.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const home = absolute(env.HOME) ?? absolute(homedir()) ?? userInfo().homedir;
  return join(absolute(env.XDG_STATE_HOME) ?? join(home, '.local', 'state'), 'preinfuse');
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
