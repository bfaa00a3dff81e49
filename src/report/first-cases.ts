import { counted } from '../model/counted.ts';
import { describeEach, harmless, type PlacedDiagnostic, type Texts } from './diagnostics.ts';

/** How many golden cases with one fault are told in full: more of them seldom tell more. */
const mostShown = 5;

/** What one slip in a definition can bring upon every golden case, and what is said of those that are not shown. */
const manyAtOnce: readonly { readonly code: string; readonly more: (count: number) => string }[] = [
  {
    code: 'case-failed',
    more: (count) => counted(count, 'more golden case fails', 'more golden cases fail'),
  },
  {
    code: 'case-answers',
    more: (count) =>
      counted(count, 'more answer of a golden case is refused', 'more answers of golden cases are refused'),
  },
];

/**
 * Each diagnostic with its line of the file. Of golden cases with one fault the first few, and then how many more there
 * are in which files. What is wrong with the baseline, and everything else, is always told.
 */
export function describeFirstCases(diagnostics: readonly PlacedDiagnostic[], texts: Texts): readonly string[] {
  const left = manyAtOnce.map(({ code, more }) => {
    const cases = diagnostics.filter((each) => each.code === code && !isBaseline(each)).slice(mostShown);
    return { cases, lines: moreCases(more(cases.length), cases) };
  });
  const isLeft = new Set(left.flatMap(({ cases }) => cases));
  return diagnostics.flatMap((each) => {
    const told = left.find(({ cases: [first] }) => first === each);
    if (told) return told.lines;
    return isLeft.has(each) ? [] : describeEach([each], texts);
  });
}

function isBaseline({ at }: PlacedDiagnostic): boolean {
  return at.path.endsWith('/baseline.yaml');
}

function moreCases(title: string, cases: readonly PlacedDiagnostic[]): readonly string[] {
  const paths = cases.map(({ at }) => at.path);
  const count = (path: string): number => paths.filter((each) => each === path).length;
  return [
    title,
    ...[...new Set(paths)].map((path) => `  ${harmless(path)}: ${count(path)}`),
    '  = help: mend what the first ones show and check again; `preinfuse test` with the same path shows all of them',
    '',
  ];
}
