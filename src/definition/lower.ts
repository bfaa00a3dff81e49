import { formatDecimal, parseDecimal } from '../model/decimal.ts';
import type { Code } from '../model/diagnostic.ts';
import {
  type AnswerReference,
  type Comparison,
  type Expression,
  type ExpressionType,
  flipped,
  type Span,
} from '../model/expression.ts';
import type { Parameter, Table } from '../model/questionnaire.ts';
import type { ASTNode, CelProblem } from './cel.ts';
import { wayOut } from './suggest.ts';

/** What a condition may name. */
export interface Names {
  /** The type of every question and repeat, by linkId. */
  readonly items: ReadonlyMap<string, ExpressionType>;
  readonly calculated: ReadonlyMap<string, Expression>;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly tables: ReadonlyMap<string, Table>;
  /** Tables and calculated values that do not read themselves: what leans on them is passed over without a word. */
  readonly unread: ReadonlySet<string>;
}

type NumberType = Extract<ExpressionType, { is: 'number' }>;
type Variables = ReadonlyMap<string, ExpressionType>;
type Lowered = Expression | undefined;

const boolean: ExpressionType = { is: 'boolean' };
const yearsRange: NumberType = { is: 'number', scale: 0, min: -10_000, max: 10_000 };
const daysRange: NumberType = { is: 'number', scale: 0, min: -4_000_000, max: 4_000_000 };

/**
 * The typed expression that a parsed and type-checked CEL text means. What CEL lets pass and we do not (an option or a
 * range that cannot be, something that cannot be analysed) is reported, and then there is no expression.
 */
export function lower(ast: ASTNode, names: Names, report: (problem: CelProblem) => void): Lowered {
  return new Lowering(names, report).expression(ast, new Map());
}

class Lowering {
  private readonly names: Names;
  private readonly report: (problem: CelProblem) => void;

  constructor(names: Names, report: (problem: CelProblem) => void) {
    this.names = names;
    this.report = report;
  }

  /** Like `whole`, for a place where a quotient may stand: the top, or one side of a comparison. */
  expression(node: ASTNode, variables: Variables): Lowered {
    switch (node.op) {
      case 'value':
        return this.literal(node);
      case 'id':
      case '.':
        return this.name(node, variables);
      case '!_': {
        const of = this.condition(node.args, variables);
        return of && { kind: 'not', of, type: boolean, at: spanOf(node) };
      }
      case '-_':
        return this.negative(node, variables);
      case '&&':
      case '||': {
        const of = flatten(node, node.op).map((part) => this.condition(part, variables));
        return isAll(of) ? { kind: node.op === '&&' ? 'and' : 'or', of, type: boolean, at: spanOf(node) } : undefined;
      }
      case '?:':
        return this.conditional(node, variables);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.comparison(
          node,
          node.op,
          this.expression(node.args[0], variables),
          this.expression(node.args[1], variables),
        );
      case '+':
      case '-':
      case '*':
        return this.arithmetic(node, node.op, this.whole(node.args[0], variables), this.whole(node.args[1], variables));
      case '/':
        return this.quotient(node, this.whole(node.args[0], variables), this.whole(node.args[1], variables));
      case 'in':
        return this.membership(node, variables);
      case 'list':
        return this.list(node, node.args, variables);
      case 'call':
        return this.call(node, node.args[0], node.args[1], variables);
      case 'rcall':
        return this.method(node, node.args[0], node.args[1], node.args[2], variables);
      default:
        return this.refuse(node, `\`${node.op}\``);
    }
  }

  private whole(node: ASTNode, variables: Variables): Lowered {
    const expression = this.expression(node, variables);
    if (expression?.kind !== 'quotient') return expression;
    return this.problem(
      node,
      'not-analysable',
      'a division cannot be calculated with further',
      'compare it, or make it a calculated value of its own',
    );
  }

  private condition(node: ASTNode, variables: Variables): Lowered {
    const expression = this.whole(node, variables);
    if (!expression || expression.type.is === 'boolean') return expression;
    return this.problem(node, 'cel-type', 'a yes/no condition is expected here', 'compare the value with something');
  }

  private problem(
    node: { readonly start: number; readonly end: number },
    code: Code,
    message: string,
    help: string,
  ): undefined {
    this.report({ code, message, span: spanOf(node), help });
    return undefined;
  }

