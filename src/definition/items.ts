import { atScale, parseDecimal } from '../model/decimal.ts';
import type { Code } from '../model/diagnostic.ts';
import type { ExpressionType } from '../model/expression.ts';
import type {
  AlternativeUnit,
  AnswerOption,
  GroupItem,
  Help,
  Item,
  NumberItem,
  QuestionItem,
} from '../model/questionnaire.ts';
import type { ItemText, QuestionnaireText } from './schema.ts';
import { wayOut } from './suggest.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type NumberText = Extract<ItemText, { type: 'integer' | 'decimal' }>;
type ChoiceText = Extract<ItemText, { type: 'choice' }>;

/** Reports what is wrong at a place of the YAML document. `first` is where the same stands already. */
export type Report = (code: Code, path: YamlPath, message: string, help: string, first?: YamlPath) => void;

/** An item whose `enableWhen` still has to be read, and where it is written. */
export interface WrittenItem {
  readonly item: Item;
  readonly path: YamlPath;
  readonly enableWhen: string | undefined;
}

/** The items of a definition as the model has them, all but `enableWhen`; and every one of them, in asking order. */
export function readItems(
  text: QuestionnaireText,
  yaml: YamlSource,
  report: Report,
): { readonly sections: readonly GroupItem[]; readonly all: readonly WrittenItem[] } {
  const all: WrittenItem[] = [];
  const read = (item: ItemText, path: YamlPath): Item => {
    const place: WrittenItem[] = [];
    const base = baseOf(item, yaml.at(path));
    const model = item.type === 'group' ? groupOf(item, base) : questionOf(item, base, text, path, report);
    all.push({ item: model, path, enableWhen: item.enableWhen });
    if (item.type === 'group' && model.type === 'group') {
      (model as Writable<GroupItem>).items = item.items.map((child, index) => read(child, [...path, 'items', index]));
    }
    all.push(...place);
    return model;
  };
  const sections = text.items.map((section, index) => read(section, ['items', index]) as GroupItem);
  return { sections, all };
}

function baseOf(item: ItemText, at: Item['at']) {
  const help: Help = {
    ...(item.why === undefined ? {} : { why: item.why }),
    ...(item.counts === undefined ? {} : { counts: item.counts }),
    ...(item.say === undefined ? {} : { say: item.say }),
  };
  const { linkId, text, sources, required, phi, coding, validFor } = item;
  return {
    linkId,
    text,
    help,
    sources,
    required,
    mayBeAbsent: item.absence === 'allowed',
    phi,
    at,
    ...(coding && { coding }),
    ...(validFor !== undefined && { validFor }),
  };
}

type Base = ReturnType<typeof baseOf>;

function groupOf(item: Extract<ItemText, { type: 'group' }>, base: Base): GroupItem {
  const { presentation, repeats, credit } = item;
  return { type: 'group', ...base, presentation, items: [], ...(repeats && { repeats }), ...(credit && { credit }) };
}

function questionOf(
  item: Exclude<ItemText, { type: 'group' }>,
  base: Base,
  text: QuestionnaireText,
  path: YamlPath,
  report: Report,
): QuestionItem {
  switch (item.type) {
    case 'boolean':
      return { type: 'boolean', ...base };
    case 'date':
      return { type: 'date', ...base, ...(item.initial && { initial: item.initial }) };
    case 'string':
      return stringOf(item, base, text, path, report);
    case 'integer':
    case 'decimal':
      return numberOf(item, base, path, report);
    case 'choice':
      return choiceOf(item, base, text, path, report);
  }
}

function stringOf(
  { maxLength, table }: Extract<ItemText, { type: 'string' }>,
  base: Base,
  { tables }: QuestionnaireText,
  path: YamlPath,
  report: Report,
): QuestionItem {
  if (table !== undefined && !Object.hasOwn(tables, table))
    report('unknown-table', [...path, 'table'], `there is no table \`${table}\``, wayOut(table, Object.keys(tables)));
  return { type: 'string', ...base, maxLength, ...(table !== undefined && { table }) };
}

