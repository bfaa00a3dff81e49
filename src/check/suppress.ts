import { commentsIn, type YamlComment } from '../definition/comments.ts';
import type { SourceText } from '../definition/yaml-source.ts';
import type { Code, Diagnostic } from '../model/diagnostic.ts';
import type { SourceSpan } from '../model/questionnaire.ts';
import { codeLike, pageOf } from './pages.ts';

/** Diagnostics, those that a comment lets be apart. */
export interface Sorted {
  readonly open: readonly Diagnostic[];
  readonly suppressed: readonly Diagnostic[];
}

/**
 * Takes out the diagnostics that a `# preinfuse-ignore CODE: REASON` on their line, or alone on a line above, lets be.
 * What decides who gets through stays, and so does a comment without a reason; both are reported. `isWhole`: everything
 * was checked, so a comment that lets nothing be is reported too. `files` are YAML.
 */
export function suppress(diagnostics: readonly Diagnostic[], files: readonly SourceText[], isWhole: boolean): Sorted {
  const written = files.flatMap(suppressionsIn);
  const sound = written.filter(({ problem }) => problem === undefined);
  const reasonFor = ({ code, at }: Diagnostic): Suppression | undefined =>
    sound.find((each) => each.code === code && each.at.path === at.path && isOn(each.line, at.start));
  const used = new Set(diagnostics.flatMap((each) => reasonFor(each) ?? []));
  const unused = isWhole ? sound.filter((each) => !used.has(each)) : [];
  return {
    open: [
      ...diagnostics.filter((each) => !reasonFor(each)),
      ...written.flatMap(({ problem }) => problem ?? []),
      ...unused.map(unusedSuppression),
    ],
    suppressed: diagnostics.flatMap((each) => {
      const suppression = reasonFor(each);
      return suppression ? [{ ...each, suppressed: suppression.reason }] : [];
    }),
  };
}

/** Offsets of a line: its start, and the start of the next. */
interface Line {
  readonly start: number;
  readonly end: number;
}

interface Suppression {
  readonly code: string;
  readonly reason: string;
  readonly at: SourceSpan;
  /** The line it speaks of. */
  readonly line: Line;
  /** What to cut out to be rid of it. */
  readonly cut: Line;
  readonly problem?: Diagnostic;
}

function isOn({ start, end }: Line, offset: number): boolean {
  return start <= offset && offset < end;
}

function suppressionsIn(file: SourceText): readonly Suppression[] {
  const comments = commentsIn(file.text);
  return comments.flatMap((comment) => {
    const [, code = '', reason = ''] = /^preinfuse-ignore(?:\s+([^\s:]+))?\s*:?\s*(.*)$/s.exec(comment.text) ?? [];
    if (!/^preinfuse-ignore(?![\w-])/.test(comment.text)) return [];
    const at = { path: file.path, start: comment.start, end: comment.end };
    const problem = problemOf(code, reason, at);
    return [{ code, reason, at, ...linesOf(file.text, comment, comments), ...(problem && { problem }) }];
  });
}

/** The line that a comment speaks of: its own, or, alone on its line, the next that is no comment. */
function linesOf(text: string, comment: YamlComment, comments: readonly YamlComment[]): { line: Line; cut: Line } {
  const own = lineAt(text, comment.start);
  const isAlone = (each: YamlComment): boolean => text.slice(lineAt(text, each.start).start, each.start).trim() === '';
  if (!isAlone(comment)) {
    const before = text.slice(own.start, comment.start).trimEnd().length;
    return { line: own, cut: { start: own.start + before, end: comment.end } };
  }
  let line = lineAt(text, own.end);
  const holdsComment = ({ start, end }: Line): boolean =>
    comments.some((each) => isOn({ start, end }, each.start) && isAlone(each));
  while (holdsComment(line) && line.end < text.length) line = lineAt(text, line.end);
  return { line, cut: own };
}

function lineAt(text: string, offset: number): Line {
  const next = text.indexOf('\n', offset);
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return { start, end: next === -1 ? text.length : next + 1 };
}

function problemOf(code: string, reason: string, at: SourceSpan): Diagnostic | undefined {
  const page = pageOf(code);
  const error = (own: Code, message: string, help: string): Diagnostic => ({
    code: own,
    severity: 'error',
    message,
    at,
    help,
  });
  if (!page) {
    const meant = codeLike(code);
    const help = meant === undefined ? 'write the code that stands in brackets in the report' : `write \`${meant}\``;
    return error('unknown-code', code === '' ? 'this names no code' : `there is no code \`${code}\``, help);
  }
  if (!page.suppressible)
    return error('not-suppressible', `\`${code}\` cannot be suppressed`, 'mend the problem, and drop the comment');
  if (reason === '')
    return error(
      'suppression-without-reason',
      `nobody says why \`${code}\` may be let be`,
      `write \`# preinfuse-ignore ${code}: REASON\``,
    );
  return undefined;
}

function unusedSuppression({ code, at, cut }: Suppression): Diagnostic {
  return {
    code: 'unused-suppression',
    severity: 'warning',
    message: `there is no \`${code}\` here to suppress`,
    at,
    help: 'drop the comment',
    fix: { ...cut, text: '' },
  };
}
