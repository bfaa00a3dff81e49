import { clinicFields } from '../model/clinic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Field } from '../model/template.ts';
import { allItems } from './items.ts';
import { parameterText } from './parameter-text.ts';
import { wayOut } from './suggest.ts';
import type { FrontMatter } from './template.ts';
import type { ReadBlock, ReadText } from './template-blocks.ts';
import { type Problem, plain, type TemplateDesk } from './template-checks/desk.ts';
import {
  checkBand,
  checkEvidence,
  checkIndirect,
  checkPicture,
  checkReach,
  withinReach,
} from './template-checks/evidence.ts';
import { checkFixedWords, checkNumbers, checkQuantityWords, sentencesIn } from './template-checks/numbers.ts';
import {
  checkBelonging,
  checkCard,
  checkElements,
  checkFindings,
  checkNames,
  checkParts,
  checkPresence,
  checkQuestions,
} from './template-checks/parts.ts';

/** Everything that is wrong with a template whose front matter has its shape. */
export function checkTemplate(desk: TemplateDesk): readonly Diagnostic[] {
  const blocks = desk.sections.flatMap((section) => section.blocks);
  return [
    ...checkBelonging(desk),
    ...checkCard(desk),
    ...checkElements(desk),
    ...checkNames(desk, blocks),
    ...checkPresence(desk, blocks),
    ...checkFindings(desk, blocks),
    ...checkParts(desk, blocks),
    ...checkQuestions(desk, blocks),
    ...blocks.flatMap((block) => checkBlock(desk, block)),
    ...desk.sections.flatMap(({ title, at }) => checkNumbers(desk, title, at, [])),
    ...checkFixedWords(desk),
  ].map((problem) => ({ severity: 'error', ...problem }));
}

function checkBlock(desk: TemplateDesk, read: ReadBlock): readonly Problem[] {
  const { block } = read;
  if (block.kind === 'slot') return [];
  const entries = block.evidence.flatMap((id) => desk.evidence.entries.filter((each) => each.id === id));
  return [
    ...checkEvidence(desk, read, block.evidence),
    ...checkIndirect(read, entries),
    ...checkReach(read, entries),
    ...checkLines(read, desk.frontMatter),
    ...read.pictures.flatMap((picture) => checkPicture(picture, withinReach(block, entries))),
    ...(block.kind === 'risk' ? checkBand(block.band, read, desk.frontMatter) : []),
    ...read.texts.flatMap((text) => checkFields(desk, text)),
    ...read.texts.flatMap((text) => checkNumbers(desk, plain(text), text.at, withinReach(block, entries))),
    ...read.texts.flatMap((text) => checkQuantityWords(desk, plain(text), text.at, withinReach(block, entries))),
    ...(block.kind === 'signature' && block.circumstance ? checkCircumstance(desk, read, block.circumstance) : []),
  ];
}

function checkFields(
  { frontMatter, questionnaire }: TemplateDesk,
  { inlines, marks, at }: ReadText,
): readonly Problem[] {
  const marked = inlines.filter((each) => each.kind !== 'text');
  return marked.flatMap((each, index): readonly Problem[] => {
    if (each.kind !== 'field') return [];
    const help = fieldProblem(each.field, frontMatter, questionnaire);
    if (help === undefined) return [];
    const name = `${each.field.from}.${each.field.name}`;
    return [
      { code: 'unknown-field', message: `the field \`${name}\` cannot be printed`, at: marks[index] ?? at, help },
    ];
  });
}

/** The way out where a field cannot be filled in. */
function fieldProblem(field: Field, { units }: FrontMatter, { parameters }: Questionnaire): string | undefined {
  if (field.from === 'clinic') {
    const isKnown = (clinicFields as readonly string[]).includes(field.name);
    return isKnown ? undefined : wayOut(field.name, clinicFields);
  }
  const parameter = parameters.find(({ name }) => name === field.name);
  if (!parameter)
    return wayOut(
      field.name,
      parameters.map(({ name }) => name),
    );
  return parameterText(parameter, units) === undefined ? `give \`units\` a word for \`${parameter.unit}\`` : undefined;
}

/** One idea a line: a paragraph or an item has few sentences, beside a lead-in in bold. */
function checkLines({ block, texts }: ReadBlock, { readability }: FrontMatter): readonly Problem[] {
  if (block.kind === 'slot' || block.kind === 'teach-back') return [];
  return texts.flatMap(({ inlines, at }): readonly Problem[] => {
    const own = inlines.filter((each, index) => !(index === 0 && each.kind === 'text' && each.strong));
    const text = own.map((each) => (each.kind === 'text' ? each.text : ' ')).join('');
    const count = sentencesIn(text).filter(({ sentence }) => /\p{L}/u.test(sentence)).length;
    if (count <= readability.sentencesALine) return [];
    return [
      {
        code: 'crowded-line',
        message: `one line of \`${'id' in block ? block.id : block.kind}\` has ${count} sentences`,
        at,
        note: `a reader finds one idea a line; ${readability.sentencesALine} sentences are the most`,
        help: 'make it a list, with a line `- ...` for each idea',
      },
    ];
  });
}

function checkCircumstance(
  { questionnaire }: TemplateDesk,
  { opening }: ReadBlock,
  { linkId, codes }: { readonly linkId: string; readonly codes: readonly string[] },
): readonly Problem[] {
  const choices = allItems(questionnaire.items).flatMap((item) => (item.type === 'choice' ? [item] : []));
  const item = choices.find((each) => each.linkId === linkId);
  if (!item) {
    const help = wayOut(
      linkId,
      choices.map((each) => each.linkId),
    );
    return [{ code: 'unknown-link-id', message: `no choice has the linkId \`${linkId}\``, at: opening, help }];
  }
  const known = item.options.map(({ code }) => code);
  return codes
    .filter((code) => !known.includes(code))
    .map((code) => ({
      code: 'unknown-option',
      message: `\`${linkId}\` has no answer \`${code}\``,
      at: opening,
      help: wayOut(code, known),
    }));
}
