import { readQuestionnaire } from '../definition/read.ts';
import type { SourceText } from '../definition/yaml-source.ts';
import type { Diagnostic, Fix } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { DefinitionTexts } from './check.ts';

export interface Fixed {
  readonly texts: DefinitionTexts;
  /** The files that changed, as they are now. */
  readonly changed: readonly SourceText[];
  /** How many problems were fixed. None where `isRefused`. */
  readonly count: number;
  /** The definition would not have screened as before: nothing was changed. */
  readonly isRefused: boolean;
}

/** The texts of a definition with the fixes of `diagnostics` made in them. Comments and layout stay. */
export function fix(texts: DefinitionTexts, diagnostics: readonly Diagnostic[]): Fixed {
  const counts: number[] = [];
  const changed: SourceText[] = [];
  const mend = (file: SourceText): SourceText => {
    const fixes = apartFrom(diagnostics.flatMap((each) => (each.fix && each.at.path === file.path ? [each.fix] : [])));
    if (fixes.length === 0) return file;
    const mended = { ...file, text: spliced(file.text, fixes) };
    counts.push(fixes.length);
    changed.push(mended);
    return mended;
  };
  const { evidence, clinic } = texts;
  const after: DefinitionTexts = {
    ...texts,
    main: mend(texts.main),
    tables: texts.tables.map(mend),
    cases: texts.cases.map(mend),
    ...(evidence && { evidence: mend(evidence) }),
    ...(clinic && { clinic: mend(clinic) }),
  };
  if (!screensAlike(texts, after)) return { texts, changed: [], count: 0, isRefused: true };
  return { texts: after, changed, count: counts.reduce((sum, count) => sum + count, 0), isRefused: false };
}

/** Fixes in the order of the text; of those that overlap or are the same, the first. */
function apartFrom(fixes: readonly Fix[]): readonly Fix[] {
  const kept: Fix[] = [];
  for (const each of [...fixes].sort((a, b) => a.start - b.start))
    if (each.start >= (kept.at(-1)?.end ?? 0)) kept.push(each);
  return kept;
}

function spliced(text: string, fixes: readonly Fix[]): string {
  return fixes.reduceRight(
    (before, { start, end, text: put }) => before.slice(0, start) + put + before.slice(end),
    text,
  );
}

/** Whether both let the same people through, as far as both can be read. */
function screensAlike(before: DefinitionTexts, after: DefinitionTexts): boolean {
  const [one, other] = [before, after].map(({ main, tables }) => readQuestionnaire(main, tables).questionnaire);
  return one === undefined || other === undefined || decisive(one) === decisive(other);
}

/** Everything of a questionnaire but its words for people, and where it is written. */
function decisive(questionnaire: Questionnaire): string {
  return JSON.stringify(questionnaire, (key, value) => (words.has(key) ? undefined : value));
}

const words: ReadonlySet<string> = new Set(
  'at source sources text title help because reason action say message note credit unitText'.split(' '),
);
