import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Examined, unexamined } from '../../document/integrity/verify.ts';
import { packageFolder } from '../package.ts';

/**
 * As `examine`. A file may be made to overwhelm whoever looks at it: that is done in a thread of its own. Where it takes more
 * time or memory than a form can, the file counts as not to be read.
 */
export async function examineApart(bytes: Uint8Array): Promise<Examined> {
  return (await examineInThread(bytes)) ?? unexamined(bytes);
}

/** Milliseconds: far more than 64 MB take. */
const longest = 60_000;
/** Bytes that may be taken: far more than 64 MB need. */
const mostMemory = 1024 ** 3;
/** How often it is looked at, in milliseconds. */
const everyLook = 50;

async function examineInThread(bytes: Uint8Array): Promise<Examined | undefined> {
  const worker = new Worker(`${packageFolder}dist/program/examine-worker.cjs`, {
    workerData: bytes,
    // What it decodes is not in its heap: the whole is looked at below.
    resourceLimits: { maxOldGenerationSizeMb: (2 * mostMemory) / 1024 ** 2 },
    // A reader that warns of what is in a file would write it to the terminal.
    stdout: true,
    stderr: true,
  });
  const ended = new AbortController();
  const examined = new Promise<Examined | undefined>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('exit', () => resolve(undefined));
    worker.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(undefined) : reject(error),
    );
  });
  const grown = async (): Promise<undefined> => {
    const [start, memory] = [performance.now(), process.memoryUsage.rss()];
    while (performance.now() - start < longest && process.memoryUsage.rss() - memory < mostMemory) {
      await wait(everyLook, undefined, { signal: ended.signal });
    }
  };
  try {
    return await Promise.race([examined, grown()]);
  } finally {
    ended.abort();
    await worker.terminate();
  }
}
