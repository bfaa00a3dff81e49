import { brokenConstraints } from '../engine/accept.ts';
import { assess } from '../engine/assess.ts';
import { inputsOf } from '../engine/because.ts';
import { itemsOf } from '../engine/items.ts';
import { calculatedValue } from '../engine/situation.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Disposition, severityRank, worse } from '../model/disposition.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import type { CalculatedValue, Formula, Item, Questionnaire } from '../model/questionnaire.ts';
import type { Places } from './places.ts';
import type { Replay } from './replay.ts';
import { answersToTry, type Place, placesIn, withAnswer } from './representatives.ts';

export interface AbsenceTrial {
  /** Absent answers that were put in the place of a given one. */
  readonly tried: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts an absent answer in the place of each given one, sheet by sheet: it must not come out milder than the mildest
 * that some answer there would have given, nor as `proceed` where some answer there would not. Tries the answers of
 * `answersToTry` and those of the other sheets, so what it finds is real and what it does not find is not proved.
 */
export function tryAbsence(questionnaire: Questionnaire, replays: readonly Replay[], places: Places): AbsenceTrial {
  const trial = new Trial(questionnaire, replays);
  const found = new Map<string, Diagnostic>();
  let tried = 0;
  for (const replay of replays) {
    for (const place of placesIn(replay.answers)) {
      const { outcomes, count } = trial.at(place, replay);
      tried += count;
      const [first] = outcomes;
      if (first && !found.has(place.linkId)) found.set(place.linkId, problem(first, place, replay, places));
    }
  }
  return { tried, diagnostics: [...found.values()] };
}

type Reason = 'unknown' | 'declined' | 'left out';

/** An absence that comes out too mild. */
interface TooMild {
  readonly reason: Reason;
  readonly disposition: Disposition;
  readonly answers: Disposition;
}

function problem(
  { reason, disposition, answers }: TooMild,
  { linkId }: Place,
  { sheet }: Replay,
  places: Places,
): Diagnostic {
  const other =
    disposition === 'proceed' ? `an answer to it can give ${answers}` : `no answer to it gives less than ${answers}`;
  return {
    code: 'absent-answer-milder',
    severity: 'error',
    message: `\`${linkId}\` ${reason} gives ${disposition}, while ${other}`,
    at: places.item(linkId, 'linkId'),
    note: `in the case \`${sheet.id}\`; whoever does not answer would get through where nobody else does`,
    help: 'let a rule that reads it be unsettled by its absence: do not ask `answered`, `unknown`, `declined` or `orElse` to clear it',
  };
}

/** The worst and the mildest disposition, and each absence with its own, of the rules that read one question. */
interface Outcome {
  readonly worst: Disposition;
  readonly mildest: Disposition;
  readonly absences: readonly (readonly [Reason, Disposition])[];
}

class Trial {
  private readonly questionnaire: Questionnaire;
  private readonly replays: readonly Replay[];
  private readonly narrowed = new Map<string, Narrowed>();
  private readonly outcomes = new Map<string, Outcome>();

  constructor(questionnaire: Questionnaire, replays: readonly Replay[]) {
    this.questionnaire = questionnaire;
    this.replays = replays;
  }

  at(place: Place, { answers, assessment }: Replay): { readonly outcomes: readonly TooMild[]; readonly count: number } {
    const narrowed = this.readersOf(place.linkId);
    if (narrowed.rules.size === 0) return { outcomes: [], count: 0 };
    const { worst, mildest, absences } = this.outcomeOf(place, narrowed, answers);
    const others = assessment.findings.filter(({ rule }) => !narrowed.rules.has(rule));
    const rest = others.reduce<Disposition>((of, { disposition }) => worse(of, disposition), 'proceed');
    const outcomes = absences.flatMap(([reason, own]): readonly TooMild[] => {
      const disposition = worse(own, rest);
      if (severityRank(disposition) > severityRank(worse(mildest, rest)))
        return [{ reason, disposition, answers: worse(mildest, rest) }];
      return disposition === 'proceed' && worst !== 'proceed' ? [{ reason, disposition, answers: worst }] : [];
    });
    return { outcomes, count: absences.length };
  }

