import type { Disposition } from '../../model/disposition.ts';
import { batchSummary, describeBatch, emergencyLine, type Tally, unscreenedLine } from '../../report/batch-summary.ts';
import { Exit } from '../exit.ts';
import { printable } from '../files/write-out.ts';
import { reasonsName } from './output.ts';
import type { Run } from './run.ts';

/** The files that a batch was asked to write, in the words of the user; `-` is standard output. */
export interface NamedFiles {
  readonly output?: string;
  readonly rejects?: string;
  readonly consentDir?: string;
  readonly summary?: string;
  readonly report?: string;
}

/** Says what the batch came to, and gives its exit code: 1 for records in error, forms not made, or a disposition of `failing`. */
export async function finish(run: Run, failing: readonly Disposition[], options: NamedFiles): Promise<number> {
  const { tally, tools, unit, paint, notices } = run;
  const { questionnaire, definitionDigest } = tools.screening;
  const reasons = failuresOf(tally, failing);
  const exit = reasons.length === 0 ? Exit.ok : Exit.findings;
  const took = `${notices.seconds().toFixed(1)} s`;
  const places = placesOf(options).map(printable).join('  ');
  const lines = [
    ...describeBatch(questionnaire, tally, unit, took, paint),
    ...(places === '' ? [] : ['', places]),
    ...(exit === Exit.ok ? [] : [`exit ${exit}: ${reasons.join(', ')}`]),
  ];
  const summary = batchSummary(questionnaire, definitionDigest, tally, unit);
  await notices.say(lines.join('\n'), { event: 'summary', ...summary, exit });
  const urgent = emergencyLine(tally, unit, paint);
  const unscreened = unscreenedLine(tally, paint);
  for (const last of [unscreened, urgent]) if (last !== undefined) await notices.sayLast(last);
  return exit;
}

/** Why the exit code is not 0. */
function failuresOf(tally: Tally, failing: readonly Disposition[]): readonly string[] {
  const reasons: readonly (readonly [number, string])[] = [
    [tally.refused, 'in error'],
    [tally.forms?.failed ?? 0, 'without their consent form'],
    ...failing.map((disposition) => [tally.dispositions.get(disposition) ?? 0, disposition] as const),
  ];
  const counted = reasons.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return tally.isBrokenOff ? [...counted, 'not screened to its end'] : counted;
}

/** Everything that stands now, in the words of the user. */
function placesOf({ output = '-', rejects, consentDir, summary, report }: NamedFiles): readonly string[] {
  const files = [
    output,
    ...(rejects === undefined ? [] : [rejects, reasonsName(rejects)]),
    summary,
    report,
    consentDir,
  ];
  return files.filter((name): name is string => name !== undefined && name !== '-');
}