  private refuse(node: ASTNode, what: string): undefined {
    return this.problem(
      node,
      'not-analysable',
      `${what} cannot be analysed, so it is not part of a condition`,
      'see docs/definition.md, Conditions',
    );
  }

  private literal(node: ASTNode): Lowered {
    const at = spanOf(node);
    const { args: value } = node;
    if (typeof value === 'boolean') return { kind: 'literal', value, type: boolean, at };
    if (typeof value === 'string') return { kind: 'literal', value, type: { is: 'text', codes: [value] }, at };
    const decimal = parseDecimal(node.input.slice(node.start, node.end));
    return decimal ? number({ kind: 'literal', value: decimal.value, at }, decimal) : this.refuse(node, 'this literal');
  }

  private name(node: ASTNode, variables: Variables): Lowered {
    const words = dotted(node);
    if (!words) return this.refuse(node, 'a field of a calculated expression');
    const at = spanOf(node);
    const [first = '', ...rest] = words;
    const variable = variables.get(first);
    if (variable) return this.variable(node, first, variable, rest);
    const id = words.join('.');
    const parameter = first === 'params' ? this.names.parameters.get(rest.join('.')) : undefined;
    if (parameter) return number({ kind: 'parameter', name: parameter.name, value: parameter.value, at }, parameter);
    const type = this.names.items.get(id);
    if (type) return { kind: 'answer', linkId: id, type, at };
    const calculated = this.names.calculated.get(id);
    if (calculated)
      return calculated.kind === 'quotient'
        ? placedAt(calculated, at)
        : { kind: 'calculated', linkId: id, type: calculated.type, at };
    return this.problem(node, 'unknown-name', `nothing is called \`${id}\``, wayOut(id, this.allNames()));
  }

  private allNames(): readonly string[] {
    const { items, calculated, parameters } = this.names;
    return [...items.keys(), ...calculated.keys(), ...[...parameters.keys()].map((name) => `params.${name}`)];
  }

  private variable(node: ASTNode, name: string, type: ExpressionType, fields: readonly string[]): Lowered {
    const at = spanOf(node);
    if (type.is !== 'entry') return { kind: 'variable', name, type, at };
    if (fields.length === 0) return { kind: 'variable', name, type, at };
    const linkId = [type.linkId, ...fields].join('.');
    const field = this.names.items.get(linkId);
    if (field) return { kind: 'member', variable: name, linkId, type: field, at };
    return this.problem(node, 'unknown-name', `nothing is called \`${linkId}\``, wayOut(linkId, this.allNames()));
  }

  private negative(node: ASTNode & { op: '-_' }, variables: Variables): Lowered {
    const of = this.whole(node.args, variables);
    if (of?.kind !== 'literal' || typeof of.value !== 'number')
      return of && this.refuse(node, 'a sign before anything but a number');
    return number(
      { kind: 'literal', value: -of.value, at: spanOf(node) },
      { value: -of.value, scale: (of.type as NumberType).scale },
    );
  }

  private conditional(node: ASTNode & { op: '?:' }, variables: Variables): Lowered {
    const condition = this.condition(node.args[0], variables);
    const branches = aligned(this.whole(node.args[1], variables), this.whole(node.args[2], variables));
    if (!condition || !branches) return undefined;
    const [then, otherwise] = branches;
    const type = joined(then.type, otherwise.type);
    if (!type)
      return this.problem(
        node,
        'cel-type',
        'both branches must be of one type',
        'give both a text, a number or a yes/no',
      );
    if (type.is === 'date') return this.refuse(node, 'a choice between two dates');
    return { kind: 'conditional', if: condition, then, else: otherwise, type, at: spanOf(node) };
  }

