import { Document, isScalar, Scalar, visit } from 'yaml';
import { escapedSign, unprintable } from '../model/unprintable.ts';

/**
 * `questionnaire.yaml` with these keys and values: those that it still needs are missing, and `check` names them. Signs that a terminal
 * would obey are written as escapes.
 */
export function questionnaireText(keys: Readonly<Record<string, unknown>>): string {
  const document = new Document(keys);
  const version = document.get('version', true);
  if (isScalar(version)) version.type = Scalar.QUOTE_DOUBLE;
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && escaped(scalar.value) !== scalar.value) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = escaped(document.toString({ lineWidth: 120 }));
  return `# yaml-language-server: $schema=../../schemas/questionnaire.schema.json\n${text}`;
}

/** What stands in double quotes is the same afterwards. */
function escaped(text: string): string {
  return text.replace(unprintable, (sign) => (sign === '\n' ? sign : escapedSign(sign)));
}
