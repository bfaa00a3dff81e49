import type { Comparison, Expression } from '../../../model/expression.ts';
import type { Bits, Circuit } from '../circuit.ts';
import { type Literal, negated } from '../solver.ts';
import type {
  Encoded,
  EncodedBoolean,
  EncodedDate,
  EncodedElement,
  EncodedList,
  EncodedNumber,
  EncodedText,
  Kinds,
} from './encoded.ts';

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

/** What can be made of encoded values, as gates. */
export class Values {
  readonly #circuit: Circuit;
  readonly #datePairs: Map<string, DatePair>;

  /** `datePairs`: by unit and names; those that are met are added. */
  constructor(circuit: Circuit, datePairs: Map<string, DatePair>) {
    this.#circuit = circuit;
    this.#datePairs = datePairs;
  }

  /** Nothing is left open. */
  noKinds(): Kinds {
    const { false: none } = this.#circuit;
    return { unknown: none, declined: none, leftOut: none };
  }

  /** What `of` leave open, where that is open at all. */
  kindsWhere(isUnsettled: Literal, of: readonly Kinds[]): Kinds {
    const gated = (kind: keyof Kinds): Literal =>
      this.#circuit.and(isUnsettled, this.#circuit.or(...of.map((each) => each[kind])));
    return { unknown: gated('unknown'), declined: gated('declined'), leftOut: gated('leftOut') };
  }

  /** Unknown where it is none of the three; then `of` say by which absence. */
  truth(isTrue: Literal, isFalse: Literal, of: readonly Kinds[], none = this.#circuit.false): EncodedBoolean {
    const unsettled = this.#circuit.and(negated(isTrue), negated(isFalse), negated(none));
    return { is: 'boolean', true: isTrue, false: isFalse, none, kinds: this.kindsWhere(unsettled, of) };
  }

  /** True of nothing. */
  conjunction(of: readonly EncodedBoolean[]): EncodedBoolean {
    const circuit = this.#circuit;
    return this.truth(
      circuit.and(...of.map((each) => each.true)),
      circuit.or(...of.map((each) => each.false)),
      of.map(({ kinds }) => kinds),
    );
  }

  /** False of nothing. */
  disjunction(of: readonly EncodedBoolean[]): EncodedBoolean {
    const circuit = this.#circuit;
    return this.truth(
      circuit.or(...of.map((each) => each.true)),
      circuit.and(...of.map((each) => each.false)),
      of.map(({ kinds }) => kinds),
    );
  }

  literal(value: boolean | number | string): Encoded {
    const circuit = this.#circuit;
    const common = { none: circuit.false, kinds: this.noKinds() };
    if (typeof value === 'boolean')
      return { is: 'boolean', true: circuit.constant(value), false: circuit.constant(!value), ...common };
    if (typeof value === 'string')
      return { is: 'text', codes: new Map([[value, circuit.true]]), unknown: circuit.false, ...common };
    const bits = circuit.integer(value);
    return { is: 'number', min: bits, max: bits, unknown: circuit.false, ...common };
  }

  /** There is a value, and it is known. */
  isValid({ unknown, none }: { readonly unknown: Literal; readonly none: Literal }): Literal {
    return this.#circuit.and(negated(unknown), negated(none));
  }

  /** Has no value where either side has none: as a condition that is false. */
  compare(operator: Comparison, left: Encoded, right: Encoded): EncodedBoolean {
    const circuit = this.#circuit;
    const kinds = [left.kinds, right.kinds];
    const none = circuit.or(left.none, right.none);
    const settle = (isValid: Literal, isTrue: Literal, isFalse: Literal): EncodedBoolean =>
      this.truth(circuit.and(isValid, isTrue), circuit.or(none, circuit.and(isValid, isFalse)), kinds);
    if (left.is === 'number' && right.is === 'number') {
      const [isTrue, isFalse] = this.#compareNumbers(operator, left, right);
      return settle(circuit.and(this.isValid(left), this.isValid(right)), isTrue, isFalse);
    }
    if (left.is === 'date' && right.is === 'date') {
      const days = this.between('days', left, right, undefined);
      return this.compare(operator, this.literal(0), days);
    }
    const [isValid, isEqual] = this.#equality(left, right);
    return operator === '!=' ? settle(isValid, negated(isEqual), isEqual) : settle(isValid, isEqual, negated(isEqual));
  }

  #equality(left: Encoded, right: Encoded): readonly [Literal, Literal] {
    const circuit = this.#circuit;
    if (left.is === 'boolean' && right.is === 'boolean') {
      const isValid = circuit.and(circuit.or(left.true, left.false), circuit.or(right.true, right.false));
      return [isValid, negated(circuit.xor(left.true, right.true))];
    }
    if (left.is !== 'text' || right.is !== 'text') throw new Error('only values of one type are compared');
    return [circuit.and(this.isValid(left), this.isValid(right)), this.#sameText(left, right)];
  }

