import { z } from 'zod';
import type { AnswerSheet, GoldenCase } from '../model/cases.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { dispositions } from '../model/disposition.ts';
import type { GroupItem, Item, Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import { readShape } from './shape.ts';
import { wayOut } from './suggest.ts';
import { readYaml, type SourceText, type YamlPath, type YamlSource } from './yaml-source.ts';

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens');
const text = z.string().min(1);
const answers = z
  .record(text, z.unknown())
  .meta({ description: 'Answers by linkId; {absent: unknown} and {absent: declined} say that there is none.' });

/** The shape of `cases/baseline.yaml`: the answers that every other case starts from. */
export const baselineSchema = z.strictObject({ id, title: text, answers });

const goldenCase = z.strictObject({
  id,
  title: text,
  /** Answers that differ from the baseline. */
  set: answers.default({}),
  /** LinkIds that were not asked. */
  unset: z.array(text).default([]),
  expect: z.strictObject({
    disposition: z.enum(dispositions),
    rules: z.array(text).default([]),
    findings: z.array(text).optional(),
    notAsked: z.array(text).optional(),
  }),
  source: text.optional(),
  signedBy: text.optional(),
  rationale: text.optional(),
});

/** The shape of every other file under `cases/`. */
export const casesSchema = z.strictObject({ cases: z.array(goldenCase).min(1) });

type CaseText = z.output<typeof goldenCase>;

/** A sheet read from a file, and where each of its answers is written. */
export interface Placed<Sheet> {
  readonly sheet: Sheet;
  /** The place of an answer by its path, such as `vitals.systolic` or `trial[2].dose`; the sheet's own id where it has none. */
  at(path: string): SourceSpan;
}

export interface CasesReading {
  readonly baseline?: Placed<AnswerSheet>;
  readonly cases: readonly Placed<GoldenCase>[];
  /** How many cases are written down, those left out too. */
  readonly written: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the golden cases of a questionnaire: `baseline.yaml` and any number of other files. A case that names a
 * question or rule that does not exist is a diagnostic and is left out. Never throws.
 */
export function readCases(questionnaire: Questionnaire, files: readonly SourceText[]): CasesReading {
  const isBaseline = ({ path }: SourceText): boolean => path.split('/').at(-1) === 'baseline.yaml';
  const names = namesOf(questionnaire);
  const start = files.filter(isBaseline).map((file) => readBaseline(file, names))[0];
  const rest = files.filter((file) => !isBaseline(file)).map((file) => readFile(file, names, start?.sheet));
  const cases = rest.flatMap((each) => each.cases);
  const diagnostics = [...(start?.diagnostics ?? []), ...rest.flatMap((each) => each.diagnostics), ...twice(cases)];
  const written = rest.reduce((sum, each) => sum + each.written, 0);
  return { ...(start?.sheet && { baseline: start.sheet }), cases, written, diagnostics };
}

interface Names {
  /** Each question outside repeats, and each repeat with the words of its fields. */
  readonly questions: ReadonlyMap<string, readonly string[]>;
  readonly rules: readonly string[];
}

function namesOf({ items, rules }: Questionnaire): Names {
  const questions = new Map<string, readonly string[]>();
  const visit = (item: Item): void => {
    if (item.type !== 'group') questions.set(item.linkId, []);
    else if (item.repeats) questions.set(item.linkId, fieldsOf(item));
    else item.items.forEach(visit);
  };
  items.forEach(visit);
  return { questions, rules: rules.map((rule) => rule.id) };
}

function fieldsOf({ linkId, items }: GroupItem): readonly string[] {
  return items.map((item) => item.linkId.slice(linkId.length + 1));
}

function readBaseline(
  source: SourceText,
  names: Names,
): { readonly sheet?: Placed<AnswerSheet>; readonly diagnostics: readonly Diagnostic[] } {
  const { yaml, diagnostics } = readYaml(source);
  if (!yaml) return { diagnostics };
  const { value, diagnostics: misfits } = readShape(baselineSchema, yaml);
  if (!value) return { diagnostics: misfits };
  const problems = answerProblems(value.answers, ['answers'], names, yaml);
  if (problems.length > 0) return { diagnostics: problems };
  const at = yaml.at(['id']);
  const sheet = { sheet: { ...value, at }, at: (path: string) => placeOf(path, yaml, ['answers']) ?? at };
  return { sheet, diagnostics: [] };
}

function readFile(source: SourceText, names: Names, baseline: Placed<AnswerSheet> | undefined): CasesReading {
  const { yaml, diagnostics } = readYaml(source);
  if (!yaml) return { cases: [], written: 0, diagnostics };
  const { value, diagnostics: misfits } = readShape(casesSchema, yaml);
  if (!value) return { cases: [], written: 0, diagnostics: misfits };
  const read = value.cases.map((each, index) => readCase(each, ['cases', index], names, yaml, baseline));
  return {
    cases: read.flatMap(({ golden }) => golden ?? []),
    written: read.length,
    diagnostics: read.flatMap((each) => each.diagnostics),
  };
}

function readCase(
  { set, unset, expect, ...about }: CaseText,
  path: YamlPath,
  names: Names,
  yaml: YamlSource,
  baseline: Placed<AnswerSheet> | undefined,
): { readonly golden?: Placed<GoldenCase>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics = [
    ...answerProblems(set, [...path, 'set'], names, yaml),
    ...unset.flatMap((linkId, index) => questionProblems(linkId, yaml.at([...path, 'unset', index]), names)),
    ...(['rules', 'findings'] as const).flatMap((key) =>
      (expect[key] ?? []).flatMap((rule, index) => ruleProblems(rule, yaml.at([...path, 'expect', key, index]), names)),
    ),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  const { source, signedBy, rationale, ...named } = about;
  const { findings, notAsked, ...expected } = expect;
  const ownAt = yaml.at([...path, 'id']);
  const sheet: GoldenCase = {
    ...named,
    answers: without({ ...baseline?.sheet.answers, ...set }, unset),
    at: ownAt,
    expect: {
      ...expected,
      ...(findings && { findings }),
      ...(notAsked && { notAsked }),
      at: yaml.at([...path, 'expect']),
    },
    ...(source !== undefined && { source }),
    ...(signedBy !== undefined && { signedBy }),
    ...(rationale !== undefined && { rationale }),
  };
  return { golden: { sheet, at: (answer) => placeOf(answer, yaml, [...path, 'set']) ?? ownAt }, diagnostics };
}

function without(answers: Readonly<Record<string, unknown>>, unset: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answers).filter(([linkId]) => !unset.includes(linkId)));
}

/** Where the answer at `path` (`trial[2].dose`) is written under `within`. */
function placeOf(path: string, yaml: YamlSource, within: YamlPath): SourceSpan | undefined {
  const [, linkId = path, entry, field] = /^(.+?)\[(\d+)\](?:\.(.+))?$/.exec(path) ?? [];
  const written = within.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], yaml.value);
  if (typeof written !== 'object' || written === null || !Object.hasOwn(written, linkId)) return undefined;
  const steps = [linkId, ...(entry === undefined ? [] : [Number(entry) - 1]), ...(field === undefined ? [] : [field])];
  return yaml.at([...within, ...steps]);
}

