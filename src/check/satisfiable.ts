import { itemsOf } from '../engine/items.ts';
import { compare } from '../engine/result.ts';
import { type AnswerReference, type Comparison, type Expression, flipped, partsOf } from '../model/expression.ts';
import type { Questionnaire } from '../model/questionnaire.ts';

/**
 * False where no answers at all can make `condition` true. True is no promise: what compares two answers with each
 * other, counts or calculates is taken to be possible, so nothing is called impossible that is not.
 */
export function canBeTrue(condition: Expression, questionnaire: Questionnaire): boolean {
  const ways = waysTo(condition, true, questionnaire);
  return ways === undefined || ways.some((way) => isPossible(way, questionnaire, new Set()));
}

/** What has to hold, or must not, of an answer or a calculation. `isLenient`: to be unknown will do. */
type Demand = { readonly holds: boolean; readonly isLenient: boolean } & (
  | { readonly is: 'number'; readonly term: Expression; readonly operator: Comparison; readonly value: number }
  | { readonly is: 'value'; readonly term: Expression; readonly equal: boolean; readonly value: boolean | string }
  | { readonly is: 'state'; readonly term: AnswerReference; readonly state: string }
);

/** Demands that together make a condition come out as wanted. */
type Way = readonly Demand[];

/** Past this many ways a condition is left to the proof. */
const mostWays = 512;

/** The ways to make `condition` true, or false; undefined where there are too many to look at. */
function waysTo(condition: Expression, wanted: boolean, questionnaire: Questionnaire): readonly Way[] | undefined {
  const ways = (part: Expression, of: boolean) => waysTo(part, of, questionnaire);
  switch (condition.kind) {
    case 'literal':
      return condition.value === wanted ? [[]] : [];
    case 'not':
      return ways(condition.of, !wanted);
    case 'and':
    case 'or':
      return (condition.kind === 'and') === wanted
        ? everyOne(condition.of.map((part) => ways(part, wanted)))
        : anyOne(condition.of.map((part) => ways(part, wanted)));
    case 'conditional':
      return anyOne([
        everyOne([ways(condition.if, true), ways(condition.then, wanted)]),
        everyOne([ways(condition.if, false), ways(condition.else, wanted)]),
        everyOne([ways(condition.then, wanted), ways(condition.else, wanted)]),
      ]);
    case 'compare':
      return [demandOf(condition, wanted)];
    case 'state':
      return [[{ term: condition.of, holds: wanted, isLenient: false, is: 'state', state: condition.state }]];
    case 'exists':
      // Alone: two of these may be true of two entries.
      return wanted && !canBeTrue(condition.body, questionnaire) ? [] : [[]];
    case 'answer':
    case 'member':
    case 'calculated':
      return [[{ term: condition, holds: wanted, isLenient: false, is: 'value', equal: true, value: true }]];
    default:
      return [[]];
  }
}

function anyOne(of: readonly (readonly Way[] | undefined)[]): readonly Way[] | undefined {
  const ways: Way[] = [];
  for (const each of of) {
    if (each === undefined) return undefined;
    ways.push(...each);
  }
  return ways.length > mostWays ? undefined : ways;
}

function everyOne(of: readonly (readonly Way[] | undefined)[]): readonly Way[] | undefined {
  let ways: readonly Way[] | undefined = [[]];
  for (const each of of) {
    if (each?.length === 0) return [];
    if (ways !== undefined && each !== undefined && ways.length * each.length <= mostWays)
      ways = ways.flatMap((way) => each.map((more) => [...way, ...more]));
    else ways = undefined;
  }
  return ways;
}

function demandOf({ operator, left, right }: Extract<Expression, { kind: 'compare' }>, holds: boolean): Way {
  const fixed = fixedValue(right);
  if (fixed !== undefined) return demand(left, operator, fixed, holds);
  const other = fixedValue(left);
  return other === undefined ? [] : demand(right, flipped[operator], other, holds);
}

function demand(term: Expression, operator: Comparison, value: boolean | number | string, holds: boolean): Way {
  if (term.kind === 'rescale' && typeof value === 'number')
    return demand(term.of, operator, value / term.factor, holds);
  if (typeof value === 'number') return [{ term, holds, isLenient: false, is: 'number', operator, value }];
  return [{ term, holds, isLenient: false, is: 'value', equal: operator === '==', value }];
}

/** The value of a literal or parameter, brought to the scale it is compared at. */
export function fixedValue(expression: Expression): boolean | number | string | undefined {
  if (expression.kind === 'literal' || expression.kind === 'parameter') return expression.value;
  if (expression.kind !== 'rescale') return undefined;
  const of = fixedValue(expression.of);
  return typeof of === 'number' ? of * expression.factor : undefined;
}

