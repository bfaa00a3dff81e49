import { itemsOf, wholeItems } from '../engine/items.ts';
import { tableRow } from '../exchange/table-row.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { StoredCase } from './cases.ts';
import type { Life } from './life.ts';

/** One finished case as others read it: what a list shows, and all that was sealed. */
export function exportLine({ id, state, version, saved, savedBy }: StoredCase, life: Life): string {
  const { format: _format, ...screening } = life.screening;
  const forms = life.forms.map(({ format: _each, ...form }) => form);
  const { clearance } = life;
  return `${JSON.stringify({ id, state, version, saved, savedBy, ...screening, ...(clearance && { clearance }), forms })}\n`;
}

const about = ['record', 'state', 'version', 'started', 'completed', 'questionnaire', 'disposition', 'edits'] as const;

/** The columns of an export: about the record, then one for each answer as a sheet in CSV has them. */
function exportColumns(questionnaire: Questionnaire): readonly string[] {
  const answers = wholeItems(questionnaire).flatMap((item) => {
    if (item.type !== 'group') return [item.linkId];
    const fields = item.items.filter((each) => itemsOf(questionnaire).has(each.linkId)).map(({ linkId }) => linkId);
    const entries = Array.from({ length: item.repeats?.max ?? 0 }, (_, index) =>
      fields.map((linkId) => `${item.linkId}[${index + 1}]${linkId.slice(item.linkId.length)}`),
    );
    return [item.linkId, ...entries.flat()];
  });
  return [...about, ...answers];
}

/** An export as a table: its first line, and a line for each finished case. */
export interface ExportTable {
  readonly header: string;
  row(found: StoredCase, life: Life): ExportRow;
}

export interface ExportRow {
  readonly line: string;
  /** Counts answers to questions that the questionnaire of today does not have, and so no column. */
  readonly left: number;
}

export function exportTable(questionnaire: Questionnaire): ExportTable {
  const columns = exportColumns(questionnaire);
  const known = new Set(columns);
  return {
    header: tableRow(columns, ','),
    row({ id, state, version }, { screening }) {
      const { started, completed, questionnaire: definition, disposition, answers, edits } = screening;
      const cells: Readonly<Record<string, unknown>> = {
        ...flat(answers),
        ...{ record: id, state, version, started, completed, questionnaire: definition, disposition },
        // Rules that an edit took out of the way.
        ...(edits && { edits: [...new Set(edits.map(({ rule }) => rule))].join(';') }),
      };
      const line = tableRow(
        columns.map((column) => cells[column]),
        ',',
      );
      return { line, left: Object.keys(cells).filter((column) => !known.has(column)).length };
    },
  };
}

/** Answers by column: `trial[1].dose`, several choices joined by `;`, absence as its word, `none` for a repeat without entries. */
function flat(answers: Readonly<Record<string, unknown>>, before = ''): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(answers).flatMap(([key, answer]): (readonly [string, unknown])[] => {
      const name = `${before}${key}`;
      if (typeof answer !== 'object' || answer === null) return [[name, answer]];
      if ('absent' in answer) return [[name, answer.absent]];
      const list = answer as readonly unknown[];
      if (list.length === 0) return [[name, 'none']];
      if (list.every((each) => typeof each !== 'object')) return [[name, list.join(';')]];
      return list.flatMap((entry, index) =>
        Object.entries(flat(entry as Record<string, unknown>, `${name}[${index + 1}].`)),
      );
    }),
  );
}
