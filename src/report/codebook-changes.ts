import type { Item, Questionnaire } from '../model/questionnaire.ts';
import { dispositionNames } from './assessment.ts';
import type { Changes } from './codebook.ts';
import { conditionInWords, parameterInWords, type Statement, valueInWords } from './condition-words.ts';

/** Something of a definition as it is compared: `told` is everything that a reader would see of it. */
interface Piece {
  readonly id: string;
  readonly name: string;
  readonly told: string;
}

/**
 * What reads differently in two definitions: numbers, rules, calculated values, questions. Whose outcome changes is not
 * said here; that takes a proof.
 */
export function changesBetween(signed: Questionnaire, now: Questionnaire, digest: string): Changes {
  const lists: readonly (readonly [string, (of: Questionnaire) => readonly Piece[]])[] = [
    ['Numbers that decide', numbers],
    ['Rules', rules],
    ['Calculated values', values],
    ['Questions', questions],
  ];
  return {
    against: `${signed.id} ${signed.version}, ${digest}`,
    lists: lists.map(([title, pieces]) => ({ title, items: differences(pieces(signed), pieces(now)) })),
  };
}

function differences(before: readonly Piece[], after: readonly Piece[]): readonly Statement[] {
  const [old, now] = [byId(before), byId(after)];
  const removed = before.filter(({ id }) => !now.has(id)).map(({ name }) => sentence(`removed: ${name}`));
  const added = after.filter(({ id }) => !old.has(id)).map(({ name }) => sentence(`new: ${name}`));
  const changed = after.flatMap((piece) => {
    const was = old.get(piece.id);
    if (!was || was.told === piece.told) return [];
    const parts = [sentence(`was: ${was.told}`), sentence(`is: ${piece.told}`)];
    return [{ text: `changed: ${piece.name}`, parts }];
  });
  return [...changed, ...added, ...removed];
}

function byId(pieces: readonly Piece[]): ReadonlyMap<string, Piece> {
  return new Map(pieces.map((piece) => [piece.id, piece]));
}

function sentence(text: string): Statement {
  return { text, parts: [] };
}

/** A statement on one line. */
function flat({ text, parts }: Statement): string {
  return parts.length === 0 ? text : `${text} ${parts.map((part) => `(${flat(part)})`).join(' ')}`;
}

function numbers(questionnaire: Questionnaire): readonly Piece[] {
  return questionnaire.parameters.map((parameter) => ({
    id: parameter.name,
    name: parameter.title,
    told: `${parameterInWords(questionnaire, parameter)}, because: ${parameter.because}`,
  }));
}

function rules(questionnaire: Questionnaire): readonly Piece[] {
  return questionnaire.rules.map((rule) => ({
    id: rule.id,
    name: rule.id,
    told: [
      dispositionNames[rule.disposition],
      `when ${flat(conditionInWords(questionnaire, rule.when.expression))}`,
      rule.reason,
      rule.action,
      ...rule.steps,
      ...(rule.say === undefined ? [] : [rule.say]),
      `not known: ${dispositionNames[rule.absence.unknown]}`,
      `declined: ${dispositionNames[rule.absence.declined]}`,
      `left out: ${dispositionNames[rule.absence.leftOut]}`,
      `sources: ${rule.sources.join(', ')}`,
    ].join('; '),
  }));
}

function values(questionnaire: Questionnaire): readonly Piece[] {
  return questionnaire.calculated.map(({ linkId, title, decimals, value }) => ({
    id: linkId,
    name: title,
    told: `${title}: ${flat(valueInWords(questionnaire, value.expression))}; ${decimals} decimals`,
  }));
}

function questions(questionnaire: Questionnaire): readonly Piece[] {
  const within = (item: Item): readonly Piece[] => [
    { id: item.linkId, name: `“${item.text}”`, told: toldOf(item, questionnaire) },
    ...(item.type === 'group' ? item.items.flatMap(within) : []),
  ];
  return questionnaire.items.flatMap(within);
}

function toldOf(item: Item, questionnaire: Questionnaire): string {
  const { text, help, enableWhen, required, mayBeAbsent, sources } = item;
  const asked = enableWhen && `asked only if ${flat(conditionInWords(questionnaire, enableWhen.expression))}`;
  return [
    `“${text}”`,
    ...limitsOf(item),
    ...(asked === undefined ? [] : [asked]),
    ...[help.why, help.counts, help.say].filter((words) => words !== undefined),
    required ? 'required' : 'not required',
    mayBeAbsent ? 'not known and declined are taken' : 'not known and declined are not taken',
    `sources: ${sources.join(', ')}`,
  ].join('; ');
}

function limitsOf(item: Item): readonly string[] {
  switch (item.type) {
    case 'choice':
      return [
        item.options.map(({ code, text, score }) => `${text} (${score === undefined ? code : score})`).join(' / '),
        item.repeats ? 'several' : 'one',
      ];
    case 'integer':
    case 'decimal':
      return [`${item.min} to ${item.max} at ${item.decimals} decimals, ${item.unitText}`];
    case 'string':
      return [`at most ${item.maxLength} characters`];
    case 'group':
      return item.repeats ? [`${item.repeats.min} to ${item.repeats.max} times`] : [];
    default:
      return [item.type];
  }
}
