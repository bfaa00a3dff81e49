import { resolve } from 'node:path';
import type { CheckOutcome } from '../../check/check.ts';
import { smtLib } from '../../check/prove/smt.ts';
import { CommandError, Exit } from '../exit.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Io } from '../io.ts';

/**
 * Writes one definition and the goals of its proofs as SMT-LIB 2 to the file `to`, so that another solver can confirm
 * them. Exit 2 where there is not exactly one definition that reads.
 */
export async function exportSmt2(proofs: readonly CheckOutcome['proof'][], to: string, io: Io): Promise<void> {
  if (proofs.length !== 1) throw cannot('name one definition to export');
  const [proof] = proofs;
  if (!proof) throw cannot('mend the errors of the definition first');
  const { text } = smtLib(proof.questionnaire, proof.outcomes);
  await writeWhole(resolve(io.cwd, to), text);
}

function cannot(hint: string): CommandError {
  return new CommandError('nothing to export as SMT-LIB', Exit.cannotStart, { hint });
}
