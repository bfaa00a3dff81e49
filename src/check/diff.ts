import { itemsOf, questionsIn } from '../engine/items.ts';
import { readAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import { formatDecimal } from '../model/decimal.ts';
import { severityRank } from '../model/disposition.ts';
import {
  type GroupItem,
  type Item,
  isNumberItem,
  type NumberItem,
  type Questionnaire,
} from '../model/questionnaire.ts';
import type { Difference, Edition, InsideMove, Move, OneSided } from '../report/diff.ts';
import { quantity, unitWords } from '../report/unit-words.ts';
import { departuresOf, type Side, witnessOf } from './diff-applicant.ts';
import { nearestOf } from './diff-example.ts';
import { partChanges, renameNotes } from './diff-parts.ts';
import { type Applicant, Comparison, type Inside } from './prove/compare.ts';
import { noRenames, type Renames, renamed, renamedSheet } from './renames.ts';

/** The unremarkable applicant of each definition, as JSON by linkId; the old one in the old names. */
export interface Baselines {
  readonly old: unknown;
  readonly new: unknown;
}

/**
 * What differs between two definitions: who ends in another disposition, proved over every answer sheet that both take,
 * and what was changed. `renames` says what of the old definition the new one calls otherwise. Every applicant that is
 * shown was put through the engine under both. Never throws.
 */
export function diffDefinitions(
  old: Questionnaire,
  next: Questionnaire,
  baselines: Baselines,
  renames: Renames = noRenames,
): Difference {
  const before = renamed(old, renames);
  const sides = sidesOf(before, next, { ...baselines, old: renamedSheet(baselines.old, renames) });
  const comparison = Comparison.between(before, next, { old: sides.old.baseline, new: sides.new.baseline });
  const outcomes = movesIn(comparison, sides);
  const inside = insideIn(comparison, sides);
  const refused = refusedIn(comparison, sides);
  return {
    old: editionOf(old),
    new: editionOf(next),
    moves: outcomes.moves,
    inside: inside.moves,
    undecided: [...outcomes.undecided, ...inside.undecided, ...refused.undecided],
    isChecked: comparison.isChecked(),
    oneSided: [...takenByOne(before, next), ...refused.oneSided],
    ...partChanges(before, next, renames),
    renameNotes: renameNotes(before, next),
  };
}

function editionOf({ id, version, title }: Questionnaire): Edition {
  return { id, version, title };
}

interface Sides {
  readonly old: Side;
  readonly new: Side;
}

/**
 * One unremarkable applicant for both: what the new definition says of a question that both ask stands for the old one
 * too, where the old one takes it.
 */
function sidesOf(old: Questionnaire, next: Questionnaire, baselines: Baselines): Sides {
  const own = sheetOf(baselines.old);
  const shared = Object.entries(sheetOf(baselines.new)).filter(([key]) => Object.hasOwn(own, key));
  const takes = ([key, value]: readonly [string, unknown]): boolean =>
    readAnswers(old, { [key]: value }).errors.every(({ code }) => code === 'not-enabled' || code === 'constraint');
  const merged = { ...own, ...Object.fromEntries(shared.filter(takes)) };
  const isWhole = readAnswers(old, merged).errors.length === 0;
  return {
    old: { questionnaire: old, baseline: answersOf(old, isWhole ? merged : own) },
    new: { questionnaire: next, baseline: answersOf(next, baselines.new) },
  };
}

function sheetOf(sheet: unknown): Readonly<Record<string, unknown>> {
  return typeof sheet === 'object' && sheet !== null ? (sheet as Readonly<Record<string, unknown>>) : {};
}

function answersOf(questionnaire: Questionnaire, sheet: unknown): Answers {
  return readAnswers(questionnaire, sheet).answers;
}

interface Outcomes<Each> {
  readonly moves: readonly Each[];
  readonly undecided: readonly string[];
}

function movesIn(comparison: Comparison, { old, new: next }: Sides): Outcomes<Move> {
  const pairs = comparison.pairsMovedBetween();
  if (!pairs) return { moves: [], undecided: ['whether somebody moves from one disposition to another'] };
  const found = pairs.map((pair) => ({ ...pair, found: comparison.whoMoves(pair.from, pair.to) }));
  const moves = found.flatMap(({ from, to, found: each }): readonly Move[] => {
    if (each.is !== 'applicant') return [];
    const direction = severityRank(to) > severityRank(from) ? 'loosened' : 'tightened';
    return [{ direction, ...witnessOf(old, next, nearestOf(old, next, each.applicant)) }];
  });
  const far = ({ was, now }: Move): number => Math.abs(severityRank(was.disposition) - severityRank(now.disposition));
  const ofOne = (direction: Move['direction']): readonly Move[] =>
    moves.filter((move) => move.direction === direction).sort((a, b) => far(b) - far(a));
  return {
    moves: [...ofOne('loosened'), ...ofOne('tightened')],
    undecided: found
      .filter((each) => each.found.is !== 'applicant')
      .map(({ from, to }) => `whether somebody moves from ${from} to ${to}`),
  };
}

const insideWords: Readonly<Record<Inside, string>> = {
  findings: 'whether the findings of somebody differ inside one disposition',
  asked: 'whether somebody is asked other questions inside one disposition',
  values: 'whether a calculated value of somebody differs inside one disposition',
};

function insideIn(comparison: Comparison, { old, new: next }: Sides): Outcomes<InsideMove> {
  const found = (['findings', 'asked', 'values'] as const).map((what) => ({
    what,
    found: comparison.whoDiffersInside(what),
  }));
  return {
    moves: found.flatMap(({ what, found: each }): readonly InsideMove[] => {
      if (each.is !== 'applicant') return [];
      const applicant = nearestOf(old, next, each.applicant, (one) => detailsOf(what, one));
      return [{ what, details: detailsOf(what, applicant), ...witnessOf(old, next, applicant) }];
    }),
    undecided: found.filter((each) => each.found.is === 'undecided').map(({ what }) => insideWords[what]),
  };
}

function detailsOf(what: Inside, applicant: Applicant): readonly string[] {
  const [was, now] = [applicant.old.observation, applicant.new.observation];
  switch (what) {
    case 'findings': {
      const [before, after] = [was, now].map(({ assessment }) => assessment.findings.map(({ rule }) => rule));
      return cameAndWent(before ?? [], after ?? [], 'found');
    }
    case 'asked':
      return cameAndWent(was.asked, now.asked, 'asked');
    case 'values': {
      const names = [...new Set([...was.assessment.values.keys(), ...now.assessment.values.keys()])];
      return names.flatMap((name) => {
        const [a, b] = [was, now].map(({ assessment }) => String(assessment.values.get(name) ?? 'no value'));
        return a === b ? [] : [`${name} ${b}, was ${a}`];
      });
    }
  }
}

function cameAndWent(before: readonly string[], after: readonly string[], word: string): readonly string[] {
  return [
    ...before.filter((each) => !after.includes(each)).map((each) => `${each} no longer ${word}`),
    ...after.filter((each) => !before.includes(each)).map((each) => `${each} ${word}`),
  ];
}

function refusedIn(
  comparison: Comparison,
  { old, new: next }: Sides,
): { readonly oneSided: readonly OneSided[]; readonly undecided: readonly string[] } {
  const found = comparison.whoIsRefusedByOne();
  if (found.is === 'no-applicant') return { oneSided: [], undecided: [] };
  if (found.is === 'undecided')
    return { oneSided: [], undecided: ['whether both take the same combinations of answers'] };
  const { applicant } = found;
  const [broken] = (['old', 'new'] as const)
    .map((side) => {
      const { questionnaire } = side === 'old' ? old : next;
      const error = readAnswers(questionnaire, witnessOf(old, next, applicant).sheets[side]).errors[0];
      return error && { takenBy: side === 'old' ? ('new' as const) : ('old' as const), ...error };
    })
    .filter((each) => each !== undefined);
  if (!broken) return { oneSided: [], undecided: ['whether both take the same combinations of answers'] };
  const { takenBy, linkId, message } = broken;
  const what = `a combination of answers that the other refuses: ${message}`;
  return { oneSided: [{ takenBy, linkId, what, departures: departuresOf(old, next, applicant) }], undecided: [] };
}

/* Answers to one question that only one definition takes */

function takenByOne(old: Questionnaire, next: Questionnaire): readonly OneSided[] {
  return [...itemsOf(next)].flatMap(([linkId, { item }]) => {
    const before = itemsOf(old).get(linkId)?.item;
    if (!before) return [];
    return [
      ...beyond(item, before, next).map((what): OneSided => ({ takenBy: 'new', linkId, what })),
      ...beyond(before, item, old).map((what): OneSided => ({ takenBy: 'old', linkId, what })),
    ];
  });
}

/** What `item` takes and `other` does not. Questions of another type or unit have no answer in common to speak of. */
function beyond(item: Item, other: Item, questionnaire: Questionnaire): readonly string[] {
  const absences = item.mayBeAbsent && !other.mayBeAbsent && isAnswered(item) ? ['unknown and declined'] : [];
  if (isNumberItem(item) && isNumberItem(other)) {
    return item.unit === other.unit ? [...numbersBeyond(item, other, questionnaire), ...absences] : absences;
  }
  if (item.type === 'choice' && other.type === 'choice') {
    const codes = new Set(other.options.map(({ code }) => code));
    return [
      ...item.options.filter(({ code }) => !codes.has(code)).map(({ code }) => `the option ${code}`),
      ...absences,
    ];
  }
  if (item.type === 'string' && other.type === 'string') {
    const isLonger = item.maxLength > other.maxLength;
    return [...(isLonger ? [`texts of more than ${other.maxLength} characters`] : []), ...absences];
  }
  if (item.type === 'group' && other.type === 'group') return [...entriesBeyond(item, other), ...absences];
  return absences;
}

function isAnswered(item: Item): boolean {
  return item.type !== 'group' || (item.repeats !== undefined && questionsIn(item).length > 0);
}

function numbersBeyond(item: NumberItem, other: NumberItem, questionnaire: Questionnaire): readonly string[] {
  const unit = unitWords(questionnaire, item.unit);
  const factor = 10 ** Math.max(item.decimals, other.decimals);
  const exact = (value: number, { decimals }: NumberItem): number => value * (factor / 10 ** decimals);
  const words = (value: number): string => quantity(formatDecimal(value, other.decimals), unit);
  return [
    ...(exact(item.min, item) < exact(other.min, other) ? [`less than ${words(other.min)}`] : []),
    ...(exact(item.max, item) > exact(other.max, other) ? [`more than ${words(other.max)}`] : []),
    ...(item.decimals > other.decimals ? [`${counted(item.decimals, 'digit')} after the point`] : []),
  ];
}

function entriesBeyond({ repeats }: GroupItem, other: GroupItem): readonly string[] {
  if (!repeats || !other.repeats) return [];
  return [
    ...(repeats.max > other.repeats.max ? [`more than ${counted(other.repeats.max, 'entry', 'entries')}`] : []),
    ...(repeats.min < other.repeats.min ? [`fewer than ${counted(other.repeats.min, 'entry', 'entries')}`] : []),
  ];
}
