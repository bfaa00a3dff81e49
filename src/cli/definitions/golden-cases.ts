import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CasesReading } from '../../definition/cases.ts';
import { assess } from '../../engine/assess.ts';
import { readAnswers } from '../../exchange/answers.ts';
import { type Answers, linkIdOf } from '../../model/answers.ts';
import type { AnswerSheet } from '../../model/cases.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { CaseCounts } from '../../report/graph.ts';
import { CommandError, Exit } from '../exit.ts';
import { readSource } from '../files/read-source.ts';
import type { Io } from '../io.ts';

/** The golden cases beside a definition; none where it has no folder of them. Cases with a problem: CommandError, exit 2. */
export async function loadCases(questionnaire: Questionnaire, folder: string, io: Io): Promise<CasesReading> {
  const { readCases } = await import('../../definition/cases.ts');
  const names = await readdir(join(folder, 'cases')).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => readSource(join(folder, 'cases'), name, io)),
  );
  const reading = readCases(questionnaire, files);
  if (reading.diagnostics.length === 0) return reading;
  const { counts, describe, place } = await import('../../report/diagnostics.ts');
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

/** In how many sheets each rule is found, fired or left open, and each question decides a finding by its answer or the lack of one. */
export function countCases(questionnaire: Questionnaire, sheets: readonly AnswerSheet[]): CaseCounts {
  const byRule = new Map<string, number>();
  const byQuestion = new Map<string, number>();
  for (const sheet of sheets) {
    const answers = acceptedAnswers(questionnaire, sheet);
    const findings = answers ? assess(questionnaire, answers).findings : [];
    countEach(
      byRule,
      findings.map(({ rule }) => rule),
    );
    countEach(byQuestion, findings.flatMap(({ because, absent }) => [...because, ...absent]).map(linkIdOf));
  }
  return { byRule, byQuestion };
}

function countEach(counts: Map<string, number>, names: readonly string[]): void {
  for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The answers of a sheet; undefined where they are refused. */
export function acceptedAnswers(questionnaire: Questionnaire, sheet: AnswerSheet): Answers | undefined {
  const { answers, errors } = readAnswers(questionnaire, sheet.answers);
  return errors.length === 0 ? answers : undefined;
}
