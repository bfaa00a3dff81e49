import type { Assessment, CalculatedResult, Finding } from '../model/assessment.ts';
import { dispositions } from '../model/disposition.ts';
import { remembering } from '../model/memo.ts';
import { type Questionnaire, questionnaireName } from '../model/questionnaire.ts';
import { answerAt, mostPaths } from './answers.ts';
import { type Pattern, patternOfText } from './pattern.ts';
import { type AnswerLookup, idOf } from './result.ts';
import type { Utf8Text } from './utf8-text.ts';

/** Adds a result as JSON. `form`: the file name of its consent form. */
type WriteResult = (
  text: Utf8Text,
  line: number,
  answers: AnswerLookup,
  assessment: Assessment,
  digest: string,
  form: string | undefined,
) => void;

/** Results of one calculated value that are remembered: a body mass index to the hundredth too. */
const mostResults = 5000;

/** Writes results as JSON: what `JSON.stringify(resultOf(...))` gives, sooner. For assessments of a `Look` alone. */
export function resultWriter(questionnaire: Questionnaire): WriteResult {
  const findingText = findingWriter(questionnaire);
  const begin = patternOfText('{"line":');
  const beginFindings = new Map(
    dispositions.map((each) => [each, patternOfText(`,"disposition":"${each}","findings":[`)] as const),
  );
  const beginValues = patternOfText('],"values":');
  const writerOf = new Map(questionnaire.calculated.map(({ linkId }) => [linkId, valueWriter(linkId)]));
  const beginDigest = patternOfText(`,"questionnaire":${JSON.stringify(questionnaireName(questionnaire))},"digest":"`);
  return (text, line, answers, { disposition, findings, values, notAsked }, digest, form) => {
    const id = idOf(answers);
    text.addPattern(begin);
    text.add(id === undefined ? `${line}` : `${line},"id":${JSON.stringify(id)}`);
    text.addPattern(beginFindings.get(disposition) as Pattern);
    findings.forEach((finding, index) => {
      if (index > 0) text.addByte(comma);
      text.add(findingText(finding, answers));
    });
    text.addPattern(beginValues);
    const start = text.length;
    for (const [linkId, value] of values) text.addPattern((writerOf.get(linkId) as ValueWriter)(value));
    text.closeObject(start);
    if (notAsked.length > 0) text.add(`,"notAsked":${JSON.stringify(notAsked)}`);
    text.addPattern(beginDigest);
    text.add(form === undefined ? `${digest}"}` : `${digest}","form":${JSON.stringify(form)}}`);
  };
}

const comma = 0x2c;

type ValueWriter = (value: CalculatedResult) => Pattern;

/** A comma, the name of a calculated value and what it comes to. */
function valueWriter(linkId: string): ValueWriter {
  const key = `,${JSON.stringify(linkId)}:`;
  return remembering(mostResults, (value: CalculatedResult) => patternOfText(key + JSON.stringify(value)));
}

function findingWriter(questionnaire: Questionnaire): (finding: Finding, answers: AnswerLookup) => string {
  const keyOf = remembering(mostPaths, (path: string) => `,${JSON.stringify(path)}:`);
  // A look gives the same finding again only where all that its rule depends on is the same.
  const known = new WeakMap<Finding, string>();
  return (finding, answers) => {
    const met = known.get(finding);
    if (met !== undefined) return met;
    const { rule, disposition, because, absent } = finding;
    let settled = '';
    for (const path of because) settled += keyOf(path) + JSON.stringify(answerAt(questionnaire, answers, path));
    const missing = absent.length > 0 ? `,"absent":${JSON.stringify(absent)}` : '';
    const text = `{"rule":"${rule}","disposition":"${disposition}","because":{${settled.slice(1)}}${missing}}`;
    known.set(finding, text);
    return text;
  };
}
