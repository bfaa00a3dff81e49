import { itemsOf } from '../engine/items.ts';
import { formatDecimal } from '../model/decimal.ts';
import type {
  AlternativeUnit,
  AnswerOption,
  CalculatedValue,
  Citation,
  Constraint,
  Formula,
  Help,
  Invariant,
  Item,
  Parameter,
  Questionnaire,
  Rule,
  Table,
  TableRow,
} from '../model/questionnaire.ts';
import { parameterInWords } from '../report/condition-words/fixed.ts';
import type { FieldChange, PartChange, PartKind, RenameNote } from '../report/diff.ts';
import { quantity, unitWords } from '../report/unit-words.ts';
import type { Renames } from './renames.ts';

/** A fact about a part as people read it; two with the same `key` mean the same however they are written. */
interface Fact {
  readonly text: string;
  readonly key: string;
}

type Facts = Readonly<Record<string, Fact | string | undefined>>;

/** A part of a definition: what decides and is asked, and apart from it texts and sources. */
interface Part {
  readonly kind: PartKind;
  readonly id: string;
  readonly meaning: Facts;
  readonly wording: Facts;
  /** Said of a part that came or went. */
  readonly summary: Facts;
}

/** What of the parts of two definitions differs; `old` is under the new names. */
export function partChanges(
  old: Questionnaire,
  next: Questionnaire,
  renames: Renames,
): { readonly structure: readonly PartChange[]; readonly wording: readonly PartChange[] } {
  const [before, after] = [partsOf(old), partsOf(next)].map(
    (parts) => new Map(parts.map((part) => [keyOfPart(part), part])),
  );
  const keys = [...new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])])];
  const formerNames = namesBefore(renames);
  const changes = keys.map((key) => changesOf(before?.get(key), after?.get(key), formerNames));
  return {
    structure: [...orderChange(old, next), ...changes.flatMap(({ structure }) => structure)],
    wording: changes.flatMap(({ wording }) => wording),
  };
}

/** Questions and rules that went, beside ones that came and look the same. */
export function renameNotes(old: Questionnaire, next: Questionnaire): readonly RenameNote[] {
  const questions = pairs(
    [...itemsOf(old).values()].map(({ item }) => [item.linkId, `${item.type} ${item.text.trim()}`]),
    [...itemsOf(next).values()].map(({ item }) => [item.linkId, `${item.type} ${item.text.trim()}`]),
  );
  const ruleKey = ({ disposition, when }: Rule): string => `${disposition} ${meaningOf(when)}`;
  const rules = pairs(
    old.rules.map((rule) => [rule.id, ruleKey(rule)]),
    next.rules.map((rule) => [rule.id, ruleKey(rule)]),
  );
  return [
    ...questions.map(([from, to]) => ({ kind: 'question' as const, from, to })),
    ...rules.map(([from, to]) => ({ kind: 'rule' as const, from, to })),
  ];
}

type Named = readonly (readonly [string, string])[];

/** Names that went and came with the same look. */
function pairs(before: Named, after: Named): readonly (readonly [string, string])[] {
  const [was, is] = [before, after].map((all) => new Set(all.map(([name]) => name)));
  const came = after.filter(([name]) => !was?.has(name));
  return before.flatMap(([name, look]) => {
    const like = is?.has(name) ? undefined : came.find(([, each]) => each === look);
    return like ? [[name, like[0]] as const] : [];
  });
}

function keyOfPart({ kind, id }: Part): string {
  return `${kind} ${id}`;
}

/** The name before a rename, by kind and new name. */
function namesBefore({ linkIds, rules, parameters }: Renames): ReadonlyMap<string, string> {
  const asked = (kind: PartKind) => [...linkIds].map(([from, to]) => [`${kind} ${to}`, from] as const);
  return new Map([
    ...(['question', 'group', 'calculated value', 'constraint'] as const).flatMap(asked),
    ...[...rules].map(([from, to]) => [`rule ${to}`, from] as const),
    ...[...parameters].map(
      ([from, to]) => [`parameter ${to.slice('params.'.length)}`, from.slice('params.'.length)] as const,
    ),
  ]);
}

