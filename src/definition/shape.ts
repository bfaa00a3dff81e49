import type { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { near } from './suggest.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** Reads a YAML document in the shape of `schema`, which `page` tells of; what does not fit is a diagnostic at its place. */
export function readShape<Schema extends z.ZodType>(
  schema: Schema,
  yaml: YamlSource,
  page: string,
): { readonly value?: z.output<Schema>; readonly diagnostics: readonly Diagnostic[] } {
  const result = schema.safeParse(yaml.value);
  if (result.success) return { value: result.data, diagnostics: [] };
  const { issues } = result.error;
  const misspelt = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) =>
            nameOf([...issue.path, near(key, knownKeys(schema, issue.path, yaml.value))[0] ?? '']),
          )
        : [],
    ),
  );
  return { diagnostics: issues.flatMap((issue) => problemsOf(issue, yaml, schema, page, misspelt)) };
}

/** `misspelt`: the keys that are there in another spelling; that they are missing is not said too. */
function problemsOf(
  issue: Issue,
  yaml: YamlSource,
  schema: z.ZodType,
  page: string,
  misspelt: ReadonlySet<string>,
): readonly Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path, yaml.value);
    return issue.keys.map((key) => unknownKey(key, issue.path, known, yaml));
  }
  const isMissing = valueAt(yaml.value, issue.path) === undefined;
  const key = String(issue.path.at(-1));
  if (isMissing && misspelt.has(nameOf(issue.path))) return [];
  return [
    {
      code: isMissing ? 'missing-key' : 'wrong-shape',
      severity: 'error',
      message: isMissing ? `the key \`${key}\` is missing` : describe(issue),
      at: isMissing ? yaml.at(issue.path.slice(0, -1)) : yaml.at(issue.path),
      help: isMissing ? `add \`${key}:\`` : `see ${page}`,
    },
  ];
}

function nameOf(path: YamlPath): string {
  return JSON.stringify(path.map(String));
}

/** Keys that hold nothing but words for people: to put one right cannot change who is let through. */
const wordKeys: ReadonlySet<string> = new Set(
  'title text why counts say because credit reason action message note caveat rationale'.split(' '),
);

function unknownKey(key: string, path: YamlPath, known: readonly string[], yaml: YamlSource): Diagnostic {
  const at = yaml.atKey([...path, key]);
  const candidates = near(key, known);
  const [meant] = candidates;
  const isSure = candidates.length === 1 && meant !== undefined && wordKeys.has(meant);
  const isFree = meant !== undefined && valueAt(yaml.value, [...path, meant]) === undefined;
  return {
    code: 'unknown-key',
    severity: 'error',
    message: `there is no key \`${key}\` here`,
    at,
    help: meant === undefined ? `keys here: ${known.join(', ')}` : `write \`${meant}\``,
    ...(isSure && isFree && { fix: { start: at.start, end: at.end, text: meant } }),
  };
}

function describe(issue: Issue): string {
  const text = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as never)[key] : undefined),
    value,
  );
}

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
}

function definitionOf(schema: z.ZodType): Definition {
  return (schema as unknown as { def: Definition }).def;
}

/** The keys that an object of the schema takes at `path`. */
function knownKeys(schema: z.ZodType, path: YamlPath, value: unknown): readonly string[] {
  const definition = definitionOf(schema);
  if (definition.innerType) return knownKeys(definition.innerType, path, value);
  if (definition.options) {
    const kind = definition.discriminator && valueAt(value, [definition.discriminator]);
    const fitting = definition.options.find((option) => fits(option, definition.discriminator, kind));
    return fitting ? knownKeys(fitting, path, value) : [];
  }
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(definition.shape ?? {});
  const inner = definition.shape?.[String(key)] ?? definition.element ?? definition.valueType;
  return inner ? knownKeys(inner, rest, valueAt(value, [key])) : [];
}

function fits(option: z.ZodType, discriminator: string | undefined, kind: unknown): boolean {
  const tag = discriminator === undefined ? undefined : definitionOf(option).shape?.[discriminator];
  return tag?.safeParse(kind).success ?? false;
}
