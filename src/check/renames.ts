import { suggestion } from '../definition/suggest.ts';
import { readYaml, type SourceText } from '../definition/yaml-source.ts';
import { itemsOf, repeatOf } from '../engine/items.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Expression, ExpressionType } from '../model/expression.ts';
import type { Formula, GroupItem, Item, Questionnaire } from '../model/questionnaire.ts';

/** New names by old ones. Options by the old linkId of their question. */
export interface Renames {
  /** Questions, groups and calculated values. */
  readonly linkIds: ReadonlyMap<string, string>;
  readonly rules: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const noRenames: Renames = { linkIds: new Map(), rules: new Map(), parameters: new Map(), options: new Map() };

/** A rename as it was written: `cardiac.mi` to `heart.attack`, `cardiac.stroke:tia` to `mini-stroke`. */
export interface WrittenRename {
  readonly from: string;
  readonly to: string;
}

/** The rename that `old.id=new.id` writes; undefined for another form. */
export function parseRename(text: string): WrittenRename | undefined {
  const [, from, to] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Reads a YAML map of old names to new ones. Never throws. */
export function readRenamesFile(source: SourceText): {
  readonly written: readonly WrittenRename[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { yaml, diagnostics } = readYaml(source);
  if (!yaml) return { written: [], diagnostics };
  const isMap = typeof yaml.value === 'object' && yaml.value !== null && !Array.isArray(yaml.value);
  const entries = isMap ? Object.entries(yaml.value as Readonly<Record<string, unknown>>) : [];
  const wrong = entries.filter(([, to]) => typeof to !== 'string').map(([from]) => yaml.at([from]));
  const problems = isMap ? wrong : [yaml.at([])];
  if (problems.length === 0) return { written: entries.map(([from, to]) => ({ from, to: String(to) })), diagnostics };
  return {
    written: [],
    diagnostics: problems.map((at) => ({
      code: 'wrong-shape',
      severity: 'error',
      message: 'expected a map of old names to new ones',
      at,
      help: 'write one `old.name: new.name` a line',
    })),
  };
}

type Kind = 'linkIds' | 'rules' | 'parameters';

/** Sorts renames by what they name. `problems`, one sentence each, where a name is not there or stands for two things. */
export function renamesBetween(
  old: Questionnaire,
  next: Questionnaire,
  written: readonly WrittenRename[],
): { readonly renames: Renames; readonly problems: readonly string[] } {
  const named = {
    linkIds: new Map<string, string>(),
    rules: new Map<string, string>(),
    parameters: new Map<string, string>(),
  };
  const options = new Map<string, Map<string, string>>();
  const problems: string[] = [];
  const [before, after] = [namesOf(old), namesOf(next)];
  for (const { from, to } of written.filter(({ from: name }) => !name.includes(':'))) {
    const kind = kindOf(from, to, before, after);
    if (kind) named[kind].set(from, to);
    else problems.push(unknownName(from, to, before, after));
  }
  addEntryQuestions(old, named.linkIds);
  for (const { from, to } of written.filter(({ from: name }) => name.includes(':'))) {
    const problem = optionProblem(from, to, old, next, named.linkIds);
    if (problem !== undefined) problems.push(problem);
    else {
      const [linkId = '', code = ''] = from.split(':');
      options.set(linkId, (options.get(linkId) ?? new Map<string, string>()).set(code, to));
    }
  }
  const renames = { ...named, options };
  return {
    renames,
    problems: [
      ...problems,
      ...written.flatMap(twice),
      ...clashes(before, named),
      ...misplaced(old, next, named.linkIds),
    ],
  };
}

type Names = Readonly<Record<Kind, readonly string[]>>;

function namesOf(questionnaire: Questionnaire): Names {
  return {
    linkIds: [...itemsOf(questionnaire).keys(), ...questionnaire.calculated.map(({ linkId }) => linkId)],
    rules: questionnaire.rules.map(({ id }) => id),
    parameters: questionnaire.parameters.map(({ name }) => `params.${name}`),
  };
}

const kinds: readonly Kind[] = ['linkIds', 'rules', 'parameters'];

function kindOf(from: string, to: string, before: Names, after: Names): Kind | undefined {
  return kinds.find((kind) => before[kind].includes(from) && after[kind].includes(to));
}

function unknownName(from: string, to: string, before: Names, after: Names): string {
  const all = (names: Names): readonly string[] => kinds.flatMap((kind) => names[kind]);
  const isOld = all(before).includes(from);
  if (isOld && all(after).includes(to))
    return `${from} and ${to} are not of one kind: a question stays a question, a rule a rule`;
  const [name, names, which] = isOld ? [to, all(after), 'new'] : [from, all(before), 'old'];
  const meant = suggestion(name, names);
  return `nothing in the ${which} definition is called ${name}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

/** The questions in the entries of a repeat are named after it. */
function addEntryQuestions(old: Questionnaire, linkIds: Map<string, string>): void {
  for (const [linkId, placed] of itemsOf(old)) {
    const repeat = repeatOf(placed);
    const to = repeat && linkIds.get(repeat.linkId);
    if (repeat && to !== undefined && !linkIds.has(linkId))
      linkIds.set(linkId, `${to}${linkId.slice(repeat.linkId.length)}`);
  }
}

function optionProblem(
  from: string,
  to: string,
  old: Questionnaire,
  next: Questionnaire,
  linkIds: ReadonlyMap<string, string>,
): string | undefined {
  const [linkId = '', code = ''] = from.split(':');
  const target = linkIds.get(linkId) ?? linkId;
  const places = [
    ['old', old, linkId, code],
    ['new', next, target, to],
  ] as const;
  for (const [which, questionnaire, name, option] of places) {
    const item = itemsOf(questionnaire).get(name)?.item;
    if (item?.type !== 'choice') {
      const meant = suggestion(name, itemsOf(questionnaire).keys());
      return `no question with options in the ${which} definition is called ${name}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
    }
    const codes = item.options.map((each) => each.code);
    if (codes.includes(option)) continue;
    return `${name} has no option ${option} in the ${which} definition: there is ${codes.join(', ')}`;
  }
  const stray = old.calculated.find(({ value }) => isStray(value.expression, code, linkId, old));
  if (stray)
    return `the calculated value ${stray.linkId} comes to the text ${code} by itself: this option cannot be renamed`;
  return undefined;
}

/** The value can come to the text without being an answer to the question: whose option that is cannot be told. */
function isStray(value: Expression, code: string, linkId: string, questionnaire: Questionnaire): boolean {
  if (value.type.is !== 'text' || !value.type.codes?.includes(code)) return false;
  return !questionsOf(value, questionnaire, new Map()).has(linkId);
}

function twice({ from }: WrittenRename, index: number, all: readonly WrittenRename[]): readonly string[] {
  return all.findIndex((each) => each.from === from) < index ? [`${from} is renamed twice`] : [];
}

/** A new name that the old definition has for something else. */
function clashes(before: Names, named: Readonly<Record<Kind, ReadonlyMap<string, string>>>): readonly string[] {
  return kinds.flatMap((kind) => {
    const kept = before[kind].filter((name) => !named[kind].has(name));
    const targets = [...named[kind].values()];
    return targets.flatMap((to, index) => {
      if (kept.includes(to)) return [`${to} is the name of something else in the old definition: rename that too`];
      return targets.indexOf(to) < index ? [`two things are renamed to ${to}`] : [];
    });
  });
}

/** A question moves into no repeat and out of none. */
function misplaced(old: Questionnaire, next: Questionnaire, linkIds: ReadonlyMap<string, string>): readonly string[] {
  const around = (questionnaire: Questionnaire, linkId: string): string | undefined => {
    const placed = itemsOf(questionnaire).get(linkId);
    return placed && repeatOf(placed)?.linkId;
  };
  return [...linkIds].flatMap(([from, to]) => {
    const was = around(old, from);
    const isPlaced =
      !itemsOf(next).has(to) || (was === undefined ? undefined : (linkIds.get(was) ?? was)) === around(next, to);
    return isPlaced ? [] : [`${from} and ${to} do not stand in one repeat: answers cannot be carried over`];
  });
}

/* The old definition under new names */

/** The definition with everything named as the new one names it. It screens as it did. */
export function renamed(questionnaire: Questionnaire, renames: Renames): Questionnaire {
  const { linkIds, rules, parameters, options } = renames;
  if ([linkIds, rules, parameters, options].every(({ size }) => size === 0)) return questionnaire;
  const formula = <Of extends Formula>(of: Of): Of => ({
    ...of,
    expression: inNewNames(of.expression, questionnaire, renames),
  });
  const item = <Of extends Item>(of: Of): Of => {
    const codes = options.get(of.linkId);
    return {
      ...of,
      linkId: nameIn(linkIds, of.linkId),
      ...(of.enableWhen && { enableWhen: formula(of.enableWhen) }),
      ...(of.type === 'group' && { items: of.items.map(item) }),
      ...(of.type === 'choice' && {
        options: of.options.map((option) => ({ ...option, code: nameIn(codes, option.code) })),
      }),
    };
  };
  return {
    ...questionnaire,
    items: questionnaire.items.map((section): GroupItem => item(section)),
    parameters: questionnaire.parameters.map((each) => ({ ...each, name: parameterName(renames, each.name) })),
    calculated: questionnaire.calculated.map((each) => ({
      ...each,
      linkId: nameIn(linkIds, each.linkId),
      value: formula(each.value),
    })),
    constraints: questionnaire.constraints.map((each) => ({
      ...each,
      linkId: nameIn(linkIds, each.linkId),
      requires: formula(each.requires),
    })),
    rules: questionnaire.rules.map((each) => ({ ...each, id: nameIn(rules, each.id), when: formula(each.when) })),
    invariants: questionnaire.invariants.map((each) =>
      each.kind === 'absence-never-milder' ? each : { ...each, when: formula(each.when) },
    ),
  };
}

function nameIn(names: ReadonlyMap<string, string> | undefined, name: string): string {
  return names?.get(name) ?? name;
}

function parameterName({ parameters }: Renames, name: string): string {
  return nameIn(parameters, `params.${name}`).slice('params.'.length);
}

/**
 * Texts in an expression stand for options of the questions that they are compared with, so which question a text
 * belongs to comes from around it.
 */
function inNewNames(expression: Expression, questionnaire: Questionnaire, renames: Renames): Expression {
  const codesOf = (of: Expression, scope: Scope): Codes =>
    new Map([...questionsOf(of, questionnaire, scope)].flatMap((linkId) => [...(renames.options.get(linkId) ?? [])]));
  const visit = (part: Expression, codes: Codes, scope: Scope): Expression => {
    const own = named(part, codes, renames);
    switch (part.kind) {
      case 'compare':
      case 'in': {
        const sides = part.kind === 'compare' ? [part.left, part.right] : [part.element, part.list];
        const all = new Map(sides.flatMap((side) => [...codesOf(side, scope)]));
        return withParts(own, (each) => visit(each, all, scope));
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map': {
        const inner = new Map([...scope, [part.variable, part.list]]);
        const list = visit(part.list, codes, scope);
        return { ...(own as typeof part), list, body: visit(part.body, part.kind === 'map' ? codes : noCodes, inner) };
      }
      case 'conditional':
      case 'orElse': {
        const all = new Map([...codes, ...codesOf(part, scope)]);
        return withParts(own, (each) => visit(each, all, scope));
      }
      case 'list':
        return withParts(own, (each) => visit(each, codes, scope));
      default:
        return withParts(own, (each) => visit(each, noCodes, scope));
    }
  };
  return visit(expression, codesOf(expression, new Map()), new Map());
}

type Codes = ReadonlyMap<string, string>;
/** What the variable of a repeat or list runs over. */
type Scope = ReadonlyMap<string, Expression>;

const noCodes: Codes = new Map();

/** The questions whose options a text can be. */
function questionsOf(expression: Expression, questionnaire: Questionnaire, scope: Scope): ReadonlySet<string> {
  const of = (...parts: readonly Expression[]): ReadonlySet<string> =>
    new Set(parts.flatMap((part) => [...questionsOf(part, questionnaire, scope)]));
  switch (expression.kind) {
    case 'answer':
    case 'member':
      return new Set([expression.linkId]);
    case 'calculated': {
      const value = questionnaire.calculated.find(({ linkId }) => linkId === expression.linkId);
      return value ? questionsOf(value.value.expression, questionnaire, new Map()) : new Set();
    }
    case 'variable': {
      const list = scope.get(expression.name);
      return list ? of(list) : new Set();
    }
    case 'conditional':
      return of(expression.then, expression.else);
    case 'orElse':
      return of(expression.of, expression.otherwise);
    case 'list':
      return of(...expression.of);
    case 'filter':
    case 'distinct':
      return of(expression.list);
    case 'map':
      return questionsOf(expression.body, questionnaire, new Map([...scope, [expression.variable, expression.list]]));
    default:
      return new Set();
  }
}

/** The node itself in new names; its parts as they are. */
function named(part: Expression, codes: Codes, renames: Renames): Expression {
  const type = typeIn(part.type, codes, renames);
  switch (part.kind) {
    case 'answer':
    case 'member':
      return {
        ...part,
        type: typeIn(part.type, renames.options.get(part.linkId) ?? noCodes, renames),
        linkId: nameIn(renames.linkIds, part.linkId),
      };
    case 'calculated':
      return { ...part, type, linkId: nameIn(renames.linkIds, part.linkId) };
    case 'parameter':
      return { ...part, type, name: parameterName(renames, part.name) };
    case 'literal':
      return { ...part, type, value: typeof part.value === 'string' ? nameIn(codes, part.value) : part.value };
    default:
      return { ...part, type };
  }
}

function typeIn(type: ExpressionType, codes: Codes, renames: Renames): ExpressionType {
  switch (type.is) {
    case 'text':
      return type.codes ? { ...type, codes: type.codes.map((code) => nameIn(codes, code)) } : type;
    case 'list':
      return { ...type, of: typeIn(type.of, codes, renames) };
    case 'entry':
      return { ...type, linkId: nameIn(renames.linkIds, type.linkId) };
    default:
      return type;
  }
}

/** The same node around other parts. */
function withParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  const changed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(changed);
    return isExpression(value) ? change(value) : value;
  };
  return Object.fromEntries(Object.entries(expression).map(([key, value]) => [key, changed(value)])) as Expression;
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value && 'type' in value;
}