function changesOf(
  before: Part | undefined,
  after: Part | undefined,
  formerNames: ReadonlyMap<string, string>,
): { readonly structure: readonly PartChange[]; readonly wording: readonly PartChange[] } {
  const part = after ?? before;
  if (!part) return { structure: [], wording: [] };
  const { kind, id } = part;
  const isWordsOnly = kind === 'source';
  if (!before || !after) {
    const fields = Object.entries(part.summary).flatMap(([field, fact]) => {
      const text = textOf(fact);
      return text === undefined ? [] : [{ field, ...(after ? { now: text } : { was: text }) }];
    });
    const change: PartChange = { kind, id, what: after ? 'added' : 'removed', fields };
    return isWordsOnly ? { structure: [], wording: [change] } : { structure: [change], wording: [] };
  }
  const from = formerNames.get(keyOfPart(part));
  const renamedFrom = from === undefined ? {} : { renamedFrom: from };
  const fields = fieldChanges(before.meaning, after.meaning);
  const words = fieldChanges(before.wording, after.wording);
  const what = fields.length > 0 ? 'changed' : 'renamed';
  return {
    structure: fields.length > 0 || from !== undefined ? [{ kind, id, what, ...renamedFrom, fields }] : [],
    wording: words.length > 0 ? [{ kind, id, what: 'changed', fields: words }] : [],
  };
}

function fieldChanges(before: Facts, after: Facts): readonly FieldChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => {
    const [was, now] = [before[field], after[field]];
    if (textOf(was) === textOf(now) || keyOfFact(was) === keyOfFact(now)) return [];
    const [a, b] = [textOf(was), textOf(now)];
    return [{ field, ...(a !== undefined && { was: a }), ...(b !== undefined && { now: b }) }];
  });
}

function textOf(fact: Fact | string | undefined): string | undefined {
  return typeof fact === 'object' ? fact.text : fact;
}

function keyOfFact(fact: Fact | string | undefined): string | undefined {
  return typeof fact === 'object' ? fact.key : fact;
}

/** Questions that both have and ask in another order. */
function orderChange(old: Questionnaire, next: Questionnaire): readonly PartChange[] {
  const [before, after] = [[...itemsOf(old).keys()], [...itemsOf(next).keys()]];
  const [was, is] = [new Set(before), new Set(after)];
  const order = before.filter((linkId) => is.has(linkId));
  const now = after.filter((linkId) => was.has(linkId));
  const at = order.findIndex((linkId, index) => linkId !== now[index]);
  if (at < 0) return [];
  const field: FieldChange = { field: 'asking order', was: `${order[at]} first`, now: `${now[at]} first` };
  return [{ kind: 'definition', id: next.id, what: 'changed', fields: [field] }];
}

/* Parts */

function partsOf(questionnaire: Questionnaire): readonly Part[] {
  const { id, title, status, safety } = questionnaire;
  const cover: Part = {
    kind: 'definition',
    id,
    meaning: { status },
    wording: { title, 'safety page': [safety.title, ...safety.steps].join(' / ') },
    summary: {},
  };
  return [
    cover,
    ...questionnaire.parameters.map((each) => parameterPart(each, questionnaire)),
    ...[...itemsOf(questionnaire).values()].map(({ item, groups }) =>
      itemPart(item, groups.at(-1)?.linkId, questionnaire),
    ),
    ...questionnaire.calculated.map(calculatedPart),
    ...questionnaire.constraints.map(constraintPart),
    ...questionnaire.rules.map(rulePart),
    ...questionnaire.tables.flatMap((table) => table.rows.map((row) => rowPart(row, table))),
    ...questionnaire.invariants.map(invariantPart),
    ...questionnaire.sources.map(sourcePart),
  ];
}

function formula(of: Formula): Fact {
  return { text: of.source.replace(/\s+/g, ' ').trim(), key: meaningOf(of) };
}

/** The same for formulas that mean the same, wherever they stand. */
function meaningOf({ expression }: Formula): string {
  return JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : value));
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

function listed(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : ids.join(', ');
}

function parameterPart({ name, title, because, sources, ...number }: Parameter, questionnaire: Questionnaire): Part {
  const value = parameterInWords(questionnaire, { name, title, because, sources, ...number });
  return {
    kind: 'parameter',
    id: name,
    meaning: { value },
    wording: { title, because, sources: listed(sources) },
    summary: { title, value },
  };
}

function itemPart(item: Item, group: string | undefined, questionnaire: Questionnaire): Part {
  const { linkId, text, help, sources, required, mayBeAbsent, enableWhen, phi, coding, validFor } = item;
  const asked = enableWhen && formula(enableWhen);
  return {
    kind: item.type === 'group' ? 'group' : 'question',
    id: linkId,
    meaning: {
      'asked in': group,
      'asked when': asked,
      ...answerFacts(item, questionnaire),
      required: yesNo(required),
      'takes unknown and declined': yesNo(mayBeAbsent),
      'identifies the patient': yesNo(phi),
      'holds for': validFor,
    },
    wording: {
      text,
      ...helpFacts(help),
      ...answerTexts(item),
      sources: listed(sources),
      coding: coding && `${coding.system} ${coding.code}`,
    },
    summary: { text, type: item.type, 'asked when': asked },
  };
}

function helpFacts({ why, counts, say }: Help): Facts {
  return { 'why we ask': why, 'what counts': counts, 'staff may say': say };
}

