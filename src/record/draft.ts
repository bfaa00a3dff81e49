import { expiredOn, type Given, visitIn, visitQuestion, windowsOf, without } from '../engine/validity.ts';
import { readAnswers, writeAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { ClearingEdit } from '../model/clearing-edit.ts';
import { type DayNumber, formatDate, parseDate } from '../model/local-date.ts';
import { type Questionnaire, questionnaireName } from '../model/questionnaire.ts';
import { type TeachBackOutcome, teachBackOutcomes } from '../model/teach-back.ts';
import { emergencyRules } from '../wizard/moves.ts';
import type { Told } from '../wizard/state.ts';

/** A screening that is not finished. */
export interface Draft {
  /** Says nothing of the patient: `7F3K-20QX`. */
  readonly id: string;
  readonly started: Date;
  readonly saved: Date;
  /** Title of the section reached. */
  readonly section: string;
  /** Answers that count. */
  readonly used: Answers;
  /** Answers to questions that are not asked any more. */
  readonly setAside: Answers;
  readonly skipped: Iterable<string>;
  readonly closed: Iterable<string>;
  readonly told: readonly Told[];
  /** What came of the questions to the patient, by id. */
  readonly outcomes: ReadonlyMap<string, TeachBackOutcome>;
  /** Answers that an earlier day than that of the visit gave. */
  readonly earlier: Given['earlier'];
  /** Edits after which something no longer stood in the way, first to last. */
  readonly edits: readonly ClearingEdit[];
}

/** A draft as it was found. `lost` counts answers that the definition no longer takes. */
export interface FoundDraft {
  readonly id: string;
  readonly started: Date;
  readonly answers: Answers;
  readonly lost: number;
  /** Counts answers that were past their time and are asked again. */
  readonly expired: number;
  /** Emergencies, by rule id, that the answers past their time held. */
  readonly past: { readonly visit: DayNumber; readonly rules: readonly string[] } | undefined;
  readonly earlier: Given['earlier'];
  readonly edits: readonly ClearingEdit[];
  readonly skipped: readonly string[];
  readonly closed: readonly string[];
  readonly told: readonly Told[];
  readonly outcomes: ReadonlyMap<string, TeachBackOutcome>;
  /** The definition was another one when it was saved. */
  readonly isOtherDefinition: boolean;
}

/** A draft as it is sealed. */
export interface DraftDocument {
  readonly format: 1;
  readonly id: string;
  readonly questionnaire: string;
  readonly digest: string;
  readonly started: string;
  readonly saved: string;
  readonly section: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly setAside: Readonly<Record<string, unknown>>;
  readonly skipped: readonly string[];
  readonly closed: readonly string[];
  readonly told: readonly { readonly rules: readonly string[]; readonly who: string; readonly at: string }[];
  readonly teachBack?: Readonly<Record<string, TeachBackOutcome>>;
  readonly given?: Readonly<Record<string, string>>;
  readonly edits?: readonly EditDocument[];
}

/** A clearing edit as it is sealed: the edited answers as in an answer sheet. */
export interface EditDocument {
  readonly at: string;
  readonly rule: string;
  readonly disposition: ClearingEdit['disposition'];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

export function writeDraft(draft: Draft, questionnaire: Questionnaire, digest: string): DraftDocument {
  return {
    format: 1,
    id: draft.id,
    questionnaire: questionnaireName(questionnaire),
    digest,
    started: draft.started.toISOString(),
    saved: draft.saved.toISOString(),
    section: draft.section,
    answers: writeAnswers(questionnaire, draft.used),
    setAside: writeAnswers(questionnaire, draft.setAside),
    skipped: [...draft.skipped],
    closed: [...draft.closed],
    told: writeTold(draft.told),
    ...(draft.outcomes.size > 0 && { teachBack: Object.fromEntries(draft.outcomes) }),
    ...(draft.earlier.size > 0 && { given: writeGiven(draft.earlier) }),
    ...(draft.edits.length > 0 && { edits: writeEdits(questionnaire, draft.edits) }),
  };
}

export function writeTold(told: readonly Told[]): DraftDocument['told'] {
  return told.map(({ rules, who, at }) => ({ rules, who, at: new Date(at).toISOString() }));
}

export function writeEdits(questionnaire: Questionnaire, edits: readonly ClearingEdit[]): readonly EditDocument[] {
  return edits.map(({ at, before, after, ...edit }) => ({
    ...edit,
    at: new Date(at).toISOString(),
    before: writeAnswers(questionnaire, before),
    after: writeAnswers(questionnaire, after),
  }));
}

/** The inverse of `writeEdits`, without answers that the definition no longer takes. */
export function readEdits(questionnaire: Questionnaire, edits: readonly EditDocument[] = []): readonly ClearingEdit[] {
  return edits.map(({ at, before, after, ...edit }) => ({
    ...edit,
    at: Date.parse(at),
    before: readAnswers(questionnaire, before).answers,
    after: readAnswers(questionnaire, after).answers,
  }));
}

export function writeGiven(earlier: Given['earlier']): Readonly<Record<string, string>> {
  return Object.fromEntries([...earlier].map(([linkId, day]) => [linkId, formatDate(day)]));
}

export function readGiven(given: Readonly<Record<string, string>> = {}): Given['earlier'] {
  return new Map(
    Object.entries(given).flatMap(([linkId, text]) => {
      const day = parseDate(text);
      return day === undefined ? [] : [[linkId, day] as const];
    }),
  );
}

/**
 * A draft for the definition at hand and the day on which it goes on. On another day than that of its visit, the visit is asked
 * anew with what is past its time, and what still holds keeps the day it was given on.
 */
export function readDraft(
  document: DraftDocument,
  questionnaire: Questionnaire,
  digest: string,
  today: DayNumber,
): FoundDraft {
  const read = [document.answers, document.setAside].map((sheet) => readAnswers(questionnaire, sheet).answers);
  const answers = new Map(read.flatMap((each) => [...each]));
  const { kept, expired, earlier } = onAnotherDay(questionnaire, answers, readGiven(document.given), today);
  return {
    id: document.id,
    started: new Date(document.started),
    answers: kept,
    lost: Object.keys({ ...document.answers, ...document.setAside }).length - answers.size,
    expired,
    past: expired > 0 ? pastEmergencies(questionnaire, answers, kept) : undefined,
    earlier,
    edits: readEdits(questionnaire, document.edits),
    skipped: document.skipped,
    closed: document.closed.filter((linkId) => kept.has(linkId) || !answers.has(linkId)),
    told: document.told.map(({ rules, who, at }) => ({ rules, who, at: new Date(at).getTime() })),
    outcomes: new Map(
      Object.entries(document.teachBack ?? {}).filter(([, outcome]) => teachBackOutcomes.includes(outcome)),
    ),
    isOtherDefinition: document.digest !== digest || document.questionnaire !== questionnaireName(questionnaire),
  };
}

/** An emergency does not end with its day: that the answers to it are asked anew must not hide it. */
function pastEmergencies(questionnaire: Questionnaire, answers: Answers, kept: Answers): FoundDraft['past'] {
  const visit = visitIn(questionnaire, answers);
  const held = emergencyRules(questionnaire, kept);
  const rules = emergencyRules(questionnaire, answers).filter((rule) => !held.includes(rule));
  return visit === undefined || rules.length === 0 ? undefined : { visit, rules };
}

/** What is left of answers on a later day. */
export function onAnotherDay(
  questionnaire: Questionnaire,
  answers: Answers,
  earlier: Given['earlier'],
  today: DayNumber,
): { readonly kept: Answers; readonly expired: number; readonly earlier: Given['earlier'] } {
  const visit = visitIn(questionnaire, answers);
  if (visit === undefined) return { kept: answers, expired: 0, earlier };
  const expired = expiredOn(questionnaire, answers, { visit, earlier }, today);
  if (visit >= today && expired.length === 0) return { kept: answers, expired: 0, earlier };
  const kept = without(answers, expired);
  const windowed = windowsOf(questionnaire).flatMap(({ linkIds }) => linkIds);
  return {
    kept: without(kept, [visitQuestion(questionnaire) ?? '']),
    expired: expired.length,
    earlier: new Map(
      windowed.filter((linkId) => kept.has(linkId)).map((linkId) => [linkId, earlier.get(linkId) ?? visit]),
    ),
  };
}
