import type { Item } from '../model/questionnaire.ts';
import { withClinicWords } from '../report/clinic-words.ts';
import { isTyped } from './ask-typed.ts';
import {
  blank,
  compose,
  editLine,
  type Frame,
  focused,
  keyLines,
  line,
  marked,
  paragraph,
  type ViewLine,
} from './frame.ts';
import { optionsOf } from './options.ts';
import type { AskPage, EmergencyPage, WizardState } from './state.ts';
import { itemAt, type Place, standingOf } from './steps.ts';
import { atBothEnds, shortened, wrap } from './text.ts';
import { emergencyChoices } from './update.ts';
import { askLines, pendingAlarms, questionLines, stepAt } from './view-ask.ts';
import { reviewFrame } from './view-review.ts';
import { teachBackFrame } from './view-teach-back.ts';
import { emergencySteps, ruleOf } from './wording.ts';

/** The smallest window that the questions fit in. */
export const smallest = { columns: 40, rows: 15 } as const;

/** The screen of a state: never wider than `columns`, never more lines than `rows`. */
export function view(state: WizardState, columns: number, rows: number): readonly ViewLine[] {
  return compose(frameOf(state, columns), rows, state.scroll);
}

function frameOf(state: WizardState, columns: number): Frame {
  if (state.safety) return safetyFrame(state, columns);
  switch (state.page.kind) {
    case 'notice':
      return noticeFrame(state.page.lines, columns);
    case 'emergency':
      return emergencyFrame(state, state.page, columns);
    case 'review':
      return reviewFrame(state, state.page, columns);
    case 'teach-back':
      return teachBackFrame(state, state.page, columns);
    case 'ask':
      return {
        head: askHead(state, state.page, columns),
        middle: askLines(state, state.page, columns),
        foot: keyLines(askKeys(state, state.page), columns),
      };
  }
}

/** What was recorded where there is room for it, how far it has come, and above a grid its question. */
function askHead(state: WizardState, { place }: AskPage, columns: number): readonly ViewLine[] {
  const { recorded } = state;
  const isRoomy = recorded !== undefined && columns >= 60;
  return [
    ...(isRoomy ? [line(shortened(`Recorded: ${recorded.answer} - ${recorded.question}`, columns), 'muted')] : []),
    ...progressLines(state, place, columns),
    ...(place.kind === 'grid' ? [blank, ...questionLines(state, place, columns)] : []),
  ];
}

/** `Section title     section 3 of 9, question 14 of about 61` */
function progressLines(state: WizardState, place: Place, columns: number): readonly ViewLine[] {
  const [section, where] = progressParts(state, place);
  const short = where.length > columns ? where.replace(/ of about \d+$/, '') : where;
  return atBothEnds(section, short, columns).map((each) => line(each, 'title'));
}

/** The section's title, and how far the questions have come. */
export function progressParts(state: WizardState, place: Place): readonly [string, string] {
  const { steps } = standingOf(state.questionnaire, state.answers);
  const sections = state.questionnaire.items;
  const section = stepAt(state, place)?.section;
  const number = steps.findIndex(({ linkId }) => linkId === place.linkId) + 1;
  const where = `section ${sections.findIndex(({ linkId }) => linkId === section?.linkId) + 1} of ${sections.length}`;
  return [section?.text ?? '', `${where}, question ${number} of about ${steps.length}`];
}

function askKeys(state: WizardState, page: AskPage): readonly string[] {
  if (page.absence !== undefined) return ['1-2 choose', 'Shift+Tab back to the question'];
  const item = itemAt(state.questionnaire, page.place);
  const own =
    pendingAlarms(state, page).length > 0
      ? ['Enter record it', ...(isTyped(item) ? [] : ownKeys(item, state, page).slice(0, 1))]
      : ownKeys(item, state, page);
  const unknown = item.mayBeAbsent && page.place.kind !== 'grid' && item.type !== 'string' ? ['u not known'] : [];
  return [
    ...own,
    'Shift+Tab back',
    state.help ? '? close' : '? why',
    ...unknown,
    '! urgent',
    'Ctrl-R review',
    'Ctrl-C stop',
  ];
}

