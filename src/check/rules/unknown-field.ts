import { suggestion } from '../../definition/suggest.ts';
import type { YamlPath } from '../../definition/yaml-source.ts';
import { clinicFields } from '../../model/clinic.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';

/** A field in the words of a safety page that is no fact about the clinic. */
export const unknownField: CheckRule = {
  code: 'unknown-field',
  severity: 'error',
  suppressible: false,
  why: 'In an emergency staff read braces where a phone number should stand.',
  bad: `
safety: { title: Safety, steps: ["Call {{clinic.phnoe}}."] }
`,
  marked: '{{clinic.phnoe}}',
  good: `
safety: { title: Safety, steps: ["Call {{clinic.phone}}."] }
`,
  *check(questionnaire, places) {
    for (const { text, path } of wordsIn(questionnaire)) {
      for (const match of text.matchAll(/\{\{(.*?)\}\}/g)) {
        const name = (match[1] ?? '').trim();
        if (known.includes(name)) continue;
        const meant = suggestion(name, known);
        yield {
          at: places.within(path, match.index, match.index + match[0].length),
          message: `\`${name}\` is no fact about a clinic`,
          help: meant === undefined ? `there is: ${known.join(', ')}` : `write \`{{${meant}}}\``,
        };
      }
    }
  },
};

const known = clinicFields.map((field) => `clinic.${field}`);

/** The texts in which a field is filled in, and where they are written. */
function* wordsIn({ safety, rules }: Questionnaire): Iterable<{ readonly text: string; readonly path: YamlPath }> {
  for (const [index, text] of safety.steps.entries()) yield { text, path: ['safety', 'steps', index] };
  for (const [at, { steps, say }] of rules.entries()) {
    for (const [index, text] of steps.entries()) yield { text, path: ['rules', at, 'steps', index] };
    if (say !== undefined) yield { text: say, path: ['rules', at, 'say'] };
  }
}
