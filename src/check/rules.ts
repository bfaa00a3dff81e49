import type { LintCode } from '../model/diagnostic.ts';
import type { CheckRule } from './rule.ts';
import { bandGap } from './rules/band-gap.ts';
import { bandOrder } from './rules/band-order.ts';
import { bareClinicalNumber } from './rules/bare-clinical-number.ts';
import { doubleNegative } from './rules/double-negative.ts';
import { duplicateCondition } from './rules/duplicate-condition.ts';
import { emergencyWithoutPhone } from './rules/emergency-without-phone.ts';
import { exclusiveMissing } from './rules/exclusive-missing.ts';
import { gridOptions } from './rules/grid-options.ts';
import { impossibleAbsence } from './rules/impossible-absence.ts';
import { longText } from './rules/long-text.ts';
import { missingWhy } from './rules/missing-why.ts';
import { mixedUnits } from './rules/mixed-units.ts';
import { plausibleRange } from './rules/plausible-range.ts';
import { twoQuestions } from './rules/two-questions.ts';
import { unknownField } from './rules/unknown-field.ts';
import { unknownUnit } from './rules/unknown-unit.ts';
import { unreachableItem } from './rules/unreachable-item.ts';
import { unreachableRule } from './rules/unreachable-rule.ts';
import { unreadOption } from './rules/unread-option.ts';
import { unreadParameter } from './rules/unread-parameter.ts';
import { unreadQuestion } from './rules/unread-question.ts';
import { wrongFactor } from './rules/wrong-factor.ts';

const byCode: Readonly<Record<LintCode, CheckRule>> = {
  'band-gap': bandGap,
  'band-order': bandOrder,
  'bare-clinical-number': bareClinicalNumber,
  'double-negative': doubleNegative,
  'duplicate-condition': duplicateCondition,
  'emergency-without-phone': emergencyWithoutPhone,
  'exclusive-missing': exclusiveMissing,
  'grid-options': gridOptions,
  'impossible-absence': impossibleAbsence,
  'long-text': longText,
  'missing-why': missingWhy,
  'mixed-units': mixedUnits,
  'plausible-range': plausibleRange,
  'two-questions': twoQuestions,
  'unknown-field': unknownField,
  'unknown-unit': unknownUnit,
  'unreachable-item': unreachableItem,
  'unreachable-rule': unreachableRule,
  'unread-option': unreadOption,
  'unread-parameter': unreadParameter,
  'unread-question': unreadQuestion,
  'wrong-factor': wrongFactor,
};

/** Every rule that a definition is checked by. */
export const checkRules: readonly CheckRule[] = Object.values(byCode);
