import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDefinition, type DefinitionTexts } from '../../src/check/check.ts';
import { completed } from '../../src/check/example.ts';
import { markdownOf, type Page, pageOf, pages } from '../../src/check/pages.ts';
import { parityProblems } from '../../src/check/parity.ts';
import { hardToRead } from '../../src/check/readability.ts';
import { checkRules } from '../../src/check/rules.ts';
import { readEvidence, staleEvidence, untranslatedStudies } from '../../src/definition/evidence.ts';
import { readQuestionTexts } from '../../src/definition/questions.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { SourceText } from '../../src/definition/yaml-source.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { EvidenceLedger } from '../../src/model/evidence.ts';
import { parseDate } from '../../src/model/local-date.ts';
import { shippedQuestionnaire, shippedSources } from '../shipped.ts';

const root = new URL('../../', import.meta.url);
const shipped = (path: string) => ({ path, text: readFileSync(new URL(path, root), 'utf8') });

const page = shipped('docs/check.md').text;
const [head = ''] = page.split(/(?<=^<!-- From here on .*$)/m);

test('docs/check.md has a page for every rule, as the rule has it', async () => {
  const written = checkRules.flatMap(({ code }) => pageOf(code) ?? []).map(markdownOf);
  await expect([head, '', ...written].join('\n')).toMatchFileSnapshot('../../docs/check.md');
});

test('docs/check.md names every other code', () => {
  const rules = new Set(checkRules.map(({ code }) => String(code)));
  const missing = pages.filter(({ code }) => !rules.has(code) && !head.includes(`\`${code}\``));
  expect(missing.map(({ code }) => code)).toEqual([]);
});

test('no code has two pages', () => {
  const codes = pages.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test('nothing that decides who gets through can be suppressed', () => {
  expect(pages.filter(({ suppressible }) => suppressible).map(({ code }) => code)).toMatchInlineSnapshot(`
    [
      "band-gap",
      "double-negative",
      "duplicate-condition",
      "idle-answer",
      "long-text",
      "missing-cost",
      "missing-why",
      "review-of-another-text",
      "two-questions",
      "unknown-unit",
      "unreachable-disposition",
      "unread-option",
      "unread-parameter",
      "unread-question",
      "untested-rule",
      "untranslated-study",
    ]
  `);
});

const form = shipped('templates/iv-ketamine/consent.en.md');
const translation = shipped('templates/iv-ketamine/consent.es.md');
const questions = shipped('templates/iv-ketamine/questions.es.yaml');
const ledger = shipped('templates/iv-ketamine/evidence.yaml');
const evidence = readEvidence(ledger).evidence as EvidenceLedger;
const questionnaire = shippedQuestionnaire();
const baseline = (answers: string) => ({
  path: 'cases/baseline.yaml',
  text: `id: base\ntitle: Base\nanswers: ${answers}\n`,
});
const small: DefinitionTexts = {
  main: { path: 'questionnaire.yaml', text: completed('') },
  tables: [],
  cases: [baseline('{ willing: true }')],
  templates: [],
};

/** What is found where an example stands: in a small definition, or in the shipped form or evidence in place of the mended text. */
function foundWith(example: string, page: Page): readonly Diagnostic[] {
  if (page.code === 'unsigned-form') return checkDefinition(withForm(put(form, example, page))).diagnostics;
  if (page.in === 'template') {
    const source = put(form, example, page);
    const { template, diagnostics } = readTemplate(source, { questionnaire, evidence });
    const at = { path: source.path, start: 0, end: 0 };
    return template ? hardToRead({ template, at }, questionnaire) : diagnostics;
  }
  if (page.in === 'evidence') {
    const { evidence: changed, diagnostics } = readEvidence(put(ledger, example, page));
    if (!changed) return diagnostics;
    const spanish = { language: 'es', cited: new Set(['murrough-2013']) };
    return [...staleEvidence(changed, parseDate('2026-11-24') as number), ...untranslatedStudies(changed, spanish)];
  }
  if (page.in === 'translation') return parityWith(put(translation, example, page));
  if (page.in === 'clinic') {
    const clinic = put(shipped('preinfuse.yaml'), example, page);
    return checkDefinition({ ...withForm(form), templates: [form, translation], questionTexts: [questions], clinic })
      .diagnostics;
  }
  if (page.in === 'questions') {
    return readQuestionTexts(put(questions, example, page), questionnaire, []).diagnostics;
  }
  return checkDefinition(definitionWith(example, page)).diagnostics;
}

function parityWith(source: SourceText): readonly Diagnostic[] {
  const [original, translated] = [
    readTemplate(form, { questionnaire, evidence }),
    readTemplate(source, { questionnaire, evidence, questions }),
  ];
  if (!original.read || !translated.read) return [...original.diagnostics, ...translated.diagnostics];
  return parityProblems(original.read, translated.read, questionnaire);
}

/** The shipped definition with this form: what only the proofs find. */
function withForm(template: SourceText): DefinitionTexts {
  const folder = 'questionnaires/iv-ketamine/cases';
  const cases = readdirSync(folder).map((name) => shipped(`${folder}/${name}`));
  return { ...shippedSources(), cases, templates: [template], evidence: ledger };
}

function put(source: SourceText, example: string, { good = '' }: Page): SourceText {
  expect(source.text, source.path).toContain(good);
  return { ...source, text: source.text.replace(good, () => example) };
}

function definitionWith(example: string, { in: file }: Page): DefinitionTexts {
  switch (file) {
    case 'questionnaire':
      return {
        ...small,
        main: { ...small.main, text: completed(example) },
        ...(example.includes('\nitems:') && { cases: [baseline('{}')] }),
      };
    case 'table':
      return {
        ...small,
        main: { ...small.main, text: completed('tables: { drugs: drugs.yaml }') },
        tables: [{ path: 'drugs.yaml', text: example }],
      };
    default:
      return { ...small, cases: [...small.cases, { path: 'cases/some.yaml', text: example }] };
  }
}

describe.each(pages.flatMap((each) => (each.bad === undefined ? [] : [[each.code, each] as const])))(
  '%s',
  (code, own) => {
    test('the bad example gives it', () => {
      expect(foundWith(own.bad ?? '', own).map((each) => each.code)).toContain(code);
    });

    test('the good example does not, nor any error', () => {
      const found = foundWith(own.good ?? '', own);
      expect(found.filter((each) => each.severity === 'error' || each.code === code)).toEqual([]);
    });
  },
);
