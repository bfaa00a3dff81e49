import type { Diagnostic } from '../../model/diagnostic.ts';
import type { EvidenceLedger } from '../../model/evidence.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { FrontMatter } from '../template.ts';
import type { ReadSection, ReadText } from '../template-blocks.ts';
import type { SourceText, YamlSource } from '../yaml-source.ts';

/** A template as read, with what it is checked against. */
export interface TemplateDesk {
  readonly frontMatter: FrontMatter;
  readonly yaml: YamlSource;
  readonly sections: readonly ReadSection[];
  readonly source: SourceText;
  readonly questionnaire: Questionnaire;
  readonly evidence: EvidenceLedger;
}

/** An error, until it is told as one. */
export type Problem = Omit<Diagnostic, 'severity'>;

/** The text that stands between its fields and citations, a space for each of those. */
export function plain({ inlines }: ReadText): string {
  return inlines.map((each) => (each.kind === 'text' ? each.text : ' ')).join('');
}
