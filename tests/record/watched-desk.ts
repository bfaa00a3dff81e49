import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderWith } from '../folder.ts';
import { Terminal } from '../terminal/terminal.ts';
import { has } from './stock.ts';

const program = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));

/** Why no list of all files that a process names can be had; undefined where it can. */
export const noStrace = has('strace') ? undefined : 'strace is not installed: apt-get install strace';

/** What a run of the built program came to. */
export interface Ran {
  readonly exit: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** How the program is run. */
export interface How {
  /** What it reads; default nothing. */
  readonly stdin?: string;
  /** Standard input does not end. */
  readonly isOpen?: boolean;
  /** Options of Node. */
  readonly node?: readonly string[];
}

/** A desk with folders of its own, where each process of the built program is looked at while it runs. */
export interface WatchedDesk {
  /** Where the program works. */
  readonly cwd: string;
  /** Where it puts what was asked for in clear; made. */
  readonly elsewhere: string;
  readonly env: Readonly<Record<string, string>>;
  run(argv: readonly string[], how?: How): Promise<Ran>;
  /** The program in a terminal. */
  terminal(argv: readonly string[], node?: readonly string[]): Terminal;
  /** Arguments and environments of all processes so far, a process each. Empty where the system does not tell. */
  processes(): readonly string[];
  /** Calls to the system with names of files, and programs with their arguments and environment: an account each run. */
  calls(): readonly string[];
}

/** A desk with `files` where it works. `isTraced`: every call that names a file is kept, where the system has strace. */
export function watchedDesk(files: Readonly<Record<string, string>>, isTraced: boolean): WatchedDesk {
  const root = folderWith({});
  const [cwd, elsewhere, traces] = ['desk', 'elsewhere', 'traces'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [cwd, elsewhere, traces, join(root, 'tmp')]) mkdirSync(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: join(cwd, 'home'),
    XDG_STATE_HOME: join(cwd, 'state'),
    TMPDIR: join(root, 'tmp'),
    TZ: 'UTC',
  };
  const seen = new Set<string>();
  const made = { runs: 0 };
  const command = (node: readonly string[]): readonly string[] => {
    made.runs += 1;
    const strace = ['strace', '-f', '-qq', '--seccomp-bpf', '-v', '-s', '4096', '-e', 'trace=%file'];
    const traced = isTraced && noStrace === undefined ? [...strace, '-o', join(traces, String(made.runs))] : [];
    return [...traced, process.execPath, ...node, program];
  };
  return {
    cwd,
    elsewhere,
    env,
    run(argv, { stdin = '', isOpen = false, node = [] } = {}) {
      const [file = '', ...rest] = [...command(node), ...argv];
      const child = spawn(file, rest, { cwd, env });
      const watching = watch(child.pid, seen);
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk) => stdout.push(chunk));
      child.stderr.on('data', (chunk) => stderr.push(chunk));
      child.stdin.on('error', () => undefined);
      child.stdin.write(stdin);
      if (!isOpen) child.stdin.end();
      return new Promise((done) => {
        child.on('close', (exit) => {
          clearInterval(watching);
          done({ exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
        });
      });
    },
    terminal(argv, node = []) {
      const terminal = new Terminal(argv, { folder: cwd, env, command: command(node) });
      const watching = watch(terminal.pid, seen);
      void terminal.exited.then(() => clearInterval(watching));
      return terminal;
    },
    processes: () => [...seen],
    calls: () => readdirSync(traces).map((name) => callsIn(readFileSync(join(traces, name), 'latin1'))),
  };
}

/** An account without the program's own files, which are most of it. */
function callsIn(account: string): string {
  const folder = fileURLToPath(new URL('../../', import.meta.url));
  return account
    .split('\n')
    .filter((line) => line.includes('execve(') || !line.includes(`"${folder}`))
    .join('\n');
}

/** Looks at a process and those below it every few milliseconds. */
function watch(pid: number | undefined, seen: Set<string>): NodeJS.Timeout {
  return setInterval(() => {
    if (pid !== undefined) for (const each of withChildren(pid)) for (const text of factsOf(each)) seen.add(text);
  }, 10);
}

function withChildren(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(withChildren)];
}

function factsOf(pid: number): readonly string[] {
  return ['cmdline', 'environ'].map((name) => read(`/proc/${pid}/${name}`)).filter((text) => text !== '');
}

/** Empty for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** A file or folder below a folder. */
export interface FoundFile {
  /** From the folder. */
  readonly name: string;
  readonly path: string;
  readonly mode: number;
  readonly kind: 'file' | 'folder' | 'other';
  /** When it was written to last, in milliseconds since 1970. */
  readonly written: number;
}

/** Everything below a folder, links not followed. Nothing where there is none. */
export function filesBelow(folder: string): readonly FoundFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name): readonly FoundFile[] => {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    const kind = found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
    return [{ name, path, mode: found.mode & 0o777, kind, written: found.mtimeMs }];
  });
}
