import { Document, isScalar, Scalar } from 'yaml';

/** `questionnaire.yaml` with these keys and values: those that it still needs are missing, and `check` names them. */
export function questionnaireText(keys: Readonly<Record<string, unknown>>): string {
  const document = new Document(keys);
  const version = document.get('version', true);
  if (isScalar(version)) version.type = Scalar.QUOTE_DOUBLE;
  return `# yaml-language-server: $schema=../../schemas/questionnaire.schema.json\n${document.toString({ lineWidth: 120 })}`;
}
