import { isAbsent } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import type { GroupItem, Item } from '../model/questionnaire.ts';
import { answerText } from '../report/answer-text.ts';
import { gridSummary } from './ask-grid.ts';
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
import type { ReviewPage, WizardState } from './state.ts';
import {
  nextOpen,
  openPlace,
  rowsOf,
  type Standing,
  type Step,
  settledFindings,
  standingOf,
  stepOfPath,
  stepsOf,
} from './steps.ts';
import { atBothEnds, counted } from './text.ts';
import { sectionKeys } from './update.ts';
import { dispositionWords, ruleOf } from './wording.ts';

/** The review: what to look at first, then the sections, one of them open. */
export function reviewFrame(state: WizardState, page: ReviewPage, columns: number): Frame {
  const standing = standingOf(state.questionnaire, state.answers);
  const open = nextOpen(state.questionnaire, state);
  const enter = open ? 'Enter goes on with the questions' : 'Enter finishes';
  return {
    head: atBothEnds('Review', counted(standing.used.size, 'answer'), columns).map((each) => line(each, 'title')),
    middle: [
      ...firstLines(state, standing, columns),
      ...state.questionnaire.items.flatMap((section, index) =>
        sectionLines(state, standing, section, index, page, columns),
      ),
      ...focused(state.problem === undefined ? [] : marked('! ', state.problem, columns, 'caution')),
    ],
    foot: [
      ...paragraph(
        `Number: change a question. Letter: open a section. ${enter}, q stops and keeps the draft.`,
        columns,
        'muted',
      ),
      editLine(page.line.text, page.line.cursor, columns),
    ],
  };
}

/** Findings that stand in the way, worst first. */
function firstLines(state: WizardState, standing: Standing, columns: number): readonly ViewLine[] {
  const settled = settledFindings(standing).filter(({ disposition }) => disposition !== 'proceed-with-conditions');
  if (settled.length === 0) return [];
  return [
    line('To look at first', 'title'),
    ...settled.flatMap((finding) => findingLines(state, standing, finding, columns)),
    blank,
  ];
}

function findingLines(state: WizardState, standing: Standing, finding: Finding, columns: number): readonly ViewLine[] {
  const { reason } = ruleOf(state.questionnaire, finding.rule);
  const paths = finding.absent.length > 0 ? finding.absent : finding.because;
  const numbers = new Set(
    paths.map((path) => numberOf(standing, stepOfPath(state.questionnaire, path))).filter((number) => number > 0),
  );
  const mark = `${[...numbers].slice(0, 3).join(', ').padStart(4)}  `;
  const why = finding.absent.length > 0 ? `not settled, an answer is absent. ${reason}` : reason;
  const isAlarm = finding.disposition === 'emergency' || finding.disposition === 'do-not-proceed';
  return marked(
    mark,
    `${dispositionWords(finding.disposition)} (${finding.rule}): ${why}`,
    columns,
    isAlarm ? 'alarm' : 'caution',
  );
}

/** The number by which the review names a step; 0 where it is not asked. */
function numberOf({ steps }: Standing, step: Step | undefined): number {
  return step === undefined ? 0 : steps.findIndex(({ linkId }) => linkId === step.linkId) + 1;
}

function sectionLines(
  state: WizardState,
  standing: Standing,
  section: GroupItem,
  index: number,
  page: ReviewPage,
  columns: number,
): readonly FrameLine[] {
  const steps = standing.steps.filter((step) => step.section === section);
  const aside = setAsideOf(standing, section, state);
  const title = `${sectionKeys[index]}  ${section.text}`;
  const isOpen = page.open === index;
  const head = atBothEnds(title, sectionState(state, standing, steps, aside.length), columns).map((each) =>
    line(each, isOpen ? 'chosen' : 'plain'),
  );
  if (!isOpen) return head;
  return [
    ...focused(head),
    ...focused(steps.flatMap((step) => stepLines(state, standing, step, columns))),
    ...focused(aside.flatMap((item) => asideLines(state, item, columns))),
  ];
}

function sectionState(state: WizardState, standing: Standing, steps: readonly Step[], aside: number): string {
  const open = steps.filter((step) => openPlace(step, state, standing) !== undefined).length;
  const unknown = steps.reduce((sum, step) => sum + absentIn(standing, step), 0);
  const parts = [
    open > 0 ? `${open} to answer` : steps.length === 0 ? 'not asked' : 'complete',
    ...(unknown > 0 ? [`${unknown} not known`] : []),
    ...(aside > 0 ? [`${aside} set aside`] : []),
  ];
  return parts.join(', ');
}

function absentIn({ used, situation }: Standing, step: Step): number {
  const linkIds = step.kind === 'grid' ? rowsOf(step.item, situation).map(({ linkId }) => linkId) : [step.linkId];
  const own = linkIds.filter((linkId) => isAbsent(used.get(linkId))).length;
  const entries = used.get(step.linkId);
  if (step.kind !== 'repeat' || !Array.isArray(entries)) return own;
  return entries.reduce(
    (sum: number, entry) => sum + [...(entry as ReadonlyMap<string, never>).values()].filter(isAbsent).length,
    0,
  );
}

function stepLines(state: WizardState, standing: Standing, step: Step, columns: number): readonly ViewLine[] {
  const mark = `${String(numberOf(standing, step)).padStart(5)}  `;
  return marked(mark, `${step.item.text} ${stepAnswer(state, standing, step)}`, columns);
}

function stepAnswer(state: WizardState, { used, situation }: Standing, step: Step): string {
  if (step.kind === 'grid') {
    const { done, of, text } = gridSummary(state, step.item);
    const scores = rowsOf(step.item, situation)
      .map(({ linkId }) => shortScore(used.get(linkId)))
      .join(' ');
    return done < of ? `- ${done} of ${of}` : `- ${scores}${text === '' ? '' : ` (${text})`}`;
  }
  const answer = used.get(step.linkId);
  return answer === undefined ? '- no answer' : `- ${answerText(step.item, answer)}`;
}

function shortScore(answer: unknown): string {
  return typeof answer === 'number' || typeof answer === 'string' ? String(answer) : '-';
}

/** Questions of a section whose answers are set aside. */
function setAsideOf(standing: Standing, section: GroupItem, { questionnaire }: WizardState): readonly Item[] {
  const items = stepsOf(questionnaire)
    .filter((step) => step.section === section)
    .flatMap((step): readonly Item[] => (step.kind === 'grid' ? step.item.items : [step.item]));
  return items.filter(({ linkId }) => standing.setAside.includes(linkId));
}

function asideLines({ answers }: WizardState, item: Item, columns: number): readonly ViewLine[] {
  const answer = answers.get(item.linkId);
  const text = answer === undefined ? '' : answerText(item, answer);
  return marked('    -  ', `Set aside, not used: ${item.text} ${text}`, columns, 'muted');
}
