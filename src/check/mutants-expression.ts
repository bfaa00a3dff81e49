import { type Comparison, type Expression, partsOf, type Span } from '../model/expression.ts';
import { fixedValue } from './satisfiable.ts';

/** What kind of slip a mutant makes. */
export type ExpressionSlip =
  | 'limit'
  | 'operator'
  | 'negated'
  | 'dropped'
  | 'connective'
  | 'option'
  | 'score'
  | 'constant'
  | 'filter'
  | 'extreme';

/** One expression with one slip in it. `at` is where in the text, `words` what was done, in the words of the source. */
export interface Slip {
  readonly kind: ExpressionSlip;
  readonly at: Span;
  readonly words: string;
  readonly expression: Expression;
}

/** What the generator has to know of the text around an expression. */
export interface Written {
  /** The text of a part, on one line. */
  text(at: Span): string;
  /** True for a comparison that repeats a calculated division: its own parts are written elsewhere. */
  isCopy(expression: Expression): boolean;
}

/** Every slip that can be made once in an expression, outermost first. Each expression is one that could be written. */
export function* slipsIn(expression: Expression, written: Written): Iterable<Slip> {
  yield* slipsOf(expression, written);
  if (written.isCopy(expression)) return;
  for (const [index, part] of partsOf(expression).entries()) {
    if (isPassedOver(expression, part)) continue;
    for (const slip of slipsIn(part, written))
      yield { ...slip, expression: withPart(expression, index, slip.expression) };
  }
}

/** Parts whose slips are those of the whole: the options of a list, and texts that are compared. */
function isPassedOver(whole: Expression, part: Expression): boolean {
  return (whole.kind === 'or' && optionsIn(whole) !== undefined) || (whole.kind !== 'conditional' && isText(part));
}

function isText(expression: Expression): boolean {
  return expression.kind === 'literal' && typeof expression.value === 'string';
}

function* slipsOf(expression: Expression, written: Written): Iterable<Slip> {
  if (expression.type.is === 'boolean') yield* negations(expression, written);
  switch (expression.kind) {
    case 'literal':
      yield* constants(expression);
      return;
    case 'and':
    case 'or':
    case 'list':
      yield* slipsOfParts(expression, written);
      return;
    case 'compare':
      yield* slipsOfComparison(expression, written);
      return;
    case 'in':
      yield* otherOptions(expression.element, codesOf(expression.list), expression, written, (element) => ({
        ...expression,
        element,
      }));
      return;
    case 'conditional':
      yield* slipsOfChoice(expression, written);
      return;
    case 'arithmetic':
      yield* terms(expression, written);
      return;
    case 'greatest':
    case 'least':
      yield otherExtreme(expression, written);
      return;
    case 'orElse':
      yield slip('constant', expression, `\`${written.text(expression.at)}\` without its constant`, expression.of);
      return;
    case 'filter':
    case 'distinct':
      yield slip('filter', expression, `\`${expression.kind}\` dropped`, expression.list);
      return;
    case 'exists':
    case 'all': {
      const kind = expression.kind === 'exists' ? 'all' : 'exists';
      yield slip('filter', expression, `\`${expression.kind}\` -> \`${kind}\``, { ...expression, kind });
      return;
    }
    default:
  }
}

function slip(kind: ExpressionSlip, { at }: Expression, words: string, expression: Expression): Slip {
  return { kind, at, words, expression };
}

function* negations(expression: Expression, written: Written): Iterable<Slip> {
  if (expression.kind === 'literal') return;
  const text = written.text(expression.at);
  if (expression.kind === 'not') yield slip('negated', expression, `\`${text}\` without its \`!\``, expression.of);
  else {
    const { type, at } = expression;
    yield slip('negated', expression, `\`${text}\` -> not`, { kind: 'not', of: expression, type, at });
  }
}

/* Numbers */

function* constants(literal: Extract<Expression, { kind: 'literal' }>): Iterable<Slip> {
  const { value, type } = literal;
  if (typeof value !== 'number' || type.is !== 'number') return;
  for (const other of [value + 1, value - 1]) {
    const changed: Expression = { ...literal, value: other, type: { ...type, min: other, max: other } };
    const words = `${value / 10 ** type.scale} -> ${other / 10 ** type.scale}`;
    yield slip('limit', literal, words, changed);
  }
}

/** A term left out of a sum or difference. */
function* terms(sum: Extract<Expression, { kind: 'arithmetic' }>, written: Written): Iterable<Slip> {
  if (sum.operator === '*') return;
  const { left, right } = sum;
  yield slip('score', right, `\`${written.text(right.at)}\` left out of the calculation`, left);
  const isFirst = left.kind !== 'arithmetic' || left.operator === '*';
  if (sum.operator === '+' && isFirst)
    yield slip('score', left, `\`${written.text(left.at)}\` left out of the calculation`, right);
}

