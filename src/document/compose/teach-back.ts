import type { TeachBackOutcome } from '../../model/teach-back.ts';
import type { TeachBackBlock, WordKey } from '../../model/template.ts';
import type { Block } from '../content.ts';
import { type Desk, paragraph, say, word } from './desk.ts';
import { momentText } from './open-texts.ts';
import { composePassage } from './passages.ts';

const saidWords: Readonly<Record<TeachBackOutcome, WordKey>> = {
  'first-time': 'saidFirstTime',
  'after-explaining': 'saidAfterExplaining',
  'not-yet': 'saidNotYet',
};

/** The questions to the patient with what came of each, or to be asked and ticked by hand. */
export function teachBackBlocks(desk: Desk): readonly Block[] {
  const { teachBack, questions, template } = desk;
  if (!teachBack) {
    return [paragraph(word(desk, 'teachBackByHand')), ...questions.map((question) => composeQuestion(desk, question))];
  }
  const { by, when, outcomes } = teachBack;
  const row = (key: WordKey, origin: string, text: string | undefined) =>
    text === undefined ? [] : [{ label: word(desk, key, true), value: say(text, false, origin) }];
  const asked = when === undefined ? undefined : momentText(template, when);
  const rows = [...row('askedBy', 'teachBack.by', by), ...row('askedWhen', 'teachBack.when', asked)];
  return [
    paragraph(word(desk, 'teachBackAsked')),
    ...questions.map((question) =>
      composeQuestion(desk, question, outcomes.find((each) => each.question === question.id)?.outcome),
    ),
    ...(rows.length > 0 ? [{ kind: 'card', size: 'body', rows } as const] : []),
  ];
}

/** A question with its outcome, or with a box for each, of which one is ticked. */
export function composeQuestion(desk: Desk, { id, title, body }: TeachBackBlock, outcome?: TeachBackOutcome): Block {
  const boxes = Object.values(saidWords).map((key) => word(desk, key));
  const oneOf = Object.keys(saidWords);
  return {
    kind: 'item',
    id: `teach-back-${id}`,
    title: say(title, true),
    blocks: [
      ...body.map((passage) => composePassage(desk, passage)),
      outcome ? paragraph(word(desk, saidWords[outcome], true)) : { kind: 'list', items: boxes, marker: 'box', oneOf },
    ],
    look: 'plain',
  };
}
