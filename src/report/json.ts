import type { CheckReport } from './check-text.ts';
import type { PlacedDiagnostic, Region } from './diagnostics.ts';
import { jsonText } from './json-text.ts';

/** The report as one JSON object for programs. A change of its shape is a new `schemaVersion`. */
export function checkJson({ diagnostics, suppressed, summary }: CheckReport): string {
  const of = (severity: PlacedDiagnostic['severity']): number =>
    diagnostics.filter((each) => each.severity === severity).length;
  const report = {
    schemaVersion: 1,
    diagnostics: diagnostics.map(jsonOf),
    suppressed: suppressed.map((each) => ({ ...jsonOf(each), reason: each.suppressed })),
    summary: { errors: of('error'), warnings: of('warning'), suppressed: suppressed.length, ...summary },
  };
  return jsonText(report);
}

/** One diagnostic as programs read it. */
export function jsonOf({ code, severity, message, note, help, related, fix, ...placed }: PlacedDiagnostic) {
  return {
    code,
    severity,
    message,
    ...regionOf(placed),
    ...(note !== undefined && { note }),
    ...(help !== undefined && { help }),
    ...(related.length > 0 && { related: related.map((each) => ({ message: each.message, ...regionOf(each) })) }),
    ...(fix !== undefined && { fix }),
  };
}

function regionOf({ at, line, column, endLine, endColumn }: Pick<PlacedDiagnostic, 'at' | keyof Region>) {
  return { path: at.path, line, column, endLine, endColumn };
}
