import { questionText } from '../engine/teach-back.ts';
import { teachBackOutcomes } from '../model/teach-back.ts';
import type { TeachBackBlock } from '../model/template.ts';
import {
  blank,
  type Frame,
  type FrameLine,
  focused,
  keyLines,
  line,
  marked,
  paragraph,
  type ViewLine,
} from './frame.ts';
import type { TeachBackPage, WizardState } from './state.ts';
import { askedOf, openOf, outcomeWords, patientText, whyTeachBack } from './teach-back.ts';
import { atBothEnds, shortened } from './text.ts';

/** What this part of a screening is called. */
export const teachBackTitle = "In the patient's own words";

/** The question to put to the patient with what a good answer holds; past the last, what came of them. Its foot: the keys. */
export function teachBackFrame(state: WizardState, page: TeachBackPage, columns: number): Frame {
  const asked = askedOf(state);
  const question = asked[page.index];
  if (!question) return outcomesFrame(state, asked, columns);
  const { recorded } = state;
  const isRoomy = recorded !== undefined && page.index > 0 && columns >= 60;
  return {
    head: [
      ...(isRoomy ? [line(shortened(`Recorded: ${recorded.answer} - ${recorded.question}`, columns), 'muted')] : []),
      ...head(`question ${page.index + 1} of ${asked.length}`, columns),
    ],
    middle: [
      ...askLines(state, question, columns),
      blank,
      ...paragraph('A good answer says, in any words:', columns, 'muted'),
      ...question.points.flatMap((point) => marked('  - ', point, columns)),
      blank,
      ...optionLines(state, page, question, columns),
      ...focused(state.problem === undefined ? [] : marked('! ', state.problem, columns, 'caution')),
      ...(state.help ? focused([blank, ...whyTeachBack.flatMap((text) => marked('  ', text, columns))]) : []),
    ],
    foot: keyLines(
      [
        '1-3 choose',
        ...(state.needsEnter ? ['Enter accept'] : []),
        'Shift+Tab back',
        state.help ? '? close' : '? why',
        '! urgent',
        ...reviewKey(state),
        'Ctrl-C stop',
      ],
      columns,
    ),
  };
}

/** The question in the words of the patient's form; where that is not in English, the English below it for the staff. */
function askLines(state: WizardState, question: TeachBackBlock, columns: number): readonly ViewLine[] {
  const own = patientText(state, question);
  const english = questionText(question);
  return [
    ...paragraph(`${question.title}. Ask the patient:`, columns, 'muted'),
    ...paragraph(own ?? english, columns, 'title'),
    ...(own === undefined ? [] : paragraph(`In English: ${english}`, columns, 'muted')),
  ];
}

function head(where: string, columns: number): readonly ViewLine[] {
  return atBothEnds(teachBackTitle, where, columns).map((each) => line(each, 'title'));
}

function optionLines(
  { outcomes }: WizardState,
  { highlight }: TeachBackPage,
  { id }: TeachBackBlock,
  columns: number,
): readonly FrameLine[] {
  return teachBackOutcomes.flatMap((outcome, index) => {
    const note = outcomes.get(id) === outcome ? ' <- recorded, Enter keeps it' : '';
    const isHere = index === highlight;
    const lines = marked(
      `${isHere ? '>' : ' '} ${index + 1}  `,
      `${outcomeWords[outcome]}${note}`,
      columns,
      isHere ? 'chosen' : 'plain',
    );
    return isHere ? focused(lines) : lines;
  });
}

/** What came of each question, and what Enter does: with one that is open there is no form. */
function outcomesFrame(state: WizardState, asked: readonly TeachBackBlock[], columns: number): Frame {
  const open = openOf(state);
  const advice = adviceOf(open.length);
  return {
    head: head('what came of it', columns),
    middle: [
      ...asked.flatMap(({ id, title }, index) => {
        const outcome = state.outcomes.get(id);
        const isOpen = open.some((each) => each.id === id);
        const said = outcome === undefined ? 'not asked' : outcomeWords[outcome].toLowerCase();
        return marked(
          `${isOpen ? '!' : ' '} ${index + 1}  `,
          `${title} - ${said}`,
          columns,
          isOpen ? 'caution' : 'plain',
        );
      }),
      blank,
      ...advice.flatMap((text) => paragraph(text, columns)),
      ...focused(state.problem === undefined ? [] : marked('! ', state.problem, columns, 'caution')),
    ],
    foot: keyLines(
      [
        open.length > 0 ? 'Enter stops here and keeps the screening' : 'Enter makes the consent form',
        `1-${asked.length} change`,
        'Shift+Tab back',
        ...reviewKey(state),
        'q stop',
      ],
      columns,
    ),
  };
}

function reviewKey({ only }: WizardState): readonly string[] {
  return only ? [] : ['Ctrl-R review'];
}

/** What follows from the outcomes, in sentences. */
export function adviceOf(open: number): readonly string[] {
  return open > 0
    ? [
        'There is no consent form yet. Explain what is open another way, and ask again: its number opens it.',
        'If it needs more time, stop here. The screening is kept, and you go on with these questions when you come back to it.',
      ]
    : ['The patient said everything back. The outcomes are printed on the consent form.'];
}
