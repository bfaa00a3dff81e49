import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Replay } from './replay.ts';

/** The rules that no golden case brings to a finding. Where there are no cases at all, none is named. */
export function untestedRules({ rules }: Questionnaire, replays: readonly Replay[]): readonly Diagnostic[] {
  const cases = replays.filter(({ sheet }) => 'expect' in sheet);
  if (cases.length === 0) return [];
  const found = new Set(cases.flatMap(({ assessment }) => assessment.findings.map(({ rule }) => rule)));
  return rules
    .filter(({ id }) => !found.has(id))
    .map(({ id, at }) => ({
      code: 'untested-rule',
      severity: 'warning',
      message: `no golden case leads to \`${id}\``,
      at,
      help: 'add a case that it finds somebody in, and have it signed',
    }));
}
