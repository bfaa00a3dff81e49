import { inputsOf } from '../engine/because.ts';
import { itemsOf } from '../engine/items.ts';
import { formatDecimal } from '../model/decimal.ts';
import { type Disposition, dispositions, mildestByAbsence, severityRank } from '../model/disposition.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import type { Formula, Item, Parameter, Questionnaire, Rule, SourceSpan, Table } from '../model/questionnaire.ts';
import { bare } from '../report/condition-words/same.ts';
import { quotientComparison } from '../report/condition-words.ts';
import { canonical, type ExpressionSlip, slipsIn, withParts } from './mutants-expression.ts';
import { lookInto, slipsInTable, type TableSlip } from './mutants-table.ts';
import type { Places } from './places.ts';
import type { PlacedRow } from './row-applicants.ts';

export type MutantKind =
  | ExpressionSlip
  | TableSlip['kind']
  | 'rule'
  | 'disposition'
  | 'absence'
  | 'show-when'
  | 'constraint';

/** A definition with one slip in it. */
export interface Mutant {
  /** What it is in, which kind of slip, and the how-manieth of it: the same from run to run. */
  readonly id: string;
  readonly kind: MutantKind;
  /** The rule, question, value, parameter or row of a table that is changed. */
  readonly of: string;
  readonly at: SourceSpan;
  /** What was done, on one line, in the words of the source. */
  readonly words: string;
  /** For a slip in one formula: what it was, and what it is. */
  readonly formula?: { readonly before: Expression; readonly after: Expression };
  /** For a slip in a table: the row as it was. */
  readonly row?: PlacedRow;
  /** What is not changed is the very same value as in the original. */
  readonly questionnaire: Questionnaire;
}

type Draft = Omit<Mutant, 'id'> & {
  /** Two drafts with one key mean the same. */
  readonly key: string;
};

/**
 * Every slip that can be made once in a definition: in a limit, a row of a table, an operator, a condition, an option, a
 * disposition, a sum, a question's condition. Of several that mean the same on sight, the first. In the order of the definition.
 */
export function mutantsOf(questionnaire: Questionnaire, places: Places): readonly Mutant[] {
  const drafts = [
    ...questionnaire.parameters.flatMap((parameter) => parameterDrafts(questionnaire, parameter, places)),
    ...questionnaire.tables.flatMap((table) => tableDrafts(questionnaire, table, places)),
    ...ownersOf(questionnaire).flatMap((owner) => formulaDrafts(questionnaire, owner, places)),
    ...questionnaire.rules.flatMap((rule) => ruleDrafts(questionnaire, rule)),
    ...ownersOf(questionnaire).flatMap((owner) => droppedDrafts(questionnaire, owner)),
  ];
  return numbered(distinctDrafts(questionnaire, drafts));
}

