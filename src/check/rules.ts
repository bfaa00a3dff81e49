import type { CheckRule } from './rule.ts';
import { bareClinicalNumber } from './rules/bare-clinical-number.ts';
import { duplicateCondition } from './rules/duplicate-condition.ts';
import { exclusiveMissing } from './rules/exclusive-missing.ts';
import { gridOptions } from './rules/grid-options.ts';
import { impossibleAbsence } from './rules/impossible-absence.ts';
import { missingWhy } from './rules/missing-why.ts';
import { plausibleRange } from './rules/plausible-range.ts';
import { unknownField } from './rules/unknown-field.ts';
import { unknownUnit } from './rules/unknown-unit.ts';
import { unreachableItem } from './rules/unreachable-item.ts';
import { unreachableRule } from './rules/unreachable-rule.ts';
import { unreadOption } from './rules/unread-option.ts';
import { unreadParameter } from './rules/unread-parameter.ts';
import { unreadQuestion } from './rules/unread-question.ts';

/** Every rule that a definition is checked by. */
export const checkRules: readonly CheckRule[] = [
  bareClinicalNumber,
  duplicateCondition,
  exclusiveMissing,
  gridOptions,
  impossibleAbsence,
  missingWhy,
  plausibleRange,
  unknownField,
  unknownUnit,
  unreachableItem,
  unreachableRule,
  unreadOption,
  unreadParameter,
  unreadQuestion,
];
