import { z } from 'zod';
import { baselineSchema, casesSchema } from './cases.ts';
import { clinicSchema } from './clinic.ts';
import { evidenceSchema } from './evidence.ts';
import { questionTextsSchema } from './questions.ts';
import { questionnaireSchema, tableSchema } from './schema.ts';

const schemas = {
  questionnaire: questionnaireSchema,
  table: tableSchema,
  /** Every file under `cases/`: the baseline, or cases that start from it. */
  cases: z.union([casesSchema, baselineSchema]),
  evidence: evidenceSchema,
  clinic: clinicSchema,
  /** `questions.<language>.yaml` beside a translation. */
  questions: questionTextsSchema,
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof schemas;

/** The files that there is a JSON Schema for. */
export const schemaNames = Object.keys(schemas) as readonly SchemaName[];

/** JSON Schema (draft 2020-12) of a file as people write it: what has a default may be left out. */
export function jsonSchema(name: SchemaName): string {
  const schema = z.toJSONSchema(schemas[name], { io: 'input', reused: 'ref' });
  return `${JSON.stringify({ title: `preinfuse ${name}`, ...schema }, null, 2)}\n`;
}
