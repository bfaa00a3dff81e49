import { counted } from '../model/counted.ts';
import { changeWords } from './change.ts';
import {
  blank,
  editLine,
  type Frame,
  type FrameLine,
  focused,
  line,
  marked,
  paragraph,
  type ViewLine,
} from './frame.ts';
import { type ReviewFinding, type ReviewSection, reviewOf } from './review.ts';
import type { ReviewPage, WizardState } from './state.ts';
import { atBothEnds } from './text.ts';
import { dispositionWords } from './wording.ts';

/** The review: what a change from there did, what to look at first, then the sections, one of them open. */
export function reviewFrame(state: WizardState, page: ReviewPage, columns: number): Frame {
  const { answers, isComplete, first, sections } = reviewOf(state);
  const changed = changeWords(state, page);
  const toFinish = isComplete ? 'Enter finishes the questions' : 'Enter goes on with the questions';
  const enter = page.open === undefined ? toFinish : 'Enter closes this one';
  const keys = `Number: change a question. Letter: open a section. ${enter}, q stops and keeps the draft.`;
  return {
    head: atBothEnds('Review', counted(answers, 'answer'), columns).map((each) => line(each, 'title')),
    middle: [
      ...changed.flatMap((each) => paragraph(each, columns)),
      ...(changed.length === 0 ? [] : [blank]),
      ...(first.length === 0 ? [] : [line('To look at first', 'title')]),
      ...first.flatMap((finding) => findingLines(finding, columns)),
      ...(first.length === 0 ? [] : [blank]),
      ...sections.flatMap((section, index) => sectionLines(section, page.open === index, columns)),
      ...focused(state.problem === undefined ? [] : marked('! ', state.problem, columns, 'caution')),
    ],
    foot: [...paragraph(keys, columns, 'muted'), editLine(page.line.text, page.line.cursor, columns)],
  };
}

function findingLines({ numbers, disposition, rule, text }: ReviewFinding, columns: number): readonly ViewLine[] {
  const mark = `${numbers.slice(0, 3).join(', ').padStart(4)}  `;
  const isAlarm = disposition === 'emergency' || disposition === 'do-not-proceed';
  return marked(mark, `${dispositionWords(disposition)} (${rule}): ${text}`, columns, isAlarm ? 'alarm' : 'caution');
}

function sectionLines(
  { key, title, state, questions, setAside }: ReviewSection,
  isOpen: boolean,
  columns: number,
): readonly FrameLine[] {
  const head = atBothEnds(`${key}  ${title}`, state, columns).map((each) => line(each, isOpen ? 'chosen' : 'plain'));
  if (!isOpen) return head;
  return focused([
    ...head,
    ...questions.flatMap(({ number, text, answer }) =>
      marked(`${String(number).padStart(5)}  `, `${text} - ${answer}`, columns),
    ),
    ...setAside.flatMap(({ text, answer }) =>
      marked('    -  ', `Set aside, not used: ${text} - ${answer}`, columns, 'muted'),
    ),
  ]);
}
