import { compileShipped } from './definitions.ts';
import { packFonts } from './press.ts';
import { processIo } from './process-io.ts';

await compileShipped(processIo());
await packFonts();
