import { questionText } from '../engine/teach-back.ts';
import { teachBackOutcomes } from '../model/teach-back.ts';
import type { TeachBackPage, WizardState } from './state.ts';
import { askedOf, openOf, outcomeWords, patientText } from './teach-back.ts';
import { adviceOf, teachBackTitle } from './view-teach-back.ts';

/** The question to put to the patient in full sentences; past the last, what came of them. */
export function sayTeachBack(state: WizardState, { index }: TeachBackPage): readonly string[] {
  const asked = askedOf(state);
  const question = asked[index];
  const open = openOf(state);
  if (!question) {
    return [
      `${teachBackTitle}: what came of it.`,
      ...asked.map(({ id, title }, at) => {
        const outcome = state.outcomes.get(id);
        return `${at + 1} ${title}: ${outcome === undefined ? 'not asked' : outcomeWords[outcome].toLowerCase()}.`;
      }),
      ...adviceOf(open.length),
      `Type a number to change it, or press Enter to ${open.length > 0 ? 'stop here and keep the screening' : 'make the consent form'}.`,
    ];
  }
  const own = patientText(state, question);
  const earlier = state.outcomes.get(question.id);
  return [
    `${teachBackTitle}, question ${index + 1} of ${asked.length}.`,
    ...(own === undefined
      ? [`Ask the patient: ${questionText(question)}`]
      : [`Ask the patient: ${own}`, `In English: ${questionText(question)}`]),
    'A good answer says, in any words:',
    ...question.points,
    'How did it go?',
    ...teachBackOutcomes.map((outcome, at) => `${at + 1} ${outcomeWords[outcome]}`),
    ...(earlier === undefined ? [] : [`Recorded: ${outcomeWords[earlier].toLowerCase()}. Press Enter to keep it.`]),
  ];
}
