import { wholeItems } from '../../engine/items.ts';
import { answerAt } from '../../exchange/answers.ts';
import type { Answers } from '../../model/answers.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';

/** Where a sheet departs from the unremarkable applicant, in asking order: `today.escort false, asq.q5 left out`. */
export function departures(questionnaire: Questionnaire, answers: Answers, baseline: Answers): string {
  const changed = wholeItems(questionnaire).flatMap(({ linkId }) => {
    const [now, then] = [answers, baseline].map((sheet) => JSON.stringify(answerAt(questionnaire, sheet, linkId)));
    return now === then ? [] : [`${linkId} ${told(now)}`];
  });
  return changed.length === 0 ? 'the unremarkable applicant' : changed.join(', ');
}

function told(json: string | undefined): string {
  if (json === undefined) return 'left out';
  const absent = /^\{"absent":"(unknown|declined)"\}$/.exec(json)?.[1];
  return absent ?? json.replace(/^"(.*)"$/, '$1');
}