function ownKeys(item: Item, { needsEnter }: WizardState, { place }: AskPage): readonly string[] {
  if (place.kind === 'grid') return ['digits score', 'Up change', 'u not known', 'd declined', 'Enter done'];
  if (place.kind === 'entries') return ['y add', 'n go on', 'number change', 'x remove'];
  if (isTyped(item)) return ['Enter accept'];
  const accept = needsEnter ? ['Enter accept'] : [];
  if (item.type === 'boolean') return ['y or n', ...accept];
  if (item.type !== 'choice') return [];
  const keys = optionsOf(item).map(({ key }) => key);
  const range = `${keys[0]}-${keys.at(-1)}`;
  if (!item.repeats) return [`${range} choose`, ...accept];
  // Of a long list the last lines may be out of sight, and the option for none of them stands there.
  const none = item.options.findIndex(({ exclusive }) => exclusive);
  const short = none === -1 ? [] : [`${keys[none]} ${item.options[none]?.text}`];
  return keys.length > 9 ? ['number or letter marks', ...short, 'Enter done'] : [`${range} mark`, 'Enter done'];
}

function noticeFrame(lines: readonly string[], columns: number): Frame {
  return {
    head: [],
    middle: lines.flatMap((each) => [...paragraph(each, columns), blank]),
    foot: keyLines(['Enter go on', 'Ctrl-C stop'], columns),
  };
}

function safetyFrame({ questionnaire, clinic }: WizardState, columns: number): Frame {
  const { title, steps } = questionnaire.safety;
  return {
    head: [line(shortened(title.toUpperCase(), columns), 'alarm')],
    middle: numbered(
      steps.map((step) => withClinicWords(step, clinic)),
      columns,
    ),
    foot: keyLines(['Enter back to the question'], columns),
  };
}

function numbered(steps: readonly string[], columns: number): readonly ViewLine[] {
  return steps.flatMap((step, index) => marked(`${String(index + 1).padStart(3)}  `, step, columns));
}

function emergencyFrame(state: WizardState, page: EmergencyPage, columns: number): Frame {
  const rules = page.rules.map((id) => ruleOf(state.questionnaire, id));
  const says = rules.flatMap(({ say }) => (say === undefined ? [] : [say]));
  return {
    head: paragraph('EMERGENCY: ACT ON THESE STEPS NOW', columns, 'alarm'),
    middle: [
      ...(state.problem === undefined ? [] : focused(marked('! ', state.problem, columns, 'caution'))),
      ...rules.flatMap(({ reason }) => paragraph(reason, columns, 'title')),
      ...numbered(emergencySteps(rules, state.clinic), columns),
      ...says.flatMap((say) => [
        blank,
        ...marked('  ', `You may say: "${withClinicWords(say, state.clinic)}"`, columns),
      ]),
      blank,
      ...paragraph(
        `This page was opened by ${rules.map(({ id }) => `rule ${id}`).join(', ')}. The answers are saved; the screening can wait.`,
        columns,
        'muted',
      ),
    ],
    foot: page.who === undefined ? tellFoot(page, columns) : chooseFoot(page, page.who, columns),
  };
}

function tellFoot({ line: typing }: EmergencyPage, columns: number): readonly ViewLine[] {
  return [
    ...paragraph(
      'Whom did you tell? Type the name or initials of the clinician, or the word told, then Enter.',
      columns,
    ),
    editLine(typing.text, typing.cursor, columns),
  ];
}

function chooseFoot({ highlight }: EmergencyPage, who: string, columns: number): readonly ViewLine[] {
  return [
    ...wrap(`Noted: ${who}. While that answer stands, the result is EMERGENCY.`, columns)
      .slice(0, 2)
      .map((each) => line(each)),
    ...emergencyChoices.flatMap((choice, index) =>
      marked(
        `${index === highlight ? '>' : ' '} ${index + 1}  `,
        choice,
        columns,
        index === highlight ? 'chosen' : 'plain',
      ),
    ),
  ];
}
