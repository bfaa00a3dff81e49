import { answeredItems, itemsOf } from '../../engine/items.ts';
import type { Answers } from '../../model/answers.ts';
import { type Disposition, dispositions } from '../../model/disposition.ts';
import type { CalculatedValue, Formula, Questionnaire, Rule } from '../../model/questionnaire.ts';
import { differencesBetween, type Observation, observe } from '../observe.ts';
import { Circuit, holds } from './circuit.ts';
import { EncodedDefinition } from './definition.ts';
import type { Encoded } from './encode/encoded.ts';
import { Encoder } from './encode.ts';
import { answersOf } from './model.ts';
import { sheetBeside } from './same-applicant.ts';
import { isChecked, nearest, solve } from './search.ts';
import { entryName, type SymbolicSheet } from './sheet.ts';
import { type Literal, type Model, negated, Solver } from './solver.ts';

/** One applicant, as two definitions see them. Each has the answers to its own questions. */
export interface Applicant {
  readonly old: { readonly answers: Answers; readonly observation: Observation };
  readonly new: { readonly answers: Answers; readonly observation: Observation };
  /** No applicant nearer to the unremarkable one shows it. */
  readonly isFewest: boolean;
}

/** What of a screening can differ although its disposition does not. */
export type Inside = 'findings' | 'asked' | 'values';

/** From one disposition to another. */
export interface Move {
  readonly from: Disposition;
  readonly to: Disposition;
}

/** `no-applicant`: proved. `undecided`: the solver gave up, or what it found does not replay on the engine. */
export type Found =
  | { readonly is: 'applicant'; readonly applicant: Applicant }
  | { readonly is: 'no-applicant' }
  | { readonly is: 'undecided' };

/**
 * Two definitions over one applicant: who moves from one disposition to another, and whether anybody's outcome differs
 * at all. Only applicants count whose answers break no constraint of either.
 */
export class Comparison {
  private readonly circuit: Circuit;
  private readonly old: EncodedDefinition;
  private readonly new: EncodedDefinition;
  private readonly baselines: { readonly old: Answers; readonly new: Answers };
  private departures: ReadonlyMap<string, Literal> | undefined;

  private constructor(old: EncodedDefinition, next: EncodedDefinition, baselines: Comparison['baselines']) {
    this.circuit = old.circuit;
    this.old = old;
    this.new = next;
    this.baselines = baselines;
  }

  /** Of two definitions, which may ask different questions. `baselines`: the unremarkable applicant in each. */
  static between(old: Questionnaire, next: Questionnaire, baselines: { old: Answers; new: Answers }): Comparison {
    const circuit = new Circuit(new Solver());
    const before = new EncodedDefinition(old, circuit);
    const sheet = sheetBeside(next, old, before.sheet, circuit);
    const encoder = new Encoder(next, circuit, sheet, before.encoder.datePairs);
    return new Comparison(before, new EncodedDefinition(next, circuit, encoder), baselines);
  }

  /** Of a definition with one that asks the same questions and differs in conditions and calculations. */
  static withVariant(of: EncodedDefinition, variant: Questionnaire, baseline: Answers): Comparison {
    return new Comparison(of, of.variant(variant), { old: baseline, new: baseline });
  }

  /** The nearest applicant who ends in `from` under the old definition and in `to` under the new one. */
  whoMoves(from: Disposition, to: Disposition): Found {
    const goal = this.circuit.and(this.old.dispositionIs(from), this.new.dispositionIs(to), this.areAccepted());
    return this.search(
      goal,
      ({ old, new: next }) =>
        old.observation.assessment.disposition === from && next.observation.assessment.disposition === to,
    );
  }

  /** The nearest applicant whose disposition, findings, questions asked or calculated values differ. */
  whoDiffers(): Found {
    const { circuit } = this;
    const goal = circuit.and(this.areAccepted(), circuit.or(...this.differences()));
    return this.search(goal, (one) => differencesBetween(one.old.observation, one.new.observation).length > 0);
  }

