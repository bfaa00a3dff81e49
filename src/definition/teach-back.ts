import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type TeachBack, teachBackOutcomes } from '../model/teach-back.ts';
import type { TeachBackBlock } from '../model/template.ts';
import { line, moment } from './clearance.ts';
import { readShape } from './shape.ts';
import { readYaml, type SourceText } from './yaml-source.ts';

/** `teachBack` is there where no diagnostic is an error. */
export interface TeachBackReading {
  readonly teachBack?: TeachBack;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what came of the questions that a patient was asked: one outcome for each, by its id. Never throws. */
export function readTeachBack(source: SourceText, asked: readonly Pick<TeachBackBlock, 'id'>[]): TeachBackReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const outcome = z.enum(teachBackOutcomes);
  const { value, diagnostics } = readShape(
    z.strictObject({
      by: line.optional(),
      when: moment.optional(),
      outcomes: z.strictObject(Object.fromEntries(asked.map(({ id }) => [id, outcome]))),
    }),
    yaml,
    'docs/teach-back.md',
  );
  if (!value) return { diagnostics };
  const { by, when, outcomes } = value;
  return {
    teachBack: {
      ...(by !== undefined && { by }),
      ...(when !== undefined && { when }),
      outcomes: asked.flatMap(({ id }) => (outcomes[id] ? [{ question: id, outcome: outcomes[id] }] : [])),
    },
    diagnostics,
  };
}
