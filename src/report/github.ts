import { type CheckReport, wholeCheckText } from './check-text.ts';
import { harmless, type PlacedDiagnostic } from './diagnostics.ts';

/** How many annotations of one severity GitHub shows for one step; it drops the rest without a word. */
const mostShown = 10;

/** GitHub workflow commands, errors first, and after them the report for people. */
export function checkGithub(report: CheckReport): string {
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = report.diagnostics.filter(({ severity }) => severity === 'warning');
  const shown = Math.min(errors.length, mostShown) + Math.min(warnings.length, mostShown);
  const total = errors.length + warnings.length;
  const notice =
    shown === total ? [] : [`::notice::${shown} of ${total} problems are shown as annotations; all stand in the log`];
  return [...[...errors, ...warnings].map(annotation), ...notice, notCommands(wholeCheckText(report))].join('\n');
}

/** A text in which GitHub finds no command: not at the start of a line, and none of the old form, which may stand anywhere. */
function notCommands(text: string): string {
  return text.replace(/^(?=\s*::)/gm, '.').replaceAll('##[', '## [');
}

function annotation({
  severity,
  at,
  line,
  column,
  endLine,
  endColumn,
  code,
  message,
  note,
  help,
}: PlacedDiagnostic): string {
  const properties = { file: at.path, line, endLine, col: column, endColumn, title: code };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${property(harmless(String(value)))}`);
  const text = [
    message,
    ...(note === undefined ? [] : [`note: ${note}`]),
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  return `::${severity} ${written.join(',')}::${data(text.join('\n').split('\n').map(harmless).join('\n'))}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
