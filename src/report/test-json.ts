import { regionOf } from './diagnostics.ts';
import { jsonOf } from './json.ts';
import { jsonText } from './json-text.ts';
import type { Remark, TestedDefinition, TestReport } from './test-report.ts';

/** The report as one JSON object for programs. A change of its shape is a new `schemaVersion`. */
export function testJson({ definitions, texts }: TestReport): string {
  const placed = <Each extends Remark>({ at, ...rest }: Each) => ({ ...rest, path: at.path, ...regionOf(at, texts) });
  const tested = ({ path, diagnostics, cases, coverage, mutation, isHeldBack }: TestedDefinition) => ({
    path,
    cases,
    diagnostics: diagnostics.map(jsonOf),
    isHeldBack,
    ...(coverage && {
      coverage: {
        isChecked: coverage.isChecked,
        measures: coverage.measures.map((measure) => ({
          ...measure,
          missing: measure.missing.map(placed),
          impossible: measure.impossible.map(placed),
        })),
      },
    }),
    ...(mutation && {
      mutation: {
        ...mutation,
        survivors: mutation.survivors.map(placed),
        undecided: mutation.undecided.map(placed),
        equivalent: mutation.equivalent.map(placed),
      },
    }),
  });
  return jsonText({ schemaVersion: 1, definitions: definitions.map(tested) });
}
