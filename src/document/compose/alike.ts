import type { ConsentTemplate, TeachBackBlock, TemplateBlock } from '../../model/template.ts';
import type { Content } from '../content.ts';
import { absentPaths } from './absences.ts';
import { isReviewed, itemOf, type Matter } from './desk.ts';

/**
 * What the closed part of a form depends on beside what is installed; undefined where it is not one of a run: a clearance,
 * answers to the questions, a seal or an audit trail are of one form alone.
 */
export function closedKey(
  matter: Matter,
  printed: readonly (readonly TemplateBlock[])[],
  questions: readonly TeachBackBlock[],
): string | undefined {
  const { template, answers, assessment, definitionDigest } = matter;
  if (matter.clearance || matter.teachBack || matter.seal || matter.auditHead !== undefined) return undefined;
  let blocks = '';
  template.sections.forEach((section, index) => {
    let next = 0;
    for (const block of section.blocks) {
      const isThere = printed[index]?.[next] === block;
      blocks += isThere ? 1 : 0;
      if (isThere) next += 1;
    }
  });
  const { condition: _, ...told } = template.card;
  const card = Object.values(told).map((linkId) =>
    itemOf(matter, linkId)?.type === 'choice' ? answers.get(linkId) : '',
  );
  const absent = absentPaths(answers).map(({ path, reason }) => `${path}=${reason}`);
  const asked = questions.map(({ id }) => id);
  return JSON.stringify([
    `${definitionDigest} ${blocks} ${isReviewed(assessment)}`,
    card,
    asked,
    assessment.notAsked,
    absent,
  ]);
}

/** What is installed, and the closed parts of forms that were made from it, the one that was asked for last behind all others. */
interface Remembered extends Pick<Matter, 'clinic' | 'questionnaire' | 'evidence'> {
  readonly contents: Map<string, Content>;
}

const remembering = new WeakMap<ConsentTemplate, Remembered>();

/** Closed parts of forms that are kept at most for a template. */
const mostRemembered = 64;

export function remembered(
  { template, clinic, questionnaire, evidence }: Matter,
  key: string,
  make: () => Content,
): Content {
  const known = remembering.get(template);
  const isSame = known?.clinic === clinic && known.questionnaire === questionnaire && known.evidence === evidence;
  const contents = isSame ? known.contents : new Map<string, Content>();
  if (!isSame) remembering.set(template, { clinic, questionnaire, evidence, contents });
  const content = contents.get(key) ?? make();
  contents.delete(key);
  if (contents.size >= mostRemembered) contents.delete(contents.keys().next().value ?? '');
  contents.set(key, content);
  return content;
}
