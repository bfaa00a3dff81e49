import type { CheckReport } from './check-text.ts';
import type { PlacedDiagnostic } from './diagnostics.ts';

/** The report as one JSON object for programs. A change of its shape is a new `schemaVersion`. */
export function checkJson({ diagnostics, summary }: CheckReport): string {
  const of = (severity: PlacedDiagnostic['severity']): number =>
    diagnostics.filter((each) => each.severity === severity).length;
  const report = {
    schemaVersion: 1,
    diagnostics: diagnostics.map(jsonOf),
    summary: { errors: of('error'), warnings: of('warning'), ...summary },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function jsonOf({ code, severity, message, at, line, column, endLine, endColumn, note, help }: PlacedDiagnostic) {
  return {
    code,
    severity,
    message,
    path: at.path,
    line,
    column,
    endLine,
    endColumn,
    ...(note !== undefined && { note }),
    ...(help !== undefined && { help }),
  };
}