  #sameText(left: EncodedText, right: EncodedText): Literal {
    const circuit = this.#circuit;
    return circuit.or(
      ...[...left.codes].map(([code, literal]) => circuit.and(literal, right.codes.get(code) ?? circuit.false)),
    );
  }

  /** True and false, for valid numbers. */
  #compareNumbers(operator: Comparison, a: EncodedNumber, b: EncodedNumber): readonly [Literal, Literal] {
    const circuit = this.#circuit;
    switch (operator) {
      case '<':
        return [circuit.less(a.max, b.min), negated(circuit.less(a.min, b.max))];
      case '<=':
        return [negated(circuit.less(b.min, a.max)), circuit.less(b.max, a.min)];
      case '>':
        return this.#compareNumbers('<', b, a);
      case '>=':
        return this.#compareNumbers('<=', b, a);
      case '==': {
        const isApart = circuit.or(circuit.less(a.max, b.min), circuit.less(b.max, a.min));
        return [circuit.and(this.#isSingle(a), this.#isSingle(b), circuit.equal(a.min, b.min)), isApart];
      }
      case '!=': {
        const [isEqual, isApart] = this.#compareNumbers('==', a, b);
        return [isApart, isEqual];
      }
    }
  }

  #isSingle({ min, max }: EncodedNumber): Literal {
    return min === max ? this.#circuit.true : this.#circuit.equal(min, max);
  }

  /** A number, with what leaves it open: unknown, or a range. */
  counted(parts: Omit<EncodedNumber, 'kinds' | 'is'>, of: readonly Kinds[]): EncodedNumber {
    const circuit = this.#circuit;
    const isOpen = circuit.and(
      negated(parts.none),
      circuit.or(parts.unknown, negated(this.#isSingle({ is: 'number', kinds: this.noKinds(), ...parts }))),
    );
    return { is: 'number', ...parts, kinds: this.kindsWhere(isOpen, of) };
  }

  /** Bounds of the result over all that the bounds of both allow. */
  arithmetic(operator: '+' | '-' | '*', left: EncodedNumber, right: EncodedNumber): EncodedNumber {
    const circuit = this.#circuit;
    const none = circuit.or(left.none, right.none);
    const unknown = circuit.and(circuit.or(left.unknown, right.unknown), negated(none));
    const [min, max] = this.#corners(operator, left, right);
    return this.counted({ min, max, unknown, none }, [left.kinds, right.kinds]);
  }

  #corners(operator: '+' | '-' | '*', a: EncodedNumber, b: EncodedNumber): readonly [Bits, Bits] {
    const circuit = this.#circuit;
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

  /** Of two numbers that are known at least as bounds. */
  extreme(kind: 'greatest' | 'least', left: EncodedNumber, right: EncodedNumber): EncodedNumber {
    const circuit = this.#circuit;
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

  /** Where the condition is open: what both come to, unknown where they differ. */
  choose(condition: EncodedBoolean, then: Encoded, otherwise: Encoded): Encoded {
    const circuit = this.#circuit;
    const isOpen = circuit.and(negated(condition.true), negated(condition.false));
    const kinds = this.#chosenKinds(condition, then, otherwise);
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
        this.#isSingle(then),
        this.#isSingle(otherwise),
        circuit.equal(then.min, otherwise.min),
      );
      const min = circuit.chooseBits(condition.false, otherwise.min, then.min);
      const max =
        then.min === then.max && otherwise.min === otherwise.max
          ? min
          : circuit.chooseBits(condition.false, otherwise.max, then.max);
      return this.counted(
        { min, max, none, unknown: this.#chosenUnknown(condition, then, otherwise, isOpen, isSame, none) },
        kinds,
      );
    }
    if (then.is === 'text' && otherwise.is === 'text') {
      const isSame = circuit.and(this.isValid(then), this.isValid(otherwise), this.#sameText(then, otherwise));
      const codes = [...new Set([...then.codes.keys(), ...otherwise.codes.keys()])].map((code) => {
        const [a, b] = [then.codes.get(code) ?? circuit.false, otherwise.codes.get(code) ?? circuit.false];
        return [code, circuit.choose(condition.false, b, a)] as const;
      });
      const unknown = this.#chosenUnknown(condition, then, otherwise, isOpen, isSame, none);
      return { is: 'text', codes: new Map(codes), unknown, none, kinds: this.kindsWhere(unknown, kinds) };
    }
    throw new Error('a choice between dates or lists cannot be encoded');
  }

  #chosenUnknown(
    condition: EncodedBoolean,
    then: { unknown: Literal },
    otherwise: { unknown: Literal },
    isOpen: Literal,
    isSame: Literal,
    none: Literal,
  ): Literal {
    const circuit = this.#circuit;
    return circuit.or(
      circuit.and(condition.true, then.unknown),
      circuit.and(condition.false, otherwise.unknown),
      circuit.and(isOpen, negated(isSame), negated(none)),
    );
  }

  #chosenKinds(condition: EncodedBoolean, then: Encoded, otherwise: Encoded): readonly Kinds[] {
    return [
      condition.kinds,
      this.kindsWhere(negated(condition.false), [then.kinds]),
      this.kindsWhere(negated(condition.true), [otherwise.kinds]),
    ];
  }

  /** Both are of texts. */
  contains(list: EncodedList, element: EncodedText): EncodedBoolean {
    const circuit = this.#circuit;
    const none = circuit.or(list.none, element.none);
    const isValid = circuit.and(this.isValid(list), this.isValid(element));
    const found = circuit.or(
      ...list.elements.map(({ value, isIn }) => circuit.and(isIn, this.#sameText(value as EncodedText, element))),
    );
    return this.truth(circuit.and(isValid, found), circuit.or(none, circuit.and(isValid, negated(found))), [
      list.kinds,
      element.kinds,
    ]);
  }

  /** What an element that may be in the list leaves open; nothing where there is no list to be in. */
  elementKinds(list: EncodedList, { isOut }: EncodedElement, kinds: Kinds): Kinds {
    return this.kindsWhere(this.#circuit.and(this.isValid(list), negated(isOut)), [kinds]);
  }

  bothKinds(some: Kinds, others: Kinds): Kinds {
    return this.kindsWhere(this.#circuit.true, [some, others]);
  }

  /** A list made of another one, with what leaves it open: that one itself, or whether an element is in it. */
  listOf(
    elements: readonly EncodedElement[],
    { unknown, none, own }: Pick<EncodedList, 'unknown' | 'none' | 'own'>,
    of: readonly Kinds[],
  ): EncodedList {
    const circuit = this.#circuit;
    const open = elements.map(({ isIn, isOut, value }) => {
      const isMaybe = circuit.and(negated(isIn), negated(isOut));
      const isUnknown = 'unknown' in value ? circuit.and(negated(isOut), value.unknown) : circuit.false;
      return circuit.or(isMaybe, isUnknown);
    });
    const isOpen = circuit.and(negated(none), circuit.or(unknown, ...open));
    return { is: 'list', elements, unknown, none, own, kinds: this.kindsWhere(isOpen, of) };
  }

  /** One element for each text; one whose text is unknown might be another, or none. */
  distinct(list: EncodedList): EncodedList {
    const circuit = this.#circuit;
    const texts = list.elements.map((each) => ({ ...each, text: each.value as EncodedText }));
    const codes = [...new Set(texts.flatMap(({ text }) => [...text.codes.keys()]))];
    const sure = new Map<string, Literal>();
    const known = codes.map((code): EncodedElement => {
      const is = texts.map(({ text }) => circuit.and(this.isValid(text), text.codes.get(code) ?? circuit.false));
      const isIn = circuit.or(...texts.map((each, at) => circuit.and(each.isIn, is[at] as Literal)));
      const isMaybe = circuit.or(...texts.map((each, at) => circuit.and(negated(each.isOut), is[at] as Literal)));
      sure.set(code, isIn);
      return { value: this.literal(code), isIn, isOut: negated(isMaybe), kinds: this.noKinds() };
    });
    const open = texts.map(
      ({ text, isOut, value, kinds }): EncodedElement => ({
        value,
        isIn: circuit.false,
        isOut: negated(circuit.and(negated(isOut), text.unknown)),
        kinds,
      }),
    );
    const adding = texts.map(({ text, isOut, kinds }) => {
      const isSure = [...text.codes].map(([code, literal]) => circuit.and(literal, sure.get(code) as Literal));
      const addsNothing = circuit.or(text.none, circuit.and(this.isValid(text), circuit.or(...isSure)));
      return this.kindsWhere(circuit.and(this.isValid(list), negated(isOut), negated(addsNothing)), [kinds]);
    });
    return this.listOf([...known, ...open], list, [list.own, ...adding]);
  }

  /** From those that are surely in it to those that may be. */
  size(list: EncodedList): EncodedNumber {
    const circuit = this.#circuit;
    const min = circuit.count(list.elements.map(({ isIn }) => isIn));
    const max = circuit.count(list.elements.map(({ isOut }) => negated(isOut)));
    return this.counted({ min, max, unknown: list.unknown, none: list.none }, [list.kinds]);
  }

  /** How far apart two dates are: any number, the same for the same pair and unit. */
  between(
    unit: DatePair['unit'],
    from: EncodedDate,
    to: EncodedDate,
    expression: Expression | undefined,
  ): EncodedNumber {
    const circuit = this.#circuit;
    const key = `${unit} ${from.name} ${to.name}`;
    const type = expression?.type.is === 'number' ? expression.type : { min: -4_000_000, max: 4_000_000 };
    const pair = this.#datePairs.get(key) ?? {
      unit,
      from: from.name,
      to: to.name,
      bits: circuit.number(type.min, type.max),
      min: type.min,
      max: type.max,
    };
    this.#datePairs.set(key, pair);
    const none = circuit.or(from.none, to.none);
    const unknown = circuit.and(circuit.or(from.unknown, to.unknown), negated(none));
    return this.counted({ min: pair.bits, max: pair.bits, unknown, none }, [from.kinds, to.kinds]);
  }
}
