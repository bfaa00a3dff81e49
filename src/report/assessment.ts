import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Finding } from '../model/assessment.ts';
import type { Disposition } from '../model/disposition.ts';
import type { Item, Questionnaire, Rule } from '../model/questionnaire.ts';
import { unprintable } from '../model/unprintable.ts';
import { answerText } from './answer-text.ts';
import { type ClinicWords, withClinicWords } from './clinic-words.ts';
import type { Paint, Tone } from './colour.ts';

/** What a disposition is called in front of people. */
export const dispositionNames: Readonly<Record<Disposition, string>> = {
  emergency: 'EMERGENCY: ACT NOW',
  'do-not-proceed': 'DO NOT PROCEED',
  defer: 'DEFER: NOT TODAY',
  'clinician-review': 'NEEDS CLINICIAN REVIEW',
  'proceed-with-conditions': 'PROCEED WITH CONDITIONS',
  proceed: 'PROCEED: NO BARRIER FOUND',
};

export const dispositionTones: Readonly<Record<Disposition, Tone>> = {
  emergency: 'alarm',
  'do-not-proceed': 'alarm',
  defer: 'caution',
  'clinician-review': 'caution',
  'proceed-with-conditions': 'chosen',
  proceed: 'chosen',
};

/**
 * An assessment for people: the disposition, each finding with its reason, what to do and the answers that decided it,
 * the calculated values, what was not asked. Lines of at most `columns` (default 80) where no word is longer.
 */
export function describeAssessment(
  questionnaire: Questionnaire,
  answers: Answers,
  assessment: Assessment,
  {
    paint = plain,
    columns = 80,
    clinic = {},
  }: { readonly paint?: Paint; readonly columns?: number; readonly clinic?: ClinicWords } = {},
): string[] {
  const { disposition, findings, values, notAsked } = assessment;
  const asked = questionsOf(questionnaire);
  const lines = (text: string, indent: string): string[] => wrapped(withClinicWords(text, clinic), indent, columns);
  return [
    paint(`RESULT: ${dispositionNames[disposition]}`, dispositionTones[disposition]),
    `${questionnaire.id} ${questionnaire.version}`,
    ...findings.flatMap((finding) => describeFinding(finding, questionnaire, answers, asked, lines, paint)),
    ...(findings.length === 0 ? ['', ...lines('Nothing was found that stands in the way.', '')] : []),
    ...section('Calculated', describeValues(questionnaire, values), lines),
    ...section(
      'Not asked, although it should be',
      notAsked.map((path) => labelOf(path, asked)),
      lines,
    ),
    '',
    paint('This is a screening aid. A licensed clinician decides.', 'muted'),
  ];
}

type Lines = (text: string, indent: string) => string[];

function plain(text: string): string {
  return text;
}

function section(title: string, texts: readonly string[], lines: Lines): string[] {
  return texts.length === 0 ? [] : ['', title, ...texts.flatMap((text) => lines(text, '  '))];
}

function describeFinding(
  { rule: id, disposition, because, absent }: Finding,
  { rules }: Questionnaire,
  answers: Answers,
  asked: Questions,
  lines: Lines,
  paint: Paint,
): string[] {
  const rule = rules.find((each) => each.id === id);
  return [
    '',
    `${paint(disposition, dispositionTones[disposition])}  ${id}`,
    ...(rule ? (absent.length === 0 ? describeRule(rule, lines) : describeUnsettled(rule, disposition, lines)) : []),
    ...because.flatMap((path) => lines(`- ${labelOf(path, asked)} ${textAt(path, answers, asked)}`, '  ')),
    ...absent.flatMap((path) => lines(`- ${labelOf(path, asked)} ${textAt(path, answers, asked)}`, '  ')),
  ];
}

/** A rule that absence left open is not said to hold: its answer is what has to be found out. */
function describeUnsettled({ reason }: Rule, disposition: Disposition, lines: Lines): string[] {
  const now =
    disposition === 'clinician-review'
      ? 'A clinician talks with the person about it before booking.'
      : 'Find it out and enter it anew. Until then it stands in the way.';
  return [`Not settled, an answer is missing: ${reason}`, now].flatMap((text) => lines(text, '  '));
}

function describeRule({ reason, action, steps, say }: Rule, lines: Lines): string[] {
  const now = steps.length > 0 ? steps.map((step, index) => `${index + 1}. ${step}`) : [action];
  return [reason, ...now, ...(say === undefined ? [] : [`You may say: "${say}"`])].flatMap((text) => lines(text, '  '));
}

function describeValues(
  { calculated }: Questionnaire,
  values: ReadonlyMap<string, CalculatedResult>,
): readonly string[] {
  return calculated.flatMap(({ linkId, title }) => {
    const value = values.get(linkId);
    if (value === undefined) return [];
    return [`${title}: ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`];
  });
}

type Questions = ReadonlyMap<string, Item>;

/** Every item of a questionnaire by linkId, those in groups too. */
export function questionsOf({ items }: Questionnaire): Questions {
  const within = (item: Item): readonly Item[] => [item, ...(item.type === 'group' ? item.items.flatMap(within) : [])];
  return new Map(items.flatMap(within).map((item) => [item.linkId, item]));
}

interface Place {
  readonly linkId: string;
  /** The entry of a repeat, from 1. */
  readonly repeat?: string;
  readonly position?: number;
}

/** `trial[2].dose` is `trial.dose` in the second entry of `trial`. */
function placeOf(path: string): Place {
  const [, repeat, position, rest = ''] = /^(.+?)\[(\d+)\](.*)$/.exec(path) ?? [];
  if (repeat === undefined) return { linkId: path };
  return { linkId: `${repeat}${rest}`, repeat, position: Number(position) };
}

function labelOf(path: string, asked: Questions): string {
  const { linkId, repeat, position } = placeOf(path);
  const text = asked.get(linkId)?.text ?? linkId;
  const around = repeat === undefined ? undefined : asked.get(repeat);
  const entry = around?.type === 'group' ? (around.repeats?.entry ?? repeat) : repeat;
  return position === undefined ? text : `${entry} ${position}: ${text}`;
}

/** The answer at a path in words. */
function textAt(path: string, answers: Answers, asked: Questions): string {
  const { linkId, repeat, position } = placeOf(path);
  const entries = repeat === undefined ? undefined : answers.get(repeat);
  const from = Array.isArray(entries) ? (entries as readonly Answers[])[Number(position) - 1] : answers;
  const answer = from?.get(linkId);
  return answer === undefined ? '(not asked)' : inWords(asked.get(linkId), answer);
}

function inWords(item: Item | undefined, answer: Answer): string {
  if (isAbsent(answer)) return answer.absent === 'unknown' ? '(not known)' : '(declined)';
  return item ? answerText(item, answer) : '';
}

/** `text` on lines of at most `columns` after `indent`; a longer word stands alone. Nothing in it that a terminal would obey. */
export function wrapped(text: string, indent: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(/\s+/g, ' ').replace(unprintable, '').trim().split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line);
      line = word;
    } else line += line === '' ? word : ` ${word}`;
  }
  return [...lines, indent + line];
}
