#!/usr/bin/env node
'use strict';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  const { load, readCode } = require('./pieces.js');
  const piece = load(readCode);
  const [{ main }, { processIo }] = [piece('main.cjs'), piece('process-io.cjs')];
  main(argv, processIo()).then((exit) => {
    process.exitCode = exit;
  });
}
