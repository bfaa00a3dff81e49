import { compileShipped } from '../definitions/definitions.ts';
import { packFonts } from '../forms/press.ts';
import { compileForms } from '../forms/templates.ts';
import { processIo } from '../process-io.ts';
import { bundleProgram } from './bundle.ts';
import { keepCode } from './keep-code.ts';

const io = processIo();
await compileForms(await compileShipped(io), io);
await packFonts();
await bundleProgram();
await keepCode();
