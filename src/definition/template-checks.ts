import { clinicFields, supplies } from '../model/clinic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { consentForm } from '../model/disposition.ts';
import { type EvidenceEntry, type EvidenceLedger, type Figure, numbersIn } from '../model/evidence.ts';
import type { Item, Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import { teachBackCount } from '../model/teach-back.ts';
import {
  type Band,
  bands,
  type Field,
  leastOfBand,
  mostDrawn,
  type Role,
  slots,
  type TemplateBlock,
} from '../model/template.ts';
import { type Claim, claimsIn, figuresFor, isQualified, type NumberWords, shareOf } from './number-claims.ts';
import { parameterText } from './parameter-text.ts';
import { wayOut } from './suggest.ts';
import type { FrontMatter } from './template.ts';
import type { ReadBlock, ReadPicture, ReadSection, ReadText } from './template-blocks.ts';
import { wholeWord } from './whole-word.ts';
import type { SourceText, YamlSource } from './yaml-source.ts';

/** A template as read, with what it is checked against. */
export interface TemplateDesk {
  readonly frontMatter: FrontMatter;
  readonly yaml: YamlSource;
  readonly sections: readonly ReadSection[];
  readonly source: SourceText;
  readonly questionnaire: Questionnaire;
  readonly evidence: EvidenceLedger;
}

/** What every consent form says, whatever the treatment: no template may leave these out. */
export const consentElements = [
  'purpose',
  'what-happens',
  'alternatives',
  'no-driving',
  'right-to-refuse-or-stop',
  'questions-and-contacts',
  'privacy-and-copies',
  'cost',
] as const;

const neededRoles: readonly Role[] = ['patient', 'surrogate', 'clinician', 'interpreter', 'witness'];

type Problem = Omit<Diagnostic, 'severity'>;

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

function checkBelonging({ frontMatter, yaml, questionnaire }: TemplateDesk): readonly Problem[] {
  if (frontMatter.questionnaire === questionnaire.id) return [];
  return [
    {
      code: 'wrong-questionnaire',
      message: `the template belongs to \`${frontMatter.questionnaire}\`, the definition is \`${questionnaire.id}\``,
      at: yaml.at(['questionnaire']),
      help: `write \`questionnaire: ${questionnaire.id}\`, or use its own template`,
    },
  ];
}

function checkCard({ frontMatter, yaml, questionnaire }: TemplateDesk): readonly Problem[] {
  const linkIds = allItems(questionnaire.items).map(({ linkId }) => linkId);
  return Object.entries(frontMatter.card).flatMap(([key, linkId]) =>
    linkIds.includes(linkId)
      ? []
      : [
          {
            code: 'unknown-link-id',
            message: `no question has the linkId \`${linkId}\``,
            at: yaml.at(['card', key]),
            help: wayOut(linkId, linkIds),
          },
        ],
  );
}

function checkElements({ frontMatter, yaml }: TemplateDesk): readonly Problem[] {
  return consentElements
    .filter((id) => !frontMatter.requires.clauses.includes(id))
    .map((id) => ({
      code: 'missing-clause',
      message: `\`requires\` leaves out \`${id}\``,
      at: yaml.at(['requires', 'clauses']),
      note: 'no consent form may leave it out',
      help: `add \`${id}\` to the list and write its clause`,
    }));
}

function listOf(kind: TemplateBlock['kind']): 'clauses' | 'benefits' | 'risks' | undefined {
  return kind === 'clause' ? 'clauses' : kind === 'benefit' ? 'benefits' : kind === 'risk' ? 'risks' : undefined;
}

/** Unknown and repeated ids. A clause may stand once for each supply. */
function checkNames({ frontMatter }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
  const seen = new Set<string>();
  return blocks.flatMap(({ block, opening }): readonly Problem[] => {
    const list = listOf(block.kind);
    if (!list || !('id' in block)) return [];
    const known = frontMatter.requires[list];
    if (!known.includes(block.id)) {
      const message = `\`requires.${list}\` has no \`${block.id}\``;
      return [{ code: 'unknown-clause', message, at: opening, help: wayOut(block.id, known) }];
    }
    const supply = block.kind === 'clause' ? (block.supply ?? 'any') : 'any';
    const isTwice = seen.has(`${list} ${block.id} any`) || seen.has(`${list} ${block.id} ${supply}`);
    seen.add(`${list} ${block.id} ${supply}`);
    const message = `\`${block.id}\` stands twice`;
    return isTwice ? [{ code: 'duplicate-clause', message, at: opening, help: 'keep one of them' }] : [];
  });
}

/** Where a block that is missing belongs: after the one before it, else before the one after it; undefined where there is none. */
function placeAmong(
  ids: readonly string[],
  index: number,
  idOf: (read: ReadBlock) => string | undefined,
  blocks: readonly ReadBlock[],
): SourceSpan | undefined {
  const found = (id: string): SourceSpan | undefined => blocks.findLast((each) => idOf(each) === id)?.opening;
  const around = [...ids.slice(0, index).reverse(), ...ids.slice(index + 1)];
  return around.map(found).find((at) => at !== undefined);
}

function checkPresence({ frontMatter, yaml }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const list of ['clauses', 'benefits', 'risks'] as const) {
    frontMatter.requires[list].forEach((id, index) => {
      const found = blocks.filter(({ block }) => listOf(block.kind) === list && 'id' in block && block.id === id);
      const required = yaml.at(['requires', list, index]);
      const idOf = ({ block }: ReadBlock): string | undefined =>
        listOf(block.kind) === list && 'id' in block ? block.id : undefined;
      const at = found[0]?.opening ?? placeAmong(frontMatter.requires[list], index, idOf, blocks);
      const missing =
        found.length === 0 ? [''] : missingSupplies(found).map((supply) => ` for the supply \`${supply}\``);
      for (const where of missing) {
        const message = `there is no ${list.slice(0, -1)} \`${id}\`${where}`;
        problems.push({
          code: 'missing-clause',
          message,
          at: at ?? required,
          help: `write \`:::${list.slice(0, -1)}[...]{id="${id}"}\` near here`,
          ...(at && { related: [{ at: required, message: 'what requires it' }] }),
        });
      }
    });
  }
  frontMatter.requires.initials.forEach((id, index) => {
    const found = blocks.filter(({ block }) => block.kind !== 'teach-back' && 'id' in block && block.id === id);
    if (found.length > 0 && found.every(({ block }) => 'initials' in block && block.initials)) return;
    problems.push({
      code: 'missing-initials',
      message: `nothing asks the patient to initial \`${id}\``,
      at: found[0]?.opening ?? yaml.at(['requires', 'initials', index]),
      help: 'write `initials` between the braces of its block',
    });
  });
  return problems;
}

