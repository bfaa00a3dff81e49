import { defineConfig } from 'vitest/config';
import { PlainReporter } from './tests/plain-reporter.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [process.env.CI ? 'dot' : 'default', new PlainReporter()],
  },
});
