import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Outcome, type Proof, prove } from '../../../src/check/prove/prove.ts';
import { comparesTypedTexts, textLike } from '../../../src/check/prove/texts.ts';
import { assess } from '../../../src/engine/assess.ts';
import { itemsOf, type PlacedItem, questionsIn, repeatOf, wholeItems } from '../../../src/engine/items.ts';
import { enablementOf, type Situation, situationOf, truthOf } from '../../../src/engine/situation.ts';
import { type Answer, type Answers, isAbsent } from '../../../src/model/answers.ts';
import type { Assessment } from '../../../src/model/assessment.ts';
import { dispositions, severityRank } from '../../../src/model/disposition.ts';
import type { GroupItem, Item, QuestionItem, Questionnaire } from '../../../src/model/questionnaire.ts';
import { withoutStray } from '../../arbitraries.ts';
import {
  everyAnswering,
  everySheet,
  isAccepted,
  readSmall,
  type SmallDefinition,
  smallDefinition,
} from '../../small-definitions.ts';

/** How many times 300 definitions are tried. */
const times = Number(process.env.PREINFUSE_RUNS ?? 1);

/** A sheet with what the engine that screens makes of it. */
interface Assessed {
  readonly answers: Answers;
  readonly situation: Situation;
  readonly assessment: Assessment;
}

type Goal = Outcome['goal'];

/** A goal of any kind, those of later kinds too. */
interface Named {
  readonly kind: string;
  readonly id: string;
  readonly code?: string;
  readonly absence?: string;
}

function assessed(questionnaire: Questionnaire, answers: Answers): Assessed {
  return { answers, situation: situationOf(questionnaire, answers), assessment: assess(questionnaire, answers) };
}

/** Whether a sheet does what a goal is about: what must not be, or what must be possible. */
function does(questionnaire: Questionnaire, goal: Goal): (sheet: Assessed) => boolean {
  const { kind, id, code }: Named = goal;
  switch (kind) {
    case 'premise':
    case 'invariant': {
      const invariant = questionnaire.invariants.find((each) => each.id === id);
      if (!invariant || invariant.kind === 'absence-never-milder') throw new Error(`no invariant ${id}`);
      const { expression } = invariant.when;
      const isPremise = ({ situation }: Assessed): boolean => truthOf(situation, expression) === true;
      if (kind === 'premise') return isPremise;
      return (sheet) =>
        isPremise(sheet) &&
        invariant.dispositions.includes(sheet.assessment.disposition) === (invariant.kind === 'never');
    }
    case 'question-asked':
      return ({ situation }) => enablementOf(situation, id) === true;
    case 'rule-fires':
    case 'rule-decides': {
      const rule = questionnaire.rules.find((each) => each.id === id);
      if (!rule) throw new Error(`no rule ${id}`);
      const fires = ({ situation }: Assessed): boolean => truthOf(situation, rule.when.expression) === true;
      if (kind === 'rule-fires') return fires;
      return (sheet) =>
        fires(sheet) &&
        sheet.assessment.findings.every(
          (finding) => finding.rule === id || severityRank(finding.disposition) > severityRank(rule.disposition),
        );
    }
    case 'disposition-reached':
      return ({ assessment }) => assessment.disposition === id;
    case 'value-reached':
      return ({ assessment }) => assessment.values.get(id) === code;
    default:
      throw new Error(`trying every sheet does not know the goal ${kind}: tell here what a sheet does to meet it`);
  }
}

/**
 * In how many answers a sheet departs from the baseline: questions that are not asked do not count, a text counts by
 * what conditions can tell, and a repeat counts once for how many entries it has and once for each entry of the baseline.
 */
function departuresFrom(questionnaire: Questionnaire, baseline: Answers, { answers, situation }: Assessed): number {
  return wholeItems(questionnaire).reduce((count, item) => {
    if (enablementOf(situation, item.linkId) === false) return count;
    const [now, then] = [answers.get(item.linkId), baseline.get(item.linkId)];
    if (item.type !== 'group') return count + (isSame(questionnaire, item, now, then) ? 0 : 1);
    return count + entriesApart(questionnaire, item, now, then);
  }, 0);
}

function entriesApart(
  questionnaire: Questionnaire,
  group: GroupItem,
  now: Answer | undefined,
  then: Answer | undefined,
): number {
  const [entries, before] = [now, then].map((each) => (Array.isArray(each) ? (each as readonly Answers[]) : undefined));
  const isSameState =
    entries && before ? entries.length === before.length : JSON.stringify(now) === JSON.stringify(then);
  const apart = (before ?? []).filter((entry, at) =>
    questionsIn(group).some(
      (field) => !isSame(questionnaire, field, entries?.[at]?.get(field.linkId), entry.get(field.linkId)),
    ),
  );
  return apart.length + (isSameState ? 0 : 1);
}

function isSame(
  questionnaire: Questionnaire,
  item: QuestionItem,
  now: Answer | undefined,
  then: Answer | undefined,
): boolean {
  const meant = (answer: Answer | undefined): unknown => {
    if (item.type !== 'string' || typeof answer !== 'string') return answer;
    return textLike(questionnaire, item, answer);
  };
  return JSON.stringify(meant(now)) === JSON.stringify(meant(then));
}

