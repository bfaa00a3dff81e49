import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line, `N passed, N failed`, that any script can read. A test that was never ended, as its process was
 * gone, failed: its file is named before.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const unended: string[] = [];
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) count[state] += 1;
      if (states.length === 0 && module.state() === 'failed') count.failed += 1;
      if (states.includes('pending')) unended.push(module.relativeModuleId);
    }
    const failed = count.failed + count.pending;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.on('exit', () => {
      for (const name of unended) process.stdout.write(`\n${name} did not come to its end`);
      process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`);
    });
  }
}
