import { parseDecimal } from '../model/decimal.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { mildestByAbsence, severityRank } from '../model/disposition.ts';
import type { Expression, ExpressionType } from '../model/expression.ts';
import type {
  CalculatedValue,
  Citation,
  Constraint,
  Formula,
  Invariant,
  Item,
  Parameter,
  Questionnaire,
  Rule,
  Table,
} from '../model/questionnaire.ts';
import { type CelProblem, type CelReader, celReader, isOwnName, namesIn } from './cel.ts';
import { type Report, readItems, typeOf, type WrittenItem } from './items.ts';
import { lower, type Names } from './lower.ts';
import { type QuestionnaireText, questionnaireSchema } from './schema.ts';
import { readShape } from './shape.ts';
import { wayOut } from './suggest.ts';
import { citationOf, readTable, type TableReading } from './tables.ts';
import { readYaml, type SourceText, type YamlPath, type YamlSource } from './yaml-source.ts';

export type { SourceText };

/** `questionnaire` is there where no diagnostic is an error, and `yaml`, where everything stands, where the file is YAML. */
export interface Reading {
  readonly questionnaire?: Questionnaire;
  readonly yaml?: YamlSource;
  /** Where everything stands in the table files that are YAML, by the name of the table. */
  readonly tables: ReadonlyMap<string, YamlSource>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `questionnaire.yaml` with the tables beside it: shape, names, conditions and their types. Never throws. */
export function readQuestionnaire(main: SourceText, tables: readonly SourceText[]): Reading {
  const { yaml, diagnostics } = readYaml(main);
  if (!yaml) return { tables: new Map(), diagnostics };
  const shaped = readShape(questionnaireSchema, yaml, 'docs/definition.md');
  if (!shaped.value) return { yaml, tables: new Map(), diagnostics: shaped.diagnostics };
  return { ...assemble(shaped.value, yaml, tables), yaml };
}

function assemble(text: QuestionnaireText, yaml: YamlSource, sources: readonly SourceText[]): Reading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, path, message, help, first) => {
    const related = first && [{ at: yaml.at(first), message: 'it stands here already' }];
    diagnostics.push({ code, severity: 'error', message, at: yaml.at(path), help, ...(related && { related }) });
  };
  const tables = readTables(text, sources, diagnostics, report);
  const citations = [...text.sources.map(citationOf), ...tables.flatMap((each) => each.citations)];
  const { sections, all } = readItems(text, yaml, report);
  const parameters = readParameters(text, report);
  checkWindows(all, parameters, report);
  const unusable = checkNames(text, all, report);
  checkSources(text, tables, citations, yaml, diagnostics);
  const items = new Map(all.flatMap(({ item }) => (unusable.has(item.linkId) ? [] : withType(item))));
  const named = tables.flatMap(({ table }) => (table ? [table] : []));
  const unreadTables = Object.keys(text.tables).filter((name) => !named.some((table) => table.name === name));
  const unread = new Set([...unreadTables, ...unusable]);
  const formulas = new FormulaReader(items, parameters, named, unread, yaml, diagnostics);
  const calculated = readCalculated(text, formulas, report);
  readEnablement(all, text, formulas, report);
  const questionnaire: Questionnaire = {
    id: text.id,
    version: text.version,
    title: text.title,
    status: text.status,
    items: sections,
    parameters,
    calculated,
    constraints: text.constraints.flatMap((_, index) => readConstraint(text, index, formulas, items, report)),
    rules: text.rules.flatMap((_, index) => readRule(text, index, formulas, yaml, report)),
    invariants: text.invariants.flatMap((_, index) => readInvariant(text, index, formulas, yaml)),
    tables: named,
    sources: citations,
    safety: text.safety,
  };
  const files = new Map(
    tables.flatMap(({ table, yaml: file }) => (table && file ? [[table.name, file] as const] : [])),
  );
  const isRead = !diagnostics.some(({ severity }) => severity === 'error');
  return { tables: files, diagnostics, ...(isRead && { questionnaire }) };
}