/** Every way of answering a questionnaire, and what is made of it: undefined where a constraint refuses it. */
class Answerings {
  private readonly questionnaire: Questionnaire;
  private readonly all: readonly { readonly written: Answers; readonly made: Assessed | undefined }[];

  constructor(questionnaire: Questionnaire, made: (answers: Answers) => Assessed | undefined) {
    this.questionnaire = questionnaire;
    this.all = everyAnswering(questionnaire).map((written) => ({
      written,
      made: made(withoutStray(questionnaire, written)),
    }));
  }

  /** All answers and absences of one question, inside a repeat of its first entry, with every way of answering the others. */
  *beside(linkId: string): Iterable<readonly Tried[]> {
    const placed = itemsOf(this.questionnaire).get(linkId);
    const repeat = placed && repeatOf(placed);
    const isField = repeat !== undefined && repeat.linkId !== linkId;
    const groups = new Map<string, Tried[]>();
    for (const { written, made } of this.all) {
      const entries = isField ? written.get(repeat.linkId) : undefined;
      const first = Array.isArray(entries) ? (entries[0] as Answers | undefined) : undefined;
      if (isField && !first) continue;
      const around = first ?? written;
      const rest = new Map(around);
      rest.delete(linkId);
      const others = isField
        ? new Map(written).set(repeat.linkId, [rest, ...(entries as readonly Answers[]).slice(1)])
        : rest;
      const isUsed = made !== undefined && enablementOf(made.situation, linkId) !== false;
      const tried = { answer: around.get(linkId), made, isUsed };
      const key = asText(others);
      groups.set(key, [...(groups.get(key) ?? []), tried]);
    }
    yield* groups.values();
  }
}

interface Tried {
  readonly answer: Answer | undefined;
  readonly made: Assessed | undefined;
  /** The question is asked, or may be. */
  readonly isUsed: boolean;
}

function asText(answers: unknown): string {
  return JSON.stringify(answers, (_key, value) => (value instanceof Map ? [...value] : value));
}

const rankOf = ({ assessment }: Assessed): number => severityRank(assessment.disposition);
const proceed = dispositions.length - 1;

/** An absence is milder than each answer in its place, or proceeds where some answer does not. */
function isMilder(tried: readonly Tried[], absence: string | undefined): boolean {
  const absent = tried.find(({ answer }) =>
    absence === 'left out' ? answer === undefined : isAbsent(answer) && answer.absent === absence,
  )?.made;
  if (!absent) return false;
  const ranks = answered(tried).map(({ made }) => rankOf(made));
  const own = rankOf(absent);
  return (own === proceed && ranks.some((rank) => rank < proceed)) || (ranks.length > 0 && Math.max(...ranks) < own);
}

function answered(tried: readonly Tried[]): readonly (Tried & { readonly made: Assessed })[] {
  return tried.filter(
    (each): each is Tried & { readonly made: Assessed } =>
      each.made !== undefined && each.isUsed && each.answer !== undefined && !isAbsent(each.answer),
  );
}

/** Two answers, one that is the option (where one is given) and one that is not, come to different things. */
function makesADifference(tried: readonly Tried[], questionnaire: Questionnaire, item: Item, code?: string): boolean {
  const is = ({ answer }: Tried): boolean => {
    if (Array.isArray(answer)) return answer.includes(code);
    const score = item.type === 'choice' && item.options.find((option) => option.code === code)?.score;
    return answer === (typeof score === 'number' ? score : code);
  };
  const of = answered(tried).map((each) => ({ is: is(each), outcome: outcomeOf(questionnaire, each.made) }));
  if (code === undefined) return new Set(of.map(({ outcome }) => outcome)).size > 1;
  return of.some((one) => one.is && of.some((other) => !other.is && one.outcome !== other.outcome));
}

function outcomeOf(questionnaire: Questionnaire, { situation, assessment }: Assessed): string {
  const asked = [...itemsOf(questionnaire).keys()].filter((linkId) => enablementOf(situation, linkId) === true);
  return JSON.stringify([assessment.findings.map(({ rule }) => rule).sort(), asked, [...assessment.values]]);
}

/** Goals about an answer that only changes digits which are not shown. */
const unshown = { count: 0 };

