import type { Disposition } from '../model/disposition.ts';
import type { Item, Questionnaire, Rule } from '../model/questionnaire.ts';
import { type ClinicWords, withClinicWords } from '../report/clinic-words.ts';

/** A disposition inside a sentence. */
export function dispositionWords(disposition: Disposition): string {
  switch (disposition) {
    case 'emergency':
      return 'emergency';
    case 'do-not-proceed':
      return 'do not proceed';
    case 'defer':
      return 'defer';
    case 'clinician-review':
      return 'clinician review';
    case 'proceed-with-conditions':
      return 'proceed with conditions';
    case 'proceed':
      return 'proceed';
  }
}

/** The rule with this id. */
export function ruleOf({ rules }: Questionnaire, id: string): Rule {
  const rule = rules.find((each) => each.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  return rule;
}

/** What is to be done where these rules found an emergency, each step once. */
export function emergencySteps(rules: readonly Rule[], clinic: ClinicWords): readonly string[] {
  return [...new Set(rules.flatMap(({ steps }) => steps))].map((step) => withClinicWords(step, clinic));
}

/** The help of a question as headed paragraphs: why we ask, what counts, words to say, sources. */
export function helpOf(questionnaire: Questionnaire, { help, sources }: Item): readonly string[] {
  const cited = sources.flatMap((id) => questionnaire.sources.filter((source) => source.id === id));
  const parts: readonly (string | undefined)[] = [
    help.why && `Why we ask: ${help.why}`,
    help.counts && `What counts: ${help.counts}`,
    help.say && `You may say: "${help.say}"`,
    cited.length > 0 ? `Source: ${cited.map(({ text }) => text).join('; ')}` : undefined,
  ];
  const given = parts.filter((part) => part !== undefined && part !== '');
  return given.length > 0 ? (given as string[]) : ['The definition says nothing more about this question.'];
}