/** Whether one person can meet all demands; `seen` are the questions whose enablement is being looked at. */
function isPossible(way: Way, questionnaire: Questionnaire, seen: ReadonlySet<string>): boolean {
  const terms = new Map<string, Demand[]>();
  for (const each of way) terms.set(keyOf(each.term), [...(terms.get(keyOf(each.term)) ?? []), each]);
  if (![...terms.values()].every((demands) => isMet(demands, questionnaire))) return false;
  const asked = way.flatMap(({ term, holds }) =>
    term.kind === 'answer' && holds && !seen.has(term.linkId) ? [term.linkId] : [],
  );
  if (asked.length === 0) return true;
  const conditions = asked.flatMap((linkId) => enableWhenOf(linkId, questionnaire));
  const wider = everyOne([[way], ...conditions.map((each) => leniently(waysTo(each, true, questionnaire)))]);
  return wider === undefined || wider.some((each) => isPossible(each, questionnaire, new Set([...seen, ...asked])));
}

/** An answer is used wherever its question is not settled as not asked: its enablement may be unknown. */
function leniently(ways: readonly Way[] | undefined): readonly Way[] | undefined {
  return ways?.map((way) => way.map((each) => ({ ...each, isLenient: true })));
}

/** The conditions under which a question is asked: its own, and those of the groups around it. */
function enableWhenOf(linkId: string, questionnaire: Questionnaire): readonly Expression[] {
  const placed = itemsOf(questionnaire).get(linkId);
  return placed ? [...placed.groups, placed.item].flatMap(({ enableWhen }) => enableWhen?.expression ?? []) : [];
}

/** Whether one term can meet all that is demanded of it. */
function isMet(demands: readonly Demand[], questionnaire: Questionnaire): boolean {
  const [first] = demands;
  if (!first) return true;
  const absences = absencesOf(first.term, questionnaire);
  if (absences.some((absence) => demands.every((each) => isMetByAbsence(each, absence)))) return true;
  return candidates(first.term, demands).some((value) => demands.every((each) => isMetBy(each, value)));
}

type Absence = 'none' | 'open' | 'omitted' | 'unknown' | 'declined';

/** How the term may have no value. `none`: not asked. `open`: no answer yet. `omitted`: left out, and not required. */
function absencesOf(term: Expression, questionnaire: Questionnaire): readonly Absence[] {
  if (term.kind !== 'answer' && term.kind !== 'member') return ['none', 'open'];
  const item = itemsOf(questionnaire).get(term.linkId)?.item;
  const always = ['none', 'open', 'omitted'] as const;
  return item?.mayBeAbsent === false ? always : [...always, 'unknown', 'declined'];
}

/** A comparison with what is not asked is false; with what is absent it is neither true nor false. */
function isMetByAbsence(demand: Demand, absence: Absence): boolean {
  if (absence === 'open') return demand.isLenient;
  if (demand.is === 'state') return (demand.state === absence) === demand.holds;
  return absence === 'none' ? !demand.holds : demand.isLenient;
}

/** One value for each stretch of values that the demands do not tell apart. */
function candidates(term: Expression, demands: readonly Demand[]): readonly (boolean | number | string)[] {
  const { type } = term;
  switch (type.is) {
    case 'boolean':
      return [true, false];
    case 'number': {
      const cuts = demands.flatMap((each) =>
        each.is === 'number' ? [Math.floor(each.value), Math.ceil(each.value)] : [],
      );
      const near = cuts.flatMap((cut) => [cut - 1, cut, cut + 1]);
      return [type.min, type.max, ...near].filter((value) => value >= type.min && value <= type.max);
    }
    case 'text':
      return type.codes ?? [...demands.flatMap((each) => (each.is === 'value' ? [each.value] : [])), anyOtherText];
    default:
      return [anyOtherText];
  }
}

const anyOtherText = '\u0000';

function isMetBy(demand: Demand, value: boolean | number | string): boolean {
  switch (demand.is) {
    case 'state':
      return (demand.state === 'answered') === demand.holds;
    case 'value':
      return ((value === demand.value) === demand.equal) === demand.holds;
    case 'number':
      return typeof value === 'number' && compare(demand.operator, value, demand.value) === demand.holds;
  }
}

/** The same for two expressions that mean the same, whatever their spacing and place in the text. */
export function keyOf(expression: Expression): string {
  const { kind } = expression;
  const own = Object.entries(expression)
    .filter(([key, value]) => key !== 'kind' && key !== 'type' && key !== 'at' && typeof value !== 'object')
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const parts = kind === 'state' ? [keyOf(expression.of)] : partsOf(expression).map(keyOf);
  const ordered = kind === 'and' || kind === 'or' ? parts.sort() : parts;
  return `${kind}(${[...own, ...ordered].join(',')})`;
}
