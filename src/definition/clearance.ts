import { z } from 'zod';
import type { Clearance } from '../model/clearance.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { parseDate } from '../model/local-date.ts';
import { unprintable } from '../model/unprintable.ts';
import { readShape } from './shape.ts';
import { readYaml, type SourceText } from './yaml-source.ts';

/** One line of text, all of it to be seen: a form could not print the rest. */
export const line = z
  .string()
  .trim()
  .min(1)
  .refine((text) => text.search(unprintable) < 0, 'one line without control or direction characters is expected');

/** A day, or a day and a time. */
export const moment = z.string().refine(isMoment, 'a day is written 2026-11-24, with a time 2026-11-24 09:30');

/** The shape of a clearance, in JSON or YAML. */
const clearanceSchema = z.strictObject({
  /** The clinician who decided. */
  name: line,
  licence: line,
  when: moment,
  why: line,
  /** The rules that were looked at. */
  rules: z.array(line).min(1).optional(),
});

/** `clearance` is there where no diagnostic is an error. */
export interface ClearanceReading {
  readonly clearance?: Clearance;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a clinician's clearance: who, with which licence, when and why. Never throws. */
export function readClearance(source: SourceText): ClearanceReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(clearanceSchema, yaml, 'docs/records.md');
  if (!value) return { diagnostics };
  const { rules, ...rest } = value;
  return { clearance: { ...rest, ...(rules && { rules }) }, diagnostics };
}

function isMoment(text: string): boolean {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):[0-5]\d)?$/.exec(text) ?? [];
  return day !== undefined && parseDate(day) !== undefined && (time === undefined || time.length === 2);
}
