import { counted } from '../model/counted.ts';
import { describeEach, harmless, regionOf, type Texts } from './diagnostics.ts';
import type {
  CaseCounts,
  CoverageReport,
  MutantRemark,
  MutationReport,
  Remark,
  TestedDefinition,
  TestReport,
} from './test-report.ts';

/** The report for people, at most 80 columns wide but for the lines of a file. */
export function testText({ definitions, texts }: TestReport): string {
  return `${definitions.flatMap((each) => definitionLines(each, texts)).join('\n')}\n`;
}

/** What is wrong, and no more: for `--quiet`. */
export function testTextOfProblems({ definitions, texts }: TestReport): string {
  const lines = definitions.flatMap(({ diagnostics, mutation }) => [
    ...describeEach(diagnostics, texts),
    ...(mutation ? survivorLines(mutation, texts) : []),
  ]);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function definitionLines(tested: TestedDefinition, texts: Texts): readonly string[] {
  const { path, diagnostics, cases, coverage, mutation, isHeldBack } = tested;
  return [
    ...describeEach(diagnostics, texts),
    `${harmless(path)}: ${outcome(cases, diagnostics.length > 0)}`,
    ...(cases.total === 0 ? [] : [signatures(cases)]),
    ...(isHeldBack ? ['Coverage and mutants are looked at once all cases pass.'] : []),
    ...(coverage ? coverageLines(coverage, texts) : []),
    ...(mutation ? mutationLines(mutation, texts) : []),
  ];
}

function outcome({ passed, total }: CaseCounts, hasProblems: boolean): string {
  if (total > 0) return `${passed} of ${counted(total, 'golden case passes', 'golden cases pass')}`;
  return hasProblems ? 'what does not read was not tested' : 'no golden cases, so nothing was tested';
}

function signatures({ signed, total }: CaseCounts): string {
  if (signed === total) return 'Each is signed by a reviewer.';
  if (signed === 0) return 'None is signed by a reviewer: pending clinical sign-off.';
  return `${signed} of ${total} are signed by a reviewer; the others are pending clinical sign-off.`;
}

/* Coverage */

function coverageLines({ measures, isChecked }: CoverageReport, texts: Texts): readonly string[] {
  const width = Math.max(...measures.map(({ name }) => name.length));
  const row = ({ name, covered, total, percent, impossible }: CoverageReport['measures'][number]): string => {
    const not = impossible.length === 0 ? '' : `; ${impossible.length} more are impossible`;
    return `  ${name.padEnd(width)}  ${String(percent).padStart(3)} %  ${covered} of ${total}${not}`;
  };
  const lists = (title: string, of: 'missing' | 'impossible'): readonly string[] =>
    measures.flatMap((measure) =>
      measure[of].length === 0
        ? []
        : ['', `${title}: ${measure.name}`, ...measure[of].flatMap((each) => remark(each, texts))],
    );
  return [
    '',
    'Coverage',
    ...measures.map(row),
    ...lists('No case shows', 'missing'),
    ...lists('Impossible, proved', 'impossible'),
    ...unchecked(isChecked),
  ];
}

/* Mutants */

function mutationLines(mutation: MutationReport, texts: Texts): readonly string[] {
  const { killed, total, percent, equivalent, isChecked } = mutation;
  return [
    '',
    `Mutants: ${killed} of ${total} are told from the original, ${percent} %`,
    ...survivorLines(mutation, texts),
    ...listed('Redundant: no answers at all tell these from the original, proved', equivalent, texts),
    ...unchecked(isChecked),
  ];
}

function survivorLines({ survivors, undecided }: MutationReport, texts: Texts): readonly string[] {
  const lines = survivors.flatMap((each) => [
    ...mutantRemark(each, texts),
    ...folded(`add a case: ${each.applicant}`),
    ...folded(`it shows: ${each.differs.join(', ')}`),
  ]);
  return [
    ...(lines.length === 0 ? [] : ['', 'No case tells these from the original', ...lines]),
    ...listed('Not settled within the budget of the proof, counted as not told', undecided, texts),
  ];
}

function listed(title: string, mutants: readonly MutantRemark[], texts: Texts): readonly string[] {
  return mutants.length === 0 ? [] : ['', title, ...mutants.flatMap((each) => mutantRemark(each, texts))];
}

function mutantRemark({ id, words, at }: MutantRemark, texts: Texts): readonly string[] {
  return remark({ words: `${id}: ${words}`, at }, texts);
}

function unchecked(isChecked: boolean): readonly string[] {
  return isChecked ? [] : ['', 'A proof is not confirmed by its second check: a bug in preinfuse. Report it.'];
}

/* Lines */

function remark({ words, at }: Remark, texts: Texts): readonly string[] {
  const { line, column } = regionOf(at, texts);
  return [`  ${harmless(at.path)}:${line}:${column}`, ...folded(words)];
}

const width = 80;

/** Indented and broken between words; a word that is too long stands alone, cut. */
function folded(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const fits = last !== undefined && `${last} ${word}`.length <= width;
    const whole = `    ${word}`;
    if (fits) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(whole.length <= width ? whole : `${whole.slice(0, width - 3)}...`);
  }
  return lines;
}
