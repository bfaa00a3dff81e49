import { type ASTNode, TypeError as CelTypeError, Environment, ParseError, parse } from '@marcbachmann/cel-js';
import type { Code } from '../model/diagnostic.ts';
import type { ExpressionType, Span } from '../model/expression.ts';
import { wayOut } from './suggest.ts';

export type { ASTNode };

/** What is wrong with a CEL text, and where in it. */
export interface CelProblem {
  readonly code: Code;
  readonly message: string;
  readonly span: Span;
  readonly help: string;
}

export type CelReading = { readonly ast: ASTNode } | { readonly problem: CelProblem };

/** Parses and type-checks CEL texts over a set of names; meaning is given elsewhere. */
export type CelReader = (text: string) => CelReading;

/** A reader that knows `types`: the type of every linkId (dots included), and of every `params.` name. */
export function celReader(types: ReadonlyMap<string, ExpressionType>): CelReader {
  const environment = new Environment({ limits: { maxAstNodes: 5_000, maxDepth: 100 } });
  declareOperators(environment);
  for (const [linkId, type] of types)
    if (type.is === 'list' && type.of.is === 'entry') declareEntry(environment, linkId, types);
  for (const [name, declaration] of namespaces(types)) {
    if (typeof declaration === 'string') environment.registerVariable(name, declaration);
    else environment.registerVariable({ name, schema: declaration as never });
  }
  const names = [...types.keys()];
  return (text) => read(environment, text, names);
}

const bare = new Environment();

/** Whether CEL itself gives the name a meaning, as it does to `double` and `type`: then no question can have it. */
export function isOwnName(name: string): boolean {
  return bare.hasVariable(name);
}

/** The dotted names in a CEL text, those of variables too; none where it is not CEL. */
export function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit);
    if (typeof part !== 'object' || part === null || !('op' in part)) return;
    const node = part as ASTNode;
    const name = /^[\w.]+$/.exec(node.input.slice(node.start, node.end))?.[0];
    if ((node.op === 'id' || node.op === '.') && name !== undefined) names.add(name);
    else visit(node.args);
  };
  try {
    visit(parse(text).ast);
  } catch (error) {
    if (!(error instanceof ParseError) && !isTooDeep(error)) throw error;
  }
  return names;
}

const never = (): never => {
  throw new Error('the CEL library parses and checks; it does not evaluate');
};

function declareOperators(environment: Environment): void {
  environment.registerType({ name: 'Day', ctor: class Day {} });
  for (const operator of ['+', '-', '*', '/']) {
    environment.registerOperator(`int ${operator} double`, never).registerOperator(`double ${operator} int`, never);
  }
  for (const operator of ['==', '<', '<=', '>', '>=']) environment.registerOperator(`Day ${operator} Day`, never);
  environment.registerType({ name: 'MathNamespace', ctor: class MathNamespace {} });
  environment.registerVariable('math', 'MathNamespace');
  for (const extreme of ['greatest', 'least']) {
    for (const [a, b] of [
      ['int', 'int'],
      ['int', 'double'],
      ['double', 'int'],
      ['double', 'double'],
    ]) {
      const of = a === 'int' && b === 'int' ? 'int' : 'double';
      environment.registerFunction(`MathNamespace.${extreme}(${a}, ${b}): ${of}`, never);
    }
  }
  for (const signature of [
    'age(Day, Day): int',
    'daysBetween(Day, Day): int',
    'unknown(dyn): bool',
    'declined(dyn): bool',
    'answered(dyn): bool',
    'orElse(int, int): int',
    'orElse(double, int): double',
    'orElse(double, double): double',
    'listed(string, string): bool',
    'lookup(string, string, string): dyn',
    'list<dyn>.distinct(): list<dyn>',
  ]) {
    environment.registerFunction(signature, never);
  }
}

function entryTypeName(linkId: string): string {
  return `Entry_${linkId.replaceAll('.', '_')}`;
}

