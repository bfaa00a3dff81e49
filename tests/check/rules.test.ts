import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { placesOf } from '../../src/check/places.ts';
import { diagnosticsOf } from '../../src/check/rule.ts';
import { checkRules } from '../../src/check/rules.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { shippedSources } from '../shipped.ts';

/** What all rules find in a definition that reads well: the code, and the text that is marked. */
function findings(
  main: { path: string; text: string },
  tables: { path: string; text: string }[] = [],
): [string, string][] {
  const { questionnaire, yaml, diagnostics } = readQuestionnaire(main, tables);
  expect(diagnostics).toEqual([]);
  if (!questionnaire || !yaml) throw new Error('the example does not read');
  const places = placesOf(yaml);
  return checkRules
    .flatMap((rule) => diagnosticsOf(rule, questionnaire, places))
    .map(({ code, at }) => [code, main.text.slice(at.start, at.end)]);
}

describe.each(checkRules.map((rule) => [rule.code, rule] as const))('%s', (code, { bad, marked, good }) => {
  test('the bad example gives it, and nothing else', () => {
    expect(findings({ path: 'bad.yaml', text: completed(bad) })).toEqual([[code, marked]]);
  });

  test('the good example is clean', () => {
    expect(findings({ path: 'good.yaml', text: completed(good) })).toEqual([]);
  });
});

test('a rule is called what its file is called, and every file is used', () => {
  const files = readdirSync(new URL('../../src/check/rules', import.meta.url)).map((name) => name.replace('.ts', ''));
  expect(checkRules.map(({ code }) => code)).toEqual(files.sort());
});

test('the shipped definition has no finding', () => {
  const { main, tables } = shippedSources();
  expect(findings(main, [...tables])).toEqual([]);
});