function withType(item: Item): readonly (readonly [string, ExpressionType])[] {
  const type = typeOf(item);
  return type ? [[item.linkId, type]] : [];
}

function readTables(
  text: QuestionnaireText,
  files: readonly SourceText[],
  diagnostics: Diagnostic[],
  report: Report,
): readonly TableReading[] {
  return Object.entries(text.tables).flatMap(([name, file]) => {
    const source = files.find(({ path }) => path === file || path.endsWith(`/${file}`));
    if (!source) {
      report(
        'missing-file',
        ['tables', name],
        `there is no file \`${file}\` beside the questionnaire`,
        'add the file, or drop the table',
      );
      return [];
    }
    const reading = readTable(name, source);
    diagnostics.push(...reading.diagnostics);
    return [reading];
  });
}

function readParameters(text: QuestionnaireText, report: Report): readonly Parameter[] {
  return Object.entries(text.parameters).map(([name, { title, value, unit, because, sources }]) => {
    const decimal = parseDecimal(String(value));
    if (!decimal)
      report(
        'number-too-large',
        ['parameters', name, 'value'],
        'this number cannot be held exactly',
        'write plain digits with at most one point',
      );
    return { name, title, unit, because, sources, ...(decimal ?? { value: 0, scale: 0 }) };
  });
}

/** Reports windows of time that are no parameter in whole days. */
function checkWindows(all: readonly WrittenItem[], parameters: readonly Parameter[], report: Report): void {
  for (const { item, path } of all) {
    if (item.validFor === undefined) continue;
    const parameter = parameters.find(({ name }) => name === item.validFor);
    const at = [...path, 'validFor'];
    if (!parameter) {
      const names = parameters.filter(({ unit }) => unit === 'd').map(({ name }) => name);
      report('unknown-name', at, `there is no parameter \`${item.validFor}\``, wayOut(item.validFor, names));
    } else if (parameter.unit !== 'd' || parameter.scale !== 0 || parameter.value < 0) {
      report(
        'wrong-shape',
        at,
        `\`${parameter.name}\` is not a number of whole days`,
        'give it the unit `d` and no decimals',
      );
    }
  }
}

/** CEL keeps these words for itself. */
const reserved = new Set(
  'math as break const continue else for function if import in let loop package namespace null prototype return true false var void while'.split(
    ' ',
  ),
);

/** Reports names that cannot stand in a condition; gives them, so that no condition over one is read. */
function checkNames(text: QuestionnaireText, all: readonly WrittenItem[], report: Report): ReadonlySet<string> {
  const seen = new Map<string, { readonly kind: 'group' | 'value'; readonly path: YamlPath }>();
  const unusable = new Set<string>();
  const refuse = (linkId: string, path: YamlPath, message: string, help: string): void => {
    const isSaid = [...unusable].some((each) => linkId.startsWith(`${each}.`));
    unusable.add(linkId);
    if (!isSaid) report('bad-link-id', [...path, 'linkId'], message, help);
  };
  const place = (linkId: string, kind: 'group' | 'value', path: YamlPath): void => {
    const [twin, own] = [seen.get(linkId)?.path, [...path, 'linkId']];
    if (twin)
      report('duplicate-id', own, `\`${linkId}\` is already taken`, 'give it another linkId', [...twin, 'linkId']);
    seen.set(linkId, { kind, path });
    const [first = '', ...rest] = linkId.split('.');
    const word = [first, ...rest].find((each) => reserved.has(each) || each === 'params');
    if (isOwnName(first) && kind === 'value')
      refuse(linkId, path, `\`${first}\` already means something in CEL, a type say`, 'use another word');
    else if (word) refuse(linkId, path, `CEL keeps the word \`${word}\` for itself`, 'use another word');
  };
  for (const { item, path } of all)
    place(item.linkId, item.type === 'group' && !item.repeats ? 'group' : 'value', path);
  text.calculated.forEach(({ linkId }, index) => {
    place(linkId, 'value', ['calculated', index]);
  });
  const values = [...seen].filter(([, { kind }]) => kind === 'value').map(([linkId]) => linkId);
  const checkInside = (linkId: string, path: YamlPath): void => {
    const inside = values.find((each) => each.startsWith(`${linkId}.`));
    if (inside === undefined) return;
    refuse(linkId, path, `\`${linkId}\` has an answer, so \`${inside}\` cannot stand inside it`, 'rename one of them');
  };
  for (const { item, path } of all) if (item.type !== 'group') checkInside(item.linkId, path);
  text.calculated.forEach(({ linkId }, index) => {
    checkInside(linkId, ['calculated', index]);
  });
  const repeats = all.filter(({ item }) => item.type === 'group' && item.repeats).map(({ item }) => item.linkId);
  for (const { item, path } of all) {
    if (item.type !== 'group' || !repeats.includes(item.linkId)) continue;
    for (const child of item.items) {
      const rest = child.linkId.startsWith(`${item.linkId}.`) ? child.linkId.slice(item.linkId.length + 1) : '';
      if (child.type === 'group' || rest === '' || rest.includes('.'))
        report(
          'bad-link-id',
          path,
          `\`${child.linkId}\` stands in the repeat \`${item.linkId}\` and must be called \`${item.linkId}.\` and one word`,
          'rename it; a repeat holds questions only',
        );
    }
  }
  checkIds('rules', text.rules, report);
  checkIds('invariants', text.invariants, report);
  return unusable;
}

