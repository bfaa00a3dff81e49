import type { Answer } from '../model/answers.ts';
import type { ChoiceItem, Item } from '../model/questionnaire.ts';

/** One line to choose: the key that chooses it, and its words. */
export interface Option {
  readonly key: string;
  readonly text: string;
  readonly answer: Answer;
}

/** Letters for the options after the ninth; `u` stays free for not known. */
const letters = [...'abcdefghijklmnopqrstvwxyz'].filter((letter) => letter !== 'u');

/** What can be chosen for a question, with the key of each: its score, else its number, else a letter. */
export function optionsOf(item: Item): readonly Option[] {
  if (item.type === 'boolean') {
    return [
      { key: '1', text: 'Yes', answer: true },
      { key: '2', text: 'No', answer: false },
    ];
  }
  if (item.type !== 'choice') return [];
  return item.options.map(({ code, text, score }, index) => ({
    key: keyOf(item, index),
    text,
    answer: item.scored ? (score ?? 0) : code,
  }));
}

function keyOf({ options, scored }: ChoiceItem, index: number): string {
  const isByScore = scored && options.every(({ score = -1 }) => Number.isInteger(score) && score >= 0 && score <= 9);
  if (isByScore) return String(options[index]?.score);
  return index < 9 ? String(index + 1) : (letters[index - 9] ?? '');
}

/** The index of the option that a typed key chooses; -1 for none. */
export function optionAt(item: Item, key: string): number {
  const typed = key.toLowerCase();
  if (item.type === 'boolean' && (typed === 'y' || typed === 'n')) return typed === 'y' ? 0 : 1;
  return typed === '' ? -1 : optionsOf(item).findIndex((option) => option.key === typed);
}

/** The codes chosen after one more is toggled: an exclusive one stands alone. In the order of the options. */
export function toggled({ options }: ChoiceItem, chosen: readonly string[], index: number): readonly string[] {
  const option = options[index];
  if (!option) return chosen;
  if (chosen.includes(option.code)) return chosen.filter((code) => code !== option.code);
  if (option.exclusive) return [option.code];
  const exclusive = new Set(options.filter((each) => each.exclusive).map(({ code }) => code));
  const kept = new Set([...chosen.filter((code) => !exclusive.has(code)), option.code]);
  return options.map(({ code }) => code).filter((code) => kept.has(code));
}

/** A highlight moved by one, from nothing to the first or last. */
export function moved(highlight: number, by: 1 | -1, count: number): number {
  if (highlight === -1) return by === 1 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, highlight + by));
}