  private comparison(node: ASTNode, operator: Comparison, left: Lowered, right: Lowered): Lowered {
    if (!left || !right) return undefined;
    if (left.kind === 'quotient')
      return this.comparison(
        node,
        operator,
        left.dividend,
        this.arithmetic(node, '*', this.notQuotient(node, right), left.divisor),
      );
    if (right.kind === 'quotient') return this.comparison(node, flipped[operator], right, left);
    const sides = aligned(left, right);
    if (!sides) return undefined;
    const expression: Expression = {
      kind: 'compare',
      operator,
      left: sides[0],
      right: sides[1],
      type: boolean,
      at: spanOf(node),
    };
    const isOrdered = operator !== '==' && operator !== '!=';
    if (left.type.is === 'number' && right.type.is === 'number')
      return this.checkRange(node, expression, sides[0], sides[1], operator);
    if (left.type.is === 'text' && right.type.is === 'text' && !isOrdered)
      return this.checkOptions(node, expression, left, right);
    if (left.type.is === 'date' && right.type.is === 'date') return expression;
    if (left.type.is === 'boolean' && right.type.is === 'boolean' && !isOrdered) return expression;
    return this.problem(
      node,
      'cel-type',
      'these two cannot be compared in this way',
      'compare numbers or dates with `<` and `>`, and values of one type with `==`',
    );
  }

  private notQuotient(node: ASTNode, expression: Expression): Lowered {
    return expression.kind === 'quotient' ? this.refuse(node, 'a comparison of two divisions') : expression;
  }

  /** Refuses a comparison that every answer within its range makes true, or false. */
  private checkRange(
    node: ASTNode,
    expression: Expression,
    left: Expression,
    right: Expression,
    operator: Comparison,
  ): Lowered {
    const [a, b] = [left.type as NumberType, right.type as NumberType];
    if (isFixed(left) && isFixed(right)) return this.refuse(node, 'a comparison of two fixed numbers');
    const verdict = settled(operator, a, b);
    if (verdict === undefined) return this.checkRows(node, expression, left, right, operator);
    const side = isFixed(left) ? b : a;
    const range = rangeText(side);
    return this.problem(
      node,
      verdict ? 'always-true' : 'never-true',
      `this is ${verdict ? 'always' : 'never'} true: the value lies within ${range}`,
      'mend the number, or the limits of the question',
    );
  }

  /** The same with each row of the table that is looked up: one is enough to decide for everybody who names it. */
  private checkRows(
    node: ASTNode,
    expression: Expression,
    left: Expression,
    right: Expression,
    operator: Comparison,
  ): Lowered {
    const found = lookupIn(right);
    if (!found) return lookupIn(left) ? this.checkRows(node, expression, right, left, flipped[operator]) : expression;
    const [side, { scale }] = [left.type as NumberType, right.type as NumberType];
    for (const { key, values } of this.names.tables.get(found.table)?.rows ?? []) {
      const cell = values[found.column];
      if (cell === undefined) continue;
      const value = cell * found.factor;
      const verdict = settled(operator, side, { is: 'number', scale, min: value, max: value });
      if (verdict === undefined) continue;
      return this.problem(
        node,
        verdict ? 'always-true' : 'never-true',
        `with \`${key}\` this is ${verdict ? 'always' : 'never'} true: the value lies within ${rangeText(side)}`,
        `mend \`${found.column}\` of \`${key}\` in the table \`${found.table}\`, or the limits of the question`,
      );
    }
    return expression;
  }

