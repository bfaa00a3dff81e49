import fc from 'fast-check';
import { completed } from '../src/check/example.ts';
import { readQuestionnaire, type SourceText } from '../src/definition/read.ts';
import { refusal, strayAnswers } from '../src/engine/accept.ts';
import { questionsIn, wholeItems } from '../src/engine/items.ts';
import { enablementOf, situationOf, truthOf } from '../src/engine/situation.ts';
import type { Answer, Answers } from '../src/model/answers.ts';
import { dispositions } from '../src/model/disposition.ts';
import type { GroupItem, QuestionItem, Questionnaire } from '../src/model/questionnaire.ts';

/** A definition small enough to try every answer sheet, as a clinic would write it. */
export interface SmallDefinition {
  readonly main: SourceText;
  readonly tables: readonly SourceText[];
}

/** Two drugs, one of them under two names, the other in two forms. */
const drugs = `title: Drugs
columns: { least: { unit: mg } }
rows:
  - { key: alpha, names: [ Alphabrand ], values: { least: 1 }, sources: [ label ] }
  - { key: beta, names: [], values: { least: 2 }, sources: [ label ] }
  - { key: beta slow, sameAs: beta, names: [], values: { least: 1 }, sources: [ label ] }
`;

/** Texts that a question about a drug is answered with: each row as a condition may name it and otherwise, and two that are no drug. */
const drugNames = ['alpha', 'Alphabrand', 'beta', 'BETA', 'beta slow', 'herbs', 'roots'];

/**
 * Small definitions over a tape of numbers, each a choice, the first one the plainest: shorter tapes and smaller numbers
 * are smaller definitions, so that what goes wrong shrinks to its core.
 */
export function smallDefinition(mostSheets: number): fc.Arbitrary<SmallDefinition> {
  return fc
    .array(fc.noBias(fc.nat({ max: 0xffff })), { minLength: 40, maxLength: 400, size: 'max' })
    .map((tape) => new Writer(tape, mostSheets).definition());
}

/** The definition, where it reads. */
export function readSmall({ main, tables }: SmallDefinition): Questionnaire | undefined {
  return readQuestionnaire(main, tables).questionnaire;
}

/** Every answer sheet that the reader accepts; texts outside a table stand for all such texts. */
export function everySheet(questionnaire: Questionnaire): readonly Answers[] {
  return sheetsOf(
    questionnaire,
    (sheet, linkId) => enablementOf(situationOf(questionnaire, sheet), linkId) !== false,
  ).filter((answers) => isAccepted(questionnaire, answers));
}

/** Every way of answering every question, asked or not. */
export function everyAnswering(questionnaire: Questionnaire): readonly Answers[] {
  return sheetsOf(questionnaire, () => true);
}

function sheetsOf(
  questionnaire: Questionnaire,
  isAsked: (sheet: Answers, linkId: string) => boolean,
): readonly Answers[] {
  return wholeItems(questionnaire).reduce<readonly Answers[]>(
    (sofar, item) => {
      const answers = answersTo(item);
      return sofar.flatMap((sheet) => {
        if (!isAsked(sheet, item.linkId)) return [sheet];
        return [sheet, ...answers.map((answer) => new Map([...sheet, [item.linkId, answer]]))];
      });
    },
    [new Map()],
  );
}

/** Whether the reader would take the whole sheet: each answer, none to a question not asked, no constraint broken. */
export function isAccepted(questionnaire: Questionnaire, answers: Answers): boolean {
  const situation = situationOf(questionnaire, answers);
  return (
    wholeItems(questionnaire).every((item) => {
      const answer = answers.get(item.linkId);
      return answer === undefined || refusal(item, answer) === undefined;
    }) &&
    strayAnswers(questionnaire, answers).length === 0 &&
    questionnaire.constraints.every(
      ({ linkId, requires }) => !answers.has(linkId) || truthOf(situation, requires.expression) !== false,
    )
  );
}

function answersTo(item: QuestionItem | GroupItem): readonly Answer[] {
  const absences: readonly Answer[] = item.mayBeAbsent ? [{ absent: 'unknown' }, { absent: 'declined' }] : [];
  return [...valuesOf(item), ...absences];
}

