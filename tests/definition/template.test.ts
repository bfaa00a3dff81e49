import { describe, expect, test } from 'vitest';
import { parameterText } from '../../src/definition/parameter-text.ts';
import { readTemplate } from '../../src/definition/template.ts';
import { evidence, questionnaire, rulesOf, templateText } from '../document/sample.ts';

const good = templateText.text;

function read(text: string): readonly { readonly code: string; readonly at: string; readonly said: string }[] {
  const source = { path: 'consent.en.md', text };
  return readTemplate(source, { questionnaire, evidence }).diagnostics.map(({ code, at, message, help }) => ({
    code,
    at: text.slice(at.start, at.end),
    said: `${message}; ${help}`,
  }));
}

function without(start: string): string {
  const from = good.indexOf(start);
  expect(from, start).toBeGreaterThan(0);
  return good.slice(0, from) + good.slice(good.indexOf('\n:::\n', from) + 5);
}

function swap(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

test('the shipped form is sound', () => expect(read(good)).toEqual([]));

test('a block without an end is one fault: what follows it is read as ever', () => {
  const text = good.replace(/(Ask someone to stay with you [^:]*):::\n/, '$1');
  expect(read(text)).toEqual([
    {
      code: 'unclosed-block',
      at: ':::clause[Someone takes you home]{id="escort" initials}',
      said: 'the block has no end; write `:::` on a line of its own after its text',
    },
  ]);
});

test('Windows line ends change nothing', () => expect(read(good.replaceAll('\n', '\r\n'))).toEqual([]));

describe('questions to the patient, one fault each', () => {
  const bladder = '{id="bladder" rule="cr-bladder"}';
  test.each([
    [
      'three for everybody',
      without(':::teach-back[Driving'),
      'missing-clause',
      ':::teach-back[Saying no',
      '4 are needed',
    ],
    [
      'seven for everybody',
      ['alcohol', 'mania', 'bladder'].reduce(
        (text, id) => text.replace(new RegExp(`(teach-back.*id="${id}") rule="[^"]*"`), '$1 always'),
        good,
      ),
      'wrong-attribute',
      ':::teach-back[Your bladder]',
      'one question more than the 6',
    ],
    [
      'an id twice',
      swap(bladder, '{id="misuse" rule="cr-bladder"}'),
      'duplicate-clause',
      ':::teach-back[Craving',
      '`misuse`',
    ],
    [
      'no such rule',
      swap(bladder, '{id="bladder" rule="cr-blader"}'),
      'unknown-rule',
      ':::teach-back[Your bladder]',
      'cr-bladder',
    ],
    [
      'a rule without a form',
      swap(bladder, '{id="bladder" rule="dnp-stroke"}'),
      'unprintable-finding',
      ':::teach-back[Your bladder]',
      'dnp-stroke',
    ],
    ['for nobody', swap(bladder, '{id="bladder"}'), 'missing-attribute', ':::teach-back[Your bladder]', 'always'],
    [
      'for everybody and for some',
      swap(bladder, '{id="bladder" always rule="cr-bladder"}'),
      'wrong-attribute',
      ':::teach-back[Your bladder]',
      'do not go together',
    ],
    ['no title', swap(':::teach-back[Your bladder]', ':::teach-back'), 'missing-title', ':::teach-back{', 'title'],
    [
      'no question',
      swap('Which bladder trouble will you tell us about?\n', ''),
      'empty-block',
      ':::teach-back[Your bladder]',
      'no question',
    ],
    [
      'no points',
      swap(
        '- Pain, going more often, or blood in the urine.\n- We ask at every visit, and stop if it gets worse.\n',
        '',
      ),
      'empty-block',
      ':::teach-back[Your bladder]',
      'good answer',
    ],
    [
      'a field',
      swap('Which bladder trouble', 'Whom do you call at {{clinic.phone}}? Which bladder trouble'),
      'unsupported-markdown',
      'Whom do you call',
      'words alone',
    ],
    ['a number from nowhere', swap('Which bladder trouble', 'Which 7 bladder troubles'), 'unproved-number', '7', '7'],
    ['no slot', swap('::slot{id="teach-back"}\n', ''), 'missing-slot', '::slot{id="review"}', 'teach-back'],
    ['a word left out', swap('  saidNotYet: Not yet\n', ''), 'missing-key', '', 'saidNotYet'],
  ])('%s', (_name, text, code, at, said) => {
    const problems = read(text);
    expect(problems.map((problem) => problem.code)).toContain(code);
    const found = problems.find((problem) => problem.code === code);
    expect(found?.at).toContain(at);
    expect(found?.said).toContain(said);
  });
});

describe('one fault each: code, place, and what is said', () => {
  test.each([
    ['no front matter', good.slice(good.indexOf('## ')), 'front-matter-missing', '', '---'],
    [
      'a front matter key too many',
      swap('status: draft', 'status: draft\ncolour: red'),
      'unknown-key',
      'colour',
      'colour',
    ],
    ['a front matter key left out', swap('title: Consent for IV ketamine treatment\n', ''), 'missing-key', '', 'title'],
    ['a word left out', swap('  initials: Initials\n', ''), 'missing-key', '', 'initials'],
    [
      'another questionnaire',
      swap('questionnaire: iv-ketamine', 'questionnaire: ect'),
      'wrong-questionnaire',
      'ect',
      'iv-ketamine',
    ],
    [
      'a card with an unknown answer',
      swap('name: applicant.name', 'name: applicant.nam'),
      'unknown-link-id',
      'applicant.nam',
      'applicant.name',
    ],
    [
      'an unknown directive',
      swap(':::clause[Food and drink]', ':::claus[Food and drink]'),
      'unknown-directive',
      ':::claus',
      'clause',
    ],
    [
      'an unknown attribute',
      swap('{id="escort" initials}', '{id="escort" initial}'),
      'unknown-attribute',
      'initial',
      'initials',
    ],
    [
      'an attribute left out',
      swap('{id="fasting"}', '{initials}'),
      'missing-attribute',
      ':::clause[Food and drink]',
      'id',
    ],
    [
      'a band that is none',
      swap('id="mania" band=unknown', 'id="mania" band=rarely'),
      'wrong-attribute',
      'band',
      'rare',
    ],
    [
      'an unknown clause id',
      swap('id="fasting"', 'id="fastin"'),
      'unknown-clause',
      ':::clause[Food and drink]',
      'fasting',
    ],
    [
      'a clause twice',
      `${good}\n:::clause[Again]{id="fasting"}\nAgain.\n:::\n`,
      'duplicate-clause',
      ':::clause[Again]',
      'twice',
    ],
    [
      'an always-clause left out',
      without(':::clause[Food and drink]'),
      'missing-clause',
      ':::clause[How we watch',
      'fasting',
    ],
    ['a benefit left out', without(':::benefit[PTSD]'), 'missing-clause', ':::benefit[Depression in bipolar', 'ptsd'],
    ['a risk left out', without(':::risk[Mania]'), 'missing-clause', ':::risk[Low mood', 'mania'],
    [
      'a clause for one supply only',
      without(':::clause[This use is off-label, and'),
      'missing-clause',
      'off-label',
      'compounded',
    ],
    [
      'an element crossed off the list',
      swap('    - cost\n', '').replace(/:::clause\[What it costs\][\s\S]*?\n:::\n/, ''),
      'missing-clause',
      '',
      'cost',
    ],
    ['initials forgotten', swap('{id="escort" initials}', '{id="escort"}'), 'missing-initials', 'escort', 'initials'],
    ['an unknown rule', swap('rule="cr-tia"', 'rule="cr-tja"'), 'unknown-rule', 'cr-tja', 'cr-tia'],
    [
      'a rule that never ends in a form',
      swap('rule="cr-tia"', 'rule="dnp-stroke"'),
      'unprintable-finding',
      'dnp-stroke',
      'never',
    ],
    ['a rule twice', swap('rule="cr-tia"', 'rule="cr-liver"'), 'duplicate-clause', 'cr-liver', 'two clauses'],
    ['an unknown field', swap('{{clinic.phone}}', '{{clinic.fone}}'), 'unknown-field', '{{clinic.fone}}', 'phone'],
    ['a field of nothing', swap('{{clinic.phone}}', '{{phone}}'), 'unknown-field', '{{phone}}', 'clinic.phone'],
    [
      'an unknown parameter',
      swap('params.fastingFoodMinutes', 'params.fastingFoodMinute'),
      'unknown-field',
      'fastingFoodMinute',
      'fastingFoodMinutes',
    ],
    [
      'an unknown evidence id',
      swap('evidence="holmes-2022"', 'evidence="holmes-2021"'),
      'unknown-evidence',
      'holmes-2021',
      'holmes-2022',
    ],
    [
      'an unknown citation',
      swap('We do not promise it.', 'We do not promise it [@holmes-2023].'),
      'unknown-evidence',
      '[@holmes-2023]',
      'holmes-2022',
    ],
    [
      'a number out of nowhere',
      swap('64 in 100 people were much better', '66 in 100 people were much better'),
      'unproved-number',
      '66',
      'evidence=',
    ],
    [
      'two figures mixed up',
      swap('64 in 100 people were much better', '64 in 28 people were much better'),
      'unproved-number',
      '64',
      '64',
    ],
    ['a figure of another study', swap('5 in 1,000 more', '64 in 100 more'), 'unproved-number', '64', '64'],
    ['a number in a heading', swap('## Your rights', '## Your 7 rights'), 'unproved-number', '7', '7'],
    [
      'a weaker driving rule',
      swap('at least 24 hours after the infusion', 'at least 12 hours after the infusion'),
      'unproved-number',
      '12',
      '12',
    ],
    [
      'indirect evidence without its mark',
      swap(
        'band=very-common evidence="esketamine-pooled spravato-label ketalar-label" indirect}',
        'band=very-common evidence="esketamine-pooled spravato-label ketalar-label"}',
      ),
      'unmarked-indirect',
      ':::risk',
      'esketamine-pooled',
    ],
    [
      'a mark without indirect evidence',
      swap('evidence="holmes-2022"}', 'evidence="holmes-2022" indirect}'),
      'unmarked-indirect',
      ':::benefit',
      'remove',
    ],
    ['text outside a clause', `${good}\nPlease sign.\n`, 'loose-text', 'Please sign.', 'clause'],
    ['italics', swap('You may feel fine', 'You *may* feel fine'), 'unsupported-markdown', '*may*', 'italics'],
    ['HTML', swap('You may feel fine', 'You <b>may</b> feel fine'), 'unsupported-markdown', '<b>', 'HTML'],
    ['a link', swap('You may feel fine', 'You [may](x) feel fine'), 'unsupported-markdown', '[may](x)', 'link'],
    [
      'a block without a title',
      swap(':::clause[Food and drink]', ':::clause'),
      'missing-title',
      ':::clause{id="fasting"}',
      'title',
    ],
    ['an empty block', swap('{{clinic.cost}}\n', ''), 'empty-block', ':::clause[What it costs]', 'nothing'],
    [
      'the end of the last block cut off',
      good.trimEnd().slice(0, -4),
      'unclosed-block',
      ':::signature[Witness]',
      ':::',
    ],
    [
      'cut off in the last block',
      good.slice(0, good.indexOf('I took no part')),
      'unclosed-block',
      ':::signature[Witness]',
      'no end',
    ],
    [
      'a block inside another',
      swap('I saw the signing.', 'I saw the signing.\n::slot{id="record"}\n'),
      'unclosed-block',
      ':::signature[Witness]',
      ':::',
    ],
    [
      'a signature left out',
      without(':::signature[Witness]'),
      'missing-signature',
      ':::signature[Interpreter]',
      'witness',
    ],
    ['a slot left out', swap('::slot{id="not-known"}', ''), 'missing-slot', '::slot{id="patient"}', 'not-known'],
    ['an unknown slot', swap('::slot{id="review"}', '::slot{id="reviews"}'), 'unknown-slot', 'id', 'review'],
    [
      'a condition on an unknown answer',
      swap('when="applicant.interpreter=qualified"', 'when="applicant.interprter=qualified"'),
      'unknown-link-id',
      ':::signature',
      'applicant.interpreter',
    ],
    [
      'a condition on an unknown option',
      swap('when="applicant.interpreter=qualified"', 'when="applicant.interpreter=qualifed"'),
      'unknown-option',
      ':::signature',
      'qualified',
    ],
  ])('%s', (_what, text, code, at, said) => {
    const found = read(text).find((each) => each.code === code);
    expect(found, JSON.stringify(read(text))).toBeDefined();
    expect(found?.at).toContain(at);
    expect(found?.said).toContain(said);
  });

  test.each([...rulesOf('proceed-with-conditions'), ...rulesOf('clinician-review')].map((rule) => [rule]))(
    'the clause of %s is missed',
    (rule) => {
      const at = good.indexOf(`rule="${rule}"`);
      const from = good.lastIndexOf(':::finding', at);
      const cut = good.slice(0, from) + good.slice(good.indexOf('\n:::\n', from) + 5);
      expect(read(cut)).toEqual([
        expect.objectContaining({ code: 'missing-finding', said: expect.stringContaining(rule) }),
      ]);
    },
  );
});

test('an unverified study lends no number', () => {
  const unverified = {
    ...evidence,
    entries: evidence.entries.map((entry) =>
      entry.id === 'feder-2021' ? { ...entry, how: 'not-verified' as const } : entry,
    ),
  };
  const { diagnostics } = readTemplate(templateText, { questionnaire, evidence: unverified });
  expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['unproved-number']));
});

test('whatever block is cut off the end, reading ends in diagnostics', () => {
  // A cut inside the last block leaves a form that is whole but for some words.
  const last = good.lastIndexOf(':::signature');
  for (let end = 0; end < last; end += 997) expect(read(good.slice(0, end)).length).toBeGreaterThan(0);
});

test.each([
  [360, 'min', '6 hours'],
  [90, 'min', '90 minutes'],
  [42, 'd', '42 days'],
  [5, '{score}', undefined],
])('%i %s reads %s', (value, unit, text) => {
  const parameter = { name: 'x', title: 'x', value, scale: 0, unit, because: 'x', sources: [] };
  expect(parameterText(parameter, { h: 'hours', min: 'minutes', d: 'days' })).toBe(text);
});
