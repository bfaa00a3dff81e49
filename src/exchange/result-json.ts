import type { Assessment, Finding } from '../model/assessment.ts';
import { remembering } from '../model/memo.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { answerAt, mostPaths } from './answers.ts';
import { type AnswerLookup, idOf, questionnaireName } from './result.ts';

/** Writes results as JSON: what `JSON.stringify(resultOf(...))` gives, sooner. For assessments of a `Look` alone. */
export function resultWriter(
  questionnaire: Questionnaire,
): (line: number, answers: AnswerLookup, assessment: Assessment, digest: string, form?: string) => string {
  const name = JSON.stringify(questionnaireName(questionnaire));
  const keyOf = remembering(mostPaths, (path: string) => `,${JSON.stringify(path)}:`);
  // A look gives the same finding again only where all that its rule depends on is the same.
  const known = new WeakMap<Finding, string>();
  const findingText = (finding: Finding, answers: AnswerLookup): string => {
    const met = known.get(finding);
    if (met !== undefined) return met;
    const { rule, disposition, because, absent } = finding;
    let settled = '';
    for (const path of because) settled += keyOf(path) + valueText(answerAt(questionnaire, answers, path));
    const missing = absent.length > 0 ? `,"absent":${JSON.stringify(absent)}` : '';
    const text = `,{"rule":"${rule}","disposition":"${disposition}","because":{${settled.slice(1)}}${missing}}`;
    known.set(finding, text);
    return text;
  };
  return (line, answers, { disposition, findings, values, notAsked }, digest, form) => {
    const id = idOf(answers);
    let found = '';
    for (const finding of findings) found += findingText(finding, answers);
    let calculated = '';
    for (const [linkId, value] of values) {
      calculated += keyOf(linkId) + valueText(value);
    }
    return `{"line":${line}${id === undefined ? '' : `,"id":${JSON.stringify(id)}`},"disposition":"${disposition}","findings":[${found.slice(
      1,
    )}],"values":{${calculated.slice(1)}}${
      notAsked.length > 0 ? `,"notAsked":${JSON.stringify(notAsked)}` : ''
    },"questionnaire":${name},"digest":"${digest}"${form === undefined ? '' : `,"form":${JSON.stringify(form)}`}}`;
  };
}

/** Of a value that is there. */
function valueText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : JSON.stringify(value);
}
