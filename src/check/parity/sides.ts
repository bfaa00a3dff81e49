import { parameterText } from '../../definition/parameter-text.ts';
import type { ReadTemplate } from '../../definition/template.ts';
import type { ReadBlock, ReadText } from '../../definition/template-blocks.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../../model/questionnaire.ts';
import type { Inline, TemplateBlock } from '../../model/template.ts';

export interface Side extends ReadTemplate {
  readonly questionnaire: Questionnaire;
  readonly blocks: readonly Placed[];
}

export interface Placed extends ReadBlock {
  readonly section: number;
  readonly key: string;
}

export type Pair = readonly [Placed, Placed];

export type TextPair = readonly [Said, Said];

/** A text with its place; `block` is what a message calls the place. */
export interface Said extends Pick<ReadText, 'inlines' | 'at'> {
  readonly block: string;
}

/** `says`: the sentence of the translation, where a difference in it may be let be. */
export interface Problem extends Omit<Diagnostic, 'severity'> {
  readonly says?: string;
}

export function sideOf(template: ReadTemplate, questionnaire: Questionnaire): Side {
  const blocks = template.sections.flatMap((section, index) =>
    section.blocks.map((read) => ({ ...read, section: index, key: keyOf(read.block) })),
  );
  return { ...template, questionnaire, blocks };
}

function keyOf(block: TemplateBlock): string {
  switch (block.kind) {
    case 'finding':
      return `finding ${block.rule}`;
    case 'signature':
      return `signature ${block.role}`;
    case 'slot':
      return `slot ${block.slot}`;
    case 'clause':
      return `clause ${block.id}${block.supply === undefined ? '' : ` (${block.supply})`}`;
    case 'benefit':
    case 'risk':
    case 'teach-back':
      return `${block.kind} ${block.id}`;
    default:
      return block;
  }
}

export function pairsOf(first: Side, second: Side): readonly Pair[] {
  const twins = new Map(second.blocks.map((each) => [each.key, each]));
  return first.blocks.flatMap((each): readonly Pair[] => {
    const twin = twins.get(each.key);
    return twin ? [[each, twin]] : [];
  });
}

/** What a reader sees, with parameters in the words of the file; a clinic's own words left out. */
export function filled({ inlines }: Said, side: Side): string {
  return inlines.map((inline) => inlineText(inline, side)).join('');
}

function inlineText(inline: Inline, { frontMatter, questionnaire }: Side): string {
  if (inline.kind === 'text') return inline.text;
  if (inline.kind === 'citation' || inline.field.from === 'clinic') return ' ';
  const { name } = inline.field;
  const parameter = questionnaire.parameters.find((each) => each.name === name);
  return (parameter && parameterText(parameter, frontMatter.units)) ?? ' ';
}

export function original(at: SourceSpan): { readonly at: SourceSpan; readonly message: string } {
  return { at, message: 'the original' };
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
