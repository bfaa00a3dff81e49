import { supplies } from '../../model/clinic.ts';
import { consentForm } from '../../model/disposition.ts';
import type { Questionnaire, SourceSpan } from '../../model/questionnaire.ts';
import { teachBackCount } from '../../model/teach-back.ts';
import { type Role, slots, type TemplateBlock } from '../../model/template.ts';
import { allItems } from '../items.ts';
import { wayOut } from '../suggest.ts';
import type { ReadBlock } from '../template-blocks.ts';
import type { Problem, TemplateDesk } from './desk.ts';

/** What every consent form says, whatever the treatment: no template may leave these out. */
const consentElements = [
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

/** The template is one of this questionnaire. */
export function checkBelonging({ frontMatter, yaml, questionnaire }: TemplateDesk): readonly Problem[] {
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

/** What the card shows is asked. */
export function checkCard({ frontMatter, yaml, questionnaire }: TemplateDesk): readonly Problem[] {
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

/** What every form says is required. */
export function checkElements({ frontMatter, yaml }: TemplateDesk): readonly Problem[] {
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
export function checkNames({ frontMatter }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
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

/** What is required stands there, and is initialled where that is required. */
export function checkPresence({ frontMatter, yaml }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
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
export function checkFindings({ questionnaire, yaml }: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
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
export function checkQuestions(
  { questionnaire, yaml }: TemplateDesk,
  blocks: readonly ReadBlock[],
): readonly Problem[] {
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
export function checkParts(desk: TemplateDesk, blocks: readonly ReadBlock[]): readonly Problem[] {
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
