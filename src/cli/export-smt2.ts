import { resolve } from 'node:path';
import type { DefinitionTexts } from '../check/check.ts';
import { prove } from '../check/prove/prove.ts';
import { smtLib } from '../check/prove/smt.ts';
import { replayCases } from '../check/replay.ts';
import { readCases } from '../definition/cases.ts';
import { readQuestionnaire } from '../definition/read.ts';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';
import { writeWhole } from './write-whole.ts';

/**
 * Writes one definition and the goals of its proofs as SMT-LIB 2 to the file `to`, so that another solver can confirm them. Exit 2 where there is not exactly one definition that reads.
 */
export async function exportSmt2(definitions: readonly DefinitionTexts[], to: string, io: Io): Promise<void> {
  const [texts, ...more] = definitions;
  if (!texts || more.length > 0) throw cannot('name one definition to export');
  const { questionnaire } = readQuestionnaire(texts.main, texts.tables);
  if (!questionnaire) throw cannot('mend the errors of the definition first');
  const reading = readCases(questionnaire, texts.cases);
  const { replays } = replayCases(questionnaire, reading);
  const baseline = replays.find(({ sheet }) => sheet.id === reading.baseline?.sheet.id);
  const known = replays.map(({ answers }) => answers);
  const { text } = smtLib(questionnaire, prove(questionnaire, baseline?.answers ?? new Map(), known).outcomes);
  await writeWhole(resolve(io.cwd, to), text);
}

function cannot(hint: string): CommandError {
  return new CommandError('nothing to export as SMT-LIB', Exit.cannotStart, { hint });
}