function otherExtreme(expression: Extract<Expression, { kind: 'greatest' | 'least' }>, written: Written): Slip {
  const kind = expression.kind === 'greatest' ? 'least' : 'greatest';
  const [a, b] = [expression.left.type, expression.right.type];
  const pick = kind === 'greatest' ? Math.max : Math.min;
  const type =
    a.is === 'number' && b.is === 'number'
      ? { ...a, min: pick(a.min, b.min), max: pick(a.max, b.max) }
      : expression.type;
  return slip('extreme', expression, `\`${written.text(expression.at)}\` with \`${kind}\``, {
    ...expression,
    kind,
    type,
  });
}

/* Comparisons */

/**
 * Operators that stand for all wrong ones: whoever tells these from the right one tells every other (Kaminski, Ammann
 * and Offutt 2013).
 */
const otherOperators: Readonly<Record<Comparison, readonly Comparison[]>> = {
  '<': ['<=', '!=', '>='],
  '<=': ['<', '==', '>'],
  '>': ['>=', '!=', '<='],
  '>=': ['>', '==', '<'],
  '==': ['!=', '<=', '>='],
  '!=': ['==', '<', '>'],
};

function* slipsOfComparison(comparison: Extract<Expression, { kind: 'compare' }>, written: Written): Iterable<Slip> {
  const { operator, left, right } = comparison;
  const text = written.text(comparison.at);
  const isOrdered = left.type.is === 'number' || left.type.is === 'date';
  for (const other of otherOperators[operator].filter((each) => isOrdered || each === '==' || each === '!='))
    yield slip('operator', comparison, `\`${text}\` -> \`${other}\``, { ...comparison, operator: other });
  if (isText(right))
    yield* otherOptions(right, codesOf(left), comparison, written, (other) => ({ ...comparison, right: other }));
  if (isText(left))
    yield* otherOptions(left, codesOf(right), comparison, written, (other) => ({ ...comparison, left: other }));
}

function codesOf({ type }: Expression): readonly string[] {
  if (type.is === 'list') return type.of.is === 'text' ? (type.of.codes ?? []) : [];
  return type.is === 'text' ? (type.codes ?? []) : [];
}

function* otherOptions(
  written: Expression,
  codes: readonly string[],
  whole: Expression,
  { text }: Written,
  make: (other: Expression) => Expression,
): Iterable<Slip> {
  if (written.kind !== 'literal') return;
  for (const code of codes) {
    if (code === written.value) continue;
    yield slip('option', whole, `\`${text(whole.at)}\` with "${code}"`, make(textLiteral(written, code)));
  }
}

function textLiteral(literal: Extract<Expression, { kind: 'literal' }>, code: string): Expression {
  return { ...literal, value: code, type: { is: 'text', codes: [code] } };
}

/* Conditions put together */

type Parts = Extract<Expression, { kind: 'and' | 'or' | 'list' }>;

function* slipsOfParts(whole: Parts, written: Written): Iterable<Slip> {
  if (whole.kind === 'or') {
    const options = optionsIn(whole);
    if (options) {
      yield* slipsOfOptions(whole, options, written);
      return;
    }
  }
  for (const [index, part] of whole.of.entries()) {
    const rest = whole.of.filter((_, at) => at !== index);
    const [alone] = rest;
    if (alone === undefined) continue;
    const left = rest.length === 1 && whole.kind !== 'list' ? alone : { ...whole, of: rest };
    yield slip('dropped', part, `\`${written.text(part.at)}\` dropped`, left);
  }
  if (whole.kind === 'list' || whole.of.length < 2) return;
  const [from, to] = whole.kind === 'and' ? (['&&', '||'] as const) : (['||', '&&'] as const);
  const words = `\`${from}\` -> \`${to}\` in \`${written.text(whole.at)}\``;
  yield slip('connective', whole, words, { ...whole, kind: whole.kind === 'and' ? 'or' : 'and' });
}

type Equality = Extract<Expression, { kind: 'compare' }>;

/** The comparisons that `x in ["a", "b"]` stands for; undefined where the condition was written with `||`. */
export function optionsIn({ of }: Extract<Expression, { kind: 'or' }>): readonly Equality[] | undefined {
  const [first] = of;
  if (first?.kind !== 'compare') return undefined;
  const isOption = (part: Expression): part is Equality =>
    part.kind === 'compare' && part.operator === '==' && part.left === first.left && isText(part.right);
  return of.every(isOption) ? of : undefined;
}

