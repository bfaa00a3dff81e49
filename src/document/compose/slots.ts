import { itemsOf } from '../../engine/items.ts';
import { linkIdOf } from '../../model/answers.ts';
import type { Slot, WordKey } from '../../model/template.ts';
import type { Block } from '../content.ts';
import { absentPaths } from './absences.ts';
import { type Desk, isReviewed, open, paragraph, say, word } from './desk.ts';
import { answerText, momentText } from './open-texts.ts';
import { evidenceTable } from './studies.ts';
import { teachBackBlocks } from './teach-back.ts';

/** What stands where a template leaves a place for something of the applicant or of the file. */
export function composeSlot(desk: Desk, slot: Slot): readonly Block[] {
  switch (slot) {
    case 'patient':
      return [patientCard(desk)];
    case 'not-known':
      return notKnown(desk);
    case 'review':
      return review(desk);
    case 'teach-back':
      return teachBackBlocks(desk);
    case 'evidence':
      return evidenceTable(desk);
    case 'record':
      return [recordCard(desk)];
    default:
      return slot;
  }
}

function patientCard(desk: Desk): Block {
  const { condition, ...card } = desk.template.card;
  const rows = (['name', 'chart', 'birthDate', 'visitDate', 'language', 'interpreter'] as const).map((key) => ({
    label: word(desk, key, true),
    value: answerText(desk, card[key]),
  }));
  // It has many answers, and a form says no other word because of it: the forms of a run are alike but for this one.
  const treated = { label: word(desk, 'condition', true), value: open(condition) };
  return { kind: 'card', rows: [...rows, treated], size: 'tiles' };
}

/** Questions without an answer: none of them decided anything, or a clinician looked at them. */
function notKnown(desk: Desk): readonly Block[] {
  const { assessment, questionnaire } = desk;
  const absent = absentPaths(desk.answers);
  const lists: readonly (readonly [WordKey, readonly string[]])[] = [
    ['notAsked', assessment.notAsked],
    ['answeredUnknown', absent.filter(({ reason }) => reason === 'unknown').map(({ path }) => path)],
    ['answeredDeclined', absent.filter(({ reason }) => reason === 'declined').map(({ path }) => path)],
  ];
  const filled = lists.filter(([, paths]) => paths.length > 0);
  if (filled.length === 0) return [paragraph(word(desk, 'nothingUnknown'))];
  const order = [...itemsOf(questionnaire).keys()];
  const place = (path: string): number => order.indexOf(linkIdOf(path));
  return [
    ...filled.flatMap(([key, paths]): readonly Block[] => [
      paragraph(word(desk, key)),
      {
        kind: 'list',
        marker: 'disc',
        items: [...paths].sort((a, b) => place(a) - place(b)).map((path) => say(questionText(desk, path), false, path)),
      },
    ]),
    ...(isReviewed(assessment) ? [paragraph(word(desk, 'reviewedAbsence'))] : []),
  ];
}

function questionText({ questionnaire, template }: Desk, path: string): string {
  const items = itemsOf(questionnaire);
  const linkId = linkIdOf(path);
  const text = template.questions?.questions[linkId] ?? items.get(linkId)?.item.text ?? path;
  const [, repeat = '', number] = /^(.+)\[(\d+)\]/.exec(path) ?? [];
  const group = items.get(repeat)?.item;
  const entry = template.questions?.entries[repeat] ?? (group?.type === 'group' ? group.repeats?.entry : undefined);
  return entry === undefined ? text : `${entry.charAt(0).toUpperCase()}${entry.slice(1)} ${number}: ${text}`;
}

function review(desk: Desk): readonly Block[] {
  const { clearance, template } = desk;
  if (!clearance) return [paragraph(word(desk, 'noReview'))];
  const row = (key: WordKey, text: string, origin: string) => ({
    label: word(desk, key, true),
    value: say(text, false, origin),
  });
  return [
    {
      kind: 'card',
      size: 'body',
      rows: [
        row('reviewedBy', clearance.name, 'clearance.name'),
        row('licence', clearance.licence, 'clearance.licence'),
        row('reviewedWhen', momentText(template, clearance.when), 'clearance.when'),
        row('reviewedWhy', clearance.why, 'clearance.why'),
      ],
    },
  ];
}

function recordCard(desk: Desk): Block {
  const { template, questionnaire, source, auditHead } = desk;
  const row = (key: WordKey, text: string) => ({ label: word(desk, key, true), value: say(text) });
  return {
    kind: 'card',
    size: 'small',
    rows: [
      row('form', `${template.id} ${template.version} ${template.language}`),
      row('definition', `${questionnaire.id} ${questionnaire.version}`),
      row('digestOfDefinition', source.definition),
      row('digestOfTemplate', source.template),
      row('digestOfEvidence', source.evidence),
      { label: word(desk, 'digestOfAnswers', true), value: open('digestOfAnswers') },
      ...(auditHead === undefined ? [] : [{ label: word(desk, 'auditHead', true), value: open('auditHead') }]),
    ],
  };
}