/** What a proof has to say, worked out by trying every sheet. */
function expectAsTried(
  questionnaire: Questionnaire,
  sheets: readonly Answers[],
  baseline: Answers,
  proof: Proof,
): void {
  const all = sheets.map((answers) => assessed(questionnaire, answers));
  const byText = new Map(all.map((each) => [asText(each.answers), each]));
  let answerings: Answerings | undefined;
  expect(proof.isChecked).toBe(true);
  for (const outcome of proof.outcomes) {
    const { goal, is } = outcome;
    const { kind, id, code, absence }: Named = goal;
    const name = [kind, id, code, absence].join(' ');
    if (kind === 'absence' || kind === 'answer-matters') {
      answerings ??= new Answerings(questionnaire, (answers) => byText.get(asText(answers)));
      const { item } = itemsOf(questionnaire).get(id) as PlacedItem;
      const isPossible = [...answerings.beside(id)].some((tried) =>
        kind === 'absence' ? isMilder(tried, absence) : makesADifference(tried, questionnaire, item, code),
      );
      // Numbers that differ only in digits which are not shown: a pair is found, and what it shows is the same.
      if (kind === 'answer-matters' && is === 'undecided' && questionnaire.calculated.length > 0) unshown.count += 1;
      else expect(is, name).toBe(isPossible === (goal.expects === 'possible') ? 'as-expected' : 'refuted');
      continue;
    }
    const found = all.filter(does(questionnaire, goal));
    const isPossible = found.length > 0;
    expect(is, name).toBe(isPossible === (goal.expects === 'possible') ? 'as-expected' : 'refuted');
    if (goal.expects === 'impossible' && isPossible) expectNearest(questionnaire, baseline, outcome, found, name);
  }
}

function expectNearest(
  questionnaire: Questionnaire,
  baseline: Answers,
  { goal, witness, isFewest }: Outcome,
  found: readonly Assessed[],
  name: string,
): void {
  if (!witness) throw new Error(`${name} is refuted without a witness`);
  expect(isAccepted(questionnaire, witness.answers), `${name}: the reader takes the witness`).toBe(true);
  const shown = assessed(questionnaire, witness.answers);
  expect(does(questionnaire, goal)(shown), `${name}: the witness does it`).toBe(true);
  expect(witness.assessment).toEqual(shown.assessment);
  // Where typed texts are compared with each other, the baseline's own may have to give way to one like them.
  if (comparesTypedTexts(questionnaire)) return;
  const fewest = Math.min(...found.map((sheet) => departuresFrom(questionnaire, baseline, sheet)));
  expect([isFewest, departuresFrom(questionnaire, baseline, shown)], `${name}: fewest`).toEqual([true, fewest]);
}

/** The goals there must be, by kind and id. */
function goalsOf(questionnaire: Questionnaire): readonly string[] {
  const conditional = [...itemsOf(questionnaire).values()].flatMap(({ item }) => (item.enableWhen ? [item] : []));
  return [
    ...questionnaire.invariants.flatMap(({ id, kind }) =>
      kind === 'absence-never-milder' ? [] : [`premise ${id}`, `invariant ${id}`],
    ),
    ...conditional.map(({ linkId }) => `question-asked ${linkId}`),
    ...questionnaire.rules.flatMap(({ id }) => [`rule-fires ${id}`, `rule-decides ${id}`]),
  ];
}

describe('the prover', () => {
  test(
    'says of every goal of small definitions what trying every answer sheet says',
    () => {
      const tally = { definitions: 0, sheets: 0, goals: 0, refuted: 0 };
      const run = (definition: SmallDefinition, at: number, others: readonly number[]): void => {
        const questionnaire = readSmall(definition);
        fc.pre(questionnaire !== undefined);
        const sheets = everySheet(questionnaire);
        const baseline = sheets[at % sheets.length];
        fc.pre(baseline !== undefined);
        const known = others.flatMap((each) => sheets[each % sheets.length] ?? []);
        const proof = prove(questionnaire, baseline, known);
        expectAsTried(questionnaire, sheets, baseline, proof);
        const told = new Set(proof.outcomes.map(({ goal }) => `${goal.kind} ${goal.id}`));
        const untold = goalsOf(questionnaire).filter((name) => !told.has(name));
        for (const name of untold) {
          const [, linkId = ''] = /^question-asked (.+)$/.exec(name) ?? [];
          const isAlwaysAsked = sheets.every((each) => enablementOf(situationOf(questionnaire, each), linkId) === true);
          expect([name, isAlwaysAsked]).toEqual([name, true]);
        }
        tally.definitions += 1;
        tally.sheets += sheets.length;
        tally.goals += proof.outcomes.length;
        tally.refuted += proof.outcomes.filter(({ is }) => is === 'refuted').length;
      };
      fc.assert(
        fc.property(
          smallDefinition(times === 1 ? 400 : 1_200),
          fc.nat(),
          fc.oneof(fc.constant([]), fc.array(fc.nat(), { maxLength: 4 })),
          run,
        ),
        {
          numRuns: Math.round(300 * times),
          ...(times === 1 && { seed: 2026 }),
          // Also ends the search for a smaller definition where one fails.
          interruptAfterTimeLimit: 500_000 * Math.max(1, times),
        },
      );
      if (times !== 1)
        process.stdout.write(`${JSON.stringify({ ...tally, unshown: unshown.count })}
`);
      expect(tally.definitions, 'tried within the time').toBe(Math.round(300 * times));
      expect(unshown.count).toBeLessThan(tally.goals / 500);
      expect(tally.refuted).toBeGreaterThan(tally.definitions / 2);
    },
    600_000 * Math.max(1, times),
  );
});
