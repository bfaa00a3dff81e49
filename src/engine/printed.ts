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
      return firedRules(assessment).has(block.rule);
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

const known = new WeakMap<Assessment['findings'], ReadonlySet<string>>();

/** The rules that fired, but for those that absence left open. */
export function firedRules({ findings }: Pick<Assessment, 'findings'>): ReadonlySet<string> {
  const fired =
    known.get(findings) ?? new Set(findings.filter(({ absent }) => absent.length === 0).map(({ rule }) => rule));
  known.set(findings, fired);
  return fired;
}

function holds({ kind, linkId, codes }: Circumstance, answers: Answers): boolean {
  const answer = answers.get(linkId);
  return (typeof answer === 'string' && codes.includes(answer)) === (kind === 'when');
}
