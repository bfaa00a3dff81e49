import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.ts';
import { PlainReporter } from './tests/plain-reporter.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    // All cores: the default leaves one idle, which on two cores is half of them.
    maxWorkers: '100%',
    // Room for young values: reading definitions and templates makes many, and takes a fifth less of the processor so.
    execArgv: ['--max-semi-space-size=64'],
    // No test should come near: a machine that does other things beside is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: [process.env.CI ? 'dot' : 'default', new PlainReporter()],
  },
});
