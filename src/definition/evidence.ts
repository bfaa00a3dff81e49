import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { doses, drugs, type EvidenceEntry, type EvidenceLedger, numbersIn, routes } from '../model/evidence.ts';
import { parseDate } from '../model/local-date.ts';
import { readShape } from './shape.ts';
import { readYaml, type SourceText, type YamlSource } from './yaml-source.ts';

const text = z.string().min(1);
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens');

const figure = z.strictObject({
  id,
  /** As the form may print it: natural frequencies, "64 in 100". */
  value: text,
  /** As the source has it. */
  reported: text,
  /** What was counted, in whom, against what. */
  about: text,
});

const entry = z.strictObject({
  id,
  authors: text,
  year: z.int().min(1900).max(2100).optional(),
  journal: text,
  doi: z
    .string()
    .regex(/^10\.\d+\/\S+$/, 'a DOI starts with 10. and has a slash')
    .optional(),
  locator: text.optional(),
  n: z.union([z.int().min(1), text]).optional(),
  drug: z.enum(drugs),
  route: z.enum(routes),
  dose: z.enum(doses),
  population: text,
  design: text,
  relation: z.enum(['direct', 'indirect']),
  figures: z.array(figure).default([]),
  caveat: text.optional(),
  checked: z.string().refine((date) => parseDate(date) !== undefined, 'a day is written YYYY-MM-DD'),
  how: z.enum(['full-text', 'excerpt', 'not-verified']),
  by: text,
});

/** The shape of `evidence.yaml`. */
export const evidenceSchema = z.strictObject({
  id,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers in quotes, such as "1.0.0"'),
  entries: z.array(entry).min(1),
});

type EntryText = z.output<typeof entry>;

/** `evidence` is there where no diagnostic is an error. */
export interface EvidenceReading {
  readonly evidence?: EvidenceLedger;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the evidence ledger: shape, unique ids, direct evidence that is so, figures that hold a number. Never throws. */
export function readEvidence(source: SourceText): EvidenceReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(evidenceSchema, yaml);
  if (!value) return { diagnostics };
  const problems = value.entries.flatMap((each, index) => [
    ...duplicates(value.entries, index, yaml),
    ...relationProblems(each, index, yaml),
    ...figureProblems(each, index, yaml),
  ]);
  if (problems.length > 0) return { diagnostics: problems };
  const entries = value.entries.map((each, index) => entryOf(each, index, yaml));
  return { evidence: { id: value.id, version: value.version, entries }, diagnostics: [] };
}

function entryOf(
  { year, doi, locator, n, caveat, ...rest }: EntryText,
  index: number,
  yaml: YamlSource,
): EvidenceEntry {
  return {
    ...rest,
    ...(year !== undefined && { year }),
    ...(doi !== undefined && { doi }),
    ...(locator !== undefined && { locator }),
    ...(n !== undefined && { n: String(n) }),
    ...(caveat !== undefined && { caveat }),
    at: yaml.at(['entries', index]),
  };
}

function duplicates(entries: readonly EntryText[], index: number, yaml: YamlSource): readonly Diagnostic[] {
  const own = entries[index];
  if (!own) return [];
  const problems: Diagnostic[] = [];
  if (entries.findIndex((each) => each.id === own.id) !== index) {
    problems.push({
      code: 'duplicate-evidence',
      severity: 'error',
      message: `there are two entries \`${own.id}\``,
      at: yaml.at(['entries', index, 'id']),
      help: 'give each entry an id of its own',
    });
  }
  own.figures.forEach((each, at) => {
    if (own.figures.findIndex((other) => other.id === each.id) === at) return;
    problems.push({
      code: 'duplicate-evidence',
      severity: 'error',
      message: `\`${own.id}\` has two figures \`${each.id}\``,
      at: yaml.at(['entries', index, 'figures', at, 'id']),
      help: 'give each figure an id of its own',
    });
  });
  return problems;
}

function relationProblems(entry: EntryText, index: number, yaml: YamlSource): readonly Diagnostic[] {
  const isDirect = entry.drug === 'ketamine' && entry.route === 'iv' && entry.dose === 'antidepressant';
  if (isDirect === (entry.relation === 'direct')) return [];
  return [
    {
      code: 'wrong-relation',
      severity: 'error',
      message: `\`${entry.id}\` is ${isDirect ? 'direct' : 'indirect'} evidence: ${entry.drug}, route ${entry.route}, dose ${entry.dose}`,
      at: yaml.at(['entries', index, 'relation']),
      note: 'patients are told which figures come from another drug, route or dose',
      help: `write \`relation: ${isDirect ? 'direct' : 'indirect'}\``,
    },
  ];
}

function figureProblems(entry: EntryText, index: number, yaml: YamlSource): readonly Diagnostic[] {
  return entry.figures.flatMap((figure, at): readonly Diagnostic[] => {
    if (numbersIn(figure.value).length > 0) return [];
    return [
      {
        code: 'figure-without-number',
        severity: 'error',
        message: `the figure \`${figure.id}\` holds no number`,
        at: yaml.at(['entries', index, 'figures', at, 'value']),
        help: 'write it in digits, such as "64 in 100", or move the sentence to `caveat`',
      },
    ];
  });
}
