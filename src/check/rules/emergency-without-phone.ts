import type { CheckRule } from '../rule.ts';

/** An emergency whose steps name nobody to call. */
export const emergencyWithoutPhone: CheckRule = {
  code: 'emergency-without-phone',
  severity: 'error',
  suppressible: false,
  why: 'In an emergency nobody looks a number up: whom to call stands in the steps, or is found too late.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: pain, type: boolean, text: Pain in the chest?, why: It may be the heart. }]
rules:
  - id: chest
    disposition: emergency
    when: pain
    reason: Pain in the chest.
    action: Get help.
    steps: [Stay with the person.]
    sources: [label]
`,
  marked: '[Stay with the person.]',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: pain, type: boolean, text: Pain in the chest?, why: It may be the heart. }]
rules:
  - id: chest
    disposition: emergency
    when: pain
    reason: Pain in the chest.
    action: Get help.
    steps: [Stay with the person., "Call 911, then {{clinic.clinicianOnDuty}}."]
    sources: [label]
`,
  *check({ rules }, places) {
    for (const [index, { id, disposition, steps }] of rules.entries()) {
      if (disposition !== 'emergency' || steps.some((step) => someone.test(step))) continue;
      yield {
        at: places.at(['rules', index, 'steps']),
        message: `no step of the emergency \`${id}\` names whom to call`,
        help: 'write the number, `{{clinic.phone}}` or `{{clinic.clinicianOnDuty}}` into a step',
      };
    }
  },
};

/** A phone number of at least three digits, or a person whom the clinic's settings name. */
const someone =
  /\d[\d ().-]*\d[\d ().-]*\d|\{\{\s*clinic\.(?:phone|afterHoursPhone|clinicianOnDuty|practitioner)\s*\}\}/;
