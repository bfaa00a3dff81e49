import { stringify } from 'csv-stringify/sync';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { RefusedResult, Result } from './result.ts';

/** The first line of a CSV of results: a column for each calculated value comes last. */
export function resultCsvHeader(questionnaire: Questionnaire): string {
  return row([...columns, ...questionnaire.calculated.map(({ linkId }) => linkId)]);
}

const columns = ['line', 'id', 'disposition', 'rules', 'absent', 'errors', 'questionnaire', 'digest', 'form'] as const;

/** One result as a line of CSV. Lists are joined by `;`, an error is `code linkId`. */
export function resultCsvRow(questionnaire: Questionnaire, result: Result | RefusedResult): string {
  const { line, id = '' } = result;
  const values = questionnaire.calculated.map(({ linkId }) => ('values' in result ? result.values[linkId] : undefined));
  if ('errors' in result) {
    const errors = result.errors.map(({ code, linkId }) => `${code} ${linkId}`.trim());
    return row([line, id, '', '', '', errors.join(';'), '', '', '', ...values]);
  }
  const { disposition, findings, questionnaire: definition, digest, form = '' } = result;
  const absent = new Set(findings.flatMap((finding) => finding.absent ?? []));
  const rules = findings.map(({ rule }) => rule).join(';');
  return row([line, id, disposition, rules, [...absent].join(';'), '', definition, digest, form, ...values]);
}

/** Spreadsheets run a cell that starts like a formula: such a text gets a `'` before it. */
function row(cells: readonly unknown[]): string {
  return stringify([cells.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell))], { escape_formulas: true });
}
