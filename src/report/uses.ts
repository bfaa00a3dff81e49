import { type Expression, partsOf } from '../model/expression.ts';
import type { GroupItem, QuestionItem, Questionnaire } from '../model/questionnaire.ts';

/** The linkIds of the answers that an expression reads, itself or through calculated values. */
export function readsOf({ calculated }: Questionnaire, expression: Expression): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (part: Expression): void => {
    if (part.kind === 'answer' || part.kind === 'member') found.add(part.linkId);
    const value = part.kind === 'calculated' ? calculated.find(({ linkId }) => linkId === part.linkId) : undefined;
    if (value) visit(value.value.expression);
    partsOf(part).forEach(visit);
  };
  visit(expression);
  return found;
}

/** The questions of a section in asking order, those of its groups too. */
export function questionsOf(group: GroupItem): readonly QuestionItem[] {
  return group.items.flatMap((item) => (item.type === 'group' ? questionsOf(item) : [item]));
}
