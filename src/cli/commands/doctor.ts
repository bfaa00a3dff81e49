import { paintFor } from '../../report/colour.ts';
import { type DoctorCheck, describeDoctor, doctorJson } from '../../report/doctor.ts';
import { lookAtClinic } from '../doctor/clinic.ts';
import { lookAtMachine } from '../doctor/machine.ts';
import { lookAtRecords } from '../doctor/records.ts';
import { Exit } from '../exit.ts';
import { printable, writeOut } from '../files/write-out.ts';
import type { Io } from '../io.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly questionnaire?: string;
  readonly store?: string;
  readonly on?: string;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

/**
 * Says whether this machine, this clinic's files and its record store are fit to screen with, and what to do where they are not. It makes
 * and changes nothing but a form of a sample applicant, which it takes away again, and opens no record. Exit 0 where everything works, 1
 * where something is to be mended.
 */
export async function doctor(options: DoctorOptions, io: Io): Promise<number> {
  const found: readonly DoctorCheck[] = [
    ...lookAtMachine(options, io),
    ...(await lookAtClinic(options, io)),
    ...(await lookAtRecords(options, io)),
  ];
  const checks = found.map((check) => ({
    ...check,
    found: printable(check.found),
    ...(check.hint !== undefined && { hint: printable(check.hint) }),
  }));
  const paint = paintFor({ env: io.env, isTerminal: io.stdout.isTTY === true, isWanted: options.color !== false });
  // A pipe gets whole sentences.
  const columns = Math.max(40, io.stdout.columns ?? Number.POSITIVE_INFINITY);
  await writeOut(
    io.stdout,
    options.json === true ? doctorJson(checks) : `${describeDoctor(checks, paint, columns).join('\n')}\n`,
  );
  return checks.some(({ is }) => is === 'mend') ? Exit.findings : Exit.ok;
}