function checkIds(key: 'rules' | 'invariants', of: readonly { readonly id: string }[], report: Report): void {
  of.forEach(({ id }, index) => {
    const first = of.findIndex((each) => each.id === id);
    if (first === index) return;
    report('duplicate-id', [key, index, 'id'], `\`${id}\` is already taken`, 'give it another id', [key, first, 'id']);
  });
}

/** Every `sources` list names citations that exist. */
function checkSources(
  text: QuestionnaireText,
  tables: readonly TableReading[],
  citations: readonly Citation[],
  yaml: YamlSource,
  diagnostics: Diagnostic[],
): void {
  const known = citations.map(({ id }) => id);
  const check = (ids: readonly string[], source: YamlSource, path: YamlPath): void => {
    ids.forEach((id, index) => {
      if (known.includes(id)) return;
      diagnostics.push({
        code: 'unknown-source',
        severity: 'error',
        message: `there is no source \`${id}\``,
        at: source.at([...path, index]),
        help: wayOut(id, known),
      });
    });
  };
  const visit = (value: unknown, source: YamlSource, path: YamlPath): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (key === 'sources' && path.length > 0 && Array.isArray(inner)) check(inner, source, at);
      else visit(inner, source, at);
    }
  };
  visit(yaml.value, yaml, []);
  for (const { yaml: source } of tables) if (source) visit(source.value, source, []);
  const twice = citations.find(({ id }, index) => known.indexOf(id) !== index);
  if (twice)
    diagnostics.push({
      code: 'duplicate-id',
      severity: 'error',
      message: `the source \`${twice.id}\` is defined twice`,
      at: yaml.at([
        'sources',
        Math.max(
          0,
          text.sources.findIndex(({ id }) => id === twice.id),
        ),
      ]),
      help: 'keep one of them',
    });
}

/** Reads formulas over the names known so far; a calculated value, once read, is known to those read after it. */
class FormulaReader {
  private readonly names: Names;
  private readonly calculated = new Map<string, Expression>();
  private readonly types: Map<string, ExpressionType>;
  private readonly unread: Set<string>;
  private readonly yaml: YamlSource;
  private readonly diagnostics: Diagnostic[];
  private reader: CelReader | undefined;

