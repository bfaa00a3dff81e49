import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL server of a test's own, on loopback. */
export interface Server {
  /** Its data, write-ahead log and log. */
  readonly folder: string;
  /** Address of a new, empty database. */
  database(): string;
  /** Address of a new database that holds what another one does now. */
  copyOf(address: string): string;
  /** Stops it as a crash would, and starts it again. */
  crash(): void;
  stop(): void;
}

const versions = '/usr/lib/postgresql';
const version = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;

/** Why there is no server to test with; undefined where there is one. */
export const noPostgres =
  version === undefined
    ? 'PostgreSQL is not installed: apt-get install postgresql'
    : process.platform !== 'linux'
      ? 'the PostgreSQL tests run on Linux'
      : undefined;

/** Starts Debian's PostgreSQL with a new data folder, as user `postgres` where this is root, who may not. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const bin = join(versions, version ?? '', 'bin');
  const isRoot = process.getuid?.() === 0;
  const who = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (isRoot) chownSync(folder, who.uid ?? 0, who.gid ?? 0);
  const port = await freePort();
  const run = (name: string, ...argv: readonly string[]): void => {
    execFileSync(join(bin, name), argv, { cwd: folder, stdio: 'ignore', ...who, env: { ...process.env, LC_ALL: 'C' } });
  };
  const data = join(folder, 'data');
  const all = { ...settings, listen_addresses: '127.0.0.1', unix_socket_directories: folder };
  const named = Object.entries(all).map(([name, value]) => ` -c ${name}=${value}`);
  const options = `-p ${port}${named.join('')}`;
  const start = (): void => run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  run('initdb', '-D', data, '-U', 'tester', '-A', 'trust', '--no-sync');
  start();
  const made = { count: 0 };
  const database = (...template: readonly string[]): string => {
    made.count += 1;
    const name = `store${made.count}`;
    run('createdb', '-h', '127.0.0.1', '-p', String(port), '-U', 'tester', ...template, name);
    return `postgres://tester@127.0.0.1:${port}/${name}`;
  };
  return {
    folder,
    database: () => database(),
    copyOf: (address) => database('-T', new URL(address).pathname.slice(1)),
    crash() {
      run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
      start();
    },
    stop() {
      run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