function distinctDrafts(questionnaire: Questionnaire, drafts: readonly Draft[]): readonly Draft[] {
  const seen = new Set(ownersOf(questionnaire).map(({ key, formula }) => `${key} ${canonical(formula.expression)}`));
  return drafts.filter(({ key }) => {
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function numbered(drafts: readonly Draft[]): readonly Mutant[] {
  const counts = new Map<string, number>();
  return drafts.map(({ key: _key, ...draft }) => {
    const name = `${draft.of}.${draft.kind}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { id: `${name}-${count}`, ...draft };
  });
}

/* Formulas and what they belong to */

/** A formula of a definition, and the definition with another one in its place (none: without it). */
interface Owner {
  /** What it is called in a report. */
  readonly name: string;
  readonly key: string;
  readonly formula: Formula;
  readonly with: (questionnaire: Questionnaire, formula: Formula | undefined) => Questionnaire;
  /** The slip that leaves the formula out as a whole. */
  readonly drop?: { readonly kind: MutantKind; readonly words: string };
}

const known = new WeakMap<Questionnaire, readonly Owner[]>();

function ownersOf(questionnaire: Questionnaire): readonly Owner[] {
  const owners = known.get(questionnaire) ?? findOwners(questionnaire);
  known.set(questionnaire, owners);
  return owners;
}

function findOwners(questionnaire: Questionnaire): readonly Owner[] {
  return [
    ...[...itemsOf(questionnaire).values()].flatMap(({ item }) =>
      item.enableWhen ? [itemOwner(item, item.enableWhen)] : [],
    ),
    ...questionnaire.calculated.map(({ linkId, value }) => calculatedOwner(linkId, value)),
    ...questionnaire.constraints.map(({ linkId, requires }, index) => constraintOwner(linkId, requires, index)),
    ...questionnaire.rules.map(({ id, when }) => ruleOwner(id, when)),
  ];
}

function itemOwner({ linkId }: Item, formula: Formula): Owner {
  return {
    name: linkId,
    key: `item ${linkId}`,
    formula,
    with: (questionnaire, enableWhen) => withItem(questionnaire, linkId, enableWhen),
    drop: { kind: 'show-when', words: 'always asked' },
  };
}

function calculatedOwner(linkId: string, formula: Formula): Owner {
  return {
    name: linkId,
    key: `value ${linkId}`,
    formula,
    with(questionnaire, value) {
      if (!value) throw new Error('a calculated value is not left out');
      const calculated = questionnaire.calculated.map((each) => (each.linkId === linkId ? { ...each, value } : each));
      return withQuotient({ ...questionnaire, calculated }, formula.expression, value.expression);
    },
  };
}

function constraintOwner(linkId: string, formula: Formula, index: number): Owner {
  return {
    name: linkId,
    key: `constraint ${index}`,
    formula,
    with: (questionnaire, requires) => ({
      ...questionnaire,
      constraints: questionnaire.constraints.flatMap((each, at) => {
        if (at !== index) return [each];
        return requires ? [{ ...each, requires }] : [];
      }),
    }),
    drop: { kind: 'constraint', words: 'constraint left out' },
  };
}

function ruleOwner(id: string, formula: Formula): Owner {
  return {
    name: id,
    key: `rule ${id}`,
    formula,
    with: (questionnaire, when) => withRule(questionnaire, id, (rule) => when && { ...rule, when }),
    drop: { kind: 'rule', words: 'rule left out' },
  };
}

function withRule(questionnaire: Questionnaire, id: string, change: (rule: Rule) => Rule | undefined): Questionnaire {
  return {
    ...questionnaire,
    rules: questionnaire.rules.flatMap((rule) => (rule.id === id ? (change(rule) ?? []) : [rule])),
  };
}

function withItem(questionnaire: Questionnaire, linkId: string, enableWhen: Formula | undefined): Questionnaire {
  const change = <Each extends Item>(item: Each): Each => {
    if (item.linkId === linkId) {
      const { enableWhen: _old, ...rest } = item;
      return (enableWhen ? { ...item, enableWhen } : rest) as Each;
    }
    if (item.type !== 'group') return item;
    const items = item.items.map(change);
    return items.every((each, index) => each === item.items[index]) ? item : { ...item, items };
  };
  return { ...questionnaire, items: questionnaire.items.map(change) };
}

/** A calculated division is repeated in what compares it: there it changes too. */
function withQuotient(questionnaire: Questionnaire, from: Expression, to: Expression): Questionnaire {
  if (from.kind !== 'quotient' || to.kind !== 'quotient') return questionnaire;
  const sides = new Map([
    [canonical(from.dividend), to.dividend],
    [canonical(from.divisor), to.divisor],
  ]);
  const inside = (part: Expression): Expression => {
    const other = sides.get(canonical(part));
    return other ?? changedParts(part, inside);
  };
  const change = (expression: Expression): Expression =>
    expression.kind === 'compare' && isQuotientCopy(expression, from)
      ? inside(expression)
      : changedParts(expression, change);
  return everyFormula(questionnaire, change);
}

function isQuotientCopy(comparison: Extract<Expression, { kind: 'compare' }>, of: Expression): boolean {
  const [left, right] = [bare(comparison.left), bare(comparison.right)];
  if (of.kind !== 'quotient' || right.kind !== 'arithmetic') return false;
  return canonical(left) === canonical(of.dividend) && canonical(bare(right.right)) === canonical(of.divisor);
}

/** The definition with every formula changed that `change` gives another expression for. */
function everyFormula(questionnaire: Questionnaire, change: (expression: Expression) => Expression): Questionnaire {
  return ownersOf(questionnaire).reduce((sofar, owner) => {
    const expression = change(owner.formula.expression);
    return expression === owner.formula.expression ? sofar : owner.with(sofar, { ...owner.formula, expression });
  }, questionnaire);
}

function changedParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  const parts = partsOf(expression);
  const changed = parts.map(change);
  return changed.every((each, index) => each === parts[index]) ? expression : withParts(expression, changed);
}

/* Slips */

function formulaDrafts(questionnaire: Questionnaire, owner: Owner, places: Places): readonly Draft[] {
  const { formula, key, name } = owner;
  const written = {
    text: ({ start, end }: { start: number; end: number }) =>
      formula.source.slice(start, end).replace(/\s+/g, ' ').trim(),
    isCopy: (expression: Expression) =>
      expression.kind === 'compare' && quotientComparison(questionnaire, expression) !== undefined,
  };
  return [...slipsIn(formula.expression, written)].map(({ kind, at, words, expression }) => ({
    kind,
    of: name,
    at: places.inFormula(formula, at),
    words,
    formula: { before: formula.expression, after: expression },
    questionnaire: owner.with(questionnaire, { ...formula, expression }),
    key: `${key} ${canonical(expression)}`,
  }));
}

function droppedDrafts(questionnaire: Questionnaire, { drop, formula, key, name, with: put }: Owner): readonly Draft[] {
  if (!drop) return [];
  return [{ ...drop, of: name, at: formula.at, questionnaire: put(questionnaire, undefined), key: `${key} none` }];
}

/** A parameter one unit of its last decimal up and down, wherever it is used. */
function parameterDrafts(questionnaire: Questionnaire, parameter: Parameter, places: Places): readonly Draft[] {
  const { name, value, scale } = parameter;
  return [value + 1, value - 1].flatMap((other): readonly Draft[] => {
    const change = (expression: Expression): Expression =>
      expression.kind === 'parameter' && expression.name === name && expression.type.is === 'number'
        ? { ...expression, value: other, type: { ...expression.type, min: other, max: other } }
        : changedParts(expression, change);
    const changed = ownersOf(questionnaire).flatMap((owner) => {
      const expression = change(owner.formula.expression);
      return expression === owner.formula.expression ? [] : [{ owner, expression }];
    });
    const [first] = changed;
    if (!first) return [];
    const mutant = changed.reduce(
      (sofar, { owner, expression }) => owner.with(sofar, { ...owner.formula, expression }),
      questionnaire,
    );
    return [
      {
        kind: 'limit',
        of: `params.${name}`,
        at: places.parameter(name),
        words: `\`params.${name}\` ${formatDecimal(value, scale)} -> ${formatDecimal(other, scale)}`,
        questionnaire: mutant,
        key: changed.map(({ owner, expression }) => `${owner.key} ${canonical(expression)}`).join('\n'),
      },
    ];
  });
}

/** Every slip in a row that some condition or calculation can come to something else by. */
function tableDrafts(questionnaire: Questionnaire, table: Table, places: Places): readonly Draft[] {
  return slipsInTable(table).flatMap(({ kind, row, at, words, table: other, isSeenBy }): readonly Draft[] => {
    const change = (expression: Expression): Expression => {
      const { kind: of } = expression;
      const isLook = (of === 'listed' || of === 'lookup') && expression.table === table.name && isSeenBy(expression);
      return changedParts(isLook ? lookInto(other, expression) : expression, change);
    };
    const changed = everyFormula(questionnaire, change);
    if (changed === questionnaire) return [];
    const tables = questionnaire.tables.map((each) => (each === table ? other : each));
    const of = `${table.name}.${row.key}`;
    return [
      {
        kind,
        of,
        at: places.row(table.name, table.rows.indexOf(row), ...at),
        words,
        row: { table, row },
        questionnaire: { ...changed, tables },
        key: `row ${of} ${words}`,
      },
    ];
  });
}

/** One step milder, one step worse; and worse where an answer is absent, or milder where the rule asks for more than it must. */
function ruleDrafts(questionnaire: Questionnaire, rule: Rule): readonly Draft[] {
  const { id, at, disposition, absence } = rule;
  const draft = (kind: MutantKind, words: string, changed: Rule): Draft => ({
    kind,
    of: id,
    at,
    words,
    questionnaire: withRule(questionnaire, id, () => changed),
    key: `rule ${id} ${words}`,
  });
  const byDisposition = [milder(disposition), worse(disposition)].flatMap((other) =>
    other === undefined ? [] : [draft('disposition', `${disposition} -> ${other}`, { ...rule, disposition: other })],
  );
  const byAbsence = kindsOf(questionnaire, rule).flatMap((kind) => {
    const own = absence[kind];
    const isMoreThanMust = severityRank(own) < severityRank(mildestByAbsence[kind]);
    return [isMoreThanMust ? milder(own) : undefined, worse(own)].flatMap((other) =>
      other === undefined
        ? []
        : [
            draft('absence', `${wordsFor[kind]}: ${own} -> ${other}`, {
              ...rule,
              absence: { ...absence, [kind]: other },
            }),
          ],
    );
  });
  return [...byDisposition, ...byAbsence];
}

const wordsFor = { unknown: 'where unknown', declined: 'where declined', leftOut: 'where left out' } as const;

/** The kinds of absence that an answer which the rule depends on can have. */
function kindsOf(questionnaire: Questionnaire, { when }: Rule): readonly (keyof Rule['absence'])[] {
  const mayBeAbsent = inputsOf(questionnaire, when.expression).some(
    (linkId) => itemsOf(questionnaire).get(linkId)?.item.mayBeAbsent,
  );
  return mayBeAbsent ? ['unknown', 'declined', 'leftOut'] : ['leftOut'];
}

function milder(disposition: Disposition): Disposition | undefined {
  return dispositions[severityRank(disposition) + 1];
}

function worse(disposition: Disposition): Disposition | undefined {
  return dispositions[severityRank(disposition) - 1];
}