  /**
   * The pairs of dispositions that somebody moves between. Each model names one of them, so there are few questions to
   * the solver; that nobody moves between any other is one proof. Undefined where the solver gave up.
   */
  pairsMovedBetween(): readonly Move[] | undefined {
    const { circuit } = this;
    const moves = dispositions.flatMap((from) => dispositions.filter((to) => to !== from).map((to) => ({ from, to })));
    const open = new Map(
      moves.map((move) => [move, circuit.and(this.old.dispositionIs(move.from), this.new.dispositionIs(move.to))]),
    );
    const differs = circuit.and(this.areAccepted(), this.dispositionDiffers());
    while (open.size > 0) {
      const verdict = solve(circuit, [differs, circuit.or(...open.values())]);
      if (verdict.is === 'undecided') return undefined;
      if (verdict.is === 'unsatisfiable') break;
      for (const [move, literal] of open) if (holds(literal, verdict.model)) open.delete(move);
    }
    return moves.filter((move) => !open.has(move));
  }

  /**
   * The nearest applicant with one disposition under both whose findings, or questions asked, or calculated values
   * differ. Questions and values that only one definition has, or that they show otherwise, are looked away from.
   */
  whoDiffersInside(what: Inside): Found {
    const { circuit } = this;
    const shared = this.namesInBoth();
    const goal = circuit.and(
      this.areAccepted(),
      negated(this.dispositionDiffers()),
      circuit.or(...this.insideDiffers(what, shared)),
    );
    return this.search(
      goal,
      ({ old, new: next }) =>
        dispositionOf(old) === dispositionOf(next) &&
        differencesBetween(only(old.observation, shared), only(next.observation, shared)).includes(what),
    );
  }

  /** The nearest applicant who breaks a constraint of one definition and none of the other. */
  whoIsRefusedByOne(): Found {
    const [a, b] = [this.old.isAccepted(), this.new.isAccepted()];
    return this.search(this.circuit.xor(a, b), () => true);
  }

  /** Every "no applicant" was checked step by step by code that the solver does not share. */
  isChecked(): boolean {
    return isChecked(this.circuit);
  }

  private areAccepted(): Literal {
    return this.circuit.and(this.old.isAccepted(), this.new.isAccepted());
  }

  private differences(): readonly Literal[] {
    const [before, after] = [this.old.questionnaire, this.new.questionnaire];
    const asked = [...new Set([...answeredLinkIds(before), ...answeredLinkIds(after)])].map((linkId) =>
      this.askedDiffers(linkId),
    );
    const values = inEither(before.calculated, after.calculated, ({ linkId }) => linkId).map(([a, b]) =>
      a && b ? valuesDiffer([this.old, a], [this.new, b]) : this.circuit.true,
    );
    return [...this.findingsDiffer(), this.dispositionDiffers(), ...asked, ...values];
  }

  private insideDiffers(what: Inside, shared: ReadonlySet<string>): readonly Literal[] {
    const [before, after] = [this.old.questionnaire, this.new.questionnaire];
    switch (what) {
      case 'findings':
        return this.findingsDiffer();
      case 'asked':
        return answeredLinkIds(after)
          .filter((linkId) => shared.has(linkId))
          .map((linkId) => this.askedDiffers(linkId));
      case 'values':
        return inEither(before.calculated, after.calculated, ({ linkId }) => linkId).flatMap(([a, b]) =>
          a && b && shared.has(a.linkId) ? [valuesDiffer([this.old, a], [this.new, b])] : [],
        );
    }
  }

  /** Questions that both have, and calculated values that both have and show with as many digits. */
  private namesInBoth(): ReadonlySet<string> {
    const [before, after] = [this.old.questionnaire, this.new.questionnaire];
    const isShownAlike = ({ linkId, decimals, value }: CalculatedValue): boolean =>
      before.calculated.some(
        (each) => each.linkId === linkId && each.decimals === decimals && scaleOf(each.value) === scaleOf(value),
      );
    const asked = new Set(answeredLinkIds(before));
    return new Set([
      ...answeredLinkIds(after).filter((linkId) => asked.has(linkId)),
      ...after.calculated.filter(isShownAlike).map(({ linkId }) => linkId),
    ]);
  }

  private findingsDiffer(): readonly Literal[] {
    const { circuit } = this;
    const [before, after] = [this.old.questionnaire, this.new.questionnaire];
    const found = (of: EncodedDefinition, rule: Rule | undefined): Literal => (rule ? of.isFound(rule) : circuit.false);
    return inEither(before.rules, after.rules, ({ id }) => id).map(([a, b]) =>
      circuit.xor(found(this.old, a), found(this.new, b)),
    );
  }

  private askedDiffers(linkId: string): Literal {
    return this.circuit.xor(this.isAsked(this.old, linkId), this.isAsked(this.new, linkId));
  }

