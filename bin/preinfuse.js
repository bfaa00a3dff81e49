#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
const [{ main }, { processIo }] = await Promise.all([
  import('../dist/cli/main.js'),
  import('../dist/cli/process-io.js'),
]);
process.exitCode = await main(process.argv.slice(2), processIo());
