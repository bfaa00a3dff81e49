import { rowOf } from '../../engine/evaluate.ts';
import { itemsOf } from '../../engine/items.ts';
import { calculatedValue } from '../../engine/situation.ts';
import type { AnswerReference, Comparison, Expression } from '../../model/expression.ts';
import type { Questionnaire, TableRow } from '../../model/questionnaire.ts';
import type { Bits, Circuit } from './circuit.ts';
import type {
  Encoded,
  EncodedBoolean,
  EncodedDate,
  EncodedElement,
  EncodedEntry,
  EncodedList,
  EncodedNumber,
  EncodedText,
  Kinds,
} from './encoded.ts';
import { entryName, type SymbolicAnswer, type SymbolicSheet } from './sheet.ts';
import { type Literal, negated } from './solver.ts';

type Scope = ReadonlyMap<string, Encoded | EncodedEntry>;

/** Two dates and what is between them: whole years (`age`) or days. */
export interface DatePair {
  readonly unit: 'years' | 'days';
  readonly from: string;
  readonly to: string;
  /** From `min` to `max`. */
  readonly bits: Bits;
  readonly min: number;
  readonly max: number;
}

const noVariables: Scope = new Map();

/** Where a question stands, as literals of which exactly one holds. */
interface States {
  readonly answered: Literal;
  readonly unknown: Literal;
  readonly declined: Literal;
  readonly disabled: Literal;
  readonly leftOut: Literal;
  readonly omitted: Literal;
  readonly unsettled: Literal;
}

/**
 * The meaning that `engine/evaluate` and `engine/absences` give an expression, as gates over a symbolic answer sheet:
 * what an assignment of the sheet makes of the gates is what the engine makes of that sheet. The one freedom taken: how
 * far two dates lie apart is any number, for each pair of dates and unit by itself. So a proof holds, and a witness may
 * turn out not to exist; it is replayed on the engine before it is shown.
 */
export class Encoder {
  readonly circuit: Circuit;
  readonly sheet: SymbolicSheet;
  /** By unit and names; the same for every encoder over one sheet. */
  readonly datePairs: Map<string, DatePair>;
  private readonly questionnaire: Questionnaire;
  private readonly calculated = new Map<string, Encoded>();
  private readonly enabled = new Map<string, EncodedBoolean>();

  constructor(
    questionnaire: Questionnaire,
    circuit: Circuit,
    sheet: SymbolicSheet,
    datePairs = new Map<string, DatePair>(),
  ) {
    this.questionnaire = questionnaire;
    this.circuit = circuit;
    this.sheet = sheet;
    this.datePairs = datePairs;
  }

  /**
   * An encoder for a definition with the same questions, over this sheet or one with a few other answers. What `isSame`
   * vouches for, by linkId, is taken over: conditions of asking and calculated values that mean the same in both.
   */
  variant(
    questionnaire: Questionnaire,
    isSame: (linkId: string) => boolean,
    { sheet, datePairs }: Pick<Encoder, 'sheet' | 'datePairs'> = this,
  ): Encoder {
    const other = new Encoder(questionnaire, this.circuit, sheet, datePairs);
    for (const [linkId, encoded] of this.calculated) if (isSame(linkId)) other.calculated.set(linkId, encoded);
    for (const [linkId, encoded] of this.enabled) if (isSame(linkId)) other.enabled.set(linkId, encoded);
    return other;
  }

  /** A condition: what has no value is false. */
  condition(expression: Expression, scope: Scope = noVariables): EncodedBoolean {
    const { circuit } = this;
    const encoded = this.encode(expression, scope) as EncodedBoolean;
    return { ...encoded, false: circuit.or(encoded.false, encoded.none), none: circuit.false };
  }

  /** An expression outside lists; no quotient. */
  value(expression: Expression): Encoded {
    return this.encode(expression, noVariables);
  }

