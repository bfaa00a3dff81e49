import { readFileSync } from 'node:fs';

/** A process, told from a later one with the same number where the system says when it began. */
export interface RunningProcess {
  readonly pid: number;
  /** Ticks since the start of the system. */
  readonly began?: string;
}

/** This one. */
export function thisProcess(): RunningProcess {
  return { pid: process.pid, ...beganAt(process.pid) };
}

/** Whether another process of that number runs. This one is none, nor is one that ended and was not fetched yet. */
export function isRunning(pid: number): boolean {
  if (pid === process.pid || statOf(pid)?.state === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether that very process runs still, and is not this one. */
export function isStillRunning({ pid, began }: RunningProcess): boolean {
  return isRunning(pid) && (began === undefined || beganAt(pid).began === began);
}

function beganAt(pid: number): { readonly began?: string } {
  const began = statOf(pid)?.began;
  return began === undefined ? {} : { began };
}

/** What Linux tells of a process; undefined elsewhere, and where there is none. */
function statOf(pid: number): { readonly state: string | undefined; readonly began: string | undefined } | undefined {
  try {
    // The second field is the name of the program in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: fields[0], began: fields[19] };
  } catch {
    return undefined;
  }
}