  private checkOptions(node: ASTNode, expression: Expression, left: Expression, right: Expression): Lowered {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const codes = other.type.is === 'text' ? other.type.codes : undefined;
      if (one.kind !== 'literal' || typeof one.value !== 'string' || !codes || codes.includes(one.value)) continue;
      return this.unknownOption(one.at, one.value, codes);
    }
    if (left.kind === 'literal' && right.kind === 'literal')
      return this.refuse(node, 'a comparison of two fixed texts');
    return expression;
  }

  private unknownOption(at: Span, code: string, codes: readonly string[]): undefined {
    return this.problem(at, 'unknown-option', `"${code}" is never the answer here`, wayOut(code, codes));
  }

  private arithmetic(node: ASTNode, operator: '+' | '-' | '*', left: Lowered, right: Lowered): Lowered {
    if (!left || !right) return undefined;
    const sides = operator === '*' ? ([left, right] as const) : aligned(left, right);
    const [a, b] = [sides?.[0], sides?.[1]];
    if (a?.type.is !== 'number' || b?.type.is !== 'number')
      return this.refuse(node, `\`${operator}\` of anything but numbers`);
    const corners = [a.type.min, a.type.max].flatMap((x) =>
      [b.type as NumberType].flatMap(({ min, max }) => [min, max].map((y) => combine(operator, x, y))),
    );
    const [min, max] = [Math.min(...corners), Math.max(...corners)];
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max))
      return this.problem(
        node,
        'number-too-large',
        'this can grow beyond exact numbers',
        'narrow the limits of the questions in it',
      );
    const scale = operator === '*' ? a.type.scale + b.type.scale : a.type.scale;
    return {
      kind: 'arithmetic',
      operator,
      left: a,
      right: b,
      type: { is: 'number', scale, min, max },
      at: spanOf(node),
    };
  }

  private quotient(node: ASTNode, dividend: Lowered, divisor: Lowered): Lowered {
    if (!dividend || !divisor) return undefined;
    if (dividend.type.is !== 'number' || divisor.type.is !== 'number')
      return this.refuse(node, '`/` of anything but numbers');
    if (divisor.type.min <= 0)
      return this.problem(
        node,
        'not-analysable',
        'the divisor could be zero or less',
        'divide by something that its limits keep above zero',
      );
    return { kind: 'quotient', dividend, divisor, type: dividend.type, at: spanOf(node) };
  }

  private membership(node: ASTNode & { op: 'in' }, variables: Variables): Lowered {
    const [elementNode, listNode] = node.args;
    const element = this.whole(elementNode, variables);
    if (listNode.op === 'list') {
      const of = listNode.args.map((option) => this.comparison(option, '==', element, this.whole(option, variables)));
      return isAll(of) ? { kind: 'or', of, type: boolean, at: spanOf(node) } : undefined;
    }
    const list = this.whole(listNode, variables);
    if (!element || !list) return undefined;
    if (list.kind !== 'answer' || list.type.is !== 'list' || list.type.of.is !== 'text')
      return this.refuse(node, '`in` of anything but a list of codes or a choice of several');
    const { codes } = list.type.of;
    if (element.kind === 'literal' && typeof element.value === 'string' && codes && !codes.includes(element.value))
      return this.unknownOption(element.at, element.value, codes);
    return { kind: 'in', element, list, type: boolean, at: spanOf(node) };
  }

  private list(node: ASTNode, parts: readonly ASTNode[], variables: Variables): Lowered {
    const of: readonly Lowered[] = parts.map((part) => this.whole(part, variables));
    if (!isAll(of)) return undefined;
    if (of.some(({ type }) => type.is !== 'boolean')) return this.refuse(node, 'a list of anything but conditions');
    return { kind: 'list', of, type: { is: 'list', of: boolean, max: of.length }, at: spanOf(node) };
  }

  private call(node: ASTNode, name: string, args: readonly ASTNode[], variables: Variables): Lowered {
    const at = spanOf(node);
    const [first, second, third] = args;
    switch (name) {
      case 'answered':
      case 'unknown':
      case 'declined': {
        const of = first && this.whole(first, variables);
        if (!of) return undefined;
        return isReference(of)
          ? { kind: 'state', state: name, of, type: boolean, at }
          : this.refuse(node, `\`${name}\` of anything but a question`);
      }
      case 'orElse': {
        const sides = first && second && aligned(this.whole(first, variables), this.whole(second, variables));
        if (!sides) return undefined;
        const type = joined(sides[0].type, sides[1].type);
        if (!type || !isFixed(sides[1])) return this.refuse(node, '`orElse` with anything but a fixed number');
        return { kind: 'orElse', of: sides[0], otherwise: sides[1], type, at };
      }
      case 'age':
      case 'daysBetween': {
        const dates = [first, second].map((each) => each && this.whole(each, variables));
        const [from, to] = dates;
        if (!from || !to) return undefined;
        return name === 'age'
          ? { kind: 'age', birthDate: from, on: to, type: yearsRange, at }
          : { kind: 'daysBetween', from, to, type: daysRange, at };
      }
      case 'listed':
      case 'lookup':
        return this.table(node, name, first, second && this.whole(second, variables), third);
      default:
        return this.refuse(node, `\`${name}\``);
    }
  }

  private table(
    node: ASTNode,
    name: 'listed' | 'lookup',
    tableNode: ASTNode | undefined,
    key: Lowered,
    columnNode: ASTNode | undefined,
  ): Lowered {
    if (!key || tableNode?.op !== 'value' || typeof tableNode.args !== 'string')
      return key && this.refuse(node, 'a table whose name is calculated');
    const table = this.names.tables.get(tableNode.args);
    if (this.names.unread.has(tableNode.args)) return undefined;
    if (!table)
      return this.problem(
        tableNode,
        'unknown-table',
        `there is no table "${tableNode.args}"`,
        wayOut(tableNode.args, [...this.names.tables.keys()]),
      );
    const at = spanOf(node);
    if (name === 'listed') return { kind: 'listed', table: table.name, key, type: boolean, at };
    if (columnNode?.op !== 'value' || typeof columnNode.args !== 'string')
      return this.refuse(node, 'a column whose name is calculated');
    const column = columnNode.args;
    const type = columnType(table, column);
    if (!type)
      return this.problem(
        columnNode,
        'unknown-column',
        `the table has no column "${column}"`,
        wayOut(column, ['key', ...Object.keys(table.columns)]),
      );
    return { kind: 'lookup', table: table.name, key, column, type, at };
  }

  private method(node: ASTNode, name: string, of: ASTNode, args: readonly ASTNode[], variables: Variables): Lowered {
    const at = spanOf(node);
    switch (name) {
      case 'greatest':
      case 'least':
        return this.extreme(node, name, of, args, variables);
      case 'filter':
      case 'map':
      case 'exists':
      case 'all':
        return this.macro(node, name, this.whole(of, variables), args, variables);
      case 'distinct':
      case 'size': {
        const list = this.whole(of, variables);
        if (!list) return undefined;
        if (list.type.is !== 'list') return this.refuse(node, `\`${name}\` of anything but a list`);
        if (name === 'size')
          return { kind: 'size', list, type: { is: 'number', scale: 0, min: 0, max: list.type.max }, at };
        return list.type.of.is === 'text'
          ? { kind: 'distinct', list, type: list.type, at }
          : this.refuse(node, '`distinct` of anything but texts');
      }
      default:
        return this.refuse(node, `\`${name}\``);
    }
  }

  private extreme(
    node: ASTNode,
    kind: 'greatest' | 'least',
    of: ASTNode,
    [first, second, ...more]: readonly ASTNode[],
    variables: Variables,
  ): Lowered {
    if (of.op !== 'id' || of.args !== 'math' || !first || !second || more.length > 0)
      return this.refuse(node, `\`${kind}\` of anything but two numbers`);
    const sides = aligned(this.whole(first, variables), this.whole(second, variables));
    if (!sides) return undefined;
    const [left, right] = sides;
    if (left.type.is !== 'number' || right.type.is !== 'number')
      return this.refuse(node, `\`${kind}\` of anything but two numbers`);
    const pick = kind === 'greatest' ? Math.max : Math.min;
    const type: NumberType = {
      is: 'number',
      scale: left.type.scale,
      min: pick(left.type.min, right.type.min),
      max: pick(left.type.max, right.type.max),
    };
    return { kind, left, right, type, at: spanOf(node) };
  }

  private macro(
    node: ASTNode,
    kind: 'filter' | 'map' | 'exists' | 'all',
    list: Lowered,
    args: readonly ASTNode[],
    variables: Variables,
  ): Lowered {
    const [variable, bodyNode, extra] = args;
    if (!list) return undefined;
    if (list.type.is !== 'list' || variable?.op !== 'id' || !bodyNode || extra)
      return this.refuse(node, `this form of \`${kind}\``);
    const inner = new Map(variables).set(variable.args, list.type.of);
    const body = kind === 'map' ? this.whole(bodyNode, inner) : this.condition(bodyNode, inner);
    if (!body) return undefined;
    const at = spanOf(node);
    const parts = { list, variable: variable.args, body, at };
    if (kind === 'exists' || kind === 'all') return { kind, ...parts, type: boolean };
    if (kind === 'filter') return { kind, ...parts, type: list.type };
    return body.type.is === 'text'
      ? { kind, ...parts, type: { ...list.type, of: body.type } }
      : this.refuse(node, '`map` to anything but texts');
  }
}

