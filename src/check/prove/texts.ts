import { rowOf } from '../../engine/evaluate.ts';
import { itemsOf, repeatOf } from '../../engine/items.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import type { Questionnaire, StringItem } from '../../model/questionnaire.ts';
import { formulasOf } from '../readers.ts';

/** Any text that is in no table and compared with nothing. */
export const otherText = '';

/** What the conditions of a definition can tell texts apart by. */
interface Told {
  /** Questions that some condition reads. */
  readonly questions: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
  /** Texts that answers are compared with as they were typed. */
  readonly literals: ReadonlySet<string>;
  /** How many answers as typed are compared with each other. */
  readonly compared: number;
}

const known = new WeakMap<Questionnaire, Told>();

/**
 * Texts that between them behave as every answer to a question does: for each row that a text can mean one that no
 * condition names, every text that a condition names, and `otherText`. Where typed answers are compared with each other
 * there are as many of each as there are answers.
 */
export function textsFor(questionnaire: Questionnaire, { linkId, maxLength }: StringItem): readonly string[] {
  const { questions, literals, compared } = toldBy(questionnaire);
  if (!questions.has(linkId)) return [otherText];
  const texts = new Set([...literals, ...[...rowTexts(questionnaire).values()].flat()]);
  for (let at = 1; at < compared; at += 1) texts.add(`other ${at}`);
  return [...[...texts].filter((text) => text.trim() !== '' && [...text].length <= maxLength), otherText];
}

/** The text of `textsFor` that behaves as `text` does. */
export function textLike(questionnaire: Questionnaire, item: StringItem, text: string): string {
  const texts = textsFor(questionnaire, item);
  if (texts.includes(text)) return text;
  const { literals, tables } = toldBy(questionnaire);
  const meaning = meaningOf(questionnaire, tables, text);
  if (meaning === meaningOf(questionnaire, tables, otherText)) return otherText;
  const isLike = (each: string): boolean => !literals.has(each) && meaningOf(questionnaire, tables, each) === meaning;
  return texts.find(isLike) ?? otherText;
}

/** True where answers are compared with each other as they were typed: then not even a like text may stand for another. */
export function comparesTypedTexts(questionnaire: Questionnaire): boolean {
  return toldBy(questionnaire).compared > 0;
}

/** For each way of being in the tables, texts that are in them in this way and that no condition names. */
function rowTexts(questionnaire: Questionnaire): ReadonlyMap<string, readonly string[]> {
  const { tables, literals, compared } = toldBy(questionnaire);
  const found = new Map<string, readonly string[]>();
  const names = questionnaire.tables
    .filter(({ name }) => tables.has(name))
    .flatMap(({ rows }) => rows.flatMap((row) => [row.key, ...row.names]));
  const spaced = Array.from({ length: compared + 2 }, (_, count) => ' '.repeat(count));
  for (const text of spaced.flatMap((space) => names.map((name) => `${name}${space}`))) {
    const meaning = meaningOf(questionnaire, tables, text);
    const texts = found.get(meaning) ?? [];
    if (!literals.has(text) && !texts.includes(text) && texts.length < Math.max(1, compared))
      found.set(meaning, [...texts, text]);
  }
  return found;
}

function meaningOf(questionnaire: Questionnaire, tables: ReadonlySet<string>, text: string): string {
  return JSON.stringify([...tables].map((table) => rowOf(questionnaire, table, text)?.key ?? null));
}

function toldBy(questionnaire: Questionnaire): Told {
  const told = known.get(questionnaire) ?? findTold(questionnaire);
  known.set(questionnaire, told);
  return told;
}

function findTold(questionnaire: Questionnaire): Told {
  const questions = new Set<string>();
  const tables = new Set<string>();
  const literals = new Set<string>();
  let isCompared = false;
  const visit = (expression: Expression): void => {
    const parts = partsOf(expression);
    switch (expression.kind) {
      case 'answer':
      case 'member':
        questions.add(expression.linkId);
        break;
      case 'listed':
      case 'lookup':
        tables.add(expression.table);
        break;
      case 'compare':
      case 'in':
        if (parts.some(isTyped)) for (const part of parts) addCodes(part, literals);
        isCompared ||= parts.every(isTyped);
        break;
      case 'distinct':
        isCompared ||= isTyped(expression.list);
        break;
    }
    parts.forEach(visit);
  };
  for (const { expression } of formulasOf(questionnaire)) visit(expression);
  for (const invariant of questionnaire.invariants) if ('when' in invariant) visit(invariant.when.expression);
  return { questions, tables, literals, compared: isCompared ? typedAnswers(questionnaire) : 0 };
}

function isTyped({ type }: Expression): boolean {
  const text = type.is === 'list' ? type.of : type;
  return text.is === 'text' && text.codes === undefined;
}

/** Puts the texts into `into` that an expression can come to without being typed. */
function addCodes(expression: Expression, into: Set<string>): void {
  if (expression.type.is === 'text') for (const code of expression.type.codes ?? []) into.add(code);
  for (const part of partsOf(expression)) addCodes(part, into);
}

/** How many texts one sheet can hold. */
function typedAnswers(questionnaire: Questionnaire): number {
  return [...itemsOf(questionnaire).values()].reduce((count, placed) => {
    const times = repeatOf(placed)?.repeats?.max ?? 1;
    return placed.item.type === 'string' ? count + times : count;
  }, 0);
}
