import type { Disposition } from './disposition.ts';
import type { Expression } from './expression.ts';

/** A text in a file, by offsets: `start` inclusive, `end` exclusive. Lines are worked out when a problem is printed. */
export interface SourceSpan {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Something a definition relies on. `checked` says how the author saw it. */
export interface Citation {
  readonly id: string;
  readonly text: string;
  readonly doi?: string;
  readonly url?: string;
  readonly checked: 'full-text' | 'excerpt' | 'not-verified';
}

/** A calculation or condition with the text it was written as. */
export interface Formula {
  readonly source: string;
  readonly expression: Expression;
  readonly at: SourceSpan;
}

/** A clinic-signed number with its unit (UCUM) and source. `value` is the integer times 10^`scale`. */
export interface Parameter {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly scale: number;
  readonly unit: string;
  readonly because: string;
  readonly sources: readonly string[];
}

export interface AnswerOption {
  readonly code: string;
  readonly text: string;
  /** For a scored choice. Then the answer is the score, and conditions compare numbers. */
  readonly score?: number;
  /** In a choice of several: excludes every other. */
  readonly exclusive: boolean;
  readonly coding?: Coding;
}

/** A code in a public system, LOINC say. */
export interface Coding {
  readonly system: string;
  readonly code: string;
}

/** A unit the wizard also takes: the canonical number is what was typed times `numerator / denominator`. */
export interface AlternativeUnit {
  readonly unit: string;
  readonly names: readonly string[];
  readonly numerator: number;
  readonly denominator: number;
}

export interface Help {
  /** Why we ask, for staff. */
  readonly why?: string;
  /** What counts as which answer. */
  readonly counts?: string;
  /** Words staff may say. */
  readonly say?: string;
}

interface ItemBase {
  readonly linkId: string;
  readonly text: string;
  readonly help: Help;
  readonly sources: readonly string[];
  readonly coding?: Coding;
  readonly enableWhen?: Formula;
  /** A required question that is enabled and left out is named in the result. */
  readonly required: boolean;
  /** False for questions that take neither `unknown` nor `declined`. */
  readonly mayBeAbsent: boolean;
  /** Holds protected health information that identifies the patient. */
  readonly phi: boolean;
  /** Name of the parameter that says for how many days after the visit an answer holds; 0 is that day alone. A group's is for all in it. */
  readonly validFor?: string;
  readonly at: SourceSpan;
}

export interface GroupItem extends ItemBase {
  readonly type: 'group';
  readonly items: readonly Item[];
  /** `grid`: all children share their options and are shown as one table. */
  readonly presentation: 'list' | 'grid';
  /** Set for a repeat: the answer is a list of entries, between `min` and `max` of them. */
  readonly repeats?: { readonly min: number; readonly max: number; readonly entry: string };
  /** Credit line an instrument's owner asks for. */
  readonly credit?: string;
}

export interface BooleanItem extends ItemBase {
  readonly type: 'boolean';
}

/** `min` and `max` are the bounds of an answer, inclusive, as integers times 10^`decimals`, in `unit` (UCUM). */
export interface NumberItem extends ItemBase {
  readonly type: 'integer' | 'decimal';
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly unitText: string;
  readonly alternatives: readonly AlternativeUnit[];
  /** Outside these an answer is possible but rare: the wizard asks for confirmation. */
  readonly plausible?: { readonly min: number; readonly max: number };
}

export interface DateItem extends ItemBase {
  readonly type: 'date';
  /** `visit`: the default is the day of the visit. */
  readonly initial?: 'visit';
}

export interface StringItem extends ItemBase {
  readonly type: 'string';
  readonly maxLength: number;
  /** The answer is matched against this table's names; a name that is not in it is kept and said. */
  readonly table?: string;
}

export interface ChoiceItem extends ItemBase {
  readonly type: 'choice';
  readonly options: readonly AnswerOption[];
  readonly repeats: boolean;
  readonly scored: boolean;
}

export type QuestionItem = BooleanItem | NumberItem | DateItem | StringItem | ChoiceItem;
export type Item = GroupItem | QuestionItem;

export function isNumberItem(item: Item): item is NumberItem {
  return item.type === 'integer' || item.type === 'decimal';
}

/** A relation that must hold between answers; where it is false the record is in error. `linkId` is where to mend it. */
export interface Constraint {
  readonly linkId: string;
  readonly requires: Formula;
  readonly message: string;
}

/** A value worked out from answers. A number is given to others at `decimals`, rounded down. */
export interface CalculatedValue {
  readonly linkId: string;
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  readonly value: Formula;
  readonly sources: readonly string[];
  readonly coding?: Coding;
}

export interface Rule {
  readonly id: string;
  readonly disposition: Disposition;
  readonly when: Formula;
  /** For staff: what was found, one sentence. */
  readonly reason: string;
  /** For staff: what to do next. */
  readonly action: string;
  /** Emergency only: what to do, first thing first. */
  readonly steps: readonly string[];
  /** Emergency only: words staff may say. */
  readonly say?: string;
  readonly sources: readonly string[];
  /** The disposition where an absent answer leaves the rule unsettled. */
  readonly absence: { readonly unknown: Disposition; readonly declined: Disposition; readonly leftOut: Disposition };
  readonly at: SourceSpan;
}

/** What must hold for every answer sheet. */
export type Invariant = {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly at: SourceSpan;
} & (
  | { readonly kind: 'never' | 'always'; readonly dispositions: readonly Disposition[]; readonly when: Formula }
  | { readonly kind: 'absence-never-milder' }
);

/** Reference data looked up by name. A name matches without regard to case and spacing. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, { readonly scale: number; readonly unit: string }>>;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly key: string;
  /** What `lookup(.., "key")` gives: the row's own key, or that of the row it is another form of. */
  readonly mainKey: string;
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, number>>;
  readonly sources: readonly string[];
  readonly note?: string;
}

/** A screening definition, checked: every name resolves, every formula is typed. Plain data: it survives JSON. */
export interface Questionnaire {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly items: readonly GroupItem[];
  readonly parameters: readonly Parameter[];
  readonly calculated: readonly CalculatedValue[];
  readonly constraints: readonly Constraint[];
  readonly rules: readonly Rule[];
  readonly invariants: readonly Invariant[];
  readonly tables: readonly Table[];
  readonly sources: readonly Citation[];
  /** Steps of the safety page that is open from any question. */
  readonly safety: { readonly title: string; readonly steps: readonly string[] };
}

/** `id|version`, as results, records and forms name a definition. */
export function questionnaireName({ id, version }: Pick<Questionnaire, 'id' | 'version'>): string {
  return `${id}|${version}`;
}
