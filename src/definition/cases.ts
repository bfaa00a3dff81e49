import { z } from 'zod';
import type { CalculatedResult } from '../model/assessment.ts';
import type { AnswerSheet, Baseline, Expectation, GoldenCase, RefusedSheet } from '../model/cases.ts';
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

/** The shape of `cases/baseline.yaml`: the answers that every other case starts from, and the questions they are asked. */
export const baselineSchema = z.strictObject({
  id,
  title: text,
  answers,
  /** Every question and repeat that is asked, those inside repeats too. Cases say how theirs differs. */
  asked: z.array(text).optional(),
});

/** What a case must come to: an outcome, or that its answers are refused. */
const expectation = z
  .strictObject({
    disposition: z.enum(dispositions).optional(),
    rules: z.array(text).default([]),
    findings: z.array(text).optional(),
    notAsked: z.array(text).optional(),
    /** How what is asked differs from the baseline: these and no others. */
    asked: z.strictObject({ more: z.array(text).default([]), fewer: z.array(text).default([]) }).optional(),
    /** Calculated values by linkId; null where there is none. */
    values: z.record(text, z.union([z.boolean(), z.number(), z.string(), z.null()])).optional(),
    /** The linkIds whose answers are refused, and no others. */
    refused: z.array(text).min(1).optional(),
  })
  .refine(({ disposition, refused }) => (disposition === undefined) !== (refused === undefined), {
    message: 'a case expects either a `disposition` or what is `refused`',
  });

