import type { Supply } from './clinic.ts';
import type { Drug, Qualifier, Route } from './evidence.ts';
import type { SourceSpan } from './questionnaire.ts';

export const bands = ['very-common', 'common', 'uncommon', 'rare', 'unknown'] as const;
export type Band = (typeof bands)[number];

/** The least share of people each band speaks of: the frequency bands of European product information. */
export const leastOfBand: Readonly<Record<Exclude<Band, 'unknown'>, number>> = {
  'very-common': 1 / 10,
  common: 1 / 100,
  uncommon: 1 / 1000,
  rare: 0,
};

export const roles = ['patient', 'surrogate', 'clinician', 'interpreter', 'witness'] as const;
export type Role = (typeof roles)[number];

/** Parts of the form that are made from the screening itself. */
export const slots = ['patient', 'not-known', 'review', 'teach-back', 'evidence', 'record'] as const;
export type Slot = (typeof slots)[number];

/** A piece of running text. A citation points at an evidence entry; a field is filled in when the form is made. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string; readonly strong: boolean }
  | { readonly kind: 'field'; readonly field: Field; readonly strong: boolean }
  | { readonly kind: 'citation'; readonly evidence: string };

export type Field =
  | { readonly from: 'clinic'; readonly name: string }
  | { readonly from: 'params'; readonly name: string };

export type Passage =
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] }
  | Picture;

/** One small figure for each person, those that a share counts filled in: one share of the ledger, or two of one study. */
export interface Picture {
  readonly kind: 'picture';
  /** What is counted. */
  readonly caption: string;
  readonly shares: readonly PictureShare[];
}

/** A figure of the ledger by its entry and its id, and whom it is about. */
export interface PictureShare {
  readonly label: string;
  readonly entry: string;
  readonly figure: string;
}

/** The largest denominator that is drawn. */
export const mostDrawn = 100;

/** True where the answer to `linkId` is one of `codes`; `unless` turns it round. */
export interface Circumstance {
  readonly kind: 'when' | 'unless';
  readonly linkId: string;
  readonly codes: readonly string[];
}

interface BlockBase {
  /** The label in brackets: a short lead-in printed in bold. */
  readonly title: string;
  readonly body: readonly Passage[];
  /** Entries named by `evidence=` and by citations, first to last, each once. */
  readonly evidence: readonly string[];
  readonly at: SourceSpan;
}

export interface ClauseBlock extends BlockBase {
  readonly kind: 'clause';
  readonly id: string;
  readonly initials: boolean;
  /** How it is set off from the page, if it is. */
  readonly box?: 'facts' | 'no-driving';
  /** Printed only for a clinic with this supply. */
  readonly supply?: Supply;
  /** Its lists are statements to tick. */
  readonly checkboxes: boolean;
  /** Its lists name what is written in, on a line for each. */
  readonly lines: boolean;
}

export interface BenefitBlock extends BlockBase {
  readonly kind: 'benefit';
  readonly id: string;
}

export interface RiskBlock extends BlockBase {
  readonly kind: 'risk';
  readonly id: string;
  readonly band: Band;
  readonly initials: boolean;
}

/** Printed where the rule is among the findings. */
export interface FindingBlock extends BlockBase {
  readonly kind: 'finding';
  readonly rule: string;
}

export interface SignatureBlock extends BlockBase {
  readonly kind: 'signature';
  readonly role: Role;
  readonly circumstance?: Circumstance;
}

/**
 * An open question to the patient: its body. Its slot prints it, where it is asked: of everybody, or of those for whom one
 * of `rules` is among the findings.
 */
export interface TeachBackBlock extends BlockBase {
  readonly kind: 'teach-back';
  readonly id: string;
  /** Empty: asked of everybody. */
  readonly rules: readonly string[];
  /** What a good answer holds: for the staff, not printed. */
  readonly points: readonly string[];
}

export interface SlotBlock {
  readonly kind: 'slot';
  readonly slot: Slot;
  readonly at: SourceSpan;
}

export type TemplateBlock =
  | ClauseBlock
  | BenefitBlock
  | RiskBlock
  | FindingBlock
  | SignatureBlock
  | TeachBackBlock
  | SlotBlock;

export interface TemplateSection {
  readonly title: string;
  readonly blocks: readonly TemplateBlock[];
  readonly at: SourceSpan;
}