  constructor(
    items: ReadonlyMap<string, ExpressionType>,
    parameters: readonly Parameter[],
    tables: readonly Table[],
    unread: Set<string>,
    yaml: YamlSource,
    diagnostics: Diagnostic[],
  ) {
    this.unread = unread;
    this.yaml = yaml;
    this.diagnostics = diagnostics;
    this.types = new Map(items);
    for (const { name, value, scale } of parameters)
      this.types.set(`params.${name}`, { is: 'number', scale, min: value, max: value });
    this.names = {
      items,
      calculated: this.calculated,
      parameters: new Map(parameters.map((each) => [each.name, each])),
      tables: new Map(tables.map((each) => [each.name, each])),
      unread,
    };
  }

  /** Says that a calculated value does not read; its own problem has been reported. */
  passOver(linkId: string): void {
    this.unread.add(linkId);
  }

  know(linkId: string, expression: Expression): void {
    if (this.unread.has(linkId)) return;
    this.calculated.set(linkId, expression);
    this.types.set(linkId, expression.type);
    this.reader = undefined;
  }

  formula(source: string, path: YamlPath): Formula | undefined {
    if (this.unread.size > 0 && [...namesIn(source)].some((name) => this.unread.has(name))) return undefined;
    this.reader ??= celReader(this.types);
    const reading = this.reader(source);
    const report = ({ code, message, span, help }: CelProblem): void => {
      this.diagnostics.push({
        code,
        severity: 'error',
        message,
        at: this.yaml.within(path, span.start, span.end),
        help,
      });
    };
    if ('problem' in reading) {
      report(reading.problem);
      return undefined;
    }
    const expression = lower(reading.ast, this.names, report);
    return expression && { source, expression, at: this.yaml.at(path) };
  }

  condition(source: string, path: YamlPath): Formula | undefined {
    const formula = this.formula(source, path);
    if (!formula || formula.expression.type.is === 'boolean') return formula;
    this.diagnostics.push({
      code: 'cel-type',
      severity: 'error',
      message: 'a yes/no condition is expected here',
      at: this.yaml.at(path),
      help: 'compare the value with something',
    });
    return undefined;
  }
}

/** Calculated values in the order they are defined; those that need others are read after them. */
function readCalculated(text: QuestionnaireText, formulas: FormulaReader, report: Report): readonly CalculatedValue[] {
  const found = new Map<number, CalculatedValue>();
  const waiting = new Map(
    text.calculated.map((each, index) => [each.linkId, { ...each, index, needs: namesIn(each.value) }]),
  );
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ needs }) => ![...needs].some((name) => waiting.has(name)));
    for (const { index, linkId, title, unit, decimals, value, sources, coding } of ready) {
      waiting.delete(linkId);
      const formula = formulas.formula(value, ['calculated', index, 'value']);
      if (!formula) {
        formulas.passOver(linkId);
        continue;
      }
      formulas.know(linkId, formula.expression);
      found.set(index, { linkId, title, unit, decimals, value: formula, sources, ...(coding && { coding }) });
    }
    if (ready.length > 0) continue;
    const circle = [...waiting.keys()].join(', ');
    for (const linkId of waiting.keys()) formulas.passOver(linkId);
    report(
      'cycle',
      ['calculated', [...waiting.values()][0]?.index ?? 0, 'value'],
      `these calculated values need each other: ${circle}`,
      'let one of them do without the others',
    );
    break;
  }
  return [...found].sort(([a], [b]) => a - b).map(([, value]) => value);
}

function readEnablement(
  all: readonly WrittenItem[],
  text: QuestionnaireText,
  formulas: FormulaReader,
  report: Report,
): void {
  const calculated = new Map(text.calculated.map(({ linkId, value }) => [linkId, namesIn(value)]));
  const order = all.map(({ item }) => item.linkId);
  const repeats = all.filter(({ item }) => item.type === 'group' && item.repeats).map(({ item }) => item.linkId);
  all.forEach(({ item, path, enableWhen }, index) => {
    if (enableWhen === undefined) return;
    const at = [...path, 'enableWhen'];
    if (repeats.some((repeat) => item.linkId.startsWith(`${repeat}.`))) {
      report(
        'not-analysable',
        at,
        'a question inside a repeat is always asked',
        'drop `enableWhen`, or put it on the repeat',
      );
      return;
    }
    const later = [...namesBehind(enableWhen, calculated)].find((name) => order.indexOf(name) >= index);
    if (later)
      report(
        'asked-later',
        at,
        later === item.linkId
          ? `\`${later}\` is asked only by its own answer`
          : `\`${later}\` is asked later than \`${item.linkId}\``,
        later === item.linkId ? 'name the question that it depends on' : 'move the question up, or ask this one later',
      );
    const formula = formulas.condition(enableWhen, at);
    if (formula) (item as { enableWhen?: Formula }).enableWhen = formula;
  });
}

