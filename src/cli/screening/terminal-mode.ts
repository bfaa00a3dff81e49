import { smallest } from '../../wizard/view.ts';
import type { Io, Output } from '../io.ts';

/** How questions are asked: on a screen that is redrawn, or line by line. */
export type Mode = 'screen' | 'lines';

/** How to ask on this terminal: line by line where that is wished for, or nothing else fits. */
export function terminalMode({ stderr, env }: Io): Mode {
  const isWished = [env.PREINFUSE_PLAIN, env.ACCESSIBLE].some(
    (value) => value !== undefined && value !== '' && value !== '0',
  );
  return isWished || env.TERM === 'dumb' || isTooSmall(stderr) ? 'lines' : 'screen';
}

/** True for a window that the questions do not fit in. */
export function isTooSmall({ columns, rows }: Output): boolean {
  return (columns || smallest.columns) < smallest.columns || (rows || smallest.rows) < smallest.rows;
}
