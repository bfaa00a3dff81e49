import { rowOf } from '../../engine/evaluate.ts';
import { itemsOf } from '../../engine/items.ts';
import { calculatedValue, isRequired } from '../../engine/situation.ts';
import type { AnswerReference, Expression } from '../../model/expression.ts';
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
} from './encode/encoded.ts';
import { type DatePair, Values } from './encode/values.ts';
import { entryName, type SymbolicAnswer, type SymbolicSheet } from './sheet.ts';
import { type Literal, negated } from './solver.ts';

type Scope = ReadonlyMap<string, Encoded | EncodedEntry>;

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
  readonly #questionnaire: Questionnaire;
  readonly #values: Values;
  readonly #calculated = new Map<string, Encoded>();
  readonly #enabled = new Map<string, EncodedBoolean>();

  constructor(
    questionnaire: Questionnaire,
    circuit: Circuit,
    sheet: SymbolicSheet,
    datePairs = new Map<string, DatePair>(),
  ) {
    this.#questionnaire = questionnaire;
    this.circuit = circuit;
    this.sheet = sheet;
    this.datePairs = datePairs;
    this.#values = new Values(circuit, datePairs);
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
    for (const [linkId, encoded] of this.#calculated) if (isSame(linkId)) other.#calculated.set(linkId, encoded);
    for (const [linkId, encoded] of this.#enabled) if (isSame(linkId)) other.#enabled.set(linkId, encoded);
    return other;
  }

  /** A condition: what has no value is false. */
  condition(expression: Expression, scope: Scope = noVariables): EncodedBoolean {
    const { circuit } = this;
    const encoded = this.#encode(expression, scope) as EncodedBoolean;
    return { ...encoded, false: circuit.or(encoded.false, encoded.none), none: circuit.false };
  }

  /** An expression outside lists; no quotient. */
  value(expression: Expression): Encoded {
    return this.#encode(expression, noVariables);
  }

  /** Whether a question is asked. */
  enablement(linkId: string): EncodedBoolean {
    const known = this.#enabled.get(linkId);
    if (known) return known;
    const placed = itemsOf(this.#questionnaire).get(linkId);
    const conditions = [...(placed?.groups ?? []), ...(placed ? [placed.item] : [])].flatMap(({ enableWhen }) =>
      enableWhen ? [this.condition(enableWhen.expression)] : [],
    );
    const encoded = this.#values.conjunction(conditions);
    this.#enabled.set(linkId, encoded);
    return encoded;
  }

  #encode(expression: Expression, scope: Scope): Encoded {
    const { circuit } = this;
    switch (expression.kind) {
      case 'literal':
      case 'parameter':
        return this.#values.literal(expression.value);
      case 'answer':
      case 'member':
        return this.#answer(expression, scope);
      case 'calculated':
        return this.calculatedValue(expression.linkId);
      case 'variable':
        return scope.get(expression.name) as Encoded;
      case 'not': {
        const of = this.condition(expression.of, scope);
        return this.#values.truth(of.false, of.true, [of.kinds]);
      }
      case 'and':
        return this.#values.conjunction(expression.of.map((part) => this.condition(part, scope)));
      case 'or':
        return this.#values.disjunction(expression.of.map((part) => this.condition(part, scope)));
      case 'conditional':
        return this.#values.choose(
          this.condition(expression.if, scope),
          this.#encode(expression.then, scope),
          this.#encode(expression.else, scope),
        );
      case 'compare':
        return this.#values.compare(
          expression.operator,
          this.#encode(expression.left, scope),
          this.#encode(expression.right, scope),
        );
      case 'arithmetic':
        return this.#values.arithmetic(
          expression.operator,
          this.#number(expression.left, scope),
          this.#number(expression.right, scope),
        );
      case 'rescale':
        return this.#values.arithmetic(
          '*',
          this.#number(expression.of, scope),
          this.#values.literal(expression.factor) as EncodedNumber,
        );
      case 'greatest':
      case 'least':
        return this.#values.extreme(
          expression.kind,
          this.#bounds(expression.left, scope),
          this.#bounds(expression.right, scope),
        );
      case 'quotient':
        throw new Error('a quotient is compared or shown, never evaluated');
      case 'in':
        return this.#values.contains(
          this.#list(expression.list, scope),
          this.#encode(expression.element, scope) as EncodedText,
        );
      case 'state':
        return this.#isInState(expression.state, expression.of, scope);
      case 'orElse': {
        const [of, otherwise] = [this.#number(expression.of, scope), this.#number(expression.otherwise, scope)];
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
        return this.#overList(expression, scope);
      case 'distinct':
        return this.#values.distinct(this.#list(expression.list, scope));
      case 'size':
        return this.#values.size(this.#list(expression.list, scope));
      case 'list':
        return {
          is: 'list',
          elements: expression.of.map((part) => ({
            value: this.#encode(part, scope),
            isIn: circuit.true,
            isOut: circuit.false,
            kinds: this.#values.noKinds(),
          })),
          unknown: circuit.false,
          none: circuit.false,
          own: this.#values.noKinds(),
          kinds: this.#values.noKinds(),
        };
      case 'age':
        return this.#values.between(
          'years',
          this.#date(expression.birthDate, scope),
          this.#date(expression.on, scope),
          expression,
        );
      case 'daysBetween':
        return this.#values.between(
          'days',
          this.#date(expression.from, scope),
          this.#date(expression.to, scope),
          expression,
        );
      case 'listed': {
        const key = this.#encode(expression.key, scope) as EncodedText;
        const isRow = circuit.or(...this.#rows(expression.table, key).values());
        const isValid = circuit.and(negated(key.unknown), negated(key.none));
        return this.#values.truth(
          circuit.and(isValid, isRow),
          circuit.and(isValid, negated(isRow)),
          [key.kinds],
          key.none,
        );
      }
      case 'lookup':
        return this.#lookup(expression, this.#encode(expression.key, scope) as EncodedText);
    }
  }

  #number(expression: Expression, scope: Scope): EncodedNumber {
    return this.#encode(expression, scope) as EncodedNumber;
  }

  #date(expression: Expression, scope: Scope): EncodedDate {
    return this.#encode(expression, scope) as EncodedDate;
  }

  #list(expression: Expression, scope: Scope): EncodedList {
    return this.#encode(expression, scope) as EncodedList;
  }

  /** A calculated value that is no quotient. */
  calculatedValue(linkId: string): Encoded {
    const known = this.#calculated.get(linkId);
    if (known) return known;
    const encoded = this.#encode(calculatedValue(this.#questionnaire, linkId).value.expression, noVariables);
    this.#calculated.set(linkId, encoded);
    return encoded;
  }

  #nameOf(reference: AnswerReference, scope: Scope): string {
    if (reference.kind === 'answer') return reference.linkId;
    return entryName(reference.linkId, (scope.get(reference.variable) as EncodedEntry).index);
  }

  #symbolic(name: string): SymbolicAnswer {
    const answer = this.sheet.get(name);
    if (!answer) throw new Error(`no answer ${name}`);
    return answer;
  }

  #states(reference: AnswerReference, scope: Scope): States {
    const { circuit } = this;
    const { has, unknown, declined } = this.#symbolic(this.#nameOf(reference, scope));
    const { true: isEnabled, false: disabled } = this.enablement(reference.linkId);
    const used = (state: Literal): Literal => circuit.and(state, negated(disabled));
    const missing = circuit.and(negated(has), negated(unknown), negated(declined), negated(disabled));
    const isLeftOut = circuit.and(missing, isEnabled);
    const needsAnswer = isRequired(this.#questionnaire, reference.linkId);
    return {
      answered: used(has),
      unknown: used(unknown),
      declined: used(declined),
      disabled,
      leftOut: needsAnswer ? isLeftOut : circuit.false,
      omitted: needsAnswer ? circuit.false : isLeftOut,
      unsettled: circuit.and(missing, negated(isEnabled)),
    };
  }

  #answerKinds(reference: AnswerReference, states: States): Kinds {
    const { circuit } = this;
    const hasNone = circuit.or(states.unsettled, states.unknown, states.declined);
    const enablement = this.#values.kindsWhere(hasNone, [this.enablement(reference.linkId).kinds]);
    return {
      unknown: circuit.or(states.unknown, enablement.unknown),
      declined: circuit.or(states.declined, enablement.declined),
      leftOut: circuit.or(states.leftOut, states.omitted, enablement.leftOut),
    };
  }

  #answer(reference: AnswerReference, scope: Scope): Encoded {
    const { circuit } = this;
    const name = this.#nameOf(reference, scope);
    const { value } = this.#symbolic(name);
    const states = this.#states(reference, scope);
    const kinds = this.#answerKinds(reference, states);
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
          value: this.#values.literal(code),
          isIn: literal,
          isOut: negated(literal),
          kinds: this.#values.noKinds(),
        }));
        return { is: 'list', elements, unknown, none, own: kinds, kinds };
      }
      case 'entries': {
        const elements = value.present.map(
          (literal, index): EncodedElement => ({
            value: { is: 'entry', repeat: reference.linkId, index },
            isIn: literal,
            isOut: negated(literal),
            kinds: this.#values.noKinds(),
          }),
        );
        return { is: 'list', elements, unknown, none, own: kinds, kinds };
      }
    }
  }

  #isInState(asked: 'answered' | 'unknown' | 'declined', reference: AnswerReference, scope: Scope): EncodedBoolean {
    const { circuit } = this;
    const states = this.#states(reference, scope);
    const isSurelyNot = isRequired(this.#questionnaire, reference.linkId) ? circuit.false : states.unsettled;
    const others = (['answered', 'unknown', 'declined'] as const)
      .filter((each) => each !== asked)
      .map((each) => states[each]);
    const isFalse = circuit.or(...others, states.disabled, states.omitted, isSurelyNot);
    return this.#values.truth(states[asked], isFalse, [this.#answerKinds(reference, states)]);
  }

  /** The number, or where it is unknown all that its type allows. */
  #bounds(expression: Expression, scope: Scope): EncodedNumber {
    const { circuit } = this;
    const encoded = this.#number(expression, scope);
    const { type } = expression;
    if (type.is !== 'number') return encoded;
    return {
      ...encoded,
      min: circuit.chooseBits(encoded.unknown, circuit.integer(type.min), encoded.min),
      max: circuit.chooseBits(encoded.unknown, circuit.integer(type.max), encoded.max),
      unknown: circuit.false,
    };
  }

  #overList(expression: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>, scope: Scope): Encoded {
    const { circuit } = this;
    const list = this.#list(expression.list, scope);
    const inner = (value: Encoded | EncodedEntry): Scope => new Map(scope).set(expression.variable, value);
    const { none } = list;
    const isValid = this.#values.isValid(list);
    const made = (elements: readonly EncodedElement[], parts: readonly Kinds[]): Encoded => {
      const traced = elements.map((each, at) => {
        return { ...each, kinds: this.#values.bothKinds(each.kinds, parts[at] as Kinds) };
      });
      return this.#values.listOf(traced, list, [list.kinds, ...parts]);
    };
    if (expression.kind === 'map') {
      const elements = list.elements.map((each) => {
        return { ...each, value: this.#encode(expression.body, inner(each.value)) };
      });
      return made(
        elements,
        elements.map((each) => this.#values.elementKinds(list, each, each.value.kinds)),
      );
    }
    const bodies = list.elements.map((each) => ({ each, body: this.condition(expression.body, inner(each.value)) }));
    const kinds = bodies.map(({ each, body }) => this.#values.elementKinds(list, each, body.kinds));
    if (expression.kind === 'filter') {
      const elements = bodies.map(({ each, body }) => ({
        ...each,
        isIn: circuit.and(each.isIn, body.true),
        isOut: circuit.or(each.isOut, body.false),
      }));
      return made(elements, kinds);
    }
    const isExists = expression.kind === 'exists';
    const hit = bodies.map(({ each, body }) => circuit.and(each.isIn, isExists ? body.true : body.false));
    const clear = bodies.map(({ each, body }) => circuit.or(each.isOut, isExists ? body.false : body.true));
    const [some, every] = [circuit.and(isValid, circuit.or(...hit)), circuit.and(isValid, ...clear)];
    const of = [list.kinds, ...kinds];
    return isExists ? this.#values.truth(some, every, of, none) : this.#values.truth(every, some, of, none);
  }

  #lookup({ table, column }: Extract<Expression, { kind: 'lookup' }>, key: EncodedText): Encoded {
    const { circuit } = this;
    const rows = this.#rows(table, key);
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
    return this.#values.counted({ min: bits, max: bits, unknown, none }, [key.kinds]);
  }

  /** The rows of a table that a text can mean, and whether it does. */
  #rows(table: string, { codes }: EncodedText): ReadonlyMap<TableRow, Literal> {
    const rows = new Map<TableRow, Literal>();
    for (const [code, literal] of codes) {
      const row = rowOf(this.#questionnaire, table, code);
      if (row) rows.set(row, this.circuit.or(rows.get(row) ?? this.circuit.false, literal));
    }
    return rows;
  }
}
