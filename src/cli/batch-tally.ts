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

  /** A consent form that was to be made. */
  countForm(isReady: boolean): void {
    if (this.forms) this.forms[isReady ? 'ready' : 'failed'] += 1;
  }

  /** Adds what came of records that follow. */
  add(other: Tally): void {
    this.records += other.records;
    this.refused += other.refused;
    for (const [disposition, count] of other.dispositions) increment(this.dispositions, disposition, count);
    for (const [rule, count] of other.rules) increment(this.rules, rule, count);
    keepFirst(this.emergencies, other.emergencies);
    keepFirst(this.refusedLines, other.refusedLines);
    if (!this.forms || !other.forms) return;
    this.forms.ready += other.forms.ready;
    this.forms.failed += other.forms.failed;
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function keepFirst(lines: number[], more: readonly number[]): void {
  lines.push(...more.slice(0, mostLines - lines.length));
}
