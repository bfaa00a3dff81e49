import type { Assessment } from '../model/assessment.ts';
import { type TeachBack, teachBackCount } from '../model/teach-back.ts';
import type { ConsentTemplate, TeachBackBlock } from '../model/template.ts';
import { firedRules } from './printed.ts';

const known = new WeakMap<ConsentTemplate['sections'], readonly TeachBackBlock[]>();

/** Every question that a form has for patients, in its order. */
export function teachBackQuestions({ sections }: Pick<ConsentTemplate, 'sections'>): readonly TeachBackBlock[] {
  const questions =
    known.get(sections) ?? sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'teach-back'));
  known.set(sections, questions);
  return questions;
}

/**
 * The questions that this patient is asked: those for everybody, then those tied to findings that fired, in the order of
 * the form, as many as there is room for (`teachBackCount`).
 */
export function teachBackFor(
  questions: readonly TeachBackBlock[],
  assessment: Pick<Assessment, 'findings'>,
): readonly TeachBackBlock[] {
  const fired = firedRules(assessment);
  const always = questions.filter(({ rules }) => rules.length === 0);
  const own = questions.filter(({ rules }) => rules.some((rule) => fired.has(rule)));
  return [...always, ...own].slice(0, teachBackCount.most);
}

/** The question in words. */
export function questionText({ body }: Pick<TeachBackBlock, 'body'>): string {
  return body
    .map((passage) =>
      passage.kind === 'paragraph' ? passage.of.map((each) => (each.kind === 'text' ? each.text : '')).join('') : '',
    )
    .join(' ');
}

/** Questions that the patient could not say back yet, or that nobody asked. */
export function openQuestions(
  asked: readonly TeachBackBlock[],
  { outcomes }: Pick<TeachBack, 'outcomes'>,
): readonly TeachBackBlock[] {
  const said = new Set(outcomes.filter(({ outcome }) => outcome !== 'not-yet').map(({ question }) => question));
  return asked.filter(({ id }) => !said.has(id));
}
