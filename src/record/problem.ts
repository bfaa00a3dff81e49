/**
 * What keeps a store from being used. `no-driver`: the native part of SQLite is not installed. `network-folder`, `no-tls`: refused
 * by name. `unsafe`: its file or folder is a link, or others may read or write it. `newer`: a newer version of the program made it over. `older`: it lacks what this desk wrote to it. `clock`: this
 * machine's clock is behind it. `read-only`, `full`, `busy`, `damaged`, `not-a-store`, `unreachable`: as the engine told.
 * `not-empty`, `bad-backup`: nothing was restored.
 */
export type StoreProblemCode =
  | 'no-driver'
  | 'network-folder'
  | 'unsafe'
  | 'no-tls'
  | 'bad-address'
  | 'newer'
  | 'older'
  | 'clock'
  | 'read-only'
  | 'full'
  | 'busy'
  | 'damaged'
  | 'not-a-store'
  | 'not-empty'
  | 'bad-backup'
  | 'unreachable';

/** Why the store cannot be used, and the way out in one sentence. Carries no patient data and no password. */
export class StoreProblem extends Error {
  readonly code: StoreProblemCode;
  readonly hint: string;

  constructor(code: StoreProblemCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StoreProblem';
    this.code = code;
    this.hint = hint;
  }
}

const kept = 'nothing that was saved is lost';

interface Told {
  readonly code: StoreProblemCode;
  readonly message: string;
  readonly hint: string;
}

const full: Told = {
  code: 'full',
  message: `there is no room left where the store is; the last change was not saved, ${kept}`,
  hint: 'free some room and try again',
};
const readOnly: Told = {
  code: 'read-only',
  message: 'the store cannot be written to',
  hint: 'give this account the right to write the file and its folder, or name another with --store',
};
const readOnlyServer: Told = {
  code: 'read-only',
  message: 'the store cannot be written to',
  hint: 'give this user of the database the right to write in it, or name another with --store; a standby takes no writes',
};
const busy: Told = {
  code: 'busy',
  message: `another desk kept the store busy for too long; the last change was not saved, ${kept}`,
  hint: 'try again',
};
const damaged: Told = {
  code: 'damaged',
  message: 'the file of the store is damaged',
  hint: 'stop here, keep the file, and put the last backup back with: preinfuse records restore',
};
const otherTables: Told = {
  code: 'damaged',
  message: 'the tables of the store are not as preinfuse made them',
  hint: damaged.hint,
};
const notAStore: Told = {
  code: 'not-a-store',
  message: 'the file is no store of preinfuse',
  hint: 'name another file with --store',
};
const unreachable: Told = {
  code: 'unreachable',
  message: `the PostgreSQL server does not answer or closed the connection; the last change may not be saved, ${kept}`,
  hint: 'see that it runs and that this desk reaches it, then try again',
};
const refused: Told = {
  code: 'unreachable',
  message: 'the PostgreSQL server refuses this user or database',
  hint: 'see user, database and password (a password belongs in ~/.pgpass, not in the address)',
};

/** By SQLite's result codes, PostgreSQL's SQLSTATE and Node's error codes: the first whose pattern fits. */
const byCode: readonly (readonly [RegExp, Told])[] = [
  [/^SQLITE_FULL|^SQLITE_IOERR_WRITE|^SQLITE_IOERR_SHMSIZE|^ENOSPC$|^EDQUOT$|^53100$/, full],
  [/^SQLITE_READONLY|^SQLITE_CANTOPEN|^SQLITE_PERM|^EACCES$|^EPERM$|^EROFS$|^ENOTDIR$|^EEXIST$/, readOnly],
  [/^25006$|^42501$/, readOnlyServer],
  [/^SQLITE_BUSY|^SQLITE_LOCKED|^55P03$|^57014$/, busy],
  [/^SQLITE_NOTADB/, notAStore],
  [/^SQLITE_CORRUPT|^SQLITE_IOERR|^XX00[12]$/, damaged],
  [/^42P01$|^42703$|^42P07$|^42701$/, otherTables],
  [/^28|^3D000$/, refused],
  [/^08|^57P0|^53|^ECONN|^ENOTFOUND$|^ETIMEDOUT$|^EHOSTUNREACH$|^EPIPE$|^CERT|_CERT|^ERR_TLS/, unreachable],
];

/** The problem that an error of an engine stands for; the error itself where it is none, which then is a bug. */
export function problemOf(error: unknown): unknown {
  if (error instanceof StoreProblem || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const told =
    byCode.find(([pattern]) => pattern.test(code ?? ''))?.[1] ??
    (code === 'ENOENT' ? notThere(syscall) : byMessage(error.message));
  return told ? new StoreProblem(told.code, told.message, told.hint, error) : error;
}

/** The socket of a server, or a folder that is not there and cannot be made: Node says no more of one on a read-only disk. */
function notThere(syscall: string | undefined): Told {
  return syscall === 'connect' ? unreachable : readOnly;
}

/** The file is something else than a store. */
export function notAStoreProblem(): StoreProblem {
  return new StoreProblem(notAStore.code, notAStore.message, notAStore.hint);
}

/** pg and SQLite tell these in words alone. */
function byMessage(message: string): Told | undefined {
  if (/^(no such (table|column): |duplicate column name: |table \S+ already exists$)/.test(message)) return otherTables;
  return /^(Connection terminated|Client has encountered a connection error|timeout e|The server does not support SSL)/.test(
    message,
  )
    ? unreachable
    : undefined;
}
