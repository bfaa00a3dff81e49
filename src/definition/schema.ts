import { z } from 'zod';
import { dispositions } from '../model/disposition.ts';

/** A linkId: dotted identifiers, so that conditions can name it. */
const linkId = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/, 'a linkId is dotted words such as `vitals.systolic`');
const identifier = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a name is letters and digits, starting in lower case');
const ruleId = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens');
const text = z.string().min(1);
const cel = z.string().min(1).meta({ description: 'A CEL expression.' });
const sources = z.array(ruleId).default([]);
const disposition = z.enum(dispositions);
const coding = z.strictObject({ system: text, code: text });

const itemBase = {
  linkId,
  text,
  /** Why we ask, for staff. */
  why: text.optional(),
  /** What counts as which answer. */
  counts: text.optional(),
  /** Words staff may say. */
  say: text.optional(),
  sources,
  coding: coding.optional(),
  enableWhen: cel.optional(),
  required: z.boolean().default(true),
  /** `none`: takes neither `unknown` nor `declined`. */
  absence: z.enum(['allowed', 'none']).default('allowed'),
  phi: z.boolean().default(false),
  /** A parameter in days: for how long an answer holds after the visit. On a group, for all in it. */
  validFor: identifier.optional(),
};

const alternativeUnit = z.strictObject({
  unit: text,
  /** What the wizard accepts after the number. */
  names: z.array(text).min(1),
  /** Canonical value = typed value x factor. A decimal, or a fraction "a/b". */
  factor: z.string().regex(/^\d+(\.\d+)?(\/\d+(\.\d+)?)?$/),
});

const numeric = {
  ...itemBase,
  min: z.number(),
  max: z.number(),
  unit: text,
  /** The unit as people write it, where UCUM is not what they know. */
  unitText: text.optional(),
  alternatives: z.array(alternativeUnit).default([]),
  plausible: z.strictObject({ min: z.number(), max: z.number() }).optional(),
};

const option = z.strictObject({
  code: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an answer code is lower-case words joined by hyphens, or a digit'),
  text,
  score: z.int().optional(),
  exclusive: z.boolean().default(false),
  coding: coding.optional(),
});

const booleanItem = z.strictObject({ type: z.literal('boolean'), ...itemBase });
const integerItem = z.strictObject({ type: z.literal('integer'), ...numeric });
const decimalItem = z.strictObject({ type: z.literal('decimal'), ...numeric, decimals: z.int().min(1).max(4) });
const dateItem = z.strictObject({ type: z.literal('date'), ...itemBase, initial: z.literal('visit').optional() });
const stringItem = z.strictObject({
  type: z.literal('string'),
  ...itemBase,
  maxLength: z.int().min(1).max(10_000),
  table: identifier.optional(),
});
const choiceItem = z.strictObject({
  type: z.literal('choice'),
  ...itemBase,
  /** Several answers. */
  repeats: z.boolean().default(false),
  /** The options, or the name of a list under `answerLists`. */
  options: z.union([z.array(option).min(2), identifier]),
});

const question = z.discriminatedUnion('type', [
  booleanItem,
  integerItem,
  decimalItem,
  dateItem,
  stringItem,
  choiceItem,
]);

const groupBase = {
  ...itemBase,
  presentation: z.enum(['list', 'grid']).default('list'),
  repeats: z.strictObject({ min: z.int().min(0), max: z.int().min(1).max(50), entry: text }).optional(),
  credit: text.optional(),
};

const innerGroup = z.strictObject({ type: z.literal('group'), ...groupBase, items: z.array(question).min(1) });
const section = z.strictObject({
  type: z.literal('group'),
  ...groupBase,
  items: z.array(z.discriminatedUnion('type', [...question.options, innerGroup])).min(1),
});

const parameter = z.strictObject({
  title: text,
  value: z.number(),
  unit: text,
  because: text,
  sources: z.array(ruleId).min(1),
});

const calculated = z.strictObject({
  linkId,
  title: text,
  unit: z.string().default('1'),
  decimals: z.int().min(0).max(4).default(0),
  value: cel,
  sources,
  coding: coding.optional(),
});

const constraint = z.strictObject({ linkId, requires: cel, message: text });

const rule = z.strictObject({
  id: ruleId,
  disposition,
  when: cel,
  reason: text,
  action: text,
  steps: z.array(text).default([]),
  say: text.optional(),
  sources: z.array(ruleId).min(1),
  absence: z
    .strictObject({
      unknown: disposition.optional(),
      declined: disposition.optional(),
      leftOut: disposition.optional(),
    })
    .default({}),
});

const invariantBase = { id: ruleId, title: text, sources };
const invariant = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never'), ...invariantBase, dispositions: z.array(disposition).min(1), when: cel }),
  z.strictObject({ kind: z.literal('always'), ...invariantBase, dispositions: z.array(disposition).min(1), when: cel }),
  z.strictObject({ kind: z.literal('absence-never-milder'), ...invariantBase }),
]);

const citation = z.strictObject({
  id: ruleId,
  text,
  doi: z
    .string()
    .regex(/^10\.\d+\//)
    .optional(),
  url: z.url().optional(),
  checked: z.enum(['full-text', 'excerpt', 'not-verified']),
});

const versionForm = 'a version is three numbers in quotes, such as "1.0.0"';

/** The shape of `questionnaire.yaml`. What the words mean is told in docs/definition.md. */
export const questionnaireSchema = z.strictObject({
  id: ruleId,
  version: z.string(versionForm).regex(/^\d+\.\d+\.\d+$/, versionForm),
  title: text,
  status: z.enum(['draft', 'active', 'retired']),
  sources: z.array(citation),
  /** Table name -> file beside this one. */
  tables: z.record(identifier, text).default({}),
  parameters: z.record(identifier, parameter).default({}),
  /** Options that several choices share. */
  answerLists: z.record(identifier, z.array(option).min(2)).default({}),
  safety: z.strictObject({ title: text, steps: z.array(text).min(1) }),
  items: z.array(section).min(1),
  calculated: z.array(calculated).default([]),
  constraints: z.array(constraint).default([]),
  rules: z.array(rule).min(1),
  invariants: z.array(invariant).default([]),
});

/** The shape of a table file such as `antidepressants.yaml`. */
export const tableSchema = z.strictObject({
  title: text,
  sources: z.array(citation).default([]),
  /** Column name -> unit (UCUM) and decimals. */
  columns: z.record(identifier, z.strictObject({ unit: text, decimals: z.int().min(0).max(4).default(0) })),
  rows: z
    .array(
      z.strictObject({
        key: text,
        /** The key of the row that this one is another form of: both count as one. */
        sameAs: text.optional(),
        names: z.array(text).default([]),
        values: z.record(identifier, z.number()),
        sources: z.array(ruleId).min(1),
        note: text.optional(),
      }),
    )
    .min(1),
});

export type QuestionnaireText = z.output<typeof questionnaireSchema>;
export type TableText = z.output<typeof tableSchema>;
export type ItemText = QuestionnaireText['items'][number] | QuestionnaireText['items'][number]['items'][number];
