import Driver from 'better-sqlite3';

/** Native objects of the driver, for as long as the process lives: Node 24 aborts where one of version 12 is collected. */
const kept: unknown[] = [];

/** Runs statements on a SQLite file past the program, as whoever has the disk can. Made where it is not there. */
export function changeSqliteFile(path: string, statements: string): void {
  const file = new Driver(path);
  kept.push(file);
  try {
    // Not `prepare` nor `pragma`: each makes one more native object.
    file.exec(statements);
  } finally {
    file.close();
  }
}
