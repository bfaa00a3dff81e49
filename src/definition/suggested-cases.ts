import { stringify } from 'yaml';

/** A case that nobody has said the outcome of yet. */
export interface SuggestedCase {
  readonly id: string;
  readonly title: string;
  /** Answers that differ from the baseline, as JSON by linkId. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  /** What the case is to tell apart, a line each. */
  readonly tells: readonly string[];
}

/** A file of cases that wait for a clinician. What is in the comments is on one line each, whatever it holds. */
export function suggestedCases(cases: readonly SuggestedCase[]): string {
  const head = [
    '# yaml-language-server: $schema=../../../schemas/cases.schema.json',
    '#',
    '# Applicants that no other case tells apart. For each, a clinician writes what it must come to in the place of TODO:',
    '# a disposition with its findings, and where they matter the questions asked and the calculated values.',
    'cases:',
  ];
  return `${[...head, ...cases.flatMap(linesOf)].join('\n')}\n`;
}

function linesOf({ id, title, set, unset, tells }: SuggestedCase): readonly string[] {
  const entry = {
    id,
    title,
    ...(Object.keys(set).length > 0 && { set }),
    ...(unset.length > 0 && { unset }),
    expect: 'TODO',
  };
  const yaml = stringify([entry], { lineWidth: 0 }).trimEnd().split('\n');
  const comments = tells.map((each) => `  # ${each.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`);
  return [...comments, ...yaml.map((line) => `  ${line}`)];
}