function valuesOf(item: QuestionItem | GroupItem): readonly Answer[] {
  switch (item.type) {
    case 'group':
      return entriesOf(item);
    case 'boolean':
      return [false, true];
    case 'integer':
    case 'decimal':
      return Array.from({ length: item.max - item.min + 1 }, (_, at) => item.min + at);
    case 'string':
      return drugNames;
    case 'date':
      throw new Error('dates are not tried');
    case 'choice': {
      if (!item.repeats) return item.options.map(({ code, score }) => (item.scored ? (score ?? 0) : code));
      const codes = item.options.map(({ code }) => code);
      const subsets = Array.from({ length: 2 ** codes.length }, (_, bits) =>
        codes.filter((_code, at) => (bits >> at) & 1),
      );
      return subsets.filter((each) => refusal(item, each) === undefined);
    }
  }
}

function entriesOf(group: GroupItem): readonly Answer[] {
  const entries = questionsIn(group).reduce<readonly Answers[]>(
    (sofar, field) =>
      sofar.flatMap((entry) => [entry, ...answersTo(field).map((each) => new Map([...entry, [field.linkId, each]]))]),
    [new Map()],
  );
  const { min, max } = group.repeats ?? { min: 0, max: 0 };
  const lists: (readonly Answers[])[] = [[]];
  for (let from = 0, length = 1; length <= max; length += 1) {
    const shorter = lists.slice(from);
    from = lists.length;
    for (const list of shorter) for (const entry of entries) lists.push([...list, entry]);
  }
  return lists.filter((list) => list.length >= min);
}

interface NumberText {
  readonly text: string;
  readonly scale: number;
  /** In units of 10^-`scale`. */
  readonly min: number;
  readonly max: number;
}

/** What a condition can name. `path` is the name a condition has for it: `a`, or `t.a` inside a repeat. */
type Name = Common &
  (
    | { readonly is: 'boolean' }
    | { readonly is: 'drug' }
    | { readonly is: 'choice'; readonly codes: readonly string[] }
    | { readonly is: 'several'; readonly codes: readonly string[] }
    | { readonly is: 'number'; readonly number: NumberText }
    | { readonly is: 'repeat'; readonly max: number; readonly fields: readonly Name[] }
  );

interface Common {
  readonly path: string;
  /** Not calculated. */
  readonly isQuestion: boolean;
}

type Named<Is extends Name['is']> = Extract<Name, { readonly is: Is }>;

/** The field of an entry, which `in` does not take for a list. */
function isMember({ path }: Name): boolean {
  return path.startsWith('v');
}

class Writer {
  private readonly tape: readonly number[];
  private at = 0;
  private sheets = 1;
  private readonly most: number;
  private readonly names: Name[] = [];
  private variables = 0;

  constructor(tape: readonly number[], most: number) {
    this.tape = tape;
    this.most = most;
  }

