import type { Answer, Answers } from '../model/answers.ts';
import type { Constraint, Item, Questionnaire } from '../model/questionnaire.ts';

/** Why an answer to one item is refused, with the way out, or undefined where it is accepted. `code` is stable. */
export interface Refusal {
  readonly code:
    | 'wrong-type'
    | 'out-of-range'
    | 'unknown-option'
    | 'not-absent'
    | 'too-long'
    | 'exclusive-option'
    | 'too-many';
  readonly message: string;
}

/** Range, option, length and absence of one answer of the right type; for a repeat also those of its entries' answers. */
export function refusal(_item: Item, _answer: Answer): Refusal | undefined {
  throw new Error('not built yet');
}

/** Constraints that the answers break. */
export function brokenConstraints(_questionnaire: Questionnaire, _answers: Answers): readonly Constraint[] {
  throw new Error('not built yet');
}

/** Questions with an answer although the other answers settle that they are not asked, by path. */
export function strayAnswers(_questionnaire: Questionnaire, _answers: Answers): readonly string[] {
  throw new Error('not built yet');
}