function numberOf(item: NumberText, base: Base, path: YamlPath, report: Report): NumberItem {
  const decimals = item.type === 'decimal' ? item.decimals : 0;
  const scaled = (key: 'min' | 'max', value: number, at: YamlPath): number => {
    const decimal = parseDecimal(String(value));
    const whole = decimal && atScale(decimal, decimals);
    if (whole === undefined)
      report(
        'wrong-shape',
        [...at, key],
        `\`${key}\` has more than ${decimals} decimals`,
        'round it, or allow more `decimals`',
      );
    return whole ?? 0;
  };
  const [min, max] = [scaled('min', item.min, path), scaled('max', item.max, path)];
  if (min > max) report('wrong-shape', [...path, 'min'], '`min` is above `max`', 'swap them');
  const { plausible } = item;
  return {
    type: item.type,
    ...base,
    decimals,
    min,
    max,
    unit: item.unit,
    unitText: item.unitText ?? item.unit,
    alternatives: item.alternatives.map(alternativeOf),
    ...(plausible && {
      plausible: {
        min: scaled('min', plausible.min, [...path, 'plausible']),
        max: scaled('max', plausible.max, [...path, 'plausible']),
      },
    }),
  };
}

function alternativeOf({ unit, names, factor }: NumberText['alternatives'][number]): AlternativeUnit {
  const [over, under = '1'] = factor.split('/').map((part) => part.trim());
  const [a, b] = [parseDecimal(over ?? ''), parseDecimal(under)];
  return {
    unit,
    names,
    numerator: (a?.value ?? 1) * 10 ** (b?.scale ?? 0),
    denominator: (b?.value ?? 1) * 10 ** (a?.scale ?? 0),
  };
}

function choiceOf(item: ChoiceText, base: Base, text: QuestionnaireText, path: YamlPath, report: Report): QuestionItem {
  const listed = typeof item.options === 'string' ? text.answerLists[item.options] : item.options;
  if (!listed) {
    report(
      'unknown-list',
      [...path, 'options'],
      `there is no answer list \`${item.options}\``,
      wayOut(String(item.options), Object.keys(text.answerLists)),
    );
  }
  const options = (listed ?? []).map(
    ({ code, text, score, exclusive, coding }): AnswerOption => ({
      code,
      text,
      exclusive,
      ...(score === undefined ? {} : { score }),
      ...(coding && { coding }),
    }),
  );
  const scores = options.filter(({ score }) => score !== undefined).length;
  if (scores !== 0 && scores !== options.length)
    report(
      'wrong-shape',
      [...path, 'options'],
      'some options have a score and some have none',
      'score all of them, or none',
    );
  if (scores !== 0 && item.repeats)
    report('wrong-shape', [...path, 'options'], 'a choice of several cannot be scored', 'leave the scores out');
  const codes = options.map(({ code }) => code);
  codes.forEach((code, index) => {
    if (codes.indexOf(code) === index) return;
    const list = typeof item.options === 'string' ? ['answerLists', item.options] : [...path, 'options'];
    report(
      'duplicate-id',
      [...list, index, 'code'],
      `two options have the code \`${code}\``,
      'give each its own code',
      [...list, codes.indexOf(code), 'code'],
    );
  });
  return { type: 'choice', ...base, options, repeats: item.repeats, scored: scores > 0 };
}

/** The type that conditions see of a question or repeat. */
export function typeOf(item: Item): ExpressionType | undefined {
  switch (item.type) {
    case 'group':
      return item.repeats && { is: 'list', of: { is: 'entry', linkId: item.linkId }, max: item.repeats.max };
    case 'boolean':
      return { is: 'boolean' };
    case 'integer':
    case 'decimal':
      return { is: 'number', scale: item.decimals, min: item.min, max: item.max };
    case 'date':
      return { is: 'date' };
    case 'string':
      return { is: 'text' };
    case 'choice': {
      if (item.scored) {
        const scores = item.options.map(({ score }) => score ?? 0);
        return { is: 'number', scale: 0, min: Math.min(...scores), max: Math.max(...scores) };
      }
      const code: ExpressionType = { is: 'text', codes: item.options.map(({ code }) => code) };
      return item.repeats ? { is: 'list', of: code, max: item.options.length } : code;
    }
  }
}

/** Items at every depth, groups before what is in them. */
export function allItems(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item) => (item.type === 'group' ? [item, ...allItems(item.items)] : [item]));
}
