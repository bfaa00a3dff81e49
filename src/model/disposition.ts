/** What a screening ends in, worst first. The disposition of an applicant is the worst of all findings. */
export const dispositions = [
  'emergency',
  'do-not-proceed',
  'defer',
  'clinician-review',
  'proceed-with-conditions',
  'proceed',
] as const;

export type Disposition = (typeof dispositions)[number];

/** The mildest that an absent answer may come to, by how it is absent (dictionary, "Absence"). */
export const mildestByAbsence = {
  unknown: 'defer',
  declined: 'clinician-review',
  leftOut: 'defer',
} as const satisfies Record<string, Disposition>;

/** Whether a consent form may be made: `cleared` with the clearance of a clinician. */
export const consentForm = {
  emergency: 'never',
  'do-not-proceed': 'never',
  defer: 'never',
  'clinician-review': 'cleared',
  'proceed-with-conditions': 'always',
  proceed: 'always',
} as const satisfies Record<Disposition, 'always' | 'cleared' | 'never'>;

/** 0 for `emergency` up to 5 for `proceed`: the smaller, the worse. */
export function severityRank(disposition: Disposition): number {
  return dispositions.indexOf(disposition);
}

/** The worse of two dispositions. */
export function worse(a: Disposition, b: Disposition): Disposition {
  return severityRank(a) <= severityRank(b) ? a : b;
}