/** What an item takes as its answer. */
function answerFacts(item: Item, questionnaire: Questionnaire): Facts {
  const { type } = item;
  switch (type) {
    case 'group': {
      const { repeats } = item;
      return { type, entries: repeats && `${repeats.min} to ${repeats.max}` };
    }
    case 'boolean':
      return { type };
    case 'integer':
    case 'decimal': {
      const unit = unitWords(questionnaire, item.unit);
      const range = ({ min, max }: { min: number; max: number }): string =>
        quantity(`${formatDecimal(min, item.decimals)} to ${formatDecimal(max, item.decimals)}`, unit);
      return {
        type,
        limits: range(item),
        unit: item.unit,
        decimals: String(item.decimals),
        'confirmed outside': item.plausible && range(item.plausible),
        ...Object.fromEntries(item.alternatives.map((each) => [`also taken in ${each.unit}`, factor(each)])),
      };
    }
    case 'date':
      return { type, 'stands there already': item.initial };
    case 'string':
      return { type, 'longest text': `${item.maxLength} characters`, table: item.table };
    case 'choice':
      return {
        type,
        'several answers': yesNo(item.repeats),
        ...Object.fromEntries(item.options.map((option) => [`option ${option.code}`, optionFact(option)])),
      };
  }
}

function factor({ numerator, denominator, names }: AlternativeUnit): string {
  return `times ${numerator}/${denominator} (${names.join(', ')})`;
}

function optionFact({ score, exclusive }: AnswerOption): string {
  const words = [score === undefined ? 'taken' : `score ${score}`, ...(exclusive ? ['alone'] : [])];
  return words.join(', ');
}

function answerTexts(item: Item): Facts {
  switch (item.type) {
    case 'group':
      return { shown: item.presentation, entry: item.repeats?.entry, credit: item.credit };
    case 'integer':
    case 'decimal':
      return { 'unit in words': item.unitText };
    case 'choice':
      return Object.fromEntries(
        item.options.flatMap(({ code, text, coding }) => [
          [`text of option ${code}`, text],
          [`coding of option ${code}`, coding && `${coding.system} ${coding.code}`],
        ]),
      );
    case 'boolean':
    case 'date':
    case 'string':
      return {};
  }
}

function calculatedPart({ linkId, title, unit, decimals, value, sources, coding }: CalculatedValue): Part {
  return {
    kind: 'calculated value',
    id: linkId,
    meaning: { value: formula(value), unit, decimals: String(decimals) },
    wording: { title, sources: listed(sources), coding: coding && `${coding.system} ${coding.code}` },
    summary: { title, value: formula(value) },
  };
}

function constraintPart({ linkId, requires, message }: Constraint, index: number, all: readonly Constraint[]): Part {
  const before = all.slice(0, index).filter((each) => each.linkId === linkId).length;
  return {
    kind: 'constraint',
    id: before === 0 ? linkId : `${linkId} (${before + 1})`,
    meaning: { requires: formula(requires) },
    wording: { message },
    summary: { requires: formula(requires) },
  };
}

function rulePart({ id, disposition, when, reason, action, steps, say, sources, absence }: Rule): Part {
  return {
    kind: 'rule',
    id,
    meaning: {
      disposition,
      when: formula(when),
      'where unknown': absence.unknown,
      'where declined': absence.declined,
      'where left out': absence.leftOut,
    },
    wording: { reason, action, steps: listed(steps), 'staff may say': say, sources: listed(sources) },
    summary: { disposition, when: formula(when), reason },
  };
}

function rowPart({ key, mainKey, names, values, sources, note }: TableRow, { name, columns }: Table): Part {
  const cells = Object.entries(values).map(([column, value]) => {
    const { scale = 0, unit = '' } = columns[column] ?? {};
    return [column, `${formatDecimal(value, scale)} ${unit}`.trim()] as const;
  });
  return {
    kind: 'table row',
    id: `${name}: ${key}`,
    meaning: { names: listed(names), 'same as': mainKey === key ? undefined : mainKey, ...Object.fromEntries(cells) },
    wording: { sources: listed(sources), note },
    summary: { names: listed(names), ...Object.fromEntries(cells) },
  };
}

function invariantPart(invariant: Invariant): Part {
  const meaning =
    invariant.kind === 'absence-never-milder'
      ? { kind: invariant.kind }
      : { kind: invariant.kind, dispositions: listed(invariant.dispositions), when: formula(invariant.when) };
  const { title, sources } = invariant;
  return {
    kind: 'invariant',
    id: invariant.id,
    meaning,
    wording: { title, sources: listed(sources) },
    summary: { title, ...meaning },
  };
}

function sourcePart({ id, text, doi, url, checked }: Citation): Part {
  return { kind: 'source', id, meaning: {}, wording: { text, doi, url, checked }, summary: { text } };
}
