import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readQuestionnaire, type SourceText } from '../src/definition/read.ts';
import type { Questionnaire } from '../src/model/questionnaire.ts';

/** The folder of the shipped definition. */
export const shippedFolder = fileURLToPath(new URL('../questionnaires/iv-ketamine', import.meta.url));

/** The files of the shipped definition: the questionnaire, and its tables. */
export function shippedSources(): { readonly main: SourceText; readonly tables: readonly SourceText[] } {
  const read = (path: string): SourceText => ({ path, text: readFileSync(`${shippedFolder}/${path}`, 'utf8') });
  return { main: read('questionnaire.yaml'), tables: [read('antidepressants.yaml')] };
}

/** The shipped definition; throws where it has a problem. */
export function shippedQuestionnaire(): Questionnaire {
  const { main, tables } = shippedSources();
  const { questionnaire, diagnostics } = readQuestionnaire(main, tables);
  if (!questionnaire) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return questionnaire;
}