/* Answer sheets */

/** An answer sheet of the old definition, as JSON, in new names. What is no sheet is left as it is. */
export function renamedSheet(sheet: unknown, { linkIds, options }: Renames): unknown {
  if (linkIds.size === 0 && options.size === 0) return sheet;
  return fieldsIn(sheet, '', '', { linkIds, options });
}

function fieldsIn(
  sheet: unknown,
  within: string,
  newWithin: string,
  renames: Pick<Renames, 'linkIds' | 'options'>,
): unknown {
  if (typeof sheet !== 'object' || sheet === null || Array.isArray(sheet)) return sheet;
  const entries = Object.entries(sheet).map(([key, value]): [string, unknown] => {
    const linkId = `${within}${key}`;
    const to = nameIn(renames.linkIds, linkId);
    return [to.slice(newWithin.length), valueIn(value, linkId, to, renames)];
  });
  return Object.fromEntries(entries);
}

function valueIn(value: unknown, linkId: string, to: string, renames: Pick<Renames, 'linkIds' | 'options'>): unknown {
  const codes = renames.options.get(linkId);
  if (typeof value === 'string') return nameIn(codes, value);
  if (!Array.isArray(value)) return value;
  return value.map((each: unknown) =>
    typeof each === 'string' ? nameIn(codes, each) : fieldsIn(each, `${linkId}.`, `${to}.`, renames),
  );
}
