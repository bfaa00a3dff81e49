import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { placesOf } from '../../src/check/places.ts';
import { replayCases } from '../../src/check/replay.ts';
import { diagnosticsOf } from '../../src/check/rule.ts';
import { checkRules } from '../../src/check/rules.ts';
import { untestedRules } from '../../src/check/untested.ts';
import { readCases } from '../../src/definition/cases.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

/** Codes and messages that rules find in a definition made of these items and rules. */
function found(code: string, items: readonly string[], rules: readonly string[], rest = '', group = ''): string[] {
  const text = completed(`items:
  - { linkId: start, type: group, text: Start,${group} items: [${items.join(', ')}] }
rules:
${rules.map((each, index) => `  - { id: r${index}, reason: R., action: A., sources: [label], ${each} }`).join('\n')}
${rest}`);
  const source = { path: 'q.yaml', text };
  const { questionnaire, yaml, diagnostics } = readQuestionnaire(source, []);
  expect(diagnostics).toEqual([]);
  if (!questionnaire || !yaml) throw new Error('the definition does not read');
  return checkRules
    .filter((rule) => rule.code === code)
    .flatMap((rule) => diagnosticsOf(rule, questionnaire, placesOf(yaml)))
    .map(({ message }) => message);
}

const pressure = '{ linkId: upper, type: integer, text: Upper, why: W., unit: "mm[Hg]", min: 40, max: 300 }';
const warmth = '{ linkId: warmth, type: decimal, decimals: 1, text: Warmth, why: W., unit: Cel, min: 30, max: 45 }';
const parameters = (...values: readonly number[]) =>
  `parameters:\n${values.map((value, index) => `  p${index}: { title: T, value: ${value}, unit: "1", because: B., sources: [label] }`).join('\n')}`;
const defer = (when: string) => `disposition: defer, when: ${when}`;

test('a question that is asked by its own answer says so', () => {
  const text = completed(`items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: willing, type: boolean, text: Willing?, why: W., enableWhen: willing }]`);
  expect(
    readQuestionnaire({ path: 'q.yaml', text }, []).diagnostics.map(({ code, message }) => [code, message]),
  ).toEqual([['asked-later', '`willing` is asked only by its own answer']]);
});

describe('band-gap', () => {
  test.each<[string, readonly string[], number]>([
    ['`<` and `>` at one limit', ['upper < params.p0', 'upper > params.p0'], 1],
    ['written the other way round', ['params.p0 > upper', 'params.p0 < upper'], 1],
    ['in one rule', ['upper < params.p0 || upper > params.p0'], 1],
    ['behind a negation', ['"!(upper >= params.p0)"', 'upper > params.p0'], 1],
    ['where another rule takes the limit', ['upper < params.p0', 'upper > params.p0', 'upper >= params.p0'], 0],
    ['where another rule names the limit', ['upper < params.p0', 'upper > params.p0', 'upper == params.p0'], 0],
    ['two limits with a healthy range between them', ['upper < params.p0', 'upper > params.p1'], 0],
    ['two limits with one value between them', ['upper < params.p1', 'upper > params.p2'], 0],
    ['one rule alone', ['upper > params.p0'], 0],
    ['all but one value, meant so', ['upper != params.p0'], 0],
  ])('%s', (_what, conditions, count) => {
    expect(found('band-gap', [pressure], conditions.map(defer), parameters(100, 180, 178))).toHaveLength(count);
  });

  test('one step of a decimal is one step of its last digit', () => {
    expect(
      found('band-gap', [warmth], ['warmth < params.p0', 'warmth > params.p0'].map(defer), parameters(38)),
    ).toEqual(['no rule finds anybody whose `warmth` is 38, though one step less or more is found']);
  });
});