function spanOf({ start, end }: { readonly start: number; readonly end: number }): Span {
  return { start, end };
}

/** `a && b && c` as three parts: CEL nests them two by two. */
function flatten(node: ASTNode, op: '&&' | '||'): readonly ASTNode[] {
  return node.op === op ? node.args.flatMap((part: ASTNode) => flatten(part, op)) : [node];
}

/** An expression written elsewhere, standing at `at` with all its parts. */
function placedAt(expression: Expression, at: Span): Expression {
  return JSON.parse(JSON.stringify(expression), (key, value) => (key === 'at' ? at : value)) as Expression;
}

function isAll(of: readonly Lowered[]): of is readonly Expression[] {
  return of.every((each) => each !== undefined);
}

function isReference(expression: Expression): expression is AnswerReference {
  return expression.kind === 'answer' || expression.kind === 'member';
}

function isFixed(expression: Expression): boolean {
  if (expression.kind === 'rescale') return isFixed(expression.of);
  return expression.kind === 'literal' || expression.kind === 'parameter';
}

/** The cell that a number is looked up in, and what its value is multiplied by. */
function lookupIn(
  expression: Expression,
  factor = 1,
): { readonly table: string; readonly column: string; readonly factor: number } | undefined {
  if (expression.kind === 'rescale') return lookupIn(expression.of, factor * expression.factor);
  return expression.kind === 'lookup' ? { table: expression.table, column: expression.column, factor } : undefined;
}

