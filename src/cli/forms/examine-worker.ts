import { parentPort, workerData } from 'node:worker_threads';
import { examine, type VerifyTools } from '../../document/integrity/verify.ts';
import { sampleKey, toolsWith } from './form-key.ts';

/* Examines the bytes that it is started with, and posts what it found. */

const tools = {
  ...toolsWith(sampleKey),
  reader: () => import('../../document/integrity/pdf-file.ts'),
  checkSignature: async (...signed) =>
    (await import('../../document/integrity/signature.ts')).checkSignature(...signed),
} satisfies VerifyTools;

void examine(workerData as Uint8Array, tools).then((examined) => parentPort?.postMessage(examined));
