import { bundleProgram } from './bundle.ts';
import { compileShipped } from './definitions.ts';
import { keepCode } from './keep-code.ts';
import { packFonts } from './press.ts';
import { processIo } from './process-io.ts';
import { compileForms } from './templates.ts';

const io = processIo();
await compileForms(await compileShipped(io), io);
await packFonts();
await bundleProgram();
await keepCode();