function celType(type: ExpressionType): string {
  switch (type.is) {
    case 'boolean':
      return 'bool';
    case 'number':
      return type.scale === 0 ? 'int' : 'double';
    case 'date':
      return 'Day';
    case 'text':
      return 'string';
    case 'list':
      return `list<${celType(type.of)}>`;
    case 'entry':
      return entryTypeName(type.linkId);
  }
}

function declareEntry(environment: Environment, repeat: string, types: ReadonlyMap<string, ExpressionType>): void {
  const fields = [...types]
    .filter(([linkId]) => linkId.startsWith(`${repeat}.`))
    .map(([linkId, type]) => [linkId.slice(repeat.length + 1), celType(type)] as const);
  environment.registerType({ name: entryTypeName(repeat), ctor: class Entry {}, fields: Object.fromEntries(fields) });
}

type Namespace = { [name: string]: string | Namespace };

/** Dotted names as the nested schemas the library takes. Items inside a repeat are left to its entry type. */
function namespaces(types: ReadonlyMap<string, ExpressionType>): readonly (readonly [string, string | Namespace])[] {
  // Without a prototype: a linkId may be called `constructor`.
  const root: Namespace = Object.create(null);
  const repeats = [...types]
    .filter(([, type]) => type.is === 'list' && type.of.is === 'entry')
    .map(([linkId]) => linkId);
  for (const [linkId, type] of types) {
    if (repeats.some((repeat) => linkId.startsWith(`${repeat}.`))) continue;
    const words = linkId.split('.');
    const last = words.pop() as string;
    const namespace = words.reduce<Namespace>((at, word) => {
      at[word] ??= Object.create(null) as Namespace;
      return at[word] as Namespace;
    }, root);
    namespace[last] = celType(type);
  }
  return Object.entries(root);
}

function read(environment: Environment, text: string, names: readonly string[]): CelReading {
  try {
    const parsed = environment.parse(text);
    const { error } = parsed.check();
    return error ? { problem: typeProblem(error, text, names) } : { ast: parsed.ast };
  } catch (error) {
    if (error instanceof ParseError || error instanceof CelTypeError) return { problem: syntaxProblem(error, text) };
    if (isTooDeep(error)) return { problem: tooDeep(text) };
    throw error;
  }
}

/** The library limits the depth of all but signs in a row, which it reads by calling itself. */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError;
}

function tooDeep(text: string): CelProblem {
  const message = 'this is nested too deep to be read';
  return {
    code: 'cel-syntax',
    message,
    span: { start: 0, end: text.length },
    help: 'say it with fewer signs and brackets',
  };
}

function spanOf(error: ParseError | CelTypeError, text: string): Span {
  const { start, end } = error.range ?? { start: 0, end: text.length };
  return { start, end: Math.max(end, start + 1) };
}

function syntaxProblem(error: ParseError | CelTypeError, text: string): CelProblem {
  const hint = /\b(and|or|not)\b|[^=!<>]=[^=]/.test(text)
    ? 'CEL writes `&&`, `||`, `!` and `==`'
    : 'see docs/definition.md, Conditions';
  return {
    code: 'cel-syntax',
    message: `this is not CEL: ${lowerFirst(error.summary)}`,
    span: spanOf(error, text),
    help: hint,
  };
}

function typeProblem(error: ParseError | CelTypeError, text: string, names: readonly string[]): CelProblem {
  const span = spanOf(error, text);
  if (error.code !== 'no_such_key' && error.code !== 'unknown_variable') {
    return {
      code: 'cel-type',
      message: lowerFirst(error.summary),
      span,
      help: 'compare and combine values of one type',
    };
  }
  const whole = dottedNameAround(text, span);
  const name = text.slice(whole.start, whole.end);
  return {
    code: 'unknown-name',
    message: `nothing is called \`${name}\``,
    span: whole,
    help: wayOut(name, names),
  };
}

function dottedNameAround(text: string, { start, end }: Span): Span {
  const before = /[\w.]*$/.exec(text.slice(0, start))?.[0] ?? '';
  const after = /^[\w.]*/.exec(text.slice(end))?.[0] ?? '';
  return { start: start - before.length, end: end + after.length };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
