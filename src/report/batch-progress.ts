import { counted } from '../model/counted.ts';
import { type Disposition, dispositions } from '../model/disposition.ts';
import type { Tally } from './batch-summary.ts';

/** How far a batch is. */
export interface Standing {
  readonly tally: Pick<Tally, 'records' | 'refused' | 'dispositions'>;
  /** Records of this run, without those that an earlier one had done. */
  readonly done: number;
  readonly seconds: number;
  /** Share of the input that is read, from 0 to 1; undefined where its size is not known. */
  readonly share: number | undefined;
  /** The share that this run began at. */
  readonly from: number;
}

const barLength = 12;

/** One line with a bar, no wider than `columns`: what does not fit is left out, the least urgent first. */
export function progressBar(standing: Standing, columns: number): string {
  const { share, tally } = standing;
  const filled = Math.floor((share ?? 0) * barLength);
  const bar = share === undefined ? [] : [`${'#'.repeat(filled)}${'-'.repeat(barLength - filled)}`];
  const left = secondsLeft(standing);
  const rate = `${Math.round(rateOf(standing))}/s`;
  const [pace, ...more] = left === undefined ? [rate] : [`${durationOf(left)} left`, rate];
  const counts = countsOf(standing, shortNames);
  const parts = [...bar, ...sharePart(standing), counted(tally.records, 'record'), pace, ...counts, ...more];
  const fits = parts.findIndex((_, at) => parts.slice(0, at + 1).join('  ').length >= columns);
  return parts.slice(0, fits === -1 ? parts.length : fits).join('  ');
}

/** The same as a sentence, for a log. */
export function progressLine(standing: Standing): string {
  return [paceOf(standing).join(', '), countsOf(standing, {}).join(', ')].filter((part) => part !== '').join('; ');
}

/** The same as data. Its keys are part of the contract. */
export function progressEvent(standing: Standing) {
  const { tally, seconds, share } = standing;
  const left = secondsLeft(standing);
  return {
    event: 'progress',
    records: tally.records,
    inError: tally.refused,
    dispositions: Object.fromEntries(dispositions.map((each) => [each, tally.dispositions.get(each) ?? 0])),
    seconds: Math.round(seconds * 10) / 10,
    recordsPerSecond: Math.round(rateOf(standing)),
    ...(share !== undefined && { share: Math.floor(share * 1000) / 1000 }),
    ...(left !== undefined && { secondsLeft: left }),
  };
}

function paceOf(standing: Standing): readonly string[] {
  const left = secondsLeft(standing);
  return [
    ...sharePart(standing),
    counted(standing.tally.records, 'record'),
    `${Math.round(rateOf(standing))} a second`,
    ...(left === undefined ? [] : [`about ${durationOf(left)} left`]),
  ];
}

function sharePart({ share }: Standing): readonly string[] {
  return share === undefined ? [] : [`${Math.min(99, Math.floor(share * 100))}%`];
}

type Names = Readonly<Partial<Record<Disposition, string>>>;

/** What the bar calls them: it has one line. */
const shortNames: Names = {
  emergency: 'urgent',
  'do-not-proceed': 'no-go',
  'clinician-review': 'review',
  'proceed-with-conditions': 'conditions',
};

/** Worst first; records in error after emergencies, since nothing is decided for them. */
function countsOf({ tally }: Standing, names: Names): readonly string[] {
  const [emergency, ...others] = dispositions.map(
    (each) => [names[each] ?? each, tally.dispositions.get(each) ?? 0] as const,
  );
  const counts = [...(emergency ? [emergency] : []), ['in error', tally.refused] as const, ...others];
  return counts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
}

function rateOf({ done, seconds }: Standing): number {
  return seconds > 0 ? done / seconds : 0;
}

/** Whole seconds, rounded up; undefined before anything can be told. */
function secondsLeft({ share, from, seconds }: Standing): number | undefined {
  if (share === undefined || share <= from || seconds < 1) return undefined;
  return Math.ceil((seconds * (1 - share)) / (share - from));
}

/** `45 s`, `3 min`, `2 h 5 min` */
export function durationOf(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