function missingSupplies(found: readonly ReadBlock[]): readonly string[] {
  const given = found.map(({ block }) => (block.kind === 'clause' ? block.supply : undefined));
  return given.includes(undefined) ? [] : supplies.filter((supply) => !given.includes(supply));
}

/** One clause for each rule that a form can be printed with, and none for the others. */
function checkFindings({ questionnaire, yaml }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
  const printable = questionnaire.rules.filter(({ disposition }) => consentForm[disposition] !== 'never');
  const found = blocks.flatMap(({ block, opening }) =>
    block.kind === 'finding' ? [{ rule: block.rule, opening }] : [],
  );
  const wrong = found.flatMap(({ rule, opening }, index): readonly Problem[] => {
    if (found.findIndex((each) => each.rule === rule) !== index) {
      return [
        { code: 'duplicate-clause', message: `\`${rule}\` has two clauses`, at: opening, help: 'keep one of them' },
      ];
    }
    return ruleProblems(rule, opening, questionnaire);
  });
  const ids = printable.map(({ id }) => id);
  const ruleOf = ({ block }: ReadBlock): string | undefined => (block.kind === 'finding' ? block.rule : undefined);
  const missing = printable
    .filter(({ id }) => !found.some(({ rule }) => rule === id))
    .map(
      ({ id, at }): Problem => ({
        code: 'missing-finding',
        message: `the rule \`${id}\` has no clause`,
        at: placeAmong(ids, ids.indexOf(id), ruleOf, blocks) ?? yaml.at(['questionnaire']),
        related: [{ at, message: 'the rule' }],
        note: 'a patient with that finding would sign a form that does not speak of it',
        help: `write \`:::finding[...]{rule="${id}"}\` near here`,
      }),
    );
  return [...wrong, ...missing];
}

