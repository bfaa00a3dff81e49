import { defineConfig } from 'vitest/config';
import { PlainReporter } from './tests/plain-reporter.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // All cores: the default leaves one idle, which on two cores is half of them.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [process.env.CI ? 'dot' : 'default', new PlainReporter()],
  },
});
