import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database as SqliteFile, Statement } from 'better-sqlite3';
import type { Driver } from 'kysely';
import { tellProblems, withDriver } from './dialect.ts';
import { ownStoreFile } from './own-place.ts';
import { notAStoreProblem, StoreProblem } from './problem.ts';
import { applicationId } from './store-mark.ts';
import type { Database, Tables } from './tables.ts';

/** How long a desk waits for another one's write, in milliseconds. */
const busyTimeout = 10_000;

/**
 * Opens a file with better-sqlite3, made where it is not there: WAL, each commit on the disk before it is acknowledged. Nobody else
 * can read it: SQLite makes what it keeps beside the file with the file's own mode.
 */
export async function openSqlite(path: string): Promise<Database> {
  const Driver = await loadDriver();
  refuseNetworkFolder(path);
  ownStoreFile(path);
  const file = keep(new Driver(path, { timeout: busyTimeout }));
  try {
    const prepare = preparing(file);
    if (!isOurs(file, prepare)) throw notAStoreProblem();
    file.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON',
    );
    const { Kysely, SqliteDialect } = await import('kysely');
    const database = { prepare, close: () => void file.close() };
    const dialect = withDriver(new SqliteDialect({ database }), (driver) => {
      rollBackOnce(driver, file);
      tellProblems(driver);
    });
    return { engine: 'sqlite', db: new Kysely<Tables>({ dialect }), place: path };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Native objects of the driver, for as long as the process lives: Node 24 aborts where one of version 12 is collected.
 * Version 13 asks for Node 22.
 */
const kept: unknown[] = [];

function keep<T>(native: T): T {
  kept.push(native);
  return native;
}

type Prepare = (sql: string) => Statement;

/** Each text is prepared once, but for one that is being read through. */
function preparing(file: Pick<SqliteFile, 'prepare'>): Prepare {
  const known = new Map<string, Statement>();
  return (sql) => {
    const ready = known.get(sql);
    if (ready && !ready.busy) return ready;
    const statement = keep(file.prepare<unknown[]>(sql));
    known.set(sql, statement);
    return statement;
  };
}

/** A full disk makes SQLite roll back by itself; rolling back again would fail, and hide why. */
function rollBackOnce(driver: Driver, file: Pick<SqliteFile, 'inTransaction'>): void {
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.rollbackTransaction = async (connection) => {
    if (file.inTransaction) await rollback(connection);
  };
}

function isOurs(file: Pick<SqliteFile, 'exec'>, prepare: Prepare): boolean {
  const numberOf = (pragma: string): number => Number(Object.values(prepare(`PRAGMA ${pragma}`).get() as object)[0]);
  if (numberOf('application_id') === applicationId) return true;
  const isNew = numberOf('schema_version') === 0;
  if (isNew) file.exec(`PRAGMA application_id = ${applicationId}`);
  return isNew;
}

/** The native driver. Where it is not installed, or not built for this Node: `no-driver`, with the remedy. */
export async function loadDriver() {
  try {
    const { default: Driver } = await import('better-sqlite3');
    keep(new Driver(':memory:')).close();
    return Driver;
  } catch (cause) {
    throw new StoreProblem(
      'no-driver',
      'records are kept with better-sqlite3, which is not installed or not built for this Node',
      'run: npm install better-sqlite3@12 (or keep records on PostgreSQL: --store postgres://...)',
      cause,
    );
  }
}

/** File systems of other machines, by the number that statfs(2) gives for them. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x65735546, 'FUSE (sshfs and the like)'],
]);

/** Name of a file system that lies on another machine, or may; undefined for a local one. */
export function networkFileSystem(type: number): string | undefined {
  return networkFileSystems.get(type >>> 0);
}

function refuseNetworkFolder(path: string): void {
  const name = networkFileSystem(statfsSync(nearestFolder(dirname(path))).type);
  if (name === undefined) return;
  throw new StoreProblem(
    'network-folder',
    `a store of one machine cannot lie on a network file system (${name}): its locks do not hold there`,
    'for several machines use PostgreSQL: --store postgres://..., else name a folder of this machine',
  );
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
