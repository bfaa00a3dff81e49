import { compileShipped } from './definitions.ts';
import { processIo } from './process-io.ts';

await compileShipped(processIo());
