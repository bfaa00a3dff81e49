import { itemsOf, questionsIn, repeatOf } from '../engine/items.ts';
import { type Answers, isEntries } from '../model/answers.ts';
import { type Item, isNumberItem, type Questionnaire, type Table, type TableRow } from '../model/questionnaire.ts';

/** A row and the table it stands in. */
export interface PlacedRow {
  readonly table: Table;
  readonly row: TableRow;
}

/**
 * Applicants who may tell a slip in a row: `start` with the name of the row in one typed answer that is not matched
 * against another table, and each number beside it that has the unit of a column at the number of the row, one unit of
 * the column's last decimal below, and one above. Nobody says that one of them does.
 */
export function* applicantsAtRow(questionnaire: Questionnaire, start: Answers, placed: PlacedRow): Iterable<Answers> {
  for (const [linkId, around] of itemsOf(questionnaire)) {
    const { item, groups } = around;
    if (item.type !== 'string' || (item.table ?? placed.table.name) !== placed.table.name) continue;
    const repeat = repeatOf(around);
    if (repeat) yield* withEntries(start, repeat.linkId, sheetsAtRow(questionsIn(repeat), linkId, placed));
    else yield* sheetsAtRow(groups.at(-1)?.items ?? [], linkId, placed)(start);
  }
}

type Changes = (answers: Answers) => Iterable<Answers>;

function* withEntries(start: Answers, repeat: string, changes: Changes): Iterable<Answers> {
  const answer = start.get(repeat);
  if (!isEntries(answer)) return;
  for (const [index, entry] of answer.entries())
    for (const changed of changes(entry))
      yield new Map(start).set(
        repeat,
        answer.map((each, at) => (at === index ? changed : each)),
      );
}

function sheetsAtRow(beside: readonly Item[], linkId: string, { table, row }: PlacedRow): Changes {
  const columns = Object.entries(table.columns);
  const numbersOf = (answers: Answers, away: number): readonly (readonly [string, number])[] =>
    beside.flatMap((item) => {
      if (!isNumberItem(item)) return [];
      const [column, of] = columns.find(([, { unit }]) => unit === item.unit) ?? [];
      const value = column === undefined ? undefined : row.values[column];
      if (!answers.has(item.linkId) || value === undefined || of === undefined) return [];
      const unit = 10 ** (item.decimals - of.scale);
      const number = Math.floor(value * unit) + away * Math.max(1, unit);
      return number < item.min || number > item.max ? [] : [[item.linkId, number] as const];
    });
  return function* (answers) {
    if (!answers.has(linkId)) return;
    for (const away of [0, -1, 1]) yield new Map([...answers, [linkId, row.key], ...numbersOf(answers, away)]);
  };
}
