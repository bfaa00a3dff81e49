import type { Assessment } from '../model/assessment.ts';
import type { Clearance } from '../model/clearance.ts';
import { consentForm } from '../model/disposition.ts';
import type { TeachBackBlock } from '../model/template.ts';

export type RefusalCode =
  | 'disposition'
  | 'clearance-missing'
  | 'clearance-incomplete'
  | 'teach-back-open'
  | 'wrong-template'
  /** The form in the applicant's language is not ready to be made. */
  | 'wrong-language'
  | 'missing-detail'
  | 'unprintable-character'
  | 'unreadable-font';

/** No form can be made, and why. Carries no answer and no name: linkIds, rule ids and code points only. */
export class ConsentRefused extends Error {
  readonly code: RefusalCode;
  /** The way out, one sentence. */
  readonly hint: string;

  constructor(code: RefusalCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Why no form may be made yet: what the patient could not say back in their own words; undefined where that is nothing. */
export function refusalOfTeachBack(open: readonly Pick<TeachBackBlock, 'id'>[]): ConsentRefused | undefined {
  if (open.length === 0) return undefined;
  return new ConsentRefused(
    'teach-back-open',
    `the patient cannot yet say back ${open.map(({ id }) => id).join(', ')}, so there is no consent form yet`,
    'explain it another way, give it time, ask again, and record the new outcome',
  );
}

/**
 * Why no form may be made for this screening; undefined where it may: nothing stands in the way, conditions apply, or a
 * clinician looked at what asked for a review and said who, when and why.
 */
export function refusalOf(
  { disposition, findings }: Assessment,
  clearance: Clearance | undefined,
): ConsentRefused | undefined {
  switch (consentForm[disposition]) {
    case 'always':
      return undefined;
    case 'cleared': {
      if (!clearance) {
        return new ConsentRefused(
          'clearance-missing',
          'this screening needs a clinician to look first, so there is no consent form yet',
          'when a clinician has decided, give their name, licence, date and reason with --clearance FILE',
        );
      }
      const empty = (['name', 'licence', 'when', 'why'] as const).filter((key) => clearance[key].trim() === '');
      const open = findings
        .filter(({ rule, disposition: own }) => own === 'clinician-review' && clearance.rules?.includes(rule) === false)
        .map(({ rule }) => rule);
      if (empty.length === 0 && open.length === 0) return undefined;
      return new ConsentRefused(
        'clearance-incomplete',
        empty.length > 0
          ? `the clearance has no ${empty.join(', ')}`
          : `the clearance does not speak of ${open.join(', ')}`,
        'the clinician names who decided, with which licence, when, why, and under `rules` every finding looked at',
      );
    }
    case 'never':
      return new ConsentRefused(
        'disposition',
        `this screening ended in ${disposition}, so there is no consent form`,
        'see the findings',
      );
  }
}
