import type { Diagnostic, LintCode, RelatedPlace } from '../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { Places } from './places.ts';

/** What a rule says about one place. The rest of the diagnostic is the rule's own. */
export interface Problem {
  readonly at: SourceSpan;
  readonly message: string;
  readonly note?: string;
  readonly help?: string;
  readonly related?: readonly RelatedPlace[];
}

/** One thing that can be wrong with a definition which reads well. Its examples are its page and its tests. */
export interface CheckRule {
  /** Kebab-case, and the name of the file. */
  readonly code: LintCode;
  readonly severity: Diagnostic['severity'];
  /** Whether a comment beside it may let it be: never where it decides who gets through. */
  readonly suppressible: boolean;
  /** What could happen to a patient, or to whoever signs the definition. */
  readonly why: string;
  /** The shortest definition that is wrong; see `completed`. */
  readonly bad: string;
  /** The part of `bad` that is reported. */
  readonly marked: string;
  /** The same, mended. */
  readonly good: string;
  check(questionnaire: Questionnaire, places: Places): Iterable<Problem>;
}

/** Everything a rule finds, as diagnostics. */
export function diagnosticsOf(rule: CheckRule, questionnaire: Questionnaire, places: Places): readonly Diagnostic[] {
  const { code, severity } = rule;
  return [...rule.check(questionnaire, places)].map((problem) => ({ code, severity, ...problem }));
}