  private dispositionDiffers(): Literal {
    const { circuit } = this;
    const [before, after] = [this.old.questionnaire.rules, this.new.questionnaire.rules];
    const isSame = (rule: Rule): boolean => {
      const [own, other] = [before.find(({ id }) => id === rule.id), after.find(({ id }) => id === rule.id)];
      return own !== undefined && other !== undefined && this.meansTheSame(own, other);
    };
    const shared = before.filter(isSame);
    const [old, next] = [before, after].map((rules) => rules.filter((rule) => !isSame(rule)));
    // A finding of the mildest rank is no outcome of its own.
    const ranks = dispositions.slice(0, -1).map((_, rank) => {
      const differs = circuit.xor(this.old.isAsBad(rank, old), this.new.isAsBad(rank, next));
      return circuit.and(negated(this.old.isAsBad(rank, shared)), differs);
    });
    return circuit.or(...ranks);
  }

  private meansTheSame(own: Rule, other: Rule): boolean {
    const [a, b] = [this.old.rule(own), this.new.rule(other)];
    const isSameAbsence = JSON.stringify(own.absence) === JSON.stringify(other.absence);
    const isSameCondition =
      a.true === b.true && a.false === b.false && JSON.stringify(a.kinds) === JSON.stringify(b.kinds);
    return own.disposition === other.disposition && isSameAbsence && isSameCondition;
  }

  private isAsked(of: EncodedDefinition, linkId: string): Literal {
    return itemsOf(of.questionnaire).has(linkId) ? of.encoder.enablement(linkId).true : this.circuit.false;
  }

  private search(goal: Literal, isShownBy: (applicant: Applicant) => boolean): Found {
    const verdict = solve(this.circuit, [goal]);
    if (verdict.is === 'unsatisfiable') return { is: 'no-applicant' };
    if (verdict.is === 'undecided') return { is: 'undecided' };
    this.departures ??= this.departuresOfBoth();
    const found = nearest(this.circuit, goal, [...this.departures.values()]);
    if (!found) return { is: 'undecided' };
    const shown = [this.answered(goal, found.model), found.model].flatMap((model) => {
      const applicant = model && { ...this.applicant(model), isFewest: found.isFewest };
      return applicant && isShownBy(applicant) ? [applicant] : [];
    })[0];
    return shown ? { is: 'applicant', applicant: shown } : { is: 'undecided' };
  }

  /** Where another applicant departs in no more answers and by answers alone, by no absence: what people think of first. */
  private answered(goal: Literal, model: Model): Model | undefined {
    const { circuit } = this;
    const departures = this.departures ?? new Map();
    const most = [...departures.values()].filter((each) => holds(each, model)).length;
    const isFew = negated(circuit.less(circuit.integer(most), circuit.count([...departures.values()])));
    const isGiven = [...departures].map(([name, departs]) => {
      const given = [this.old, this.new].map(({ sheet }) => this.isGiven(name, sheet));
      return circuit.or(negated(departs), ...given);
    });
    if (isGiven.every((each) => holds(each, model))) return undefined;
    const verdict = solve(circuit, [goal, isFew, circuit.and(...isGiven)]);
    return verdict.is === 'satisfiable' ? verdict.model : undefined;
  }

  /** The question has an answer; every question in an entry of a repeat. */
  private isGiven(name: string, sheet: SymbolicSheet): Literal {
    const own = sheet.get(name);
    if (own) return own.has;
    const [repeat = '', index = ''] = name.split('#');
    const fields = [...sheet].filter(([field]) => field.startsWith(`${repeat}.`) && field.endsWith(`#${index}`));
    return fields.length === 0 ? this.circuit.false : this.circuit.and(...fields.map(([, { has }]) => has));
  }

  private departuresOfBoth(): ReadonlyMap<string, Literal> {
    const before = departuresOf(this.old, this.baselines.old);
    if (this.old.sheet === this.new.sheet) return before;
    const after = departuresOf(this.new, this.baselines.new);
    const names = [...new Set([...before.keys(), ...after.keys()])];
    const either = (name: string): Literal =>
      this.circuit.or(before.get(name) ?? this.circuit.false, after.get(name) ?? this.circuit.false);
    return new Map(names.map((name) => [name, either(name)]));
  }

  private applicant(model: Model): Omit<Applicant, 'isFewest'> {
    const seen = ({ questionnaire, encoder, sheet }: EncodedDefinition, baseline: Answers): Applicant['old'] => {
      const ofSheet = sheet === this.old.sheet ? this.old.questionnaire : questionnaire;
      const answers = answersOf(questionnaire, encoder, model, baseline, ofSheet);
      return { answers, observation: observe(questionnaire, answers) };
    };
    return { old: seen(this.old, this.baselines.old), new: seen(this.new, this.baselines.new) };
  }
}

