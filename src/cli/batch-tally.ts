import type { RefusedResult, Result } from '../exchange/result.ts';
import type { Disposition } from '../model/disposition.ts';
import { mostLines, type Tally } from '../report/batch-summary.ts';

/** Counts what comes of a batch. Grows with the number of rules, not of records. */
export class BatchTally implements Tally {
  records = 0;
  refused = 0;
  readonly dispositions = new Map<Disposition, number>();
  readonly rules = new Map<string, number>();
  readonly emergencies: number[] = [];
  readonly refusedLines: number[] = [];
  readonly forms?: { ready: number; failed: number };

  constructor(hasForms: boolean) {
    if (hasForms) this.forms = { ready: 0, failed: 0 };
  }

  count(result: Result | RefusedResult): void {
    this.records += 1;
    if ('errors' in result) {
      this.refused += 1;
      if (this.refusedLines.length < mostLines) this.refusedLines.push(result.line);
      return;
    }
    const { disposition, findings, line } = result;
    increment(this.dispositions, disposition);
    for (const { rule } of findings) increment(this.rules, rule);
    if (disposition === 'emergency' && this.emergencies.length < mostLines) this.emergencies.push(line);
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
