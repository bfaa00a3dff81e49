import type { Clearance } from '../../model/clearance.ts';
import { readSource } from '../files/read-source.ts';
import { invalidNote } from '../forms/templates.ts';
import type { Io } from '../io.ts';

/** Reads a clinician's clearance. One that is not valid is a CommandError with exit 2. */
export async function loadClearance(file: string, io: Io): Promise<Clearance> {
  const source = await readSource(io.cwd, file, io);
  const { readClearance } = await import('../../definition/clearance.ts');
  const { clearance, diagnostics } = readClearance(source);
  if (!clearance) throw await invalidNote('the clearance is', source, diagnostics);
  return clearance;
}
