import { tellProblems, withDriver } from './dialect.ts';
import { StoreProblem } from './problem.ts';
import type { Database, Tables } from './tables.ts';

/** `postgres://` or `postgresql://` */
export function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//i.test(address);
}

/** Milliseconds until a connection, a statement, or a transaction that does nothing is given up. */
const limits = { connect: 10_000, statement: 60_000, idleTransaction: 30_000 };

/** Opens a database with pg. One that is not on this machine is refused without `sslmode=verify-full`. */
export async function openPostgres(address: string): Promise<Database> {
  const settings = await settingsOf(address);
  const [{ default: pg }, { Kysely, PostgresDialect }] = await Promise.all([import('pg'), import('kysely')]);
  const pool = new pg.Pool({
    ...settings,
    max: 4,
    application_name: 'preinfuse',
    connectionTimeoutMillis: limits.connect,
    statement_timeout: limits.statement,
    idle_in_transaction_session_timeout: limits.idleTransaction,
  });
  // A connection that the server closes while idle is replaced at the next use.
  pool.on('error', () => undefined);
  // One that it closes between two statements of a transaction is told by the next of them.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { host, port, database } = settings;
  const db = new Kysely<Tables>({ dialect: withDriver(new PostgresDialect({ pool }), tellProblems) });
  return { engine: 'postgres', db, place: `postgres://${host}:${port}/${database ?? ''}` };
}

interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly ssl: false | { readonly rejectUnauthorized: true; readonly ca?: string };
}

/** An address as pg takes it. The host is the one that pg would go to, wherever the address names it. */
async function settingsOf(address: string): Promise<PostgresSettings> {
  const { url, isVerified } = readAddress(address);
  const { parse } = await import('pg-connection-string');
  const { host: named, port, database, user, password, ssl } = parse(url);
  const host = named || process.env.PGHOST || 'localhost';
  if (!isVerified && !isLoopback(host)) throw noTls();
  const { ca } = typeof ssl === 'object' && ssl !== null ? (ssl as { readonly ca?: string }) : {};
  return {
    host,
    port: Number(port || process.env.PGPORT || 5432),
    database: database || undefined,
    user: user || undefined,
    password: password || undefined,
    ssl: isVerified ? { rejectUnauthorized: true, ...(ca !== undefined && { ca }) } : false,
  };
}

/** The address without what would choose a weaker TLS than ours; `isVerified` where it asks for `verify-full`. */
function readAddress(address: string): { readonly url: string; readonly isVerified: boolean } {
  try {
    const url = new URL(address);
    const isVerified = url.searchParams.get('sslmode') === 'verify-full';
    const weaker = ['ssl', 'sslmode', 'sslnegotiation', 'uselibpqcompat'];
    for (const name of weaker) if (!isVerified || name !== 'sslmode') url.searchParams.delete(name);
    return { url: url.href, isVerified };
  } catch {
    throw badAddress();
  }
}

/** True for an address that never leaves this machine: a socket in the file system too. */
export function isLoopback(host: string): boolean {
  return host.startsWith('/') || /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

function badAddress(): StoreProblem {
  return new StoreProblem(
    'bad-address',
    'the address of the store cannot be read',
    'write it as postgres://user@host:5432/database?sslmode=verify-full',
  );
}

function noTls(): StoreProblem {
  return new StoreProblem(
    'no-tls',
    'a PostgreSQL server on another machine is used over verified TLS alone',
    'add sslmode=verify-full to the address, and sslrootcert=FILE where your own authority signed its certificate',
  );
}