  private readersOf(linkId: string): Narrowed {
    const known = this.narrowed.get(linkId) ?? narrow(this.questionnaire, linkId);
    this.narrowed.set(linkId, known);
    return known;
  }

  /** Worked out once for all sheets that agree in the answers which count. */
  private outcomeOf(place: Place, narrowed: Narrowed, answers: Answers): Outcome {
    const relevant = narrowed.inputs.map((linkId) => answers.get(linkId));
    const key = `${place.linkId} ${place.entry?.index} ${JSON.stringify(relevant, plain)}`;
    const outcome = this.outcomes.get(key) ?? this.work(place, narrowed.questionnaire, answers);
    this.outcomes.set(key, outcome);
    return outcome;
  }

  private givenTo(linkId: string): readonly Answer[] {
    return this.replays.flatMap(({ answers }) => {
      const answer = answers.get(linkId);
      return answer === undefined || isAbsent(answer) ? [] : [answer];
    });
  }

  private work(place: Place, questionnaire: Questionnaire, answers: Answers): Outcome {
    const item = itemsOf(questionnaire).get(place.linkId)?.item as Item;
    const given = item.type === 'group' ? this.givenTo(place.linkId) : [];
    const all = [...answersToTry(questionnaire, item, answers), ...given];
    const sheets = [answers, ...all.map((answer) => withAnswer(answers, place, answer))];
    const dispositions = sheets
      .filter((sheet) => brokenConstraints(questionnaire, sheet).length === 0)
      .map((sheet) => assess(questionnaire, sheet).disposition)
      .sort((a, b) => severityRank(a) - severityRank(b));
    const reasons: readonly Reason[] = item.mayBeAbsent ? ['unknown', 'declined', 'left out'] : ['left out'];
    return {
      worst: dispositions[0] ?? 'proceed',
      mildest: dispositions.at(-1) ?? 'proceed',
      absences: reasons.map((reason) => [
        reason,
        assess(questionnaire, withAnswer(answers, place, absentAnswer(reason))).disposition,
      ]),
    };
  }
}

function absentAnswer(reason: Reason): Answer | undefined {
  return reason === 'left out' ? undefined : { absent: reason };
}

function plain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

/** A questionnaire with only what can depend on one question. */
interface Narrowed {
  readonly questionnaire: Questionnaire;
  readonly rules: ReadonlySet<string>;
  /** Questions that those rules and constraints read, repeats as a whole. */
  readonly inputs: readonly string[];
}

function narrow(questionnaire: Questionnaire, linkId: string): Narrowed {
  const reads = (each: readonly string[]): boolean => each.includes(linkId);
  const rules = questionnaire.rules.filter(({ when }) => reads(inputsOf(questionnaire, when.expression)));
  const constraints = questionnaire.constraints.filter(({ requires }) =>
    reads(inputsOf(questionnaire, requires.expression)),
  );
  const formulas = [...rules.map(({ when }) => when), ...constraints.map(({ requires }) => requires)];
  const inputs = formulas.flatMap(({ expression }) => inputsOf(questionnaire, expression));
  return {
    questionnaire: { ...questionnaire, rules, constraints, calculated: calculatedFor(questionnaire, formulas) },
    rules: new Set(rules.map(({ id }) => id)),
    inputs: [...new Set(inputs)],
  };
}

/** The calculated values that the formulas lean on: their own, those of each other, and those of conditions of asking. */
function calculatedFor(questionnaire: Questionnaire, formulas: readonly Formula[]): readonly CalculatedValue[] {
  const needed = new Set<string>();
  const visit = (expression: Expression): void => {
    partsOf(expression).forEach(visit);
    if (expression.kind !== 'calculated' || needed.has(expression.linkId)) return;
    needed.add(expression.linkId);
    visit(calculatedValue(questionnaire, expression.linkId).value.expression);
  };
  for (const { expression } of formulas) visit(expression);
  for (const { item } of itemsOf(questionnaire).values()) if (item.enableWhen) visit(item.enableWhen.expression);
  return questionnaire.calculated.filter(({ linkId }) => needed.has(linkId));
}
