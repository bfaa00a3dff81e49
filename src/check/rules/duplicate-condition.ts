import type { Rule } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';
import { keyOf } from '../satisfiable.ts';

/** Two rules of one disposition that fire for the same people. */
export const duplicateCondition: CheckRule = {
  code: 'duplicate-condition',
  severity: 'warning',
  suppressible: true,
  why: 'One finding told twice hides the others, and one of the two is forgotten when the limit changes.',
  bad: `
rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
  - { id: refused, disposition: do-not-proceed, when: "! willing", reason: Refused., action: Stop., sources: [label] }
`,
  marked: '"! willing"',
  good: `
rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
`,
  *check({ rules }) {
    const known = new Map<string, Rule>();
    for (const rule of rules) {
      const key = `${rule.disposition} ${keyOf(rule.when.expression)}`;
      const first = known.get(key);
      if (!first) known.set(key, rule);
      else
        yield {
          at: rule.when.at,
          message: `the rules \`${first.id}\` and \`${rule.id}\` have one condition and one disposition`,
          help: `keep one of them, with the sources of both`,
          related: [{ at: first.at, message: `here is \`${first.id}\`` }],
        };
    }
  },
};
