import type { Comparison } from '../../../model/expression.ts';
import type { Script } from './script.ts';
import { and, constant, implies, isConstant, ite, not, or, quoted, same, sum, type Term } from './terms.ts';

export interface Truth {
  readonly is: 'boolean';
  readonly true: Term;
  readonly false: Term;
  /** No value. None of the three: unknown. */
  readonly none: Term;
}

export interface Quantity {
  readonly is: 'number';
  readonly min: Term;
  readonly max: Term;
  readonly unknown: Term;
  readonly none: Term;
}

export interface Text {
  readonly is: 'text';
  /** The number of the text; see `numberOf`. */
  readonly value: Term;
  readonly texts: readonly string[];
  readonly unknown: Term;
  readonly none: Term;
}

export interface DateValue {
  readonly is: 'date';
  readonly name: string;
  readonly unknown: Term;
  readonly none: Term;
}

export interface List {
  readonly is: 'list';
  readonly elements: readonly Element[];
  readonly unknown: Term;
  readonly none: Term;
}

export interface Element {
  readonly value: Value | Entry;
  readonly isIn: Term;
  readonly isOut: Term;
}

export interface Entry {
  readonly is: 'entry';
  readonly index: number;
}

export type Value = Truth | Quantity | Text | DateValue | List;
export type Scope = ReadonlyMap<string, Value | Entry>;

/** What can be made of values. */
export class Values {
  readonly #script: Script;
  /** Pairs of terms that a name was declared for. */
  readonly #pairs = new Set<string>();

  constructor(script: Script) {
    this.#script = script;
  }

  truth(isTrue: Term, isFalse: Term, none: Term = 'false'): Truth {
    return {
      is: 'boolean',
      true: this.#script.define(isTrue),
      false: this.#script.define(isFalse),
      none: this.#script.define(none),
    };
  }

  quantity(min: Term, max: Term, unknown: Term, none: Term): Quantity {
    const low = this.#script.integer(min);
    const high = min === max ? low : this.#script.integer(max);
    return {
      is: 'number',
      min: low,
      max: high,
      unknown: this.#script.define(and(unknown, not(none))),
      none: this.#script.define(none),
    };
  }