function rangeText({ min, max, scale }: NumberType): string {
  return `${formatDecimal(min, scale)} to ${formatDecimal(max, scale)}`;
}

/** The words of `a.b.c`; undefined where it starts with anything but a name. */
function dotted(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return undefined;
  const before = dotted(node.args[0]);
  return before && [...before, node.args[1]];
}

function number<Parts>(parts: Parts, { value, scale }: { value: number; scale: number }): Parts & { type: NumberType } {
  return { ...parts, type: { is: 'number', scale, min: value, max: value } };
}

function combine(operator: '+' | '-' | '*', x: number, y: number): number {
  return operator === '*' ? x * y : operator === '+' ? x + y : x - y;
}

/** The truth of a comparison where the two ranges settle it. */
function settled(operator: Comparison, a: NumberType, b: NumberType): boolean | undefined {
  switch (operator) {
    case '<':
      return a.max < b.min ? true : a.min >= b.max ? false : undefined;
    case '<=':
      return a.max <= b.min ? true : a.min > b.max ? false : undefined;
    case '>':
      return settled('<', b, a);
    case '>=':
      return settled('<=', b, a);
    case '==':
      return a.max < b.min || a.min > b.max ? false : undefined;
    case '!=':
      return a.max < b.min || a.min > b.max ? true : undefined;
  }
}

/** Two expressions with numbers brought to one scale. */
function aligned(left: Lowered, right: Lowered): readonly [Expression, Expression] | undefined {
  if (!left || !right) return undefined;
  if (left.type.is !== 'number' || right.type.is !== 'number') return [left, right];
  const scale = Math.max(left.type.scale, right.type.scale);
  return [rescaled(left, scale), rescaled(right, scale)];
}

function rescaled(expression: Expression, scale: number): Expression {
  const type = expression.type as NumberType;
  if (type.scale === scale) return expression;
  const factor = 10 ** (scale - type.scale);
  const wider: NumberType = { is: 'number', scale, min: type.min * factor, max: type.max * factor };
  return { kind: 'rescale', of: expression, factor, type: wider, at: expression.at };
}

function joined(a: ExpressionType, b: ExpressionType): ExpressionType | undefined {
  if (a.is === 'number' && b.is === 'number') return { ...a, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
  if (a.is === 'text' && b.is === 'text')
    return a.codes && b.codes ? { is: 'text', codes: [...new Set([...a.codes, ...b.codes])] } : { is: 'text' };
  return a.is === b.is && (a.is === 'boolean' || a.is === 'date') ? a : undefined;
}

/** What looking up a column can come to: a number of some row, or with `key` the key of some drug; undefined: no such column. */
export function columnType(table: Table, column: string): ExpressionType | undefined {
  if (column === 'key') return { is: 'text', codes: [...new Set(table.rows.map(({ mainKey }) => mainKey))] };
  const scale = table.columns[column]?.scale;
  if (scale === undefined) return undefined;
  const values = table.rows.map(({ values }) => values[column] ?? 0);
  return { is: 'number', scale, min: Math.min(...values), max: Math.max(...values) };
}
