import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerable } from '../../../src/check/prove/model.ts';
import { type Outcome, type Proof, prove } from '../../../src/check/prove/prove.ts';
import { textLike } from '../../../src/check/prove/texts.ts';
import { assess } from '../../../src/engine/assess.ts';
import { itemsOf, questionsIn } from '../../../src/engine/items.ts';
import { enablementOf, type Situation, situationOf, truthOf } from '../../../src/engine/situation.ts';
import type { Answer, Answers } from '../../../src/model/answers.ts';
import type { Assessment } from '../../../src/model/assessment.ts';
import { severityRank } from '../../../src/model/disposition.ts';
import type { GroupItem, QuestionItem, Questionnaire } from '../../../src/model/questionnaire.ts';
import { everySheet, isAccepted, readSmall, type SmallDefinition, smallDefinition } from '../../small-definitions.ts';

/** How many times 300 definitions are tried. */
const times = Number(process.env.PREINFUSE_RUNS ?? 1);

/** A sheet with what the engine that screens makes of it. */
interface Assessed {
  readonly answers: Answers;
  readonly situation: Situation;
  readonly assessment: Assessment;
}

type Goal = Outcome['goal'];

function assessed(questionnaire: Questionnaire, answers: Answers): Assessed {
  return { answers, situation: situationOf(questionnaire, answers), assessment: assess(questionnaire, answers) };
}

/** Whether a sheet does what a goal is about: what must not be, or what must be possible. */
function does(questionnaire: Questionnaire, goal: Goal): (sheet: Assessed) => boolean {
  const { kind, id, code }: { readonly kind: string; readonly id: string; readonly code?: string } = goal;
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
  return answerable(questionnaire).reduce((count, item) => {
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

/** What a proof has to say, worked out by trying every sheet. */
function expectAsTried(
  questionnaire: Questionnaire,
  sheets: readonly Answers[],
  baseline: Answers,
  proof: Proof,
): void {
  const all = sheets.map((answers) => assessed(questionnaire, answers));
  expect(proof.isChecked).toBe(true);
  for (const outcome of proof.outcomes) {
    const { goal, is, witness } = outcome;
    const name = `${goal.kind} ${goal.id}`;
    const found = all.filter(does(questionnaire, goal));
    const isPossible = found.length > 0;
    expect(is, name).toBe(isPossible === (goal.expects === 'possible') ? 'as-expected' : 'refuted');
    if (goal.expects !== 'impossible' || !isPossible) continue;
    if (!witness) throw new Error(`${name} is refuted without a witness`);
    expect(isAccepted(questionnaire, witness.answers), `${name}: the reader takes the witness`).toBe(true);
    const shown = assessed(questionnaire, witness.answers);
    expect(does(questionnaire, goal)(shown), `${name}: the witness does it`).toBe(true);
    expect(witness.assessment).toEqual(shown.assessment);
    const fewest = Math.min(...found.map((sheet) => departuresFrom(questionnaire, baseline, sheet)));
    expect([outcome.isFewest, departuresFrom(questionnaire, baseline, shown)], `${name}: fewest`).toEqual([
      true,
      fewest,
    ]);
  }
}

/** The goals there must be, by kind and id. */
function goalsOf(questionnaire: Questionnaire): readonly string[] {
  const conditional = [...itemsOf(questionnaire).values()].flatMap(({ item }) => (item.enableWhen ? [item] : []));
  return [
    ...questionnaire.invariants.flatMap(({ id }) => [`premise ${id}`, `invariant ${id}`]),
    ...conditional.map(({ linkId }) => `question-asked ${linkId}`),
    ...questionnaire.rules.flatMap(({ id }) => [`rule-fires ${id}`, `rule-decides ${id}`]),
  ];
}

describe('the prover', () => {
  test(
    'says of every goal of small definitions what trying every answer sheet says',
    () => {
      const tally = { definitions: 0, sheets: 0, goals: 0, refuted: 0, missing: 0 };
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
          smallDefinition(1_200),
          fc.nat(),
          fc.oneof(fc.constant([]), fc.array(fc.nat(), { maxLength: 4 })),
          run,
        ),
        { numRuns: Math.round(300 * times), ...(times === 1 && { seed: 2026 }) },
      );
      process.stdout.write(`${JSON.stringify(tally)}\n`);
      expect(tally.refuted).toBeGreaterThan(tally.definitions / 2);
    },
    60_000 * Math.max(1, times),
  );
});