  /** Whether a question is asked. */
  enablement(linkId: string): EncodedBoolean {
    const known = this.enabled.get(linkId);
    if (known) return known;
    const placed = itemsOf(this.questionnaire).get(linkId);
    const conditions = [...(placed?.groups ?? []), ...(placed ? [placed.item] : [])].flatMap(({ enableWhen }) =>
      enableWhen ? [this.condition(enableWhen.expression)] : [],
    );
    const encoded = this.conjunction(conditions);
    this.enabled.set(linkId, encoded);
    return encoded;
  }

  private noKinds(): Kinds {
    const { false: none } = this.circuit;
    return { unknown: none, declined: none, leftOut: none };
  }

  private kindsWhere(isUnsettled: Literal, of: readonly Kinds[]): Kinds {
    const gated = (kind: keyof Kinds): Literal =>
      this.circuit.and(isUnsettled, this.circuit.or(...of.map((each) => each[kind])));
    return { unknown: gated('unknown'), declined: gated('declined'), leftOut: gated('leftOut') };
  }

  private truth(isTrue: Literal, isFalse: Literal, of: readonly Kinds[], none = this.circuit.false): EncodedBoolean {
    const unsettled = this.circuit.and(negated(isTrue), negated(isFalse), negated(none));
    return { is: 'boolean', true: isTrue, false: isFalse, none, kinds: this.kindsWhere(unsettled, of) };
  }

  private conjunction(of: readonly EncodedBoolean[]): EncodedBoolean {
    const { circuit } = this;
    return this.truth(
      circuit.and(...of.map((each) => each.true)),
      circuit.or(...of.map((each) => each.false)),
      of.map(({ kinds }) => kinds),
    );
  }

  private disjunction(of: readonly EncodedBoolean[]): EncodedBoolean {
    const { circuit } = this;
    return this.truth(
      circuit.or(...of.map((each) => each.true)),
      circuit.and(...of.map((each) => each.false)),
      of.map(({ kinds }) => kinds),
    );
  }

