import type { RefusedResult } from '../../exchange/result.ts';
import { linkIdOf } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Disposition } from '../../model/disposition.ts';
import { mostLines, type Tally } from '../../report/batch-summary.ts';

/** A tally as plain data, for a file: no patient data, counts and line numbers alone. */
export interface TallyState {
  readonly records: number;
  readonly refused: number;
  readonly dispositions: readonly (readonly [Disposition, number])[];
  readonly rules: readonly (readonly [string, number])[];
  readonly absent: readonly (readonly [string, number])[];
  readonly errors: readonly (readonly [string, number])[];
  readonly emergencies: readonly number[];
  readonly refusedLines: readonly number[];
  readonly passedOver?: readonly (readonly [string, number])[];
  readonly isBrokenOff?: true;
  readonly forms?: { readonly ready: number; readonly failed: number };
}

/** Counts what comes of a batch. Grows with the number of rules and questions, not of records. */
export class BatchTally implements Tally {
  records = 0;
  refused = 0;
  readonly dispositions = new Map<Disposition, number>();
  readonly rules = new Map<string, number>();
  readonly absent = new Map<string, number>();
  readonly errors = new Map<string, number>();
  readonly emergencies: number[] = [];
  readonly refusedLines: number[] = [];
  readonly passedOver = new Map<string, number>();
  isBrokenOff = false;
  readonly forms?: { ready: number; failed: number };

  constructor(hasForms: boolean) {
    if (hasForms) this.forms = { ready: 0, failed: 0 };
  }

  countRefused({ line, errors }: RefusedResult): void {
    this.records += 1;
    this.refused += 1;
    if (this.refusedLines.length < mostLines) this.refusedLines.push(line);
    for (const code of new Set(errors.map((error) => error.code))) increment(this.errors, code);
  }

  /** `absent`: questions that were not known or declined, each once. */
  count(line: number, { disposition, findings, notAsked }: Assessment, absent: readonly string[]): void {
    this.records += 1;
    increment(this.dispositions, disposition);
    for (const { rule } of findings) increment(this.rules, rule);
    for (const question of withoutAnswer(absent, notAsked)) increment(this.absent, question);
    if (disposition === 'emergency' && this.emergencies.length < mostLines) this.emergencies.push(line);
  }

  /** Not all of the input was screened: a list goes wrong in the record that was counted last. */
  breakOff(): void {
    this.isBrokenOff = true;
  }

  /** Something that is no record, by what it is. */
  countPassedOver(what: string): void {
    increment(this.passedOver, what);
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
    for (const [question, count] of other.absent) increment(this.absent, question, count);
    for (const [code, count] of other.errors) increment(this.errors, code, count);
    for (const [what, count] of other.passedOver) increment(this.passedOver, what, count);
    this.isBrokenOff ||= other.isBrokenOff;
    keepFirst(this.emergencies, other.emergencies);
    keepFirst(this.refusedLines, other.refusedLines);
    if (!this.forms || !other.forms) return;
    this.forms.ready += other.forms.ready;
    this.forms.failed += other.forms.failed;
  }

  state(): TallyState {
    const { records, refused, emergencies, refusedLines, passedOver, isBrokenOff, forms } = this;
    return {
      records,
      refused,
      dispositions: [...this.dispositions],
      rules: [...this.rules],
      absent: [...this.absent],
      errors: [...this.errors],
      emergencies: [...emergencies],
      refusedLines: [...refusedLines],
      ...(passedOver.size > 0 && { passedOver: [...passedOver] }),
      ...(isBrokenOff && { isBrokenOff }),
      ...(forms && { forms: { ...forms } }),
    };
  }
}

/** The tally that `state` was made of. */
export function tallyOf(state: TallyState): Tally {
  return {
    ...state,
    dispositions: new Map(state.dispositions),
    rules: new Map(state.rules),
    absent: new Map(state.absent),
    errors: new Map(state.errors),
    passedOver: new Map(state.passedOver),
    isBrokenOff: state.isBrokenOff === true,
  };
}

/** Each question once: one in a repeat without its position. */
function withoutAnswer(absent: readonly string[], notAsked: readonly string[]): Iterable<string> {
  if (notAsked.length === 0) return absent;
  return new Set([...absent, ...notAsked.map(linkIdOf)]);
}

function increment<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function keepFirst(lines: number[], more: readonly number[]): void {
  lines.push(...more.slice(0, mostLines - lines.length));
}
