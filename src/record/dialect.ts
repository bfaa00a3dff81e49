import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely';
import { problemOf } from './problem.ts';

/** A dialect whose driver is changed before it is used. */
export function withDriver(dialect: Dialect, change: (driver: Driver) => void): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver() {
      const driver = dialect.createDriver();
      change(driver);
      return driver;
    },
  };
}

/** A driver that tells what is in the way of a statement, or of a connection, as a `StoreProblem`. */
export function tellProblems(driver: Driver): void {
  const telling = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = () =>
    told(async () => {
      const connection = await acquire();
      if (telling.has(connection)) return connection;
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = <R>(query: CompiledQuery) => told(async () => execute<R>(query));
      telling.add(connection);
      return connection;
    });
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error);
  }
}
