import { itemsOf } from '../../engine/items.ts';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Clearance } from '../../model/clearance.ts';
import type { Clinic } from '../../model/clinic.ts';
import type { EvidenceEntry, EvidenceLedger } from '../../model/evidence.ts';
import type { Item, Questionnaire } from '../../model/questionnaire.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { ConsentTemplate, TeachBackBlock, WordKey } from '../../model/template.ts';
import type { Block, Run, Text } from '../content.ts';
import type { Digester, PartDigests } from '../integrity/digests.ts';

/** Everything a consent form is made from. */
export interface Matter extends Digester {
  readonly questionnaire: Questionnaire;
  /** `sha256:` and 64 hex digits over the files of the definition. */
  readonly definitionDigest: string;
  readonly template: ConsentTemplate;
  readonly evidence: EvidenceLedger;
  readonly clinic: Clinic;
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly clearance?: Clearance;
  /** What came of the questions to the patient; without it they are printed to be asked and ticked by hand. */
  readonly teachBack?: TeachBack;
  /** Head of the audit trail when the form was made, in short, where records are kept: the form then says it. */
  readonly auditHead?: string;
  /** Puts the seal of the clinic on the finished file; the form then says that it is there. */
  readonly seal?: (form: Uint8Array) => Promise<Uint8Array>;
}

/** What the pieces are written with: the matter, and the studies in the order in which the form names them. */
export interface Desk extends Matter {
  readonly source: Omit<PartDigests, 'answers'>;
  readonly studies: readonly EvidenceEntry[];
  /** The questions that this patient is asked. */
  readonly questions: readonly TeachBackBlock[];
}

/** Text in composed characters. Line breaks in what a clinic or a clinician wrote are spaces; in an answer they are refused later. */
export function say(text: string, strong = false, origin = 'template'): Text {
  const isProse = ['clinic.', 'clearance.', 'teachBack.'].some((start) => origin.startsWith(start));
  const run: Run = { text: (isProse ? text.replace(/\s+/g, ' ') : text).normalize('NFC'), strong, origin };
  return [run];
}

/** A text that the next applicant's form has otherwise: of an answer, by its linkId, or of what is named here. */
export function open(origin: string): Text {
  return [{ text: '', strong: false, origin, isOpen: true }];
}

/** One of the words that a template has for what the form says itself. */
export function word({ template }: Matter, key: WordKey, strong = false): Text {
  return say(template.words[key], strong);
}

export function paragraph(of: Text, tone: 'plain' | 'quiet' = 'plain'): Block {
  return { kind: 'paragraph', of, tone };
}

export function itemOf({ questionnaire }: Matter, linkId: string): Item | undefined {
  return itemsOf(questionnaire).get(linkId)?.item;
}

/** A finding by absence that there is a form for all the same: a clinician looked at it. */
export function isReviewed({ findings }: Assessment): boolean {
  return findings.some(({ absent }) => absent.length > 0);
}
