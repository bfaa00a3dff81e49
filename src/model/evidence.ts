import type { SourceSpan } from './questionnaire.ts';

/** `any`: the source speaks of treatments as such, and no drug or route is told. */
export const drugs = ['ketamine', 'esketamine', 'ketamine-or-esketamine', 'antidepressants', 'any'] as const;
export const routes = ['iv', 'nasal', 'mouth', 'several', 'non-medical', 'not-stated'] as const;
export const doses = ['antidepressant', 'anaesthetic', 'several', 'not-stated'] as const;

export type Drug = (typeof drugs)[number];
export type Route = (typeof routes)[number];
export type Dose = (typeof doses)[number];

/** Words that a figure needs before it: it is rounded, or the source gives a bound. */
export const qualifiers = ['about', 'at-least', 'more-than', 'up-to', 'less-than'] as const;
export type Qualifier = (typeof qualifiers)[number];

/**
 * What a study counted, as the form may print it: a share of people (`of`: "64 in 100"), or so many of something (`unit`:
 * "40 minutes"). `reported` is the number as the source has it ("64 %"), `about` says what was counted, in whom, and
 * against what.
 */
export interface Figure {
  readonly id: string;
  /** One number; two where the source gives two, as in "3 or 4 in 1,000". */
  readonly effect: readonly number[];
  /** The denominator of a share. */
  readonly of?: number;
  /** Of anything else: a UCUM code such as `h`, or what was counted. */
  readonly unit?: string;
  readonly reported: string;
  /** The word without which the number would say more than the source does. */
  readonly qualifier?: Qualifier;
  readonly about: string;
  /** Words for it that the form may print instead of digits, such as `half`. */
  readonly spoken?: readonly string[];
}

/** What the form prints of an entry in words. A journal is printed by the name it has. */
export type TranslatedKey = 'authors' | 'journal' | 'locator';

/**
 * What one study or label says, and how far it was checked.
 * `direct`: ketamine by IV at the dose used for depression. Everything else is `indirect` and is printed as such.
 */
export interface EvidenceEntry {
  readonly id: string;
  /** Who says so: first author, group or agency. */
  readonly authors: string;
  readonly year?: number;
  /** Journal with volume and page, or the kind of document. */
  readonly journal: string;
  readonly doi?: string;
  /** Another way to find it where no DOI is on record, such as a PubMed number. */
  readonly locator?: string;
  /** People studied; a text because some papers give a range. */
  readonly n?: string;
  readonly drug: Drug;
  readonly route: Route;
  readonly dose: Dose;
  readonly population: string;
  readonly design: string;
  readonly relation: 'direct' | 'indirect';
  readonly figures: readonly Figure[];
  /** What a reader must know before leaning on it. */
  readonly caveat?: string;
  /** By language, what a form in it prints in place of the original; what has none is printed as it stands, and marked. */
  readonly in?: Readonly<Record<string, Readonly<Partial<Record<TranslatedKey, string | undefined>>>>>;
  /** Day of the last check, `YYYY-MM-DD`. */
  readonly checked: string;
  /** `not-verified`: from knowledge; its figures are not printed. */
  readonly how: 'full-text' | 'excerpt' | 'not-verified';
  readonly by: string;
  readonly at: SourceSpan;
}

/** A translator who stands for one text of a form in one language. */
export interface TranslationReview {
  readonly language: string;
  readonly who: string;
  readonly credential: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Version of the template that was reviewed. */
  readonly version: string;
  /** Of the wording that was reviewed, `sha256:` and 64 hex digits: the review says nothing of another. */
  readonly digest: string;
  readonly at: SourceSpan;
}

export interface EvidenceLedger {
  readonly id: string;
  readonly version: string;
  /** Months after which an entry has to be looked at again. */
  readonly recheckAfter: { readonly months: number; readonly because: string };
  readonly reviews: readonly TranslationReview[];
  readonly entries: readonly EvidenceEntry[];
}

/** The numbers in a text, in order, as written: `64 in 100` gives 64 and 100, `1,000` gives 1000. */
export function numbersIn(
  text: string,
): readonly { readonly digits: string; readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map((match) => ({
    digits: match[0].replaceAll(',', ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
