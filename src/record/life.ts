import type { Clearance } from '../model/clearance.ts';
import type { Disposition } from '../model/disposition.ts';
import type { TeachBack } from '../model/teach-back.ts';
import type { OpenedDocument } from './cases.ts';
import type { EditDocument } from './draft.ts';
import type { CaseState } from './tables.ts';

/** What may follow. A consent form may be issued anew, after a no as well; what was withdrawn stays so. */
const next: Readonly<Record<CaseState, readonly CaseState[]>> = {
  draft: ['draft', 'completed'],
  completed: ['cleared', 'issued', 'declined', 'withdrawn'],
  cleared: ['cleared', 'issued', 'declined', 'withdrawn'],
  issued: ['issued', 'consented', 'declined', 'withdrawn'],
  consented: ['withdrawn'],
  declined: ['issued', 'withdrawn'],
  withdrawn: [],
};

/** Whether a case may go from one state to another. */
export function mayBecome(from: CaseState, to: CaseState): boolean {
  return next[from].includes(to);
}

/** A finished screening as it is sealed. */
export interface ScreeningDocument {
  readonly format: 1;
  readonly questionnaire: string;
  readonly digest: string;
  readonly started: string;
  readonly completed: string;
  /** As in an answer sheet. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Answers that an earlier day than that of the visit gave: `YYYY-MM-DD` by linkId. */
  readonly given: Readonly<Record<string, string>>;
  readonly disposition: Disposition;
  /** Whom staff told of what, and when. */
  readonly told: readonly { readonly rules: readonly string[]; readonly who: string; readonly at: string }[];
  readonly teachBack?: TeachBack;
  /** Edits after which something no longer stood in the way. */
  readonly edits?: readonly EditDocument[];
}

/** A clinician's decision as it is sealed. */
export interface ClearanceDocument {
  readonly format: 1;
  readonly clearance: Clearance;
}

/** What came of a consent form, as it is sealed: it was made, signed, refused or taken back. */
export type FormDocument =
  | {
      readonly format: 1;
      readonly is: 'issued';
      readonly form: string;
      readonly file: string;
      readonly at: string;
      /** What was printed on it, where `consent` made it. */
      readonly teachBack?: TeachBack;
    }
  | {
      readonly format: 1;
      readonly is: 'consented' | 'declined' | 'withdrawn';
      /** Who wrote it down, as they called themselves. */
      readonly by: string;
      readonly why?: string;
      readonly at: string;
    };

/** A case with all that was sealed of it. */
export interface Life {
  readonly screening: ScreeningDocument;
  /** The last one. */
  readonly clearance: Clearance | undefined;
  readonly forms: readonly FormDocument[];
  /** What the patient could say back in their own words, as it was last asked. */
  readonly teachBack: TeachBack | undefined;
}

/** What the documents of a case say; undefined while there is only a draft. */
export function lifeOf(documents: readonly OpenedDocument[]): Life | undefined {
  const of = (kind: OpenedDocument['kind']): readonly unknown[] =>
    documents.filter((each) => each.kind === kind).map(({ document }) => readSealed(document));
  const [screening] = of('record') as readonly (ScreeningDocument | undefined)[];
  if (!screening) return undefined;
  const clearances = of('clearance') as readonly ClearanceDocument[];
  const forms = of('form') as readonly FormDocument[];
  const asked = forms.flatMap((form) => (form.is === 'issued' && form.teachBack ? [form.teachBack] : []));
  return {
    screening,
    clearance: clearances.at(-1)?.clearance,
    forms,
    teachBack: asked.at(-1) ?? screening.teachBack,
  };
}

/** A document as it is sealed. */
export function toSeal(document: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document));
}

/** The inverse of `toSeal`. What a vault opened is what was sealed. */
export function readSealed<T>(document: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(document)) as T;
}
