import { expect, test } from 'vitest';
import { run } from '../run.ts';

async function explain(...argv: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const { exit, stdout, stderr } = await run(['explain', ...argv], { cwd: '/' });
  return { exit, stdout: stdout.toString(), stderr };
}

test('a code: why, wrong, mended, and how to let it be', async () => {
  const { exit, stdout, stderr } = await explain('unread-parameter');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "### unread-parameter

    Whoever changes and signs it believes that something now follows it. (warning)

    Wrong, at \`youngest\`:

    \`\`\`yaml
    parameters:
      youngest: { title: Youngest age, value: 18, unit: a, because: Adults only., sources: [label] }
    \`\`\`

    Mended:

    \`\`\`yaml
    parameters:
      youngest: { title: Youngest age, value: 18, unit: a, because: Adults only., sources: [label] }
    items:
      - linkId: start
        type: group
        text: Start
        items: [{ linkId: years, type: integer, text: Age, why: Adults only., unit: a, min: 0, max: 120 }]
    rules:
      - { id: minor, disposition: defer, when: years < params.youngest, reason: Young., action: Refer., sources: [label] }
    \`\`\`

    To let one be, write the reason on its line or on the line above: \`# preinfuse-ignore unread-parameter: REASON\`
    "
  `);
});

test('a code that cannot be let be says so', async () => {
  const { stdout } = await explain('invariant-broken');
  expect(stdout).toContain('no-psychosis');
  expect(stdout).toMatch(/\n\nIt cannot be suppressed: mend it\.\n$/);
});

test('a rule of the definition', async () => {
  const { exit, stdout } = await explain('cr-tia');
  expect(exit).toBe(0);
  expect(stdout).toContain('cr-tia');
  expect(stdout).toContain('TIA');
});

test.each([
  ['unread-paramter', 'write `unread-parameter`'],
  ['cr-tja', 'write `cr-tia`'],
  ['', 'a code stands in brackets'],
  ['x\u001b[2J', 'a code stands in brackets'],
])('%j is neither, and what was meant is said', async (name, hint) => {
  const { exit, stdout, stderr } = await explain(name);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toContain('there is no code and no rule');
  expect(stderr).toContain(hint);
  expect(stderr).not.toContain('\u001b');
});

test('a definition that is not there', async () => {
  const { exit, stderr } = await explain('some-rule', '--questionnaire', '/nowhere');
  expect(exit).toBe(2);
  expect(stderr).toContain('there is no such file');
});