/** Which answers the patient card shows, by linkId. */
export interface Card {
  readonly name: string;
  readonly chart: string;
  readonly birthDate: string;
  readonly visitDate: string;
  readonly language: string;
  readonly interpreter: string;
  /** What the treatment is for; a form says so where nobody knows it. */
  readonly condition: string;
}

/** Words of the form that stand outside its clauses, so that another language is another file. */
export const wordKeys = [
  'draftNotice',
  'sampleNotice',
  'name',
  'chart',
  'birthDate',
  'visitDate',
  'language',
  'interpreter',
  'condition',
  'noFindings',
  'openFindings',
  'nothingUnknown',
  'notAsked',
  'answeredUnknown',
  'answeredDeclined',
  'reviewedAbsence',
  'noReview',
  'reviewedBy',
  'licence',
  'reviewedWhen',
  'reviewedWhy',
  'teachBackByHand',
  'teachBackAsked',
  'saidFirstTime',
  'saidAfterExplaining',
  'saidNotYet',
  'askedBy',
  'askedWhen',
  'source',
  'study',
  'studies',
  'studyHead',
  'indirect',
  'direct',
  'people',
  'drugAndRoute',
  'where',
  'notRecorded',
  'notVerified',
  'evidenceNote',
  'initials',
  'signature',
  'printedName',
  'date',
  'time',
  'relationship',
  'languageSpoken',
  'form',
  'definition',
  'page',
  'pageOf',
  'content',
  'digestOfDefinition',
  'digestOfTemplate',
  'digestOfEvidence',
  'digestOfAnswers',
  'auditHead',
  'noDrivingSign',
  'clinicSeal',
  'pictureAlt',
] as const;

export type WordKey = (typeof wordKeys)[number];

/** How the reading grade of a text is worked out. */
export const readingFormulas = ['flesch-kincaid', 'crawford', 'words-per-sentence'] as const;
export type ReadingFormula = (typeof readingFormulas)[number];

/** How easy the form's texts are to read; `target` and `limit` in the unit of the formula. */
export interface Readability {
  readonly formula: ReadingFormula;
  readonly target: number;
  readonly limit: number;
  /** Texts with fewer words are measured together. */
  readonly fewestWords: number;
  /** Sentences that a paragraph or an item may have. */
  readonly sentencesALine: number;
  /** Words that cannot be said otherwise, such as names of drugs. */
  readonly exempt: readonly string[];
  readonly because: string;
}

/** What a form in another language calls the questions of its questionnaire. */
export interface QuestionTexts {
  /** Every question by linkId. */
  readonly questions: Readonly<Record<string, string>>;
  /** Answers by linkId and code; those that the patient card shows are all there. */
  readonly options: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** One entry of a repeat, by linkId of the group. */
  readonly entries: Readonly<Record<string, string>>;
}

/** A consent form in one language, checked against its questionnaire and its evidence. */
export interface ConsentTemplate {
  readonly id: string;
  readonly version: string;
  readonly language: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly title: string;
  /** Id of the questionnaire it belongs to. */
  readonly questionnaire: string;
  readonly card: Card;
  /** The first of each is the one that the form itself writes. */
  readonly numberWords: { readonly per: readonly string[]; readonly or: readonly string[] };
  readonly qualifiers: Readonly<Record<Qualifier, readonly string[]>>;
  readonly bands: Readonly<Record<Band, string>>;
  readonly drugs: Readonly<Record<Drug, string>>;
  readonly routes: Readonly<Record<Route, string>>;
  readonly units: Readonly<Record<string, string>>;
  readonly readability: Readability;
  readonly months: readonly string[];
  /** Words of other languages, by language. */
  readonly foreignWords: Readonly<Record<string, readonly string[]>>;
  /** A date with `{day}`, `{month}` and `{year}` in it. */
  readonly dateFormat: string;
  readonly words: Readonly<Record<WordKey, string>>;
  /**
   * Of a translation: what the footer says until a reviewer is on record, and where the review on record is of another
   * text; in each language that needs it.
   */
  readonly translation?: { readonly notReviewed: readonly string[]; readonly reviewedEarlier: readonly string[] };
  /** Undefined where the questionnaire's own texts are in this language. */
  readonly questions?: QuestionTexts;
  readonly sections: readonly TemplateSection[];
}
