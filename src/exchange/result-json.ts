import type { Assessment, Finding } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { type AnswerLookup, findingResult, reference } from './result.ts';

/** Writes results as JSON: what `JSON.stringify(resultOf(...))` gives, sooner. For assessments of a `Look` alone. */
export function resultWriter(
  questionnaire: Questionnaire,
): (line: number, answers: AnswerLookup, assessment: Assessment, digest: string, form?: string) => string {
  const name = JSON.stringify(`${questionnaire.id}|${questionnaire.version}`);
  const keys = new Map(questionnaire.calculated.map(({ linkId }) => [linkId, `,${JSON.stringify(linkId)}:`]));
  // A look gives the same finding again only where all that its rule depends on is the same.
  const known = new WeakMap<Finding, string>();
  const findingText = (finding: Finding, answers: AnswerLookup): string => {
    const met = known.get(finding);
    if (met !== undefined) return met;
    const text = `,${JSON.stringify(findingResult(questionnaire, answers, finding))}`;
    known.set(finding, text);
    return text;
  };
  return (line, answers, { disposition, findings, values, notAsked }, digest, form) => {
    const id = answers.get(reference);
    let found = '';
    for (const finding of findings) found += findingText(finding, answers);
    let calculated = '';
    for (const [linkId, value] of values) {
      calculated += (keys.get(linkId) as string) + (typeof value === 'string' ? JSON.stringify(value) : value);
    }
    return `{"line":${line}${typeof id === 'string' ? `,"id":${JSON.stringify(id)}` : ''},"disposition":"${disposition}","findings":[${found.slice(
      1,
    )}],"values":{${calculated.slice(1)}}${
      notAsked.length > 0 ? `,"notAsked":${JSON.stringify(notAsked)}` : ''
    },"questionnaire":${name},"digest":"${digest}"${form === undefined ? '' : `,"form":${JSON.stringify(form)}`}}`;
  };
}