/** Questions to the patient: enough for everybody, not too many, each id once, and for findings that a form can be printed with. */
function checkQuestions({ questionnaire, yaml }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
  const questions = blocks.flatMap(({ block, opening }) =>
    block.kind === 'teach-back' ? [{ ...block, opening }] : [],
  );
  const always = questions.filter(({ rules }) => rules.length === 0);
  const { least, most } = teachBackCount;
  return [
    ...(always.length >= least
      ? []
      : [
          {
            code: 'missing-clause',
            message: `everybody is asked ${always.length} questions in their own words, and ${least} are needed`,
            at: always.at(-1)?.opening ?? blocks.at(-1)?.opening ?? yaml.at(['id']),
            note: 'a patient would sign without having said back what the treatment is for, its risks, when they may drive and how to stop',
            help: 'write `:::teach-back[A short title]{id="..." always}`',
          } as const,
        ]),
    ...always.slice(most).map(
      ({ opening }): Problem => ({
        code: 'wrong-attribute',
        message: `this is one question more than the ${most} that a patient is asked`,
        at: opening,
        help: 'keep the most important ones, or ask it with `rule=` of those with a finding',
      }),
    ),
    ...questions
      .filter(({ id }, index) => questions.findIndex((each) => each.id === id) !== index)
      .map(
        ({ id, opening }): Problem => ({
          code: 'duplicate-clause',
          message: `the question \`${id}\` stands twice`,
          at: opening,
          help: 'keep one of them',
        }),
      ),
    ...questions.flatMap(({ rules, opening }) => rules.flatMap((rule) => ruleProblems(rule, opening, questionnaire))),
  ];
}

/** What is wrong with a rule that a clause or a question is for. */
function ruleProblems(rule: string, at: SourceSpan, { rules }: Questionnaire): readonly Problem[] {
  const printable = rules.filter(({ disposition }) => consentForm[disposition] !== 'never').map(({ id }) => id);
  if (printable.includes(rule)) return [];
  return [
    rules.some(({ id }) => id === rule)
      ? {
          code: 'unprintable-finding',
          message: `\`${rule}\` never ends in a form`,
          at,
          help: 'take it out; no form is made with that finding',
        }
      : { code: 'unknown-rule', message: `there is no rule \`${rule}\``, at, help: wayOut(rule, printable) },
  ];
}

/** Slots and signatures: each once, and signed by all who must. */
function checkParts(desk: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
  const roles = blocks.flatMap(({ block }) => (block.kind === 'signature' ? [block.role] : []));
  const parts = blocks.flatMap(({ block }) => (block.kind === 'slot' ? [block.slot] : []));
  const twice = blocks.filter(({ block }, index) => {
    const key = partKey(block);
    return key !== undefined && blocks.findIndex((each) => partKey(each.block) === key) !== index;
  });
  return [
    ...neededRoles
      .filter((role) => !roles.includes(role))
      .map(
        (role): Problem => ({
          code: 'missing-signature',
          message: `there is no signature of the ${role}`,
          at: placeOfPart('signature', neededRoles, role, desk, blocks),
          help: `write \`:::signature[...]{role="${role}"}\` near here`,
        }),
      ),
    ...slots
      .filter((slot) => !parts.includes(slot))
      .map(
        (slot): Problem => ({
          code: 'missing-slot',
          message: `there is no slot \`${slot}\``,
          at: placeOfPart('slot', slots, slot, desk, blocks),
          help: `write \`::slot{id="${slot}"}\` where it is to stand`,
        }),
      ),
    ...twice.map(
      ({ opening }): Problem => ({
        code: 'duplicate-clause',
        message: 'this stands twice',
        at: opening,
        help: 'keep one of them',
      }),
    ),
  ];
}

/** Where a part that is missing belongs: by its neighbours in the usual order, else at the end of the form. */
function placeOfPart(
  kind: 'signature' | 'slot',
  parts: readonly string[],
  part: string,
  { yaml }: TemplateDesk,
  blocks: readonly ReadBlock[],
): SourceSpan {
  const idOf = ({ block }: ReadBlock): string | undefined =>
    block.kind === kind ? (block.kind === 'slot' ? block.slot : block.role) : undefined;
  return placeAmong(parts, parts.indexOf(part), idOf, blocks) ?? blocks.at(-1)?.opening ?? yaml.at(['id']);
}

