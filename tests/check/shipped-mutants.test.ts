import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDefinition } from '../../src/check/test-run.ts';
import { shippedFolder, shippedSources } from '../shipped.ts';

/** What of the shipped definition no answers can tell: each is a redundancy that is left for the reader's sake. */
const redundant = [
  // A score is never below 0, so `> 0` is `!= 0`.
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((item) => `phq9.difficulty.operator-${3 * item - 1}`),
  'auditc.q2.operator-2',
  'auditc.q3.operator-2',
  // A drug that is not listed has no minimum dose to reach.
  'trials.adequate.dropped-1',
  // The test is asked about where pregnancy is possible, not known or declined alone.
  'df-pregnancy-untested.dropped-1',
  // An absent item leaves no total, and that is deferred by the severity rule.
  'cr-self-harm-item.dropped-2',
  'cr-self-harm-item.dropped-3',
  'cr-self-harm-item.absence-1',
  'cr-self-harm-item.absence-2',
  // Exactly at the limit the rule holds already.
  'pc-blood-pressure-edge.operator-13',
  'pc-blood-pressure-edge.operator-16',
];

const cases = readdirSync(`${shippedFolder}/cases`)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ path: `cases/${name}`, text: readFileSync(`${shippedFolder}/cases/${name}`, 'utf8') }));

test('the shipped cases tell every slip in the shipped definition that can be told, and show all that is possible', () => {
  const outcome = testDefinition({ ...shippedSources(), cases }, { coverage: true, mutate: true });
  expect(outcome.diagnostics).toEqual([]);
  expect(outcome.mutation).toMatchObject({ percent: 100, survivors: [], undecided: [], isChecked: true });
  expect(outcome.mutation?.total).toBeGreaterThan(1800);
  expect(outcome.mutation?.equivalent.map(({ id }) => id).sort()).toEqual([...redundant].sort());
  expect(outcome.coverage?.isChecked).toBe(true);
  expect(outcome.coverage?.measures.map(({ name, percent }) => `${name} ${percent}`)).toEqual([
    'rules fired 100',
    'rules deciding 100',
    'answers given 100',
    'conditions 100',
    'limits 100',
  ]);
});

test.each([
  ['sertraline at three times its lowest dose', 'sertraline', '50', '150', 'doses-ssri-at'],
  ['phenelzine as the reference table has it', 'phenelzine', '45', '15', 'doses-maoi-below'],
])('a dose that is wrong and looks right fails a case: %s', (_title, drug, dose, wrong, failing) => {
  const { main, tables } = shippedSources();
  const row = new RegExp(`(key: ${drug}\\n.*\\n *values: \\{ minimumDose: )${dose} `);
  const changed = tables.map((table) => ({ ...table, text: table.text.replace(row, `$1${wrong} `) }));
  expect(changed).not.toEqual(tables);
  const { diagnostics } = testDefinition({ main, tables: changed, cases }, { coverage: false, mutate: false });
  expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining(`\`${failing}\`: `)]);
});
