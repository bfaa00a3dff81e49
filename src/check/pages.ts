import { suggestion } from '../definition/suggest.ts';
import type { Code, Diagnostic } from '../model/diagnostic.ts';
import { type CodePage, codePages } from './code-pages.ts';
import { checkRules } from './rules.ts';

/** What there is to say about a code: why it is there, an example of it and the same mended. */
export interface Page {
  readonly code: Code;
  readonly severity: Diagnostic['severity'];
  readonly suppressible: boolean;
  readonly why: string;
  /** The file that the examples are part of. */
  readonly in: CodePage['in'];
  readonly bad?: string;
  /** The part of `bad` that is reported, for a rule's. */
  readonly marked?: string;
  readonly good?: string;
}

/** Every page, by code. */
export const pages: readonly Page[] = [
  ...checkRules.map((rule): Page => ({ ...rule, in: 'questionnaire' })),
  ...Object.entries(codePages).map(
    ([code, page]): Page => ({ severity: 'error', suppressible: false, ...page, code: code as Code }),
  ),
].sort((a, b) => (a.code < b.code ? -1 : 1));

const byCode: ReadonlyMap<string, Page> = new Map(pages.map((page) => [page.code, page]));

/** The page of a code; undefined for a word that is none. */
export function pageOf(code: string): Page | undefined {
  return byCode.get(code);
}

/** The code most likely meant by a word that is none. */
export function codeLike(word: string): string | undefined {
  return suggestion(word, byCode.keys());
}

/** A page as Markdown under a heading of level three. */
export function markdownOf({ code, severity, why, in: file, bad, marked, good }: Page): string {
  const language = file === 'template' ? 'markdown' : 'yaml';
  const block = (text: string): string => `\`\`\`${language}\n${text.replace(/^\n+|\s+$/g, '')}\n\`\`\``;
  return [
    `### ${code}`,
    `${why} (${severity})`,
    ...(bad === undefined ? [] : [marked === undefined ? 'Wrong:' : `Wrong, at \`${marked}\`:`, block(bad)]),
    ...(good === undefined ? [] : ['Mended:', block(good)]),
    '',
  ].join('\n\n');
}

/** How to let a problem be, or that it cannot. */
export function suppressionOf({ code, suppressible }: Page): string {
  return suppressible
    ? `To let one be, write the reason on its line or on the line above: \`# preinfuse-ignore ${code}: REASON\``
    : 'It cannot be suppressed: mend it.';
}