/** Whether a calculated value of one definition is shown otherwise than that of another over the same circuit. */
export function valuesDiffer(
  [old, a]: readonly [EncodedDefinition, CalculatedValue],
  [next, b]: readonly [EncodedDefinition, CalculatedValue],
): Literal {
  const [before, after] = [a.value.expression, b.value.expression];
  if (before.kind !== 'quotient' && after.kind !== 'quotient')
    return differ([old.encoder.calculatedValue(a.linkId)], [next.encoder.calculatedValue(b.linkId)], old.circuit);
  if (before.kind !== 'quotient' || after.kind !== 'quotient') return old.circuit.true;
  return differ(
    [before.dividend, before.divisor].map((part) => old.encoder.value(part)),
    [after.dividend, after.divisor].map((part) => next.encoder.value(part)),
    old.circuit,
  );
}

/** Whether a value is shown otherwise: the parts that it is made of, of one type each, are all exactly known or it is not shown. */
function differ(before: readonly Encoded[], after: readonly Encoded[], circuit: Circuit): Literal {
  if (before.every((part, index) => part === after[index])) return circuit.false;
  const [wasShown, isShown] = [before, after].map((parts) =>
    circuit.and(...parts.map((part) => isKnown(part, circuit))),
  );
  const same = before.map((part, index) => isSame(part, after[index] as Encoded, circuit));
  return circuit.or(
    circuit.xor(wasShown as Literal, isShown as Literal),
    circuit.and(wasShown as Literal, isShown as Literal, negated(circuit.and(...same))),
  );
}

function isKnown(of: Encoded, circuit: Circuit): Literal {
  switch (of.is) {
    case 'boolean':
      return circuit.or(of.true, of.false);
    case 'number':
      return circuit.and(negated(of.unknown), negated(of.none), circuit.equal(of.min, of.max));
    case 'text':
    case 'date':
    case 'list':
      return circuit.and(negated(of.unknown), negated(of.none));
  }
}

/** Whether two known values are one. */
function isSame(a: Encoded, b: Encoded, circuit: Circuit): Literal {
  if (a.is === 'boolean' && b.is === 'boolean') return negated(circuit.xor(a.true, b.true));
  if (a.is === 'number' && b.is === 'number') return circuit.equal(a.min, b.min);
  if (a.is === 'text' && b.is === 'text')
    return circuit.or(
      ...[...a.codes].map(([code, literal]) => circuit.and(literal, b.codes.get(code) ?? circuit.false)),
    );
  return circuit.false;
}

/** One literal for each question, and for each entry of a repeat: an entry more than usual departs by being there. */
function departuresOf(of: EncodedDefinition, baseline: Answers): ReadonlyMap<string, Literal> {
  const more = [...of.sheet].flatMap(([name, { value }]): readonly (readonly [string, Literal])[] => {
    const usual = baseline.get(name);
    if (value.is !== 'entries') return [];
    const count = Array.isArray(usual) ? usual.length : 0;
    return value.present.slice(count).map((present, index) => [entryName(name, count + index), present]);
  });
  return new Map([...of.departuresFrom(baseline), ...more]);
}

function dispositionOf({ observation }: Applicant['old']): Disposition {
  return observation.assessment.disposition;
}

/** An observation of the questions and values with these names. */
function only({ assessment, asked }: Observation, names: ReadonlySet<string>): Observation {
  const values = new Map([...assessment.values].filter(([linkId]) => names.has(linkId)));
  return { assessment: { ...assessment, values }, asked: asked.filter((linkId) => names.has(linkId)) };
}

function scaleOf({ expression: { type } }: Formula): number {
  return type.is === 'number' ? type.scale : 0;
}

function inEither<Each>(
  before: readonly Each[],
  after: readonly Each[],
  nameOf: (each: Each) => string,
): readonly (readonly [Each | undefined, Each | undefined])[] {
  const [a, b] = [before, after].map((all) => new Map(all.map((each) => [nameOf(each), each] as const)));
  const names = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])]);
  return [...names].map((name) => [a?.get(name), b?.get(name)]);
}

function answeredLinkIds(questionnaire: Questionnaire): readonly string[] {
  return answeredItems(questionnaire).map(({ linkId }) => linkId);
}
