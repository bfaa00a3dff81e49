import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CasesReading } from '../definition/cases.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { readSource } from './definitions.ts';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';

/** The golden cases beside a definition; none where it has no folder of them. Cases with a problem: CommandError, exit 2. */
export async function loadCases(questionnaire: Questionnaire, folder: string, io: Io): Promise<CasesReading> {
  const { readCases } = await import('../definition/cases.ts');
  const names = await readdir(join(folder, 'cases')).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => readSource(join(folder, 'cases'), name, io)),
  );
  const reading = readCases(questionnaire, files);
  if (reading.diagnostics.length === 0) return reading;
  const { counts, describe, place } = await import('../report/diagnostics.ts');
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const shown = place(reading.diagnostics, texts)
    .slice(0, 5)
    .flatMap((each) => describe(each, texts));
  throw new CommandError(
    `the golden cases are not valid: ${counts(reading.diagnostics)}\n${shown.join('\n')}`,
    Exit.cannotStart,
    { hint: 'see all with: preinfuse check' },
  );
}
