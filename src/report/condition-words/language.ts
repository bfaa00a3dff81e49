import { type Expression, partsOf } from '../../model/expression.ts';
import type { CalculatedValue, Item, Parameter, Questionnaire } from '../../model/questionnaire.ts';

/** How a question is spoken of. The default is its text in quotation marks. */
export type QuestionName = (item: Item) => string;

/** How a condition is worded. */
export interface Wording {
  readonly nameOf: QuestionName;
  /** Whether a parameter is told with its title, or by its value alone. */
  readonly withTitles: boolean;
}

/** What names stand for, and how a condition is worded. */
export interface Language extends Wording {
  readonly questionnaire: Questionnaire;
  readonly items: ReadonlyMap<string, { readonly item: Item; readonly isConditional: boolean }>;
  /** The list that a variable runs over. */
  readonly variables: ReadonlyMap<string, Expression>;
}

/** The language of a questionnaire, outside every list. */
export function languageOf(questionnaire: Questionnaire, wording: Wording): Language {
  const items = new Map<string, { readonly item: Item; readonly isConditional: boolean }>();
  const place = (item: Item, isInside: boolean): void => {
    const isConditional = isInside || item.enableWhen !== undefined;
    items.set(item.linkId, { item, isConditional });
    if (item.type === 'group') for (const child of item.items) place(child, isConditional);
  };
  for (const section of questionnaire.items) place(section, false);
  return { ...wording, questionnaire, items, variables: new Map() };
}

/** The text of a question in quotation marks. */
export function quoted({ text }: Item): string {
  return inQuotes(text);
}

/** Typographic quotation marks. */
export function inQuotes(text: string): string {
  return `“${text}”`;
}

/** `family-or-minor` and `minimumDose` as words, for names that have no text of their own. */
export function spelledOut(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_.]+/g, ' ')
    .toLowerCase();
}

/** The item of that linkId; undefined where there is none. */
export function itemNamed(linkId: string, { items }: Language): Item | undefined {
  return items.get(linkId)?.item;
}

/** What a question is called. */
export function question(linkId: string, language: Language): string {
  const item = itemNamed(linkId, language);
  return item ? language.nameOf(item) : inQuotes(spelledOut(linkId));
}

/** The parameter of that name; undefined where there is none. */
export function parameterNamed(name: string, { questionnaire }: Language): Parameter | undefined {
  return questionnaire.parameters.find((each) => each.name === name);
}

/** The calculated value of that linkId; undefined where there is none. */
export function calculatedNamed(linkId: string, { questionnaire }: Language): CalculatedValue | undefined {
  return questionnaire.calculated.find((each) => each.linkId === linkId);
}

/** The language inside a list, where a variable stands for one of it. */
export function inside({ list: over, variable }: OverEntries, language: Language): Language {
  return { ...language, variables: new Map(language.variables).set(variable, over) };
}

/** A repeat as one entry is called, where the list is one. */
export function entryName(list: Expression, language: Language): string | undefined {
  const item = list.kind === 'answer' ? itemNamed(list.linkId, language) : undefined;
  return item?.type === 'group' ? (item.repeats?.entry ?? 'entry') : undefined;
}

/** True where the value of an expression may be missing because a question in it is not asked. */
export function mayBeMissing(expression: Expression, language: Language): boolean {
  switch (expression.kind) {
    case 'answer':
    case 'member':
      return language.items.get(expression.linkId)?.isConditional ?? false;
    case 'calculated': {
      const value = calculatedNamed(expression.linkId, language)?.value.expression;
      return value !== undefined && mayBeMissing(value, language);
    }
    case 'state':
    case 'orElse':
    case 'size':
      return false;
    case 'lookup':
      return true;
    default:
      return partsOf(expression).some((part) => mayBeMissing(part, language));
  }
}

/** The title of a calculated value. */
export function title(linkId: string, language: Language): string {
  return calculatedNamed(linkId, language)?.title ?? spelledOut(linkId);
}

/** `exists`, `all`, `filter` or `map`: a list, and what is said of each entry. */
export type OverEntries = Extract<Expression, { variable: string; body: Expression }>;