/** Names in a sheet that are no question's. What the answers themselves are worth is for the reader of answers. */
function answerProblems(
  answers: Readonly<Record<string, unknown>>,
  path: YamlPath,
  { questions, rules }: Names,
  yaml: YamlSource,
): readonly Diagnostic[] {
  return Object.entries(answers).flatMap(([linkId, answer]) => {
    const fields = questions.get(linkId);
    if (!fields) return questionProblems(linkId, yaml.atKey([...path, linkId]), { questions, rules });
    if (fields.length === 0 || !Array.isArray(answer)) return [];
    return answer.flatMap((entry: unknown, index) =>
      Object.keys(typeof entry === 'object' && entry !== null ? entry : {})
        .filter((field) => !fields.includes(field))
        .map((field) => ({
          code: 'unknown-name',
          severity: 'error' as const,
          message: `no question of \`${linkId}\` is called \`${field}\``,
          at: yaml.atKey([...path, linkId, index, field]),
          help: wayOut(field, fields),
        })),
    );
  });
}

function questionProblems(linkId: string, at: SourceSpan, { questions }: Names): readonly Diagnostic[] {
  if (questions.has(linkId)) return [];
  const help = wayOut(linkId, [...questions.keys()]);
  return [{ code: 'unknown-name', severity: 'error', message: `no question is called \`${linkId}\``, at, help }];
}

function ruleProblems(rule: string, at: SourceSpan, { rules }: Names): readonly Diagnostic[] {
  if (rules.includes(rule)) return [];
  return [
    { code: 'unknown-rule', severity: 'error', message: `there is no rule \`${rule}\``, at, help: wayOut(rule, rules) },
  ];
}

function twice(cases: readonly Placed<GoldenCase>[]): readonly Diagnostic[] {
  const ids = cases.map(({ sheet }) => sheet.id);
  return cases
    .filter(({ sheet }, index) => ids.indexOf(sheet.id) !== index)
    .map(({ sheet }) => ({
      code: 'duplicate-id',
      severity: 'error',
      message: `the case \`${sheet.id}\` is already taken`,
      at: sheet.at,
      help: 'give it another id',
    }));
}
