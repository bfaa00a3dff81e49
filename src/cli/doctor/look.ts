import type { DoctorCheck } from '../../report/doctor.ts';
import { CommandError } from '../exit.ts';
import { toldOf } from '../records/store-problems.ts';

/** What `work` gives, and a check: what was found, or what keeps it from working. */
export async function look<T>(
  name: string,
  work: () => Promise<T> | T,
  found: (value: T) => Omit<DoctorCheck, 'name'>,
): Promise<{ readonly value?: T; readonly check: DoctorCheck }> {
  try {
    const value = await work();
    return { value, check: { name, ...found(value) } };
  } catch (error) {
    return { check: { name, ...problemIn(error) } };
  }
}

/** Bugs stay bugs. */
function problemIn(error: unknown): Omit<DoctorCheck, 'name'> {
  const told = toldOf(error);
  if (!(told instanceof CommandError)) throw told;
  const [first = '', second = ''] = told.message.split('\n');
  return {
    is: 'mend',
    found: second === '' ? first : `${first}; ${second.trim()}`,
    ...(told.hint !== undefined && { hint: told.hint }),
  };
}

export function fine(found: string): Omit<DoctorCheck, 'name'> {
  return { is: 'fine', found };
}

export function note(found: string, hint?: string): Omit<DoctorCheck, 'name'> {
  return { is: 'note', found, ...(hint !== undefined && { hint }) };
}

export function mend(found: string, hint: string): Omit<DoctorCheck, 'name'> {
  return { is: 'mend', found, hint };
}