const goldenCase = z.strictObject({
  id,
  title: text,
  /** Answers that differ from the baseline. */
  set: answers.default({}),
  /** LinkIds that were not asked. */
  unset: z.array(text).default([]),
  expect: expectation,
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
  readonly baseline?: Placed<Baseline>;
  readonly cases: readonly Placed<GoldenCase>[];
  /** Sheets that must not be accepted. */
  readonly refusals: readonly Placed<RefusedSheet>[];
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
  const [first] = files;
  if (first && !files.some(isBaseline)) return { ...nothingRead, diagnostics: [noBaseline(first)] };
  const start = files.filter(isBaseline).map((file) => readBaseline(file, names))[0];
  const rest = files.filter((file) => !isBaseline(file)).map((file) => readFile(file, names, start?.sheet));
  const cases = rest.flatMap((each) => each.cases);
  const refusals = rest.flatMap((each) => each.refusals);
  const diagnostics = [
    ...(start?.diagnostics ?? []),
    ...rest.flatMap((each) => each.diagnostics),
    ...twice([...cases, ...refusals]),
  ];
  const written = rest.reduce((sum, each) => sum + each.written, 0);
  return { ...(start?.sheet && { baseline: start.sheet }), cases, refusals, written, diagnostics };
}

const nothingRead: CasesReading = { cases: [], refusals: [], written: 0, diagnostics: [] };

function noBaseline({ path }: SourceText): Diagnostic {
  return {
    code: 'missing-file',
    severity: 'error',
    message: 'there is no `baseline.yaml` beside the cases, and they start from it',
    at: { path, start: 0, end: 0 },
    note: 'no case was run',
    help: 'write the answers of an applicant with nothing in the way into `cases/baseline.yaml`',
  };
}

interface Names {
  /** Each question outside repeats, and each repeat with the words of its fields. */
  readonly questions: ReadonlyMap<string, readonly string[]>;
  /** Everything that is asked: questions, repeats, and the questions inside repeats. */
  readonly asked: readonly string[];
  readonly rules: readonly string[];
  readonly values: readonly string[];
}

function namesOf({ items, rules, calculated }: Questionnaire): Names {
  const questions = new Map<string, readonly string[]>();
  const visit = (item: Item): void => {
    if (item.type !== 'group') questions.set(item.linkId, []);
    else if (item.repeats) questions.set(item.linkId, fieldsOf(item));
    else item.items.forEach(visit);
  };
  items.forEach(visit);
  const asked = [...questions].flatMap(([linkId, fields]) => [linkId, ...fields.map((field) => `${linkId}.${field}`)]);
  return { questions, asked, rules: rules.map((rule) => rule.id), values: calculated.map(({ linkId }) => linkId) };
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
  const { value, diagnostics: misfits } = readShape(baselineSchema, yaml, 'docs/check.md');
  if (!value) return { diagnostics: misfits };
  const { asked, ...start } = value;
  const problems = [
    ...answerProblems(value.answers, ['answers'], names, yaml),
    ...(asked ?? []).flatMap((linkId, index) => nameProblems(linkId, yaml.at(['asked', index]), names.asked)),
  ];
  if (problems.length > 0) return { diagnostics: problems };
  const at = yaml.at(['id']);
  const sheet = {
    sheet: { ...start, at, ...(asked && { asked }) },
    at: (path: string) => placeOf(path, yaml, ['answers']) ?? at,
  };
  return { sheet, diagnostics: [] };
}

function readFile(source: SourceText, names: Names, baseline: Placed<Baseline> | undefined): CasesReading {
  const { yaml, diagnostics } = readYaml(source);
  if (!yaml) return { cases: [], refusals: [], written: 0, diagnostics };
  const waiting = waitingCases(yaml);
  const { value, diagnostics: misfits } = readShape(casesSchema, withoutWaiting(yaml, waiting), 'docs/check.md');
  if (!value) return { cases: [], refusals: [], written: 0, diagnostics: misfits };
  const read = value.cases.map((each, index) =>
    waiting.includes(index) ? waitingCase(index, yaml) : readCase(each, ['cases', index], names, yaml, baseline),
  );
  return {
    cases: read.flatMap(({ golden }) => golden ?? []),
    refusals: read.flatMap(({ refused }) => refused ?? []),
    written: read.length,
    diagnostics: read.flatMap((each) => each.diagnostics),
  };
}

/** Which cases stand with `expect: TODO`: a machine wrote their answers, and nobody has said yet what they come to. */
function waitingCases({ value }: YamlSource): readonly number[] {
  const cases: unknown = typeof value === 'object' && value !== null && 'cases' in value ? value.cases : [];
  return (Array.isArray(cases) ? cases : []).flatMap((each: unknown, index) =>
    typeof each === 'object' && each !== null && 'expect' in each && each.expect === 'TODO' ? [index] : [],
  );
}

/** The file with an expectation put in for those who have none, so that the rest of its shape can be read. */
function withoutWaiting(yaml: YamlSource, waiting: readonly number[]): YamlSource {
  if (waiting.length === 0) return yaml;
  const { cases } = yaml.value as { readonly cases: readonly object[] };
  const filled = cases.map((each, index) =>
    waiting.includes(index) ? { ...each, expect: { disposition: dispositions[0] } } : each,
  );
  return { ...yaml, value: { ...(yaml.value as object), cases: filled } };
}

interface CaseReading {
  readonly golden?: Placed<GoldenCase>;
  readonly refused?: Placed<RefusedSheet>;
  readonly diagnostics: readonly Diagnostic[];
}

function waitingCase(index: number, yaml: YamlSource): CaseReading {
  const problem: Diagnostic = {
    code: 'case-failed',
    severity: 'error',
    message: 'the case is waiting for a clinician: `expect` is not filled in',
    at: yaml.at(['cases', index, 'expect']),
    help: 'write what this applicant must come to: a disposition, and the findings',
  };
  return { diagnostics: [problem] };
}

function readCase(
  { set, unset, expect, ...about }: CaseText,
  path: YamlPath,
  names: Names,
  yaml: YamlSource,
  baseline: Placed<Baseline> | undefined,
): CaseReading {
  const diagnostics = [
    ...answerProblems(set, [...path, 'set'], names, yaml),
    ...unset.flatMap((linkId, index) => questionProblems(linkId, yaml.at([...path, 'unset', index]), names)),
    ...expectationProblems(expect, [...path, 'expect'], names, yaml, baseline),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  const { source, signedBy, rationale, ...named } = about;
  const ownAt = yaml.at([...path, 'id']);
  const own = {
    ...named,
    answers: without({ ...baseline?.sheet.answers, ...set }, unset),
    at: ownAt,
    ...(source !== undefined && { source }),
    ...(signedBy !== undefined && { signedBy }),
    ...(rationale !== undefined && { rationale }),
  };
  const at = (answer: string): SourceSpan => placeOf(answer, yaml, [...path, 'set']) ?? ownAt;
  const expectedAt = yaml.at([...path, 'expect']);
  const { disposition, refused } = expect;
  if (refused) return { refused: { sheet: { ...own, refused, expectedAt }, at }, diagnostics };
  if (disposition === undefined) throw new Error('the schema lets no case without a disposition pass');
  const expected = expectationOf({ ...expect, disposition }, expectedAt, baseline?.sheet.asked ?? []);
  return { golden: { sheet: { ...own, expect: expected }, at }, diagnostics };
}

type ExpectationText = CaseText['expect'];

function expectationOf(
  { disposition, rules, findings, notAsked, asked, values }: ExpectationText & Pick<Expectation, 'disposition'>,
  at: SourceSpan,
  askedInBaseline: readonly string[],
): Expectation {
  const kept = asked && askedInBaseline.filter((linkId) => !asked.fewer.includes(linkId));
  return {
    disposition,
    rules,
    at,
    ...(findings && { findings }),
    ...(notAsked && { notAsked }),
    ...(asked && kept && { asked: [...new Set([...kept, ...asked.more])] }),
    ...(values && { values: new Map<string, CalculatedResult | null>(Object.entries(values)) }),
  };
}

function expectationProblems(
  expect: ExpectationText,
  path: YamlPath,
  names: Names,
  yaml: YamlSource,
  baseline: Placed<Baseline> | undefined,
): readonly Diagnostic[] {
  const { asked, values = {} } = expect;
  const isAskedLoose = asked !== undefined && baseline?.sheet.asked === undefined;
  return [
    ...(['rules', 'findings'] as const).flatMap((key) =>
      (expect[key] ?? []).flatMap((rule, index) => ruleProblems(rule, yaml.at([...path, key, index]), names)),
    ),
    ...(['more', 'fewer'] as const).flatMap((key) =>
      (asked?.[key] ?? []).flatMap((linkId, index) =>
        nameProblems(linkId, yaml.at([...path, 'asked', key, index]), names.asked),
      ),
    ),
    ...Object.keys(values).flatMap((linkId) =>
      nameProblems(linkId, yaml.atKey([...path, 'values', linkId]), names.values, 'calculated value'),
    ),
    ...(isAskedLoose ? [askedOfNothing(yaml.atKey([...path, 'asked']))] : []),
  ];
}

function askedOfNothing(at: SourceSpan): Diagnostic {
  return {
    code: 'missing-key',
    severity: 'error',
    message: 'the baseline does not say which questions it is asked, so nothing can differ from it',
    at,
    help: 'list them under `asked:` in `baseline.yaml`',
  };
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
  { questions }: Names,
  yaml: YamlSource,
): readonly Diagnostic[] {
  return Object.entries(answers).flatMap(([linkId, answer]) => {
    const fields = questions.get(linkId);
    if (!fields) return questionProblems(linkId, yaml.atKey([...path, linkId]), { questions });
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

function questionProblems(
  linkId: string,
  at: SourceSpan,
  { questions }: Pick<Names, 'questions'>,
): readonly Diagnostic[] {
  return nameProblems(linkId, at, [...questions.keys()]);
}

function nameProblems(
  linkId: string,
  at: SourceSpan,
  known: readonly string[],
  what = 'question',
): readonly Diagnostic[] {
  if (known.includes(linkId)) return [];
  const help = wayOut(linkId, known);
  return [{ code: 'unknown-name', severity: 'error', message: `no ${what} is called \`${linkId}\``, at, help }];
}

function ruleProblems(rule: string, at: SourceSpan, { rules }: Names): readonly Diagnostic[] {
  if (rules.includes(rule)) return [];
  return [
    { code: 'unknown-rule', severity: 'error', message: `there is no rule \`${rule}\``, at, help: wayOut(rule, rules) },
  ];
}

function twice(cases: readonly Placed<AnswerSheet>[]): readonly Diagnostic[] {
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