  private encode(expression: Expression, scope: Scope): Encoded {
    const { circuit } = this;
    switch (expression.kind) {
      case 'literal':
      case 'parameter':
        return this.literal(expression.value);
      case 'answer':
      case 'member':
        return this.answer(expression, scope);
      case 'calculated':
        return this.calculatedValue(expression.linkId);
      case 'variable':
        return scope.get(expression.name) as Encoded;
      case 'not': {
        const of = this.condition(expression.of, scope);
        return this.truth(of.false, of.true, [of.kinds]);
      }
      case 'and':
        return this.conjunction(expression.of.map((part) => this.condition(part, scope)));
      case 'or':
        return this.disjunction(expression.of.map((part) => this.condition(part, scope)));
      case 'conditional':
        return this.choose(
          this.condition(expression.if, scope),
          this.encode(expression.then, scope),
          this.encode(expression.else, scope),
        );
      case 'compare':
        return this.compare(
          expression.operator,
          this.encode(expression.left, scope),
          this.encode(expression.right, scope),
        );
      case 'arithmetic':
        return this.arithmetic(
          expression.operator,
          this.number(expression.left, scope),
          this.number(expression.right, scope),
        );
      case 'rescale':
        return this.arithmetic(
          '*',
          this.number(expression.of, scope),
          this.literal(expression.factor) as EncodedNumber,
        );
      case 'greatest':
      case 'least':
        return this.extreme(expression.kind, this.bounds(expression.left, scope), this.bounds(expression.right, scope));
      case 'quotient':
        throw new Error('a quotient is compared or shown, never evaluated');
      case 'in':
        return this.contains(this.list(expression.list, scope), this.encode(expression.element, scope) as EncodedText);
      case 'state':
        return this.isInState(expression.state, expression.of, scope);
      case 'orElse': {
        const [of, otherwise] = [this.number(expression.of, scope), this.number(expression.otherwise, scope)];
        return {
          is: 'number',
          min: circuit.chooseBits(of.none, otherwise.min, of.min),
          max: circuit.chooseBits(of.none, otherwise.max, of.max),
          unknown: of.unknown,
          none: circuit.false,
          kinds: of.kinds,
        };
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map':
        return this.overList(expression, scope);
      case 'distinct':
        return this.distinct(this.list(expression.list, scope));
      case 'size':
        return this.size(this.list(expression.list, scope));
      case 'list':
        return {
          is: 'list',
          elements: expression.of.map((part) => ({
            value: this.encode(part, scope),
            isIn: circuit.true,
            isOut: circuit.false,
          })),
          unknown: circuit.false,
          none: circuit.false,
          kinds: this.noKinds(),
        };
      case 'age':
        return this.between(
          'years',
          this.date(expression.birthDate, scope),
          this.date(expression.on, scope),
          expression,
        );
      case 'daysBetween':
        return this.between('days', this.date(expression.from, scope), this.date(expression.to, scope), expression);
      case 'listed': {
        const key = this.encode(expression.key, scope) as EncodedText;
        const isRow = circuit.or(...this.rows(expression.table, key).values());
        const isValid = circuit.and(negated(key.unknown), negated(key.none));
        return this.truth(circuit.and(isValid, isRow), circuit.and(isValid, negated(isRow)), [key.kinds], key.none);
      }
      case 'lookup':
        return this.lookup(expression, this.encode(expression.key, scope) as EncodedText);
    }
  }

  private number(expression: Expression, scope: Scope): EncodedNumber {
    return this.encode(expression, scope) as EncodedNumber;
  }

  private date(expression: Expression, scope: Scope): EncodedDate {
    return this.encode(expression, scope) as EncodedDate;
  }

  private list(expression: Expression, scope: Scope): EncodedList {
    return this.encode(expression, scope) as EncodedList;
  }

  private literal(value: boolean | number | string): Encoded {
    const { circuit } = this;
    const common = { none: circuit.false, kinds: this.noKinds() };
    if (typeof value === 'boolean')
      return { is: 'boolean', true: circuit.constant(value), false: circuit.constant(!value), ...common };
    if (typeof value === 'string')
      return { is: 'text', codes: new Map([[value, circuit.true]]), unknown: circuit.false, ...common };
    const bits = circuit.integer(value);
    return { is: 'number', min: bits, max: bits, unknown: circuit.false, ...common };
  }

  /** A calculated value that is no quotient. */
  calculatedValue(linkId: string): Encoded {
    const known = this.calculated.get(linkId);
    if (known) return known;
    const encoded = this.encode(calculatedValue(this.questionnaire, linkId).value.expression, noVariables);
    this.calculated.set(linkId, encoded);
    return encoded;
  }

  private nameOf(reference: AnswerReference, scope: Scope): string {
    if (reference.kind === 'answer') return reference.linkId;
    return entryName(reference.linkId, (scope.get(reference.variable) as EncodedEntry).index);
  }

  private symbolic(name: string): SymbolicAnswer {
    const answer = this.sheet.get(name);
    if (!answer) throw new Error(`no answer ${name}`);
    return answer;
  }

  private isRequired(linkId: string): boolean {
    return itemsOf(this.questionnaire).get(linkId)?.item.required ?? true;
  }

  private states(reference: AnswerReference, scope: Scope): States {
    const { circuit } = this;
    const { has, unknown, declined } = this.symbolic(this.nameOf(reference, scope));
    const { true: isEnabled, false: disabled } = this.enablement(reference.linkId);
    const used = (state: Literal): Literal => circuit.and(state, negated(disabled));
    const missing = circuit.and(negated(has), negated(unknown), negated(declined), negated(disabled));
    const isLeftOut = circuit.and(missing, isEnabled);
    const isRequired = this.isRequired(reference.linkId);
    return {
      answered: used(has),
      unknown: used(unknown),
      declined: used(declined),
      disabled,
      leftOut: isRequired ? isLeftOut : circuit.false,
      omitted: isRequired ? circuit.false : isLeftOut,
      unsettled: circuit.and(missing, negated(isEnabled)),
    };
  }

  private answerKinds(reference: AnswerReference, states: States): Kinds {
    const { circuit } = this;
    const hasNone = circuit.or(states.unsettled, states.unknown, states.declined);
    const enablement = this.kindsWhere(hasNone, [this.enablement(reference.linkId).kinds]);
    return {
      unknown: circuit.or(states.unknown, enablement.unknown),
      declined: circuit.or(states.declined, enablement.declined),
      leftOut: circuit.or(states.leftOut, states.omitted, enablement.leftOut),
    };
  }

  private answer(reference: AnswerReference, scope: Scope): Encoded {
    const { circuit } = this;
    const name = this.nameOf(reference, scope);
    const { value } = this.symbolic(name);
    const states = this.states(reference, scope);
    const kinds = this.answerKinds(reference, states);
    const none = states.disabled;
    const unknown = circuit.and(negated(states.answered), negated(none));
    switch (value.is) {
      case 'boolean': {
        const [isTrue, isFalse] = [
          circuit.and(states.answered, value.literal),
          circuit.and(states.answered, negated(value.literal)),
        ];
        return { is: 'boolean', true: isTrue, false: isFalse, none, kinds };
      }
      case 'number':
        return { is: 'number', min: value.bits, max: value.bits, unknown, none, kinds };
      case 'date':
        return { is: 'date', name, unknown, none, kinds };
      case 'codes': {
        if (reference.type.is === 'text') return { is: 'text', codes: value.codes, unknown, none, kinds };
        const elements = [...value.codes].map(([code, literal]) => ({
          value: this.literal(code),
          isIn: literal,
          isOut: negated(literal),
        }));
        return { is: 'list', elements, unknown, none, kinds };
      }
      case 'entries': {
        const elements = value.present.map(
          (literal, index): EncodedElement => ({
            value: { is: 'entry', repeat: reference.linkId, index },
            isIn: literal,
            isOut: negated(literal),
          }),
        );
        return { is: 'list', elements, unknown, none, kinds };
      }
    }
  }

  private isInState(
    asked: 'answered' | 'unknown' | 'declined',
    reference: AnswerReference,
    scope: Scope,
  ): EncodedBoolean {
    const { circuit } = this;
    const states = this.states(reference, scope);
    const isSurelyNot = this.isRequired(reference.linkId) ? circuit.false : states.unsettled;
    const others = (['answered', 'unknown', 'declined'] as const)
      .filter((each) => each !== asked)
      .map((each) => states[each]);
    const isFalse = circuit.or(...others, states.disabled, states.omitted, isSurelyNot);
    return this.truth(states[asked], isFalse, [this.answerKinds(reference, states)]);
  }

  private isValid({ unknown, none }: { readonly unknown: Literal; readonly none: Literal }): Literal {
    return this.circuit.and(negated(unknown), negated(none));
  }

  private compare(operator: Comparison, left: Encoded, right: Encoded): EncodedBoolean {
    const { circuit } = this;
    const kinds = [left.kinds, right.kinds];
    const none = circuit.or(left.none, right.none);
    const settle = (isValid: Literal, isTrue: Literal, isFalse: Literal): EncodedBoolean =>
      this.truth(circuit.and(isValid, isTrue), circuit.or(none, circuit.and(isValid, isFalse)), kinds);
    if (left.is === 'number' && right.is === 'number') {
      const [isTrue, isFalse] = this.compareNumbers(operator, left, right);
      return settle(circuit.and(this.isValid(left), this.isValid(right)), isTrue, isFalse);
    }
    if (left.is === 'date' && right.is === 'date') {
      const days = this.between('days', left, right, undefined);
      return this.compare(operator, this.literal(0), days);
    }
    const [isValid, isEqual] = this.equality(left, right);
    return operator === '!=' ? settle(isValid, negated(isEqual), isEqual) : settle(isValid, isEqual, negated(isEqual));
  }

  private equality(left: Encoded, right: Encoded): readonly [Literal, Literal] {
    const { circuit } = this;
    if (left.is === 'boolean' && right.is === 'boolean') {
      const isValid = circuit.and(circuit.or(left.true, left.false), circuit.or(right.true, right.false));
      return [isValid, negated(circuit.xor(left.true, right.true))];
    }
    if (left.is !== 'text' || right.is !== 'text') throw new Error('only values of one type are compared');
    return [circuit.and(this.isValid(left), this.isValid(right)), this.sameText(left, right)];
  }

  private sameText(left: EncodedText, right: EncodedText): Literal {
    const { circuit } = this;
    return circuit.or(
      ...[...left.codes].map(([code, literal]) => circuit.and(literal, right.codes.get(code) ?? circuit.false)),
    );
  }

  /** True and false, for valid numbers. */
  private compareNumbers(operator: Comparison, a: EncodedNumber, b: EncodedNumber): readonly [Literal, Literal] {
    const { circuit } = this;
    switch (operator) {
      case '<':
        return [circuit.less(a.max, b.min), negated(circuit.less(a.min, b.max))];
      case '<=':
        return [negated(circuit.less(b.min, a.max)), circuit.less(b.max, a.min)];
      case '>':
        return this.compareNumbers('<', b, a);
      case '>=':
        return this.compareNumbers('<=', b, a);
      case '==': {
        const isApart = circuit.or(circuit.less(a.max, b.min), circuit.less(b.max, a.min));
        return [circuit.and(this.isSingle(a), this.isSingle(b), circuit.equal(a.min, b.min)), isApart];
      }
      case '!=': {
        const [isEqual, isApart] = this.compareNumbers('==', a, b);
        return [isApart, isEqual];
      }
    }
  }

  private isSingle({ min, max }: EncodedNumber): Literal {
    return min === max ? this.circuit.true : this.circuit.equal(min, max);
  }

  /** A number, with what leaves it open: unknown, or a range. */
  private counted(parts: Omit<EncodedNumber, 'kinds' | 'is'>, of: readonly Kinds[]): EncodedNumber {
    const { circuit } = this;
    const isOpen = circuit.and(
      negated(parts.none),
      circuit.or(parts.unknown, negated(this.isSingle({ is: 'number', kinds: this.noKinds(), ...parts }))),
    );
    return { is: 'number', ...parts, kinds: this.kindsWhere(isOpen, of) };
  }

  private arithmetic(operator: '+' | '-' | '*', left: EncodedNumber, right: EncodedNumber): EncodedNumber {
    const { circuit } = this;
    const none = circuit.or(left.none, right.none);
    const unknown = circuit.and(circuit.or(left.unknown, right.unknown), negated(none));
    const [min, max] = this.corners(operator, left, right);
    return this.counted({ min, max, unknown, none }, [left.kinds, right.kinds]);
  }

  private corners(operator: '+' | '-' | '*', a: EncodedNumber, b: EncodedNumber): readonly [Bits, Bits] {
    const { circuit } = this;
    const isExact = a.min === a.max && b.min === b.max;
    const both = (
      make: (x: Bits, y: Bits) => Bits,
      low: readonly [Bits, Bits],
      high: readonly [Bits, Bits],
    ): readonly [Bits, Bits] => {
      const min = make(...low);
      return [min, isExact ? min : make(...high)];
    };
    switch (operator) {
      case '+':
        return both((x, y) => circuit.add(x, y), [a.min, b.min], [a.max, b.max]);
      case '-':
        return both((x, y) => circuit.subtract(x, y), [a.min, b.max], [a.max, b.min]);
      case '*': {
        if (isExact) return both((x, y) => circuit.multiply(x, y), [a.min, b.min], [a.min, b.min]);
        const products = [a.min, a.max].flatMap((x) => [b.min, b.max].map((y) => circuit.multiply(x, y)));
        const pick = (isBetter: (x: Bits, y: Bits) => Literal): Bits =>
          products.reduce((best, each) => circuit.chooseBits(isBetter(each, best), each, best));
        return [pick((x, y) => circuit.less(x, y)), pick((x, y) => circuit.less(y, x))];
      }
    }
  }

  /** The number, or where it is unknown all that its type allows. */
  private bounds(expression: Expression, scope: Scope): EncodedNumber {
    const { circuit } = this;
    const encoded = this.number(expression, scope);
    const { type } = expression;
    if (type.is !== 'number') return encoded;
    return {
      ...encoded,
      min: circuit.chooseBits(encoded.unknown, circuit.integer(type.min), encoded.min),
      max: circuit.chooseBits(encoded.unknown, circuit.integer(type.max), encoded.max),
      unknown: circuit.false,
    };
  }

  private extreme(kind: 'greatest' | 'least', left: EncodedNumber, right: EncodedNumber): EncodedNumber {
    const { circuit } = this;
    const pick = (a: Bits, b: Bits): Bits =>
      circuit.chooseBits(kind === 'greatest' ? circuit.less(a, b) : circuit.less(b, a), b, a);
    const parts = {
      min: pick(left.min, right.min),
      max: pick(left.max, right.max),
      unknown: circuit.false,
      none: circuit.or(left.none, right.none),
    };
    return this.counted(parts, [left.kinds, right.kinds]);
  }

  private choose(condition: EncodedBoolean, then: Encoded, otherwise: Encoded): Encoded {
    const { circuit } = this;
    const isOpen = circuit.and(negated(condition.true), negated(condition.false));
    const kinds = this.chosenKinds(condition, then, otherwise);
    const either = (a: Literal, b: Literal): Literal =>
      circuit.or(circuit.and(condition.true, a), circuit.and(condition.false, b), circuit.and(isOpen, a, b));
    const none = either(then.none, otherwise.none);
    if (then.is === 'boolean' && otherwise.is === 'boolean') {
      return this.truth(either(then.true, otherwise.true), either(then.false, otherwise.false), kinds, none);
    }
    if (then.is === 'number' && otherwise.is === 'number') {
      const isSame = circuit.and(
        this.isValid(then),
        this.isValid(otherwise),
        this.isSingle(then),
        this.isSingle(otherwise),
        circuit.equal(then.min, otherwise.min),
      );
      const min = circuit.chooseBits(condition.false, otherwise.min, then.min);
      const max =
        then.min === then.max && otherwise.min === otherwise.max
          ? min
          : circuit.chooseBits(condition.false, otherwise.max, then.max);
      return this.counted(
        { min, max, none, unknown: this.chosenUnknown(condition, then, otherwise, isOpen, isSame, none) },
        kinds,
      );
    }
    if (then.is === 'text' && otherwise.is === 'text') {
      const isSame = circuit.and(this.isValid(then), this.isValid(otherwise), this.sameText(then, otherwise));
      const codes = [...new Set([...then.codes.keys(), ...otherwise.codes.keys()])].map((code) => {
        const [a, b] = [then.codes.get(code) ?? circuit.false, otherwise.codes.get(code) ?? circuit.false];
        return [code, circuit.choose(condition.false, b, a)] as const;
      });
      const unknown = this.chosenUnknown(condition, then, otherwise, isOpen, isSame, none);
      return { is: 'text', codes: new Map(codes), unknown, none, kinds: this.kindsWhere(unknown, kinds) };
    }
    throw new Error('a choice between dates or lists cannot be encoded');
  }

  private chosenUnknown(
    condition: EncodedBoolean,
    then: { unknown: Literal },
    otherwise: { unknown: Literal },
    isOpen: Literal,
    isSame: Literal,
    none: Literal,
  ): Literal {
    const { circuit } = this;
    return circuit.or(
      circuit.and(condition.true, then.unknown),
      circuit.and(condition.false, otherwise.unknown),
      circuit.and(isOpen, negated(isSame), negated(none)),
    );
  }

  private chosenKinds(condition: EncodedBoolean, then: Encoded, otherwise: Encoded): readonly Kinds[] {
    return [
      condition.kinds,
      this.kindsWhere(negated(condition.false), [then.kinds]),
      this.kindsWhere(negated(condition.true), [otherwise.kinds]),
    ];
  }

  private contains(list: EncodedList, element: EncodedText): EncodedBoolean {
    const { circuit } = this;
    const none = circuit.or(list.none, element.none);
    const isValid = circuit.and(this.isValid(list), this.isValid(element));
    const found = circuit.or(
      ...list.elements.map(({ value, isIn }) => circuit.and(isIn, this.sameText(value as EncodedText, element))),
    );
    return this.truth(circuit.and(isValid, found), circuit.or(none, circuit.and(isValid, negated(found))), [
      list.kinds,
      element.kinds,
    ]);
  }

  private overList(
    expression: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>,
    scope: Scope,
  ): Encoded {
    const { circuit } = this;
    const list = this.list(expression.list, scope);
    const inner = (value: Encoded | EncodedEntry): Scope => new Map(scope).set(expression.variable, value);
    const { none, unknown } = list;
    const isValid = this.isValid(list);
    if (expression.kind === 'map') {
      const elements = list.elements.map((each) => ({
        ...each,
        value: this.encode(expression.body, inner(each.value)),
      }));
      return this.listOf(elements, unknown, none, [
        list.kinds,
        ...elements.map((each) => this.elementKinds(list, each, (each.value as Encoded).kinds)),
      ]);
    }
    const bodies = list.elements.map((each) => ({ each, body: this.condition(expression.body, inner(each.value)) }));
    const kinds = [list.kinds, ...bodies.map(({ each, body }) => this.elementKinds(list, each, body.kinds))];
    if (expression.kind === 'filter') {
      const elements = bodies.map(({ each, body }) => ({
        value: each.value,
        isIn: circuit.and(each.isIn, body.true),
        isOut: circuit.or(each.isOut, body.false),
      }));
      return this.listOf(elements, unknown, none, kinds);
    }
    const isExists = expression.kind === 'exists';
    const hit = bodies.map(({ each, body }) => circuit.and(each.isIn, isExists ? body.true : body.false));
    const clear = bodies.map(({ each, body }) => circuit.or(each.isOut, isExists ? body.false : body.true));
    const [some, every] = [circuit.and(isValid, circuit.or(...hit)), circuit.and(isValid, ...clear)];
    return isExists ? this.truth(some, every, kinds, none) : this.truth(every, some, kinds, none);
  }

  /** What an element that may be in the list leaves open; nothing where there is no list to be in. */
  private elementKinds(list: EncodedList, { isOut }: EncodedElement, kinds: Kinds): Kinds {
    return this.kindsWhere(this.circuit.and(this.isValid(list), negated(isOut)), [kinds]);
  }

  private listOf(
    elements: readonly EncodedElement[],
    unknown: Literal,
    none: Literal,
    of: readonly Kinds[],
  ): EncodedList {
    const { circuit } = this;
    const open = elements.map(({ isIn, isOut, value }) => {
      const isMaybe = circuit.and(negated(isIn), negated(isOut));
      const isUnknown = 'unknown' in value ? circuit.and(negated(isOut), value.unknown) : circuit.false;
      return circuit.or(isMaybe, isUnknown);
    });
    const isOpen = circuit.and(negated(none), circuit.or(unknown, ...open));
    return { is: 'list', elements, unknown, none, kinds: this.kindsWhere(isOpen, of) };
  }

  private distinct(list: EncodedList): EncodedList {
    const { circuit } = this;
    const texts = list.elements.map((each) => ({ ...each, text: each.value as EncodedText }));
    const codes = [...new Set(texts.flatMap(({ text }) => [...text.codes.keys()]))];
    const known = codes.map((code): EncodedElement => {
      const is = texts.map(({ text }) => circuit.and(this.isValid(text), text.codes.get(code) ?? circuit.false));
      const isIn = circuit.or(...texts.map((each, at) => circuit.and(each.isIn, is[at] as Literal)));
      const isMaybe = circuit.or(...texts.map((each, at) => circuit.and(negated(each.isOut), is[at] as Literal)));
      return { value: this.literal(code), isIn, isOut: negated(isMaybe) };
    });
    const open = texts.map(
      ({ text, isOut, value }): EncodedElement => ({
        value,
        isIn: circuit.false,
        isOut: negated(circuit.and(negated(isOut), text.unknown)),
      }),
    );
    return this.listOf([...known, ...open], list.unknown, list.none, [list.kinds]);
  }

  private size(list: EncodedList): EncodedNumber {
    const { circuit } = this;
    const min = circuit.count(list.elements.map(({ isIn }) => isIn));
    const max = circuit.count(list.elements.map(({ isOut }) => negated(isOut)));
    return this.counted({ min, max, unknown: list.unknown, none: list.none }, [list.kinds]);
  }

  private between(
    unit: DatePair['unit'],
    from: EncodedDate,
    to: EncodedDate,
    expression: Expression | undefined,
  ): EncodedNumber {
    const { circuit } = this;
    const key = `${unit} ${from.name} ${to.name}`;
    const type = expression?.type.is === 'number' ? expression.type : { min: -4_000_000, max: 4_000_000 };
    const pair = this.datePairs.get(key) ?? {
      unit,
      from: from.name,
      to: to.name,
      bits: circuit.number(type.min, type.max),
      min: type.min,
      max: type.max,
    };
    this.datePairs.set(key, pair);
    const none = circuit.or(from.none, to.none);
    const unknown = circuit.and(circuit.or(from.unknown, to.unknown), negated(none));
    return this.counted({ min: pair.bits, max: pair.bits, unknown, none }, [from.kinds, to.kinds]);
  }

  private lookup({ table, column }: Extract<Expression, { kind: 'lookup' }>, key: EncodedText): Encoded {
    const { circuit } = this;
    const rows = this.rows(table, key);
    const isRow = circuit.or(...rows.values());
    const none = circuit.or(key.none, circuit.and(negated(key.unknown), negated(isRow)));
    const { unknown } = key;
    if (column === 'key') {
      const codes = new Map<string, Literal>();
      for (const [{ mainKey }, literal] of rows)
        codes.set(mainKey, circuit.or(codes.get(mainKey) ?? circuit.false, literal));
      return { is: 'text', codes, unknown, none, kinds: key.kinds };
    }
    const bits = [...rows].reduce<Bits>((otherwise, [row, literal]) => {
      return circuit.chooseBits(literal, circuit.integer(row.values[column] ?? 0), otherwise);
    }, circuit.integer(0));
    return this.counted({ min: bits, max: bits, unknown, none }, [key.kinds]);
  }

  /** The rows of a table that a text can mean, and whether it does. */
  private rows(table: string, { codes }: EncodedText): ReadonlyMap<TableRow, Literal> {
    const rows = new Map<TableRow, Literal>();
    for (const [code, literal] of codes) {
      const row = rowOf(this.questionnaire, table, code);
      if (row) rows.set(row, this.circuit.or(rows.get(row) ?? this.circuit.false, literal));
    }
    return rows;
  }
}
