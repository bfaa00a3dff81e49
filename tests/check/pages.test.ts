import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageOf } from '../../src/check/pages.ts';
import { checkRules } from '../../src/check/rules.ts';

const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');
const [head = ''] = page.split(/(?<=^<!-- From here on .*$)/m);

test('docs/check.md has a page for every rule, as the rule has it', async () => {
  await expect([head, '', ...checkRules.map(pageOf)].join('\n')).toMatchFileSnapshot('../../docs/check.md');
});

test.each(['absence', 'invariants', 'replay'])('docs/check.md explains every code of src/check/%s.ts', (name) => {
  const source = readFileSync(new URL(`../../src/check/${name}.ts`, import.meta.url), 'utf8');
  const codes = [...source.matchAll(/code: '([a-z-]+)'/g)].map(([, code]) => code);
  expect(codes.filter((code) => !head.includes(`\`${code}\``))).toEqual([]);
});