  definition(): SmallDefinition {
    const items = Array.from({ length: 2 + this.below(3) }, (_, index) => this.item(`q${index}`)).filter(Boolean);
    const calculated = Array.from({ length: this.below(3) }, (_, index) => this.calculated(`c${index}`));
    const rules = Array.from({ length: 2 + this.below(4) }, (_, index) => this.rule(`r${index}`));
    const invariants = Array.from({ length: this.below(4) }, (_, index) => this.invariant(`i${index}`));
    const constraints = Array.from({ length: this.below(3) }, () => this.constraint());
    const section = (name: string, lines: readonly string[]): string =>
      lines.length === 0 ? '' : `${name}:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
    const text = completed(
      [
        'tables: { drugs: drugs.yaml }\n',
        `items:\n  - linkId: start\n    type: group\n    text: Start\n    items:\n${items.map((line) => `      - ${line}\n`).join('')}`,
        section('calculated', calculated),
        section('constraints', constraints),
        section('rules', rules),
        section('invariants', invariants),
      ].join(''),
    );
    return { main: { path: 'questionnaire.yaml', text }, tables: [{ path: 'drugs.yaml', text: drugs }] };
  }

  /** The next choice: a number from 0 to `count` - 1. */
  private below(count: number): number {
    const drawn = this.tape[this.at] ?? 0;
    this.at += 1;
    return drawn % count;
  }

  private isOneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  private item(linkId: string): string {
    const enableWhen =
      this.names.length > 0 && this.isOneIn(3) ? `, enableWhen: '${this.condition(this.names, 1)}'` : '';
    const { name, text } = this.isOneIn(4) ? this.repeat(linkId) : this.question(linkId, this.most);
    if (name === undefined) return '';
    this.names.push(name);
    return `{ linkId: ${linkId}, text: T${text}${enableWhen} }`;
  }

  /** A question that has at most so many answers that the sheets stay few; none where even a yes/no is too much. */
  private question(path: string, most: number): { readonly name?: Name; readonly text: string } {
    const isRequired = !this.isOneIn(3);
    const mayBeAbsent = !this.isOneIn(3);
    const states = mayBeAbsent ? 3 : 1;
    const flags = `${isRequired ? '' : ', required: false'}${mayBeAbsent ? '' : ', absence: none'}`;
    const kinds = [
      { answers: 2, make: () => this.boolean(path) },
      { answers: 3, make: () => this.choice(path) },
      { answers: 3, make: () => this.scored(path) },
      { answers: 4, make: () => this.integer(path) },
      { answers: 7, make: () => this.several(path) },
      { answers: 4, make: () => this.decimal(path) },
      { answers: 6, make: () => this.drug(path) },
    ].filter(({ answers }) => this.sheets * (answers + states) <= most);
    if (kinds.length === 0) return { text: '' };
    const { answers, make } = this.pick(kinds);
    this.sheets *= answers + states;
    const { name, text } = make();
    return { name, text: `, ${text}${flags}` };
  }

  private boolean(path: string): { readonly name: Name; readonly text: string } {
    return { name: { is: 'boolean', path, isQuestion: true }, text: 'type: boolean' };
  }

  private choice(path: string): { readonly name: Name; readonly text: string } {
    const codes = ['a', 'b', 'c'].slice(0, 2 + this.below(2));
    const options = codes.map((code) => `{ code: ${code}, text: ${code} }`).join(', ');
    return { name: { is: 'choice', path, codes, isQuestion: true }, text: `type: choice, options: [ ${options} ]` };
  }

  private several(path: string): { readonly name: Name; readonly text: string } {
    const codes = ['a', 'b', 'c'];
    const alone = this.isOneIn(2) ? ', exclusive: true' : '';
    const options = codes.map((code) => `{ code: ${code}, text: ${code}${code === 'c' ? alone : ''} }`).join(', ');
    const text = `type: choice, repeats: true, options: [ ${options} ]`;
    return { name: { is: 'several', path, codes, isQuestion: true }, text };
  }

  private scored(path: string): { readonly name: Name; readonly text: string } {
    const scores = this.pick([
      [0, 1, 2],
      [0, 3],
      [-1, 0, 4],
    ]);
    const options = scores.map((score, at) => `{ code: s${at}, text: s, score: ${score} }`).join(', ');
    const number = { text: path, scale: 0, min: Math.min(...scores), max: Math.max(...scores) };
    return { name: { is: 'number', path, number, isQuestion: true }, text: `type: choice, options: [ ${options} ]` };
  }

  private integer(path: string): { readonly name: Name; readonly text: string } {
    const min = -this.below(3);
    const max = min + 1 + this.below(3);
    const number = { text: path, scale: 0, min, max };
    return {
      name: { is: 'number', path, number, isQuestion: true },
      text: `type: integer, unit: "1", min: ${min}, max: ${max}`,
    };
  }

  private decimal(path: string): { readonly name: Name; readonly text: string } {
    const min = this.pick([8, 0, -2]);
    const max = min + 3;
    const text = `type: decimal, decimals: 1, unit: "1", min: ${min / 10}, max: ${max / 10}`;
    return { name: { is: 'number', path, number: { text: path, scale: 1, min, max }, isQuestion: true }, text };
  }

  private drug(path: string): { readonly name: Name; readonly text: string } {
    return {
      name: { is: 'drug', path, isQuestion: true },
      text: `type: string, maxLength: 20${this.isOneIn(3) ? '' : ', table: drugs'}`,
    };
  }

  private repeat(linkId: string): { readonly name?: Name; readonly text: string } {
    const max = 1 + this.below(2);
    const before = this.sheets;
    const most = (this.most / before) ** (1 / max);
    this.sheets = 1;
    const words = ['f', 'g'].slice(0, 1 + this.below(2));
    const fields = words.map((word) => ({ word, ...this.question(word, most) }));
    const entries = this.sheets;
    this.sheets = before * (entries ** max + 4);
    const known = fields.filter(({ name }) => name !== undefined);
    if (known.length === 0) return { text: '' };
    const min = this.isOneIn(4) ? 1 : 0;
    const items = known.map(({ word, text }) => `{ linkId: ${linkId}.${word}, text: T${text} }`).join(', ');
    const flags = `${this.isOneIn(3) ? ', required: false' : ''}${this.isOneIn(3) ? ', absence: none' : ''}`;
    const names = known.flatMap(({ name }) => (name ? [name] : []));
    return {
      name: { is: 'repeat', path: linkId, max, fields: names, isQuestion: true },
      text: `, type: group, repeats: { min: ${min}, max: ${max}, entry: entry }, items: [ ${items} ]${flags}`,
    };
  }

  private calculated(linkId: string): string {
    const kind = this.below(4);
    const name = this.nameOfCalculated(linkId, kind);
    this.names.push(name.name);
    return `{ linkId: ${linkId}, title: T, value: '${name.value}' }`;
  }

  private nameOfCalculated(linkId: string, kind: number): { readonly name: Name; readonly value: string } {
    const common = { path: linkId, isQuestion: false };
    if (kind <= 1) {
      const number = this.number(this.names, 2);
      return { name: { is: 'number', number: { ...number, text: linkId }, ...common }, value: number.text };
    }
    if (kind === 2) return { name: { is: 'boolean', ...common }, value: this.condition(this.names, 2) };
    const value = `${this.condition(this.names, 1)} ? "a" : ${this.condition(this.names, 1)} ? "b" : "c"`;
    return { name: { is: 'choice', codes: ['a', 'b', 'c'], ...common }, value };
  }

  private rule(id: string): string {
    const disposition = this.pick(dispositions.slice(0, -1));
    const steps = disposition === 'emergency' ? ', steps: [ Call. ]' : '';
    const worse = this.isOneIn(3)
      ? `, absence: { ${this.pick(['unknown: do-not-proceed', 'declined: defer', 'leftOut: emergency', 'declined: emergency, unknown: defer'])} }`
      : '';
    return `{ id: ${id}, disposition: ${disposition}, when: '${this.condition(this.names, 2)}', reason: R., action: A., sources: [ label ]${steps}${worse} }`;
  }

  private invariant(id: string): string {
    if (this.isOneIn(4)) return `{ id: ${id}, kind: absence-never-milder, title: T }`;
    const kind = this.pick(['never', 'always']);
    const start = this.below(dispositions.length);
    const named = dispositions.slice(start, start + 1 + this.below(3));
    return `{ id: ${id}, kind: ${kind}, dispositions: [ ${named.join(', ')} ], when: '${this.condition(this.names, 2)}', title: T }`;
  }

  private constraint(): string {
    const { path } = this.pick(this.names.filter(({ isQuestion }) => isQuestion));
    return `{ linkId: ${path}, requires: '${this.condition(this.names, 1)}', message: m }`;
  }

  private some<Is extends Name['is']>(is: Is, of: readonly Name[]): Named<Is> | undefined {
    const found = of.filter((name): name is Named<Is> => name.is === is);
    return found.length === 0 ? undefined : this.pick(found);
  }

  /** A condition over `names`, in which `depth` connectives stand in each other. */
  private condition(names: readonly Name[], depth: number): string {
    if (depth > 0 && this.isOneIn(2)) {
      const inner = (): string => this.condition(names, depth - 1);
      switch (this.below(5)) {
        case 0:
          return `(${inner()} && ${inner()})`;
        case 1:
          return `(${inner()} || ${inner()})`;
        case 2:
          return `!(${inner()})`;
        case 3:
          return `(${inner()} ? ${inner()} : ${inner()})`;
        default:
          return `(${inner()}) ${this.pick(['==', '!='])} (${inner()})`;
      }
    }
    return this.about(this.pick(names), names, depth) ?? 'true';
  }

  private about(name: Name, names: readonly Name[], depth: number): string | undefined {
    const { path } = name;
    if (name.isQuestion && this.isOneIn(4)) return `${this.pick(['unknown', 'declined', 'answered'])}(${path})`;
    switch (name.is) {
      case 'boolean':
        return this.pick([path, `!${path}`, `${path} == false`]);
      case 'choice': {
        const list = this.some('several', names);
        const other = this.some('choice', names);
        return this.pick([
          `${path} == "${this.pick(name.codes)}"`,
          `${path} != "${this.pick(name.codes)}"`,
          `${path} in ["a", "b"]`,
          ...(list && !isMember(list) ? [`${path} in ${list.path}`] : []),
          ...(other ? [`${path} ${this.pick(['==', '!='])} ${other.path}`] : []),
        ]);
      }
      case 'several':
        return this.pick([
          ...(!isMember(name) ? [`"${this.pick(name.codes)}" in ${path}`] : []),
          this.comparison({ text: `${path}.size()`, scale: 0, min: 0, max: name.codes.length }),
          `${path}.exists(s, s ${this.pick(['==', '!='])} "${this.pick(name.codes)}")`,
          `${path}.all(s, s != "${this.pick(name.codes)}")`,
        ]);
      case 'drug':
        return this.aboutDrug(path, names);
      case 'number':
        return this.isOneIn(2) && depth > 0 ? this.comparison(this.number(names, depth)) : this.comparison(name.number);
      case 'repeat':
        return this.aboutRepeat(name, names, depth);
    }
  }

  private aboutDrug(path: string, names: readonly Name[]): string {
    const other = this.some('drug', names);
    const key = `lookup("drugs", ${path}, "key")`;
    return this.pick([
      `${path} ${this.pick(['==', '!='])} "${this.pick(drugNames)}"`,
      ...(other ? [`${path} == ${other.path}`] : []),
      `listed("drugs", ${path})`,
      `${key} ${this.pick(['==', '!='])} "beta"`,
      this.comparison({ text: `lookup("drugs", ${path}, "least")`, scale: 0, min: 1, max: 2 }),
      ...(other ? [`lookup("drugs", ${other.path}, "key") == ${key}`] : []),
    ]);
  }

  private aboutRepeat(repeat: Named<'repeat'>, names: readonly Name[], depth: number): string {
    const { path, max } = repeat;
    const filtered = this.filtered(repeat, names, depth);
    const inner = this.variable(repeat, names);
    switch (this.below(4)) {
      case 0:
        return `${path}.exists(${inner.variable}, ${this.condition(inner.names, Math.max(0, depth - 1))})`;
      case 1:
        return `${filtered}.all(${inner.variable}, ${this.condition(inner.names, Math.max(0, depth - 1))})`;
      case 2:
        return this.comparison({ text: `${filtered}.size()`, scale: 0, min: 0, max });
      default: {
        const text = repeat.fields.find(({ is }) => is === 'drug' || is === 'choice');
        if (!text) return this.comparison({ text: `${path}.size()`, scale: 0, min: 0, max });
        const body =
          text.is === 'drug' && this.isOneIn(2) ? `lookup("drugs", m.${text.path}, "key")` : `m.${text.path}`;
        return this.comparison({ text: `${filtered}.map(m, ${body}).distinct().size()`, scale: 0, min: 0, max });
      }
    }
  }

  private filtered(repeat: Named<'repeat'>, names: readonly Name[], depth: number): string {
    if (!this.isOneIn(2)) return repeat.path;
    const { variable, names: inner } = this.variable(repeat, names);
    return `${repeat.path}.filter(${variable}, ${this.condition(inner, Math.max(0, depth - 1))})`;
  }

  /** A variable for an entry. Its fields stand twice among the names, so that conditions mostly speak of them. */
  private variable(
    { fields }: Named<'repeat'>,
    names: readonly Name[],
  ): { readonly variable: string; readonly names: readonly Name[] } {
    this.variables += 1;
    const variable = `v${this.variables}`;
    const own = fields.map((field): Name => {
      const path = `${variable}.${field.path}`;
      return field.is === 'number' ? { ...field, path, number: { ...field.number, text: path } } : { ...field, path };
    });
    return { variable, names: [...own, ...own, ...names.filter(({ is }) => is !== 'repeat')] };
  }

  private number(names: readonly Name[], depth: number): NumberText {
    const own = this.some('number', names);
    const plain = own?.number ?? this.literal(0, 2, 0);
    if (depth === 0) return plain;
    switch (this.below(7)) {
      case 0:
        return plain;
      case 1:
        return this.arithmetic(
          this.pick(['+', '-', '*']),
          this.number(names, depth - 1),
          this.number(names, depth - 1),
        );
      case 2:
        return this.extreme(this.pick(['greatest', 'least']), this.number(names, depth - 1), this.number(names, 0));
      case 3:
        return this.orElse(this.number(names, depth - 1));
      case 4: {
        const [then, otherwise] = [this.number(names, depth - 1), this.literal(-1, 3, 0)];
        const [a, b] = inOneScale(then, otherwise);
        const text = `(${this.condition(names, depth - 1)} ? ${then.text} : ${otherwise.text}${then.scale > 0 ? '.0' : ''})`;
        return { text, scale: a.scale, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
      }
      case 5: {
        const [p, q] = [this.condition(names, depth - 1), this.condition(names, depth - 1)];
        return { text: `[${p}, ${q}].filter(b, b).size()`, scale: 0, min: 0, max: 2 };
      }
      default:
        return this.arithmetic('*', plain, this.literal(-2, 2, 0));
    }
  }

  private literal(min: number, max: number, scale: number): NumberText {
    const value = min + this.below(max - min + 1);
    const text = scale === 0 ? String(value) : (value / 10 ** scale).toFixed(scale);
    return { text, scale, min: value, max: value };
  }

  private orElse(of: NumberText): NumberText {
    const otherwise = this.literal(0, 3, 0);
    if (otherwise.scale > of.scale) return of;
    const [a, b] = inOneScale(of, otherwise);
    const text = `orElse(${of.text}, ${of.scale > 0 ? `${otherwise.text}.0` : otherwise.text})`;
    return { text, scale: a.scale, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
  }

  private arithmetic(operator: '+' | '-' | '*', left: NumberText, right: NumberText): NumberText {
    const text = `(${left.text} ${operator} ${right.text})`;
    const [a, b] = operator === '*' ? [left, right] : inOneScale(left, right);
    const calculate = (x: number, y: number): number => (operator === '*' ? x * y : operator === '+' ? x + y : x - y);
    const corners = [a.min, a.max].flatMap((x) => [b.min, b.max].map((y) => calculate(x, y)));
    const scale = operator === '*' ? a.scale + b.scale : a.scale;
    return { text, scale, min: Math.min(...corners), max: Math.max(...corners) };
  }

  private extreme(kind: 'greatest' | 'least', left: NumberText, right: NumberText): NumberText {
    const [a, b] = inOneScale(left, right);
    const pick = kind === 'greatest' ? Math.max : Math.min;
    const text = `math.${kind}(${left.text}, ${right.text})`;
    return { text, scale: a.scale, min: pick(a.min, b.min), max: pick(a.max, b.max) };
  }

  /** The number compared with one that lies within its limits, so that it is neither always true nor never. */
  private comparison(of: NumberText): string {
    const { text, min, max, scale } = of;
    if (min === max) return 'true';
    const operator = this.pick(['>=', '<', '==', '<=', '>', '!=']);
    const isUpper = operator === '>=' || operator === '<';
    const isLower = operator === '<=' || operator === '>';
    const [low, high] = [isUpper ? min + 1 : min, isLower ? max - 1 : max];
    const limit = this.literal(low, Math.max(low, Math.min(high, low + 5)), scale);
    const half = Math.ceil(low / 2);
    if (scale === 0 && 2 * half <= high && this.isOneIn(4)) return `${text} / 2 ${operator} ${half}`;
    return `${text} ${operator} ${limit.text}`;
  }
}

function inOneScale(a: NumberText, b: NumberText): readonly [NumberText, NumberText] {
  const scale = Math.max(a.scale, b.scale);
  const at = (of: NumberText): NumberText => {
    const factor = 10 ** (scale - of.scale);
    return { ...of, scale, min: of.min * factor, max: of.max * factor };
  };
  return [at(a), at(b)];
}
