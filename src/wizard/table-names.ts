import { suggestion } from '../definition/suggest.ts';
import { rowOf } from '../engine/evaluate.ts';
import type { Answers } from '../model/answers.ts';
import type { Item, Questionnaire, StringItem } from '../model/questionnaire.ts';
import { normalizedName } from '../model/table-name.ts';

/** What the table of a question says to a name that was typed. `names` are those most likely meant, at most three. */
export type TableMatch =
  | { readonly is: 'listed'; readonly key: string }
  | { readonly is: 'unlisted'; readonly names: readonly string[] };

/** Looks a name up in the table of `item`; undefined where it has none. */
export function tableMatch(questionnaire: Questionnaire, item: StringItem, name: string): TableMatch | undefined {
  if (item.table === undefined) return undefined;
  const row = rowOf(questionnaire, item.table, name);
  return row ? { is: 'listed', key: row.key } : { is: 'unlisted', names: closeNames(questionnaire, item.table, name) };
}

/** That a name is not in the table of its question, and what follows for the answer. */
export function unlistedText({ help }: StringItem, name: string): string {
  return `"${name}" is not in the table. ${help.counts ?? 'It is kept as typed.'}`;
}

/** The same of every name in an entry of a repeat, so that it is seen which one does not count, and why. */
export function unlistedIn(questionnaire: Questionnaire, fields: readonly Item[], entry: Answers): readonly string[] {
  return fields.flatMap((field) => {
    const name = entry.get(field.linkId);
    const isUnlisted =
      field.type === 'string' && typeof name === 'string' && tableMatch(questionnaire, field, name)?.is === 'unlisted';
    return isUnlisted ? [unlistedText(field, name)] : [];
  });
}

/** One name of a row: its key rather than another that is as close. */
function closeNames(questionnaire: Questionnaire, table: string, name: string): readonly string[] {
  const typed = normalizedName(name);
  const rows = (questionnaire.tables.find((each) => each.name === table)?.rows ?? []).map(({ key, names }) => [
    key,
    ...names,
  ]);
  if (typed.length < 2) return [];
  const known = rows.flat();
  const meant = suggestion(typed, known);
  const begins = known.filter((each) => normalizedName(each).startsWith(typed));
  const close = new Set(meant === undefined ? begins : [meant, ...begins]);
  const ofRows = [...close].map((each) =>
    rows.find((names) => names.includes(each))?.find((other) => close.has(other)),
  );
  return [...new Set(ofRows)].filter((each) => each !== undefined).slice(0, 3);
}
