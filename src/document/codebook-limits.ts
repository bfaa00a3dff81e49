import { brokenConstraints, strayAnswers } from '../engine/accept.ts';
import { assess } from '../engine/assess.ts';
import { operandsOf } from '../engine/because.ts';
import { evaluate } from '../engine/evaluate.ts';
import { itemsOf, repeatOf } from '../engine/items.ts';
import { situationOf, truthOf } from '../engine/situation.ts';
import type { Answers } from '../model/answers.ts';
import { atScale } from '../model/decimal.ts';
import { severityRank } from '../model/disposition.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import { isNumberItem, type Questionnaire } from '../model/questionnaire.ts';
import { answerText } from '../report/answer-text.ts';
import type { Limit, LimitPatient } from '../report/codebook.ts';
import { comparisonInWords } from '../report/condition-words.ts';
import { calculatedIn } from '../report/plain-english.ts';
import { answersToTry, type Compare, isFixedNumber, LimitSearch, type Side, sides } from './codebook-search.ts';

/** A condition that compares a number with a fixed one, and what it decides. */
interface Comparison {
  readonly compare: Compare;
  readonly condition: Expression;
  readonly decides: string;
}

/**
 * For every comparison of a number with a fixed one, in rules and in what decides whether a question is asked: patients
 * just below, at and just above it. Each starts from `baseline` and changes as few answers as were found to do; the
 * engine says what they come to. A side that no such patient was found for is left out.
 */
export function limitsOf(questionnaire: Questionnaire, baseline: Answers): readonly Limit[] {
  const found = new Map<string, Limit>();
  for (const comparison of comparisonsIn(questionnaire)) {
    const { subject, limit } = comparisonInWords(questionnaire, comparison.compare);
    const key = JSON.stringify([subject, limit, comparison.decides]);
    if (found.has(key)) continue;
    const patients = patientsAround(comparison, questionnaire, baseline);
    if (patients.length > 0) found.set(key, { subject, limit, rules: [comparison.decides], patients });
  }
  return [...found.values()];
}

function comparisonsIn(questionnaire: Questionnaire): readonly Comparison[] {
  const of = (condition: Expression, decides: string): readonly Comparison[] =>
    [condition, ...calculatedIn(questionnaire, condition).map(({ value }) => value.expression)]
      .flatMap(comparesIn)
      .map((compare) => ({ compare, condition, decides }));
  const gates = [...itemsOf(questionnaire).values()].flatMap(({ item }) =>
    item.enableWhen ? of(item.enableWhen.expression, `whether “${item.text}” is asked`) : [],
  );
  return [...questionnaire.rules.flatMap(({ id, when }) => of(when.expression, id)), ...gates];
}

function comparesIn(expression: Expression): readonly Compare[] {
  const inside = partsOf(expression).flatMap(comparesIn);
  const isLimit = expression.kind === 'compare' && expression.left.type.is === 'number' && hasFixedSide(expression);
  return isLimit ? [expression, ...inside] : inside;
}

/** One side has no answer in it but in the divisor of a quotient, so it has a fixed number. */
function hasFixedSide({ left, right }: Compare): boolean {
  return [left, right].some((side) => isFixedNumber(side));
}

/* Patients */

/** The patients in the first setting in which the limit changes what the condition comes to. */
function patientsAround(
  { compare, condition }: Comparison,
  questionnaire: Questionnaire,
  baseline: Answers,
): readonly LimitPatient[] {
  const member = entryField(compare);
  if (member) return entryPatients(member, compare, questionnaire, baseline);
  const search = new LimitSearch(questionnaire, compare);
  let first: readonly LimitPatient[] | undefined;
  for (const setting of settings(questionnaire, condition, compare, baseline)) {
    const start = search.started(setting);
    if (!start) continue;
    const sheets = sides.flatMap((side) => {
      const answers = search.reach(start, side);
      return answers ? [{ side, answers: completed(questionnaire, answers, setting) }] : [];
    });
    const accepted = sheets.filter(({ answers }) => brokenConstraints(questionnaire, answers).length === 0);
    const truths = accepted.map(({ answers }) => truthOf(situationOf(questionnaire, answers), condition));
    const patients = accepted.map(({ side, answers }) => patient(side, answers, questionnaire, baseline, compare));
    if (new Set(truths).size > 1) return patients;
    first ??= patients;
  }
  return first ?? [];
}

/** The question inside a repeat that a comparison is of; undefined for any other comparison. */
function entryField({ left, right }: Compare): string | undefined {
  const fields = [left, right].flatMap((side) => {
    const plain = side.kind === 'rescale' ? side.of : side;
    return plain.kind === 'member' ? [plain.linkId] : [];
  });
  return fields[0];
}

