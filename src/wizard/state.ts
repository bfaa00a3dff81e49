import type { Answer, Answers } from '../model/answers.ts';
import type { DayNumber } from '../model/local-date.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { TeachBackOutcome } from '../model/teach-back.ts';
import type { TeachBackBlock } from '../model/template.ts';
import type { ClinicWords } from '../report/clinic-words.ts';
import { type EditLine, emptyLine } from './edit-line.ts';
import type { Place, Progress } from './steps.ts';

/** That somebody was told of an emergency: which rules, whom, and when in milliseconds since 1970. */
export interface Told {
  readonly rules: readonly string[];
  readonly who: string;
  readonly at: number;
}

/** What a question shows and holds while it is answered. `highlight` is -1 where nothing is chosen yet. */
export interface AskPage {
  readonly kind: 'ask';
  readonly place: Place;
  readonly line: EditLine;
  readonly highlight: number;
  /** Codes of a choice of several, as chosen so far. */
  readonly chosen: readonly string[];
  /** An answer whose meaning is shown, and that Enter records. */
  readonly pending?: Answer;
  /** Where the list of reasons for no answer is open: what is highlighted in it, -1 for nothing. */
  readonly absence?: number;
  /** Which suggested name Tab takes next. */
  readonly suggestion?: number;
  /** The entry of a repeat that is about to be removed. */
  readonly removing?: number;
}

export interface EmergencyPage {
  readonly kind: 'emergency';
  readonly rules: readonly string[];
  readonly line: EditLine;
  /** Whom was told, once that is typed: then it is chosen how to go on. */
  readonly who?: string;
  readonly highlight: number;
}

export interface ReviewPage {
  readonly kind: 'review';
  readonly line: EditLine;
  /** The section whose answers are shown. */
  readonly open?: number;
  /** The answers before the change that the review comes back from. */
  readonly since?: Answers;
}

/** A question to the patient in their own words. `index` past the last: what came of them. */
export interface TeachBackPage {
  readonly kind: 'teach-back';
  readonly index: number;
  /** Of the outcomes; -1 where none is chosen yet. */
  readonly highlight: number;
}

export type Page =
  | AskPage
  | TeachBackPage
  | EmergencyPage
  | ReviewPage
  | { readonly kind: 'notice'; readonly lines: readonly string[] };

/**
 * How a session ended. `stopped-in-emergency`: at the emergency page, where the disposition is settled. `not-yet`: all is
 * answered, and the patient cannot yet say back what was explained.
 */
export type Ending = 'finished' | 'not-yet' | 'stopped' | 'interrupted' | 'stopped-in-emergency';

/** An answer in words, and the question it was given to. */
export interface Recorded {
  readonly question: string;
  readonly answer: string;
}

/** The questions to the patient in the languages of the other forms: by language, by id of the question. */
export interface PatientWords {
  /** The answer that says which of them the patient reads, or the one that was asked for. */
  readonly language: { readonly linkId: string } | { readonly code: string };
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A screening under way. A plain value: every key gives a new one. */
export interface WizardState extends Progress {
  readonly questionnaire: Questionnaire;
  /** The day of the visit, and the one that relative dates count from. */
  readonly today: DayNumber;
  /** A digit only highlights, and Enter accepts. */
  readonly needsEnter: boolean;
  readonly clinic: ClinicWords;
  readonly told: readonly Told[];
  /** Emergency rules that somebody was told of, while they hold. */
  readonly covered: ReadonlySet<string>;
  /** What the consent form has for patients to say in their own words; undefined until it is read. */
  readonly questions?: readonly TeachBackBlock[];
  /** The same in the words of the form that the patient gets, where that is in another language. */
  readonly patientWords?: PatientWords;
  /** The review was left while they were being read: it goes on once they are. */
  readonly isAwaiting?: true;
  /** What this patient is asked, where no screening is under way any more: nothing else can be answered or changed. */
  readonly only?: readonly TeachBackBlock[];
  /** What came of those questions, by id. */
  readonly outcomes: ReadonlyMap<string, TeachBackOutcome>;
  readonly page: Page;
  /** The answers that the review had when a question was opened from it: the review comes after it. */
  readonly returning?: Answers;
  readonly help: boolean;
  /** The safety page lies over the page. */
  readonly safety: boolean;
  readonly scroll: number;
  readonly problem?: string;
  /** What was recorded last, to be read back. */
  readonly recorded?: Recorded;
  /** When the page changed, in milliseconds since 1970. */
  readonly changedAt: number;
  readonly ending?: Ending;
}

/** What a session starts from. */
export interface Beginning {
  readonly questionnaire: Questionnaire;
  readonly today: DayNumber;
  readonly needsEnter?: boolean;
  readonly answers?: Answers;
  readonly skipped?: Iterable<string>;
  readonly closed?: Iterable<string>;
  readonly told?: readonly Told[];
  readonly questions?: readonly TeachBackBlock[];
  readonly outcomes?: Iterable<readonly [string, TeachBackOutcome]>;
  /** Said before the first question. */
  readonly notice?: readonly string[];
}

/** A page that asks at `place`. */
export function blankAsk(place: Place): AskPage {
  return { kind: 'ask', place, line: emptyLine, highlight: -1, chosen: [] };
}

/** `state` without what belongs to the page alone. */
export function withoutProblem({ problem: _problem, ...state }: WizardState): WizardState {
  return state;
}

/** `state` with something wrong to say under the field. */
export function withProblem(state: WizardState, problem: string): WizardState {
  return { ...state, problem, scroll: 0 };
}
