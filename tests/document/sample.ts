import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readClinic } from '../../src/definition/clinic.ts';
import { readEvidence } from '../../src/definition/evidence.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { SourceText } from '../../src/definition/yaml-source.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the project as a source text. */
export function shipped(path: string): SourceText {
  return { path, text: readFileSync(`${root}${path}`, 'utf8') };
}

function must<T>(value: T | undefined, problems: unknown): T {
  if (value === undefined) throw new Error(JSON.stringify(problems, null, 2));
  return value;
}

const folder = 'questionnaires/iv-ketamine';
const reading = readQuestionnaire(shipped(`${folder}/questionnaire.yaml`), [shipped(`${folder}/antidepressants.yaml`)]);
export const questionnaire = must(reading.questionnaire, reading.diagnostics);

const evidenceReading = readEvidence(shipped('templates/iv-ketamine/evidence.yaml'));
export const evidence = must(evidenceReading.evidence, evidenceReading.diagnostics);

const templateReading = readTemplate(shipped('templates/iv-ketamine/consent.en.md'), { questionnaire, evidence });
export const template = must(templateReading.template, templateReading.diagnostics);

const clinicReading = readClinic(shipped('preinfuse.yaml'));
export const clinic = must(clinicReading.clinic, clinicReading.diagnostics);

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const rulesOf = (disposition: string): readonly string[] =>
  questionnaire.rules.filter((rule) => rule.disposition === disposition).map(({ id }) => id);