/** The baseline with the answer in its first entry moved around the limit. */
function entryPatients(
  linkId: string,
  compare: Compare,
  questionnaire: Questionnaire,
  baseline: Answers,
): readonly LimitPatient[] {
  const placed = itemsOf(questionnaire).get(linkId);
  const repeat = placed && repeatOf(placed);
  const entries = repeat && baseline.get(repeat.linkId);
  const limit = [compare.left, compare.right].find(isFixedNumber);
  if (!placed || placed.item.type === 'group' || !repeat || !Array.isArray(entries) || entries.length === 0) return [];
  const { item } = placed;
  if (!isNumberItem(item) || !limit) return [];
  const at = fixedValue(limit, item.decimals);
  if (at === undefined) return [];
  return sides.flatMap((side, index) => {
    const value = at + index - 1;
    if (value < item.min || value > item.max) return [];
    const moved = entries.map((entry: Answers, n) => (n === 0 ? new Map(entry).set(linkId, value) : entry));
    const answers = new Map(baseline).set(repeat.linkId, moved);
    const told = patient(side, answers, questionnaire, baseline, compare);
    const words = answerText(item, value);
    return [{ ...told, value: words, changes: [`${repeat.repeats?.entry ?? repeat.text} 1, ${item.text}: ${words}`] }];
  });
}

function fixedValue(limit: Expression, decimals: number): number | undefined {
  const plain = limit.kind === 'rescale' ? limit.of : limit;
  const isFixed = plain.kind === 'literal' || plain.kind === 'parameter';
  if (!isFixed || typeof plain.value !== 'number' || plain.type.is !== 'number') return undefined;
  return atScale({ value: plain.value, scale: plain.type.scale }, decimals);
}

/** The baseline, and the baseline with one other answer of the condition changed. */
function* settings(
  questionnaire: Questionnaire,
  condition: Expression,
  compare: Compare,
  baseline: Answers,
): Iterable<Answers> {
  yield baseline;
  const compared = operandsOf(questionnaire, compare);
  for (const linkId of operandsOf(questionnaire, condition)) {
    const item = itemsOf(questionnaire).get(linkId)?.item;
    if (!item || compared.has(linkId)) continue;
    for (const answer of answersToTry(item)) yield new Map(baseline).set(linkId, answer);
  }
}

/**
 * Answers that a patient could give: none to a question that is not asked; to one that is asked now and was not before,
 * the answer of `wanted`, else the one that comes to the mildest outcome.
 */
function completed(questionnaire: Questionnaire, answers: Answers, wanted: Answers): Answers {
  let sheet = withoutStray(questionnaire, answers);
  for (let round = 0; round < 20; round += 1) {
    const [path] = assess(questionnaire, sheet).notAsked;
    const item = path === undefined ? undefined : itemsOf(questionnaire).get(path)?.item;
    if (path === undefined || !item) break;
    const given = wanted.get(path);
    const tried = (given === undefined ? answersToTry(item) : [given]).map((answer) =>
      new Map(sheet).set(path, answer),
    );
    const mildest = tried.sort((a, b) => badness(questionnaire, a) - badness(questionnaire, b))[0];
    if (!mildest) break;
    sheet = withoutStray(questionnaire, mildest);
  }
  return sheet;
}

function badness(questionnaire: Questionnaire, answers: Answers): number {
  const { disposition, findings } = assess(questionnaire, answers);
  return findings.length - 100 * severityRank(disposition);
}

function withoutStray(questionnaire: Questionnaire, answers: Answers): Answers {
  const stray = new Set(strayAnswers(questionnaire, answers));
  return stray.size === 0 ? answers : new Map([...answers].filter(([linkId]) => !stray.has(linkId)));
}

function patient(
  side: Side,
  answers: Answers,
  questionnaire: Questionnaire,
  baseline: Answers,
  compare: Compare,
): LimitPatient {
  const { disposition, findings, values } = assess(questionnaire, answers);
  const { write } = comparisonInWords(questionnaire, compare);
  const situation = situationOf(questionnaire, answers);
  return {
    side,
    value: write(values, (expression) => evaluate(expression, situation)),
    disposition,
    findings: findings.map(({ rule, absent }) => (absent.length > 0 ? `${rule} (missing answer)` : rule)),
    changes: changesIn(questionnaire, answers, baseline),
  };
}

function changesIn(questionnaire: Questionnaire, answers: Answers, baseline: Answers): readonly string[] {
  return [...itemsOf(questionnaire).values()].flatMap(({ item }) => {
    const [now, before] = [answers.get(item.linkId), baseline.get(item.linkId)];
    if (now === before) return [];
    return [`${item.text}: ${now === undefined ? 'not asked' : answerText(item, now)}`];
  });
}