  text(value: string): Text {
    return {
      is: 'text',
      value: constant(this.#script.numberOf(value)),
      texts: [value],
      unknown: 'false',
      none: 'false',
    };
  }

  literal(value: boolean | number | string): Value {
    if (typeof value === 'boolean') return this.truth(String(value), String(!value));
    if (typeof value === 'string') return this.text(value);
    return { is: 'number', min: constant(value), max: constant(value), unknown: 'false', none: 'false' };
  }

  /** The condition settles which; where it is open, what both come to. */
  choice(condition: Truth, then: Value, otherwise: Value): Value {
    const isOpen = this.#script.define(not(or(condition.true, condition.false)));
    const pick = (a: Term, b: Term): Term => or(and(condition.true, a), and(condition.false, b), and(isOpen, a, b));
    const none = this.#script.define(pick(then.none, otherwise.none));
    if (then.is === 'boolean' && otherwise.is === 'boolean')
      return this.truth(pick(then.true, otherwise.true), pick(then.false, otherwise.false), none);
    if (then.is === 'boolean' || otherwise.is === 'boolean' || then.is === 'list' || then.is === 'date')
      throw new Error('only texts, numbers and truths can be chosen between');
    const isSame =
      then.is === 'number' && otherwise.is === 'number'
        ? and(same(then.min, then.max), same(otherwise.min, otherwise.max), same(then.min, otherwise.min))
        : same((then as Text).value, (otherwise as Text).value);
    const areKnown = not(or(then.unknown, otherwise.unknown, then.none, otherwise.none));
    const unknown = and(
      or(
        and(condition.true, then.unknown),
        and(condition.false, otherwise.unknown),
        and(isOpen, not(and(areKnown, isSame))),
      ),
      not(none),
    );
    if (then.is === 'number' && otherwise.is === 'number')
      return this.quantity(
        ite(condition.false, otherwise.min, then.min),
        ite(condition.false, otherwise.max, then.max),
        unknown,
        none,
      );
    const [a, b] = [then as Text, otherwise as Text];
    return {
      is: 'text',
      value: this.#script.integer(ite(condition.false, b.value, a.value)),
      texts: [...new Set([...a.texts, ...b.texts])],
      unknown: this.#script.define(unknown),
      none,
    };
  }

  compare(operator: Comparison, left: Value, right: Value): Truth {
    const none = or(left.none, right.none);
    const settled = (isKnown: Term, isTrue: Term, isFalse: Term): Truth =>
      this.truth(and(isKnown, isTrue), or(none, and(isKnown, isFalse)));
    if (left.is === 'boolean' && right.is === 'boolean') {
      const isKnown = and(or(left.true, left.false), or(right.true, right.false));
      const isEqual = same(left.true, right.true);
      return operator === '!=' ? settled(isKnown, not(isEqual), isEqual) : settled(isKnown, isEqual, not(isEqual));
    }
    if (left.is === 'boolean' || right.is === 'boolean') throw new Error('only values of one type are compared');
    const isKnown = not(or(none, left.unknown, right.unknown));
    if (left.is === 'number' && right.is === 'number') {
      const [isTrue, isFalse] = compareRanges(operator, left, right);
      return settled(isKnown, isTrue, isFalse);
    }
    if (left.is === 'date' && right.is === 'date')
      return this.compare(operator, this.literal(0), this.apart('days', left, right));
    if (left.is !== 'text' || right.is !== 'text') throw new Error('only values of one type are compared');
    const isEqual = same(left.value, right.value);
    return operator === '!=' ? settled(isKnown, not(isEqual), isEqual) : settled(isKnown, isEqual, not(isEqual));
  }

  extreme(kind: 'greatest' | 'least', a: Quantity, b: Quantity): Quantity {
    const order = kind === 'greatest' ? '<' : '>';
    const pick = (x: Term, y: Term): Term => ite(`(${order} ${x} ${y})`, y, x);
    return this.quantity(pick(a.min, b.min), pick(a.max, b.max), 'false', or(a.none, b.none));
  }

  product(a: Quantity, b: Quantity, ofA: Range, ofB: Range): Quantity {
    if (ofA.max - ofA.min < ofB.max - ofB.min) return this.product(b, a, ofB, ofA);
    const none = or(a.none, b.none);
    const unknown = or(a.unknown, b.unknown);
    const isExact = a.min === a.max && b.min === b.max;
    const corners = (isExact ? [a.min] : [a.min, a.max]).flatMap((x) =>
      (isExact ? [b.min] : [b.min, b.max]).map((y) => this.#times(x, y, ofB)),
    );
    const pick = (order: '<' | '>'): Term =>
      corners.reduce((best, each) => this.#script.integer(ite(`(${order} ${each} ${best})`, each, best)));
    return this.quantity(pick('<'), pick('>'), unknown, none);
  }

  /**
   * `x` times `y`, which lies in `range` wherever it counts. Where neither is fixed, `y` in binary, and `x` shifted for
   * each bit: products of variables would leave linear arithmetic, and z3 with them.
   */
  #times(x: Term, y: Term, { min, max }: Range): Term {
    if (isConstant(x) || isConstant(y)) return this.#script.integer(`(* ${x} ${y})`);
    const name = `|${quoted(`${x} times ${y}`)}|`;
    const bits = Array.from(
      { length: Math.ceil(Math.log2(max - min + 1)) },
      (_, at) => `|${quoted(`${x} times ${y}`)} bit ${at}|`,
    );
    if (this.#pairs.has(name)) return this.#script.integer(shifted(x, min, bits));
    this.#pairs.add(name);
    for (const bit of bits) this.#script.declare(bit, 'Bool');
    const isY = same(y, sum([constant(min), ...bits.map((bit, at) => ite(bit, constant(2 ** at), '0'))]));
    this.#script.assert(implies(`(<= ${constant(min)} ${y} ${constant(max)})`, isY));
    return this.#script.integer(shifted(x, min, bits));
  }

  contains(list: List, element: Text): Truth {
    const none = or(list.none, element.none);
    const isKnown = not(or(none, list.unknown, element.unknown));
    const found = or(...list.elements.map(({ value, isIn }) => and(isIn, same((value as Text).value, element.value))));
    return this.truth(and(isKnown, found), or(none, and(isKnown, not(found))));
  }

  distinct({ elements, unknown, none }: List): List {
    const of = elements.map((each) => ({ ...each, text: each.value as Text }));
    const texts = [...new Set(of.flatMap(({ text }) => text.texts))];
    const known = texts.map((code): Element => {
      const among = of.filter(({ text }) => text.texts.includes(code));
      const isCode = (text: Text): Term => and(not(or(text.unknown, text.none)), this.is(text, code));
      const isIn = or(...among.map(({ text, isIn }) => and(isIn, isCode(text))));
      const isMaybe = or(...among.map(({ text, isOut }) => and(not(isOut), isCode(text))));
      return { value: this.text(code), isIn: this.#script.define(isIn), isOut: this.#script.define(not(isMaybe)) };
    });
    const open = of.map(
      ({ value, text, isOut }): Element => ({
        value,
        isIn: 'false',
        isOut: this.#script.define(not(and(not(isOut), text.unknown))),
      }),
    );
    return { is: 'list', elements: [...known, ...open], unknown, none };
  }

  /** Whether an element leaves a list without doubles as it is: it has no value, or one that is surely in the list. */
  addsNothing({ value }: Element, { elements }: List): Term {
    const own = value as Text;
    const surely = elements.map((each) => {
      const text = each.value as Text;
      return and(each.isIn, not(or(text.unknown, text.none)), same(text.value, own.value));
    });
    return or(own.none, and(not(own.unknown), or(...surely)));
  }

  apart(unit: 'years' | 'days', from: DateValue, to: DateValue): Quantity {
    const most = unit === 'years' ? 10_000 : 4_000_000;
    const name = `|${unit} from ${quoted(from.name)} to ${quoted(to.name)}|`;
    if (!this.#pairs.has(name)) {
      this.#pairs.add(name);
      this.#script.declare(name, 'Int', `(<= (- ${most}) ${name} ${most})`);
    }
    return this.quantity(name, name, or(from.unknown, to.unknown), or(from.none, to.none));
  }

  is(of: Text, text: string): Term {
    return same(of.value, this.#script.numberOf(text));
  }

  isUnsettled(value: Value): Term {
    switch (value.is) {
      case 'boolean':
        return not(or(value.true, value.false, value.none));
      case 'number':
        return or(value.unknown, and(not(value.none), not(same(value.min, value.max))));
      case 'text':
      case 'date':
        return value.unknown;
      case 'list': {
        const open = value.elements.map(({ value: of, isIn, isOut }) =>
          and(not(isOut), or(not(isIn), of.is === 'entry' ? 'false' : this.#isOpenElement(of))),
        );
        return or(value.unknown, and(not(value.none), or(...open)));
      }
    }
  }

  #isOpenElement(value: Value): Term {
    return value.is === 'boolean' ? this.isUnsettled(value) : value.unknown;
  }
}

/** `x` times the number that is `min` and the bits. */
function shifted(x: Term, min: number, bits: readonly Term[]): Term {
  return sum([`(* ${constant(min)} ${x})`, ...bits.map((bit, at) => ite(bit, `(* ${2 ** at} ${x})`, '0'))]);
}

/** Bounds of a number, both inclusive. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** True and false, where every pair of numbers in the two ranges agrees. */
function compareRanges(operator: Comparison, a: Quantity, b: Quantity): readonly [Term, Term] {
  switch (operator) {
    case '<':
      return [`(< ${a.max} ${b.min})`, `(>= ${a.min} ${b.max})`];
    case '<=':
      return [`(<= ${a.max} ${b.min})`, `(> ${a.min} ${b.max})`];
    case '>':
      return compareRanges('<', b, a);
    case '>=':
      return compareRanges('<=', b, a);
    case '==':
      return [
        and(same(a.min, a.max), same(b.min, b.max), same(a.min, b.min)),
        or(`(< ${a.max} ${b.min})`, `(> ${a.min} ${b.max})`),
      ];
    case '!=': {
      const [isEqual, isApart] = compareRanges('==', a, b);
      return [isApart, isEqual];
    }
  }
}