function* slipsOfOptions(
  whole: Extract<Expression, { kind: 'or' }>,
  options: readonly Equality[],
  written: Written,
): Iterable<Slip> {
  const text = written.text(whole.at);
  const codeOf = ({ right }: Equality): unknown => (right.kind === 'literal' ? right.value : undefined);
  for (const option of options)
    yield slip('option', option, `\`${text}\` without "${codeOf(option)}"`, {
      ...whole,
      of: options.filter((each) => each !== option),
    });
  const [first] = options;
  if (first?.right.kind !== 'literal') return;
  const { left, right } = first;
  const chosen = options.map(codeOf);
  for (const code of codesOf(left).filter((each) => !chosen.includes(each)))
    yield slip('option', whole, `\`${text}\` with "${code}" too`, {
      ...whole,
      of: [...options, { ...first, right: textLiteral(right, code) }],
    });
}

function* slipsOfChoice(choice: Extract<Expression, { kind: 'conditional' }>, written: Written): Iterable<Slip> {
  const { then, else: otherwise } = choice;
  const text = written.text(choice.if.at);
  yield slip('dropped', choice.if, `\`${text}\` taken as true`, then);
  yield slip('dropped', choice.if, `\`${text}\` taken as false`, otherwise);
  const codes = codesOf(choice);
  for (const [key, branch] of [
    ['then', then],
    ['else', otherwise],
  ] as const) {
    if (branch.kind !== 'literal' || !isText(branch)) continue;
    const next = codes[(codes.indexOf(String(branch.value)) + 1) % codes.length];
    if (next !== undefined && next !== branch.value)
      yield slip('option', branch, `"${branch.value}" -> "${next}"`, { ...choice, [key]: textLiteral(branch, next) });
  }
}

/* Trees */

/** The expression with another part at `index` of `partsOf`. */
function withPart(expression: Expression, index: number, part: Expression): Expression {
  const parts = partsOf(expression).map((each, at) => (at === index ? part : each));
  return withParts(expression, parts);
}

/** The expression with other parts, in the order of `partsOf`. */
export function withParts(expression: Expression, parts: readonly Expression[]): Expression {
  const [first, second, otherwise] = parts as readonly [Expression, Expression, Expression];
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'answer':
    case 'member':
    case 'calculated':
    case 'variable':
    case 'state':
      return expression;
    case 'not':
    case 'rescale':
      return { ...expression, of: first };
    case 'and':
    case 'or':
    case 'list':
      return { ...expression, of: parts };
    case 'conditional': {
      const then = second;
      return { ...expression, if: first, then, else: otherwise };
    }
    case 'compare':
    case 'arithmetic':
    case 'greatest':
    case 'least':
      return { ...expression, left: first, right: second };
    case 'quotient':
      return { ...expression, dividend: first, divisor: second };
    case 'in':
      return { ...expression, element: first, list: second };
    case 'orElse':
      return { ...expression, of: first, otherwise: second };
    case 'exists':
    case 'all':
    case 'filter':
    case 'map':
      return { ...expression, list: first, body: second };
    case 'distinct':
    case 'size':
      return { ...expression, list: first };
    case 'age':
      return { ...expression, birthDate: first, on: second };
    case 'daysBetween':
      return { ...expression, from: first, to: second };
    case 'listed':
    case 'lookup':
      return { ...expression, key: first };
  }
}

/** The same text for expressions that are the same but for where they stand and how a limit is written: `>= 181`, `> 180`. */
export function canonical(expression: Expression): string {
  const { at: _at, type: _type, ...facts } = expression;
  const own = Object.entries(facts).filter(([, value]) => typeof value !== 'object');
  const limit = expression.kind === 'compare' ? limitIn(expression) : undefined;
  if (limit) return `${limit.operator} ${limit.value} ${canonical(limit.of)}`;
  if (expression.kind === 'not' && expression.of.kind === 'not') return canonical(expression.of.of);
  if (expression.kind === 'parameter') return JSON.stringify(expression.value);
  if (expression.kind === 'literal') return JSON.stringify(expression.value);
  const named = expression.kind === 'state' ? JSON.stringify(expression.of.linkId) : '';
  return `(${JSON.stringify(own.sort())}${named} ${partsOf(expression).map(canonical).join(' ')})`;
}

/** A comparison of a whole number with a fixed one, written with `>=`, `<`, `==` or `!=`. */
function limitIn({
  operator,
  left,
  right,
}: Equality): { readonly operator: Comparison; readonly value: number; readonly of: Expression } | undefined {
  const value = fixedValue(right);
  if (typeof value !== 'number' || left.kind === 'rescale') return undefined;
  if (operator === '>') return { operator: '>=', value: value + 1, of: left };
  if (operator === '<=') return { operator: '<', value: value + 1, of: left };
  return { operator, value, of: left };
}
