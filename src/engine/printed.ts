import type { Answers } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Supply } from '../model/clinic.ts';
import type { Circumstance, TemplateBlock } from '../model/template.ts';

/** What decides which blocks of a template a consent form prints. */
export interface Occasion {
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly supply: Supply;
}

/** True where the form of this applicant and clinic prints the block. The clause of a finding needs a rule that fired: one that absence left open is told elsewhere. A question to the patient is printed by its slot. */
export function isPrinted(block: TemplateBlock, { answers, assessment, supply }: Occasion): boolean {
  switch (block.kind) {
    case 'finding':
      return assessment.findings.some(({ rule, absent }) => rule === block.rule && absent.length === 0);
    case 'clause':
      return block.supply === undefined || block.supply === supply;
    case 'signature':
      return block.circumstance === undefined || holds(block.circumstance, answers);
    case 'teach-back':
      return false;
    case 'benefit':
    case 'risk':
    case 'slot':
      return true;
    default:
      return block;
  }
}

function holds({ kind, linkId, codes }: Circumstance, answers: Answers): boolean {
  const answer = answers.get(linkId);
  return (typeof answer === 'string' && codes.includes(answer)) === (kind === 'when');
}