function partKey(block: TemplateBlock): string | undefined {
  return block.kind === 'slot'
    ? `slot ${block.slot}`
    : block.kind === 'signature'
      ? `signature ${block.role}`
      : undefined;
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

function plain({ inlines }: ReadText): string {
  return inlines.map((each) => (each.kind === 'text' ? each.text : ' ')).join('');
}

function checkEvidence(
  { evidence }: TemplateDesk,
  { texts, opening }: ReadBlock,
  ids: readonly string[],
): readonly Problem[] {
  const known = evidence.entries.map(({ id }) => id);
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => ({
      code: 'unknown-evidence',
      message: `the evidence ledger has no entry \`${id}\``,
      at: citationSpan(id, texts) ?? opening,
      help: wayOut(id, known),
    }));
}

function citationSpan(id: string, texts: readonly ReadText[]): SourceSpan | undefined {
  for (const { inlines, marks } of texts) {
    const marked = inlines.filter((each) => each.kind !== 'text');
    const index = marked.findIndex((each) => each.kind === 'citation' && each.evidence === id);
    if (index !== -1) return marks[index];
  }
  return undefined;
}

function checkIndirect(
  { opening, isMarkedIndirect }: ReadBlock,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const indirect = entries.find(({ relation }) => relation === 'indirect');
  if (indirect && !isMarkedIndirect) {
    return [
      {
        code: 'unmarked-indirect',
        message: `\`${indirect.id}\` is indirect evidence and the block does not say so`,
        at: opening,
        note: 'it comes from another drug, route or dose',
        help: 'write `indirect` between the braces, and say in the text where the numbers come from',
      },
    ];
  }
  if (!isMarkedIndirect || indirect) return [];
  return [
    {
      code: 'unmarked-indirect',
      message: 'the block is marked `indirect` and rests on no indirect evidence',
      at: opening,
      help: 'remove `indirect`, or name the entry it rests on with `evidence=`',
    },
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

/** How the numbers of this language are read. */
export function numberWordsOf({ numberWords, qualifiers, measures }: FrontMatter): NumberWords {
  return { ...numberWords, qualifiers, measures };
}

/**
 * A number may be printed where it is a figure of an entry that its block names (share and denominator, with the word
 * that a rounded number or a bound needs), the number of people of such an entry, or part of a phrase under `numbers`.
 */
function checkNumbers(
  { frontMatter, source }: TemplateDesk,
  text: string,
  at: SourceSpan,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const lending = entries.filter(({ how }) => how !== 'not-verified');
  const place = (digits: string): SourceSpan => numberSpan(digits, at, source);
  return untraced(claimsIn(text, numberWordsOf(frontMatter)), text, frontMatter).flatMap(
    (claim): readonly Problem[] => {
      const figures = figuresFor(claim, lending);
      if (figures.length === 0) return unproved(claim, place);
      if (figures.some((figure) => isQualified(claim, figure))) return [];
      return [unqualified(claim, figures, frontMatter, place)];
    },
  );
}

function unproved({ amounts, of }: Claim, place: (digits: string) => SourceSpan): readonly Problem[] {
  return [...amounts, ...(of ? [of] : [])].map(({ digits }) => ({
    code: 'unproved-number',
    message: `the number ${digits} is in no figure that this block names`,
    at: place(digits),
    note: 'patients are told only numbers that can be traced',
    help: 'name the entry with `evidence=` or `[@...]`, use a field such as {{params.name}}, or give it a reason under `numbers`',
  }));
}

function unqualified(
  { amounts, of, qualifier }: Claim,
  [figure]: readonly Figure[],
  { qualifiers }: FrontMatter,
  place: (digits: string) => SourceSpan,
): Problem {
  const said = `${amounts.map(({ digits }) => digits).join(', ')}${of ? ` in ${of.digits}` : ''}`;
  const needed = figure?.qualifier && qualifiers[figure.qualifier].join('”, “');
  return {
    code: 'unqualified-number',
    message: needed
      ? `${said} stands without “${needed}”: the source says ${figure.reported}`
      : `the source says ${figure?.reported}, not “${qualifier ? qualifiers[qualifier][0] : ''}” ${said}`,
    at: place(amounts[0]?.digits ?? ''),
    note: 'a rounded number or a bound is no exact one, and the other way round',
    help: needed ? `write “${needed}” before the number` : 'leave the word out',
  };
}

/**
 * A word that says a quantity stands for a figure that may be spoken so and that its sentence tells in digits too, or in a
 * phrase under `numbers`.
 */
function checkQuantityWords(
  { frontMatter, source }: TemplateDesk,
  text: string,
  at: SourceSpan,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const lending = entries.filter(({ how }) => how !== 'not-verified');
  const words = numberWordsOf(frontMatter);
  const said = sentencesIn(text).flatMap(({ sentence, start }) => {
    const spoken = claimsIn(sentence, words).flatMap((claim) =>
      figuresFor(claim, lending).flatMap((figure) => figure.spoken ?? []),
    );
    return frontMatter.quantityWords.flatMap((word) =>
      [...sentence.matchAll(wholeWord(word))]
        .slice(spoken.filter((each) => each === word).length)
        .map(({ 0: found, index }) => ({ words: found, start: start + index, end: start + index + found.length })),
    );
  });
  return untraced(said, text, frontMatter).map(({ words: found }): Problem => {
    const index = source.text.slice(at.start, at.end).indexOf(found);
    return {
      code: 'unproved-number',
      message: `\`${found}\` says a quantity that is in no figure that this block names`,
      at: index === -1 ? at : { path: at.path, start: at.start + index, end: at.start + index + found.length },
      note: 'patients are told only numbers that can be traced, in words too',
      help: 'tell the figure in the same sentence and give it `spoken:` in the ledger, or give the phrase a reason under `numbers`',
    };
  });
}

/** Sentences with where they begin: one ends where the next begins with a capital letter, a digit or an opening mark. */
function sentencesIn(text: string): readonly { readonly sentence: string; readonly start: number }[] {
  const ends = [...text.matchAll(/(?<=[.?!][”"»)]?)\s+(?=[\p{Lu}\p{N}¿¡“"«])/gu)].map(({ index }) => index);
  return [0, ...ends].map((start, index) => ({ sentence: text.slice(start, ends[index]), start }));
}

/** The words around the clauses hold no number of their own; those of the bands are the bounds of the bands. */
function checkFixedWords(desk: TemplateDesk): readonly Problem[] {
  const { frontMatter, yaml } = desk;
  const fixed = (['words', 'drugs', 'routes', 'units'] as const).flatMap((group) =>
    Object.entries<string>(frontMatter[group]).flatMap(([key, words]) =>
      checkNumbers(desk, words, yaml.at([group, key]), []),
    ),
  );
  const bounds = ['1', '10', '100', '1000'];
  const wrong = Object.entries(frontMatter.bands).flatMap(([band, words]) =>
    numbersIn(words)
      .filter(({ digits }) => !bounds.includes(digits))
      .map(
        ({ digits }): Problem => ({
          code: 'unproved-number',
          message: `the number ${digits} is no bound of a band`,
          at: yaml.at(['bands', band]),
          help: 'the bounds are 1 in 10, 1 in 100 and 1 in 1,000',
        }),
      ),
  );
  return [...fixed, ...wrong];
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

/** A picture draws shares of the studies its block names: of 100 people at most, and beside each other those of one study. */
function checkPicture({ picture, at }: ReadPicture, entries: readonly EvidenceEntry[]): readonly Problem[] {
  const known = entries
    .filter(({ how }) => how !== 'not-verified')
    .flatMap(({ id, figures }) => figures.map((figure) => ({ name: `${id}.${figure.id}`, figure })));
  const names = picture.shares.map(({ entry, figure }) => `${entry}.${figure}`);
  const drawn = names.map((name) => known.find((each) => each.name === name));
  const problems = names.flatMap((name, index): readonly Problem[] => {
    const found = drawn[index];
    if (!found) {
      return [
        {
          code: 'unknown-figure',
          message: `no study that this block names has a figure \`${name}\``,
          at,
          note: 'a picture is drawn from the ledger alone',
          help: wayOut(
            name,
            known.map((each) => each.name),
          ),
        },
      ];
    }
    const { of, effect } = found.figure;
    return of !== undefined && of <= mostDrawn && effect.length === 1
      ? []
      : [undrawable(`\`${name}\` is no single share of ${mostDrawn} people or fewer`, at)];
  });
  const [first, second] = drawn;
  const isPair = first !== undefined && second !== undefined;
  const isAlike =
    isPair && first.figure.of === second.figure.of && picture.shares[0]?.entry === picture.shares[1]?.entry;
  return isPair && !isAlike
    ? [...problems, undrawable('the two shares are not of one study and one denominator', at)]
    : problems;
}

function undrawable(message: string, at: SourceSpan): Problem {
  return {
    code: 'undrawable-figure',
    message,
    at,
    note: 'two pictures beside each other are compared at a glance, and so must be comparable',
    help: 'tell the number in words, or draw another figure',
  };
}

/** Whose numbers a block may print: a benefit those of direct evidence alone. */
function withinReach({ kind }: TemplateBlock, entries: readonly EvidenceEntry[]): readonly EvidenceEntry[] {
  return kind === 'benefit' ? entries.filter(({ relation }) => relation === 'direct') : entries;
}

/** A benefit is claimed for ketamine into a vein: evidence from elsewhere alone does not reach that far. */
function checkReach({ block, opening }: ReadBlock, entries: readonly EvidenceEntry[]): readonly Problem[] {
  const [first] = entries;
  if (block.kind !== 'benefit' || !first || entries.some(({ relation }) => relation === 'direct')) return [];
  return [
    {
      code: 'beyond-its-source',
      message: `this benefit rests on \`${first.id}\`, which says nothing about ketamine into a vein at this dose`,
      at: opening,
      note: `${first.drug}, route ${first.route}, dose ${first.dose}: ${first.population}`,
      help: 'name a study of ketamine into a vein, or move the sentence to a clause about the other treatment',
    },
  ];
}

/** The largest frequency that a risk tells lies in the band that stands above it. */
function checkBand(band: Band, { texts, opening }: ReadBlock, frontMatter: FrontMatter): readonly Problem[] {
  const told = texts
    .flatMap((text) => claimsIn(plain(text), numberWordsOf(frontMatter)))
    .flatMap((claim) => shareOf(claim) ?? []);
  if (band === 'unknown') return [];
  if (told.length === 0) {
    return [
      {
        code: 'wrong-band',
        message: `the band is \`${band}\`, and no number in the text says so`,
        at: opening,
        note: 'a band is a number too',
        help: 'tell the figure it comes from, or write `band=unknown`',
      },
    ];
  }
  const largest = Math.max(...told);
  const fitting = bands.find((each) => each !== 'unknown' && largest >= leastOfBand[each]);
  if (fitting === band) return [];
  return [
    {
      code: 'wrong-band',
      message: `the band is \`${band}\`, the largest number in the text is \`${fitting}\``,
      at: opening,
      note: 'whoever reads only the bold line is told another risk',
      help: `write \`band=${fitting}\`, or mend the number`,
    },
  ];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Of stretches of a text those that stand in no phrase under `numbers`. */
function untraced<S extends Stretch>(stretches: readonly S[], text: string, { numbers }: FrontMatter): readonly S[] {
  const phrases = numbers.flatMap((allowed) => occurrences(allowed.text, text));
  return stretches.filter(({ start, end }) => !phrases.some((each) => each.start <= start && end <= each.end));
}

function occurrences(phrase: string, text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
    found.push({ start: at, end: at + phrase.length });
  }
  return found;
}

function numberSpan(digits: string, at: SourceSpan, { text }: SourceText): SourceSpan {
  const written = digits.replace('.', '\\.').replace(/\d(?=\d)/g, '$&,?');
  const found = new RegExp(`(?<!\\d)${written}(?!\\d)`).exec(text.slice(at.start, at.end));
  if (!found) return at;
  const start = at.start + found.index;
  return { path: at.path, start, end: start + found[0].length };
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

function allItems(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item) => (item.type === 'group' ? [item, ...allItems(item.items)] : [item]));
}
