import { formatDecimal } from '../../model/decimal.ts';
import type { Questionnaire, Rule } from '../../model/questionnaire.ts';
import { type Term, termsIn, truthAt } from '../bands.ts';
import type { CheckRule, Problem } from '../rule.ts';

/** One value of a number that no rule finds, while the values on both sides of it are found. */
export const bandGap: CheckRule = {
  code: 'band-gap',
  severity: 'warning',
  suppressible: true,
  why: 'The patient whose reading is the limit itself gets no finding, while everybody beside them does.',
  bad: `
parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
  raised: { title: Raised, value: 140, unit: "mm[Hg]", because: The label says so., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: upper, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }]
rules:
  - { id: high, disposition: defer, when: upper > params.high, reason: High., action: Wait., sources: [label] }
  - id: raised
    disposition: clinician-review
    when: upper > params.raised && upper < params.high
    reason: Raised.
    action: Look.
    sources: [label]
`,
  marked: 'upper > params.raised && upper < params.high',
  good: `
parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
  raised: { title: Raised, value: 140, unit: "mm[Hg]", because: The label says so., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: upper, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }]
rules:
  - { id: high, disposition: defer, when: upper >= params.high, reason: High., action: Wait., sources: [label] }
  - id: raised
    disposition: clinician-review
    when: upper > params.raised && upper < params.high
    reason: Raised.
    action: Look.
    sources: [label]
`,
  *check(questionnaire) {
    const terms = termsIn(questionnaire.rules.map(({ when }) => when.expression));
    for (const [key, term] of terms) yield* gapsOf(key, term, questionnaire);
  },
};

function* gapsOf(key: string, { expression, type, limits }: Term, { rules }: Questionnaire): Iterable<Problem> {
  const own = rules.filter(({ when }) => termsIn([when.expression]).has(key));
  const findsAt = (value: number): Rule | undefined =>
    own.find(({ when }) => truthAt(when.expression, key, value) !== false);
  for (const value of limits) {
    if (!Number.isInteger(value) || value <= type.min || value >= type.max || findsAt(value)) continue;
    const [below, above] = [findsAt(value - 1), findsAt(value + 1)];
    if (!below || !above) continue;
    const name = 'linkId' in expression ? `\`${expression.linkId}\`` : 'this number';
    yield {
      at: below.when.at,
      message: `no rule finds anybody whose ${name} is ${formatDecimal(value, type.scale)}, though one step less or more is found`,
      note: `\`${below.id}\` ends below it and \`${above.id}\` starts above it`,
      help: 'write `<=` or `>=` in one of them',
      ...(above !== below && { related: [{ at: above.when.at, message: `\`${above.id}\` starts here` }] }),
    };
  }
}
