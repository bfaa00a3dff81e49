/** Offsets into the CEL source text of one condition: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The type of an expression. Every number is an exact decimal held as an integer: the true value times 10^`scale`.
 * `min` and `max` bound that integer and are proved to be safe integers when the definition is read.
 * A date is a number of days since 1970-01-01. `codes` are the only texts a coded answer can be.
 */
export type ExpressionType =
  | { readonly is: 'boolean' }
  | { readonly is: 'number'; readonly scale: number; readonly min: number; readonly max: number }
  | { readonly is: 'date' }
  | { readonly is: 'text'; readonly codes?: readonly string[] }
  | { readonly is: 'list'; readonly of: ExpressionType; readonly max: number }
  | { readonly is: 'entry'; readonly linkId: string };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The comparison that says the same with its sides changed over. */
export const flipped: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** A reference to the answer of an item: by linkId, or inside a repeat by the variable that names the entry. */
export type AnswerReference = Node<'answer', { linkId: string }> | Node<'member', { variable: string; linkId: string }>;

/**
 * A typed condition or calculation: what a CEL text means once every name, option, unit and range in it is checked.
 * Both sides of a comparison and of `+` and `-` have the same scale; `rescale` nodes see to that.
 */
export type Expression =
  | Node<'literal', { value: boolean | number | string }>
  | Node<'parameter', { name: string; value: number }>
  | AnswerReference
  | Node<'calculated', { linkId: string }>
  | Node<'variable', { name: string }>
  | Node<'not', { of: Expression }>
  | Node<'and', { of: readonly Expression[] }>
  | Node<'or', { of: readonly Expression[] }>
  | Node<'conditional', { if: Expression; then: Expression; else: Expression }>
  | Node<'compare', { operator: Comparison; left: Expression; right: Expression }>
  | Node<'arithmetic', { operator: '+' | '-' | '*'; left: Expression; right: Expression }>
  | Node<'greatest' | 'least', { left: Expression; right: Expression }>
  | Node<'quotient', { dividend: Expression; divisor: Expression }>
  | Node<'rescale', { of: Expression; factor: number }>
  | Node<'in', { element: Expression; list: Expression }>
  | Node<'state', { state: 'answered' | 'unknown' | 'declined'; of: AnswerReference }>
  | Node<'orElse', { of: Expression; otherwise: Expression }>
  | Node<'exists' | 'all' | 'filter' | 'map', { list: Expression; variable: string; body: Expression }>
  | Node<'distinct' | 'size', { list: Expression }>
  | Node<'list', { of: readonly Expression[] }>
  | Node<'age', { birthDate: Expression; on: Expression }>
  | Node<'daysBetween', { from: Expression; to: Expression }>
  | Node<'listed', { table: string; key: Expression }>
  | Node<'lookup', { table: string; key: Expression; column: string }>;

type Node<Kind extends string, Parts> = { readonly kind: Kind; readonly type: ExpressionType; readonly at: Span } & {
  readonly [Part in keyof Parts]: Parts[Part];
};

/** The expressions directly inside another. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'answer':
    case 'member':
    case 'calculated':
    case 'variable':
      return [];
    case 'not':
    case 'rescale':
    case 'state':
      return [expression.of];
    case 'and':
    case 'or':
    case 'list':
      return expression.of;
    case 'conditional':
      return [expression.if, expression.then, expression.else];
    case 'compare':
    case 'arithmetic':
    case 'greatest':
    case 'least':
      return [expression.left, expression.right];
    case 'quotient':
      return [expression.dividend, expression.divisor];
    case 'in':
      return [expression.element, expression.list];
    case 'orElse':
      return [expression.of, expression.otherwise];
    case 'exists':
    case 'all':
    case 'filter':
    case 'map':
      return [expression.list, expression.body];
    case 'distinct':
    case 'size':
      return [expression.list];
    case 'age':
      return [expression.birthDate, expression.on];
    case 'daysBetween':
      return [expression.from, expression.to];
    case 'listed':
    case 'lookup':
      return [expression.key];
  }
}
