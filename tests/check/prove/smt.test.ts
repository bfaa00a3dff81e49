import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { completed } from '../../../src/check/example.ts';
import { prove } from '../../../src/check/prove/prove.ts';
import { type SmtExport, smtLib } from '../../../src/check/prove/smt.ts';
import { readAnswers } from '../../../src/exchange/answers.ts';
import type { Answers } from '../../../src/model/answers.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';
import { run } from '../../run.ts';
import { shippedFolder, shippedQuestionnaire } from '../../shipped.ts';
import { everySheet, readSmall, smallDefinition } from '../../small-definitions.ts';

const isThere = spawnSync('z3', ['--version']).status === 0;
if (!isThere)
  process.stdout.write('z3 is not installed (Debian: apt-get install z3): proofs are not confirmed by it.\n');

function exported(questionnaire: Questionnaire, baseline: Answers): SmtExport {
  return smtLib(questionnaire, prove(questionnaire, baseline).outcomes);
}

/** What z3 says of each `(check-sat)`. The older arithmetic is twice as fast on these bounded integers. */
function z3(text: string): readonly string[] {
  const { stdout } = spawnSync('z3', ['smt.arith.solver=2', 'smt.relevancy=0', '-smt2', '-in'], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return stdout.trim().split('\n');
}

const told = ({ goals }: SmtExport): readonly string[] => goals.map(({ name, expected }) => `${name}: ${expected}`);
const found = ({ goals }: SmtExport, verdicts: readonly string[]): readonly string[] =>
  verdicts.map((verdict, at) => `${goals[at]?.name}: ${verdict}`);

describe('z3, on a second encoding of the same definition', () => {
  test.skipIf(!isThere)('comes to every verdict on the shipped definition (skipped where z3 is not installed)', () => {
    const questionnaire = shippedQuestionnaire();
    const { answers } = parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: unknown };
    const smt = exported(questionnaire, readAnswers(questionnaire, answers).answers);
    const rules = smt.goals.filter(({ name }) => name.startsWith('rule-'));
    expect(rules).toHaveLength(2 * questionnaire.rules.length);
    expect(found(smt, z3(smt.text))).toEqual(told(smt));
  });

  test.skipIf(!isThere)(
    'comes to every verdict on small definitions of all kinds (skipped where z3 is not installed)',
    () => {
      const definitions = fc
        .sample(fc.tuple(smallDefinition(300), fc.nat()), { numRuns: 160, seed: 7 })
        .flatMap(([definition, at]) => {
          const questionnaire = readSmall(definition);
          const sheets = questionnaire ? everySheet(questionnaire) : [];
          const baseline = sheets[at % sheets.length];
          return questionnaire && baseline ? [{ definition, smt: exported(questionnaire, baseline) }] : [];
        })
        .slice(0, 100);
      expect(definitions).toHaveLength(100);
      const verdicts = z3(definitions.map(({ smt }) => smt.text).join('\n(reset)\n'));
      let at = 0;
      for (const { definition, smt } of definitions) {
        const own = verdicts.slice(at, at + smt.goals.length);
        expect(found(smt, own), definition.main.text).toEqual(told(smt));
        at += smt.goals.length;
      }
      expect(verdicts).toHaveLength(at);
      const refuted = definitions.flatMap(({ smt }) => smt.goals.filter(({ expected }) => expected === 'unsat'));
      expect(refuted.length).toBeGreaterThan(100);
    },
  );
});

describe('the export', () => {
  const definition = `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: a.yes, type: boolean, text: A }
      - { linkId: b, type: boolean, text: B, enableWhen: a.yes }
rules:
  - { id: r, disposition: defer, when: b, reason: R., action: A., sources: [label] }
`;
  test('says what it leaves out, and quotes names', () => {
    const questionnaire = readSmall({ main: { path: 'q.yaml', text: completed(definition) }, tables: [] });
    if (!questionnaire) throw new Error('it reads');
    const goal = { kind: 'rule-fires', id: 'r', expects: 'possible' } as const;
    const other = { ...goal, kind: 'of-a-later-kind' as 'rule-fires' };
    const smt = smtLib(questionnaire, [
      { goal, is: 'as-expected' },
      { goal: other, is: 'as-expected' },
    ]);
    expect(smt.left).toEqual(['of-a-later-kind r']);
    expect(smt.text).toContain('; 1 goals are not exported: 1 of the kind of-a-later-kind.\n;   of-a-later-kind r\n');
    expect(smt.text).toContain('(declare-fun |value a.yes| () Bool)');
    expect(smt.goals).toEqual([{ name: 'rule-fires r', expected: 'sat' }]);
    expect(smt.text).toContain('; rule-fires r: expected sat\n(push 1)\n');
  });
});

describe('check --export-smt2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preinfuse-smt2-'));
  const path = (name: string): string => join(folder, name);
  mkdirSync(path('clinic/cases'), { recursive: true });
  mkdirSync(path('bare'));
  writeFileSync(path('clinic/questionnaire.yaml'), completed(''));
  writeFileSync(path('bare/questionnaire.yaml'), completed(''));
  writeFileSync(path('clinic/cases/baseline.yaml'), 'id: base\ntitle: Base\nanswers: { willing: true }\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes the file beside the report', async () => {
    const { exit, stdout } = await run(['check', 'clinic', '--export-smt2', 'proofs.smt2'], { cwd: folder });
    expect([exit, String(stdout)]).toEqual([0, expect.stringContaining('0 errors')]);
    const text = readFileSync(path('proofs.smt2'), 'utf8');
    expect(text).toContain('; rule-fires unwilling: expected sat\n(push 1)\n');
    expect(text.match(/^\(check-sat\)$/gm)?.length).toBeGreaterThanOrEqual(2);
  });

  test.each([
    ['several definitions', ['clinic', 'bare'], 'name one definition to export'],
    ['none that reads', ['broken'], 'mend the errors of the definition first'],
  ])('refuses %s', async (_what, paths, hint) => {
    mkdirSync(path('broken'), { recursive: true });
    writeFileSync(path('broken/questionnaire.yaml'), 'id: broken\n');
    const { exit, stderr } = await run(['check', ...paths, '--export-smt2', 'none.smt2'], { cwd: folder });
    expect([exit, stderr]).toEqual([2, expect.stringContaining(hint)]);
    expect(existsSync(path('none.smt2'))).toBe(false);
  });
});
