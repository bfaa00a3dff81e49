import { parentPort, workerData } from 'node:worker_threads';
import { examine } from '../../document/integrity/verify.ts';
import { examineTools } from './examine.ts';

/* Examines the bytes that it is started with, and posts what it found. */

const reader = (): Promise<typeof import('../../document/integrity/pdf-file.ts')> =>
  import('../../document/integrity/pdf-file.ts');

void examine(workerData as Uint8Array, { ...examineTools, reader }).then((examined) =>
  parentPort?.postMessage(examined),
);