describe('band-order', () => {
  const calculated = (value: string) =>
    `calculated: [{ linkId: band, title: Band, value: '${value}' }]\n${parameters(100, 50, 200)}`;
  const reads = ['disposition: defer, when: band > 1'];
  test.each<[string, string, number]>([
    ['falling limits', 'upper >= params.p2 ? 3 : upper >= params.p0 ? 2 : 1', 0],
    ['rising limits', 'upper >= params.p0 ? 3 : upper >= params.p2 ? 2 : 1', 1],
    ['rising limits under `<`', 'upper < params.p1 ? 1 : upper < params.p2 ? 2 : 3', 0],
    ['falling limits under `<`', 'upper < params.p2 ? 1 : upper < params.p1 ? 2 : 3', 1],
    ['another number in between', 'upper >= params.p2 ? 3 : warmth >= params.warm ? 2 : 1', 0],
    ['an equal limit', 'upper >= params.p2 ? 3 : upper >= params.p2 ? 2 : 1', 1],
    ['the same limit, not included before', 'upper > params.p2 ? 3 : upper >= params.p2 ? 2 : 1', 0],
    ['a later one that asks for more', 'upper >= params.p2 ? 3 : upper >= params.p2 && upper < params.p2 ? 2 : 1', 1],
  ])('%s', (_what, value, count) => {
    const warm = '\n  warm: { title: T, value: 38, unit: Cel, because: B., sources: [label] }';
    expect(found('band-order', [pressure, warmth], reads, calculated(value) + warm)).toHaveLength(count);
  });
});

describe('wording', () => {
  const ask = (text: string) => `{ linkId: asked, type: boolean, text: "${text}", why: W. }`;
  const rules = [defer('asked')];
  test.each([
    ['double-negative', 'Do you never go without breakfast?', 1],
    ['double-negative', "Isn't it so that you cannot sleep?", 1],
    ['double-negative', 'Is it not there? Say no if you are not sure.', 1],
    ['double-negative', 'Are you without pain?', 0],
    ['double-negative', 'Do you know another place (not a hotel)?', 0],
    ['two-questions', 'Are you well? Did you sleep?', 1],
    ['two-questions', 'Have you eaten, or have you had a drink?', 0],
    ['two-questions', 'Have you had a heart attack and bypass surgery?', 0],
    ['long-text', 'word '.repeat(48).trim(), 0],
    ['long-text', 'word '.repeat(49).trim(), 1],
  ])('%s: %s', (code, text, count) => expect(found(code, [ask(text)], rules)).toHaveLength(count));

  test('the published wording of an instrument is left alone', () => {
    expect(found('two-questions', [ask('Well? Asleep?')], rules, '', ' credit: The owner,')).toEqual([]);
  });
});

test.each([
  ['Call 911.', 0],
  ['Call 0800 11 22 33.', 0],
  ['Call {{ clinic.phone }}.', 0],
  ['Wait 15 minutes.', 1],
  ['Call the clinic.', 1],
])('emergency-without-phone: %s', (step, count) => {
  const asked = '{ linkId: pain, type: boolean, text: Pain?, why: W. }';
  const rule = `disposition: emergency, when: pain, steps: ["${step}"]`;
  expect(found('emergency-without-phone', [asked], [rule])).toHaveLength(count);
});

test('every shipped rule has a golden case; without the cases each is named, and without any case none', () => {
  const questionnaire = shippedQuestionnaire();
  const files = readdirSync(`${shippedFolder}/cases`).map((name) => ({
    path: `cases/${name}`,
    text: readFileSync(`${shippedFolder}/cases/${name}`, 'utf8'),
  }));
  const { replays } = replayCases(questionnaire, readCases(questionnaire, files));
  expect(untestedRules(questionnaire, replays)).toEqual([]);
  const [one] = replays.filter(({ sheet, assessment }) => 'expect' in sheet && assessment.findings.length === 1);
  if (!one) throw new Error('no case finds one rule alone');
  expect(untestedRules(questionnaire, [one])).toHaveLength(questionnaire.rules.length - 1);
  expect(untestedRules(questionnaire, [])).toEqual([]);
});