/** The names in a condition, and those that its calculated values need. */
function namesBehind(source: string, calculated: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (name: string): void => {
    if (names.has(name)) return;
    names.add(name);
    calculated.get(name)?.forEach(visit);
  };
  namesIn(source).forEach(visit);
  return names;
}

function readConstraint(
  text: QuestionnaireText,
  index: number,
  formulas: FormulaReader,
  items: ReadonlyMap<string, ExpressionType>,
  report: Report,
): readonly Constraint[] {
  const constraint = text.constraints[index];
  if (!constraint) return [];
  const { linkId, message } = constraint;
  if (!items.has(linkId))
    report(
      'unknown-name',
      ['constraints', index, 'linkId'],
      `no question is called \`${linkId}\``,
      wayOut(linkId, [...items.keys()]),
    );
  const requires = formulas.condition(constraint.requires, ['constraints', index, 'requires']);
  return requires ? [{ linkId, message, requires }] : [];
}

function readRule(
  text: QuestionnaireText,
  index: number,
  formulas: FormulaReader,
  yaml: YamlSource,
  report: Report,
): readonly Rule[] {
  const rule = text.rules[index];
  if (!rule) return [];
  const path = ['rules', index];
  const { id, disposition, reason, action, steps, say, sources } = rule;
  if (disposition === 'proceed')
    report(
      'wrong-shape',
      [...path, 'disposition'],
      'a rule cannot find `proceed`: that is what is left where no rule fires',
      'choose another disposition',
    );
  if ((disposition === 'emergency') !== steps.length > 0)
    report(
      'wrong-shape',
      [...path, 'id'],
      'an emergency has `steps`, and nothing else has',
      disposition === 'emergency' ? 'add `steps:`' : 'drop `steps`',
    );
  const {
    unknown = mildestByAbsence.unknown,
    declined = mildestByAbsence.declined,
    leftOut = mildestByAbsence.leftOut,
  } = rule.absence;
  const absence = { unknown, declined, leftOut };
  for (const kind of ['unknown', 'declined', 'leftOut'] as const) {
    if (severityRank(absence[kind]) > severityRank(mildestByAbsence[kind]))
      report(
        'absence-milder',
        [...path, 'absence', kind],
        `an absent answer may not come to less than \`${mildestByAbsence[kind]}\``,
        `write \`${mildestByAbsence[kind]}\` or worse`,
      );
  }
  const when = formulas.condition(rule.when, [...path, 'when']);
  return when
    ? [
        {
          id,
          disposition,
          when,
          reason,
          action,
          steps,
          sources,
          absence,
          at: yaml.at([...path, 'id']),
          ...(say && { say }),
        },
      ]
    : [];
}

function readInvariant(
  text: QuestionnaireText,
  index: number,
  formulas: FormulaReader,
  yaml: YamlSource,
): readonly Invariant[] {
  const invariant = text.invariants[index];
  if (!invariant) return [];
  const { id, title, sources } = invariant;
  const base = { id, title, sources, at: yaml.at(['invariants', index, 'id']) };
  if (invariant.kind === 'absence-never-milder') return [{ ...base, kind: invariant.kind }];
  const when = formulas.condition(invariant.when, ['invariants', index, 'when']);
  return when ? [{ ...base, kind: invariant.kind, dispositions: invariant.dispositions, when }] : [];
}
