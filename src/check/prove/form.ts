import { isPrinted, type Occasion } from '../../engine/printed.ts';
import { supplies } from '../../model/clinic.ts';
import { consentForm, dispositions } from '../../model/disposition.ts';
import type { SourceSpan } from '../../model/questionnaire.ts';
import type { Circumstance, ConsentTemplate, TemplateBlock } from '../../model/template.ts';
import type { EncodedDefinition } from './definition.ts';
import type { Witness } from './model.ts';
import type { Goal } from './prove.ts';
import { type Literal, negated } from './solver.ts';

/** A consent form and the place in its file where a problem of the whole form is told. */
export interface ProvenForm {
  readonly template: ConsentTemplate;
  readonly at: SourceSpan;
}

/**
 * Without the forms of which the same is to be proved as of one before them: a translation with the same clauses of
 * findings and the same signatures. What is wrong with both is told of the first.
 */
export function distinctForms(forms: readonly ProvenForm[]): readonly ProvenForm[] {
  const keys = forms.map(({ template }) => provenPart(template));
  return forms.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** What of a form the goals read. */
function provenPart({ sections }: ConsentTemplate): string {
  const read = sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => {
      if (block.kind === 'finding') return [`finding ${block.rule}`];
      return block.kind === 'signature' ? [`${block.role} ${JSON.stringify(block.circumstance ?? null)}`] : [];
    });
  return read.sort().join('\n');
}

/**
 * What is to hold of a form over every answer sheet that may have one: no rule that fired is left untold, each clause of
 * a finding is printed for somebody, and either the patient or whoever decides for the patient signs, never both.
 * A goal's witness is shown by what the form really prints.
 */
export function formGoals(encoded: EncodedDefinition, { template, at }: ProvenForm): readonly Goal[] {
  const { circuit, questionnaire } = encoded;
  const blocks = template.sections.flatMap((section) => section.blocks);
  const hasForm = circuit.or(
    ...dispositions.filter((each) => consentForm[each] !== 'never').map((each) => encoded.dispositionIs(each)),
  );
  const clauses = new Map(blocks.flatMap((block) => (block.kind === 'finding' ? [[block.rule, block] as const] : [])));
  const told = questionnaire.rules.map((rule): Goal => {
    const isTold = clauses.has(rule.id) ? encoded.rule(rule).true : circuit.false;
    return {
      kind: 'finding-told',
      id: rule.id,
      at,
      expects: 'impossible',
      literal: circuit.and(hasForm, encoded.rule(rule).true, negated(isTold)),
      isShownBy: (witness) =>
        mayHaveForm(witness) &&
        witness.assessment.findings.some((finding) => finding.rule === rule.id && finding.absent.length === 0) &&
        !printsFor(witness, blocks, (block) => block.kind === 'finding' && block.rule === rule.id),
    };
  });
  const printed = questionnaire.rules.flatMap((rule): readonly Goal[] => {
    const clause = clauses.get(rule.id);
    if (!clause) return [];
    return [
      {
        kind: 'clause-printed',
        id: rule.id,
        at: clause.at,
        expects: 'possible',
        literal: circuit.and(hasForm, encoded.rule(rule).true),
        isShownBy: (witness) => mayHaveForm(witness) && printsFor(witness, blocks, (block) => block === clause),
      },
    ];
  });
  return [...told, ...printed, signedOnce(encoded, blocks, hasForm, at)];
}

const signers = ['patient', 'surrogate'] as const;

function signedOnce(
  encoded: EncodedDefinition,
  blocks: readonly TemplateBlock[],
  hasForm: Literal,
  at: SourceSpan,
): Goal {
  const { circuit } = encoded;
  const [patient, surrogate] = signers.map((role) =>
    circuit.or(
      ...blocks.flatMap((block) =>
        block.kind === 'signature' && block.role === role ? [holds(encoded, block.circumstance)] : [],
      ),
    ),
  ) as [Literal, Literal];
  const exactlyOne = circuit.and(circuit.or(patient, surrogate), negated(circuit.and(patient, surrogate)));
  return {
    kind: 'signed-once',
    id: 'patient',
    at,
    expects: 'impossible',
    literal: circuit.and(hasForm, negated(exactlyOne)),
    isShownBy: (witness) => {
      const count = signers.filter((role) =>
        printsFor(witness, blocks, (block) => block.kind === 'signature' && block.role === role),
      ).length;
      return mayHaveForm(witness) && count !== 1;
    },
  };
}

function holds({ sheet, circuit }: EncodedDefinition, circumstance: Circumstance | undefined): Literal {
  if (!circumstance) return circuit.true;
  const answer = sheet.get(circumstance.linkId);
  const codes = answer?.value.is === 'codes' ? answer.value.codes : new Map<string, Literal>();
  const isOne = circuit.or(...circumstance.codes.map((code) => codes.get(code) ?? circuit.false));
  const isSo = answer ? circuit.and(answer.has, isOne) : circuit.false;
  return circumstance.kind === 'when' ? isSo : negated(isSo);
}

function mayHaveForm({ assessment }: Witness): boolean {
  return consentForm[assessment.disposition] !== 'never';
}

/** True where some such block is printed whatever the clinic's supply. */
function printsFor(
  { answers, assessment }: Witness,
  blocks: readonly TemplateBlock[],
  isMeant: (block: TemplateBlock) => boolean,
): boolean {
  return supplies.every((supply) => {
    const occasion: Occasion = { answers, assessment, supply };
    return blocks.some((block) => isMeant(block) && isPrinted(block, occasion));
  });
}
