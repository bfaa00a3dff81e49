import { type Answers, isEntries, isSameAnswer } from '../model/answers.ts';
import type { Assessment, Finding } from '../model/assessment.ts';
import type { ClearingEdit } from '../model/clearing-edit.ts';
import { consentForm } from '../model/disposition.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { assess } from './assess.ts';
import { wholeItems } from './items.ts';

/**
 * The clearing edits in one step from answers to answers, which must be accepted ones (`refusal`): none where only new answers
 * came. Several where more than one finding goes.
 */
export function clearingEdits(
  questionnaire: Questionnaire,
  before: Answers,
  after: Answers,
  at: number,
): readonly ClearingEdit[] {
  const edited = [...before.keys()].filter((linkId) => isEdited(questionnaire, before, after, linkId));
  if (edited.length === 0) return [];
  const later = new Map(assess(questionnaire, after).findings.map((finding) => [finding.rule, finding]));
  return assess(questionnaire, before)
    .findings.filter(isInTheWay)
    .flatMap((finding) => {
      const cleared = clearedBy(edited, finding, later.get(finding.rule));
      if (cleared.length === 0) return [];
      const { rule, disposition } = finding;
      return [{ at, rule, disposition, before: only(before, cleared), after: only(after, cleared) }];
    });
}

/** A list that grows while it is being given, before any question behind it is answered, only gets new answers. */
function isEdited(questionnaire: Questionnaire, before: Answers, after: Answers, linkId: string): boolean {
  const [was, is] = [before.get(linkId), after.get(linkId)];
  if (isSameAnswer(was, is)) return false;
  if (!isEntries(was) || !isEntries(is)) return true;
  const asked = wholeItems(questionnaire).map((item) => item.linkId);
  const isBeingGiven = !asked.slice(asked.indexOf(linkId) + 1).some((each) => before.has(each));
  return !isBeingGiven || !was.every((entry, index) => isWithin(entry, is[index]));
}

function isWithin(entry: Answers, other: Answers | undefined): boolean {
  return [...entry].every(([linkId, answer]) => isSameAnswer(answer, other?.get(linkId)));
}

/** The edits whose finding is out of the way in the end, whatever came between. */
export function editsThatCleared(edits: readonly ClearingEdit[], { findings }: Assessment): readonly ClearingEdit[] {
  const inTheWay = new Set(findings.filter(isInTheWay).map(({ rule }) => rule));
  return edits.filter(({ rule }) => !inTheWay.has(rule));
}

function isInTheWay({ disposition }: Finding): boolean {
  return consentForm[disposition] !== 'always';
}

/**
 * Those of the edited answers that a finding rested on and does not any more, or that no longer settle it. A finding that is gone
 * for another reason, such as a question that is not asked any more, is put to all of them.
 */
function clearedBy(edited: readonly string[], finding: Finding, later: Finding | undefined): readonly string[] {
  const still = later !== undefined && isInTheWay(later) ? later : undefined;
  const isUnsettled = still === undefined || (finding.absent.length === 0 && still.absent.length > 0);
  const own = edited.filter((linkId) => restsOn(finding, linkId));
  if (own.length === 0) return isUnsettled ? edited : [];
  return own.filter((linkId) => isUnsettled || !restsOn(still, linkId));
}

/** A path such as `trial[2].dose` belongs to the repeat `trial`. */
function restsOn({ because, absent }: Finding, linkId: string): boolean {
  return [...because, ...absent].some((path) => path === linkId || path.startsWith(`${linkId}[`));
}

function only(answers: Answers, linkIds: readonly string[]): Answers {
  return new Map([...answers].filter(([linkId]) => linkIds.includes(linkId)));
}
