import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCases } from '../../src/definition/cases.ts';
import { parameterText } from '../../src/definition/parameter-text.ts';
import { renderConsent } from '../../src/document/consent.ts';
import { assess } from '../../src/engine/assess.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Assessment } from '../../src/model/assessment.ts';
import { type ClinicField, costText } from '../../src/model/clinic.ts';
import { consentForm } from '../../src/model/disposition.ts';
import type { ConsentTemplate, Inline, Passage, TemplateBlock } from '../../src/model/template.ts';
import { clearance, clinic, hasPoppler, questionnaire, requestWith, shipped, templateAt, textOf } from './sample.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const filesIn = (folder: string, pattern: RegExp): readonly string[] =>
  readdirSync(`${root}${folder}`)
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);

const { cases } = readCases(questionnaire, filesIn('questionnaires/iv-ketamine/cases', /\.yaml$/).map(shipped));

interface Applicant {
  readonly answers: Answers;
  readonly assessment: Assessment;
}

/** The golden cases that may have a form, those with the fewest findings first. */
const applicants: readonly Applicant[] = cases
  .flatMap(({ sheet }): readonly Applicant[] => {
    const { answers, errors } = readAnswers(questionnaire, sheet.answers);
    const assessment = assess(questionnaire, answers);
    return errors.length > 0 || consentForm[assessment.disposition] === 'never' ? [] : [{ answers, assessment }];
  })
  .sort((a, b) => a.assessment.findings.length - b.assessment.findings.length);

/** The rules whose answers are known to hold: those the form speaks of. */
function causes({ assessment }: Applicant): ReadonlySet<string> {
  return new Set(assessment.findings.filter(({ absent }) => absent.length === 0).map(({ rule }) => rule));
}

type Written = Exclude<TemplateBlock, { readonly kind: 'slot' }>;

/** What a block says, cut where the numbers of its sources stand, without white space. */
function wordsOf(template: ConsentTemplate, block: Written): readonly string[] {
  const texts = (inlines: readonly Inline[]): readonly string[] =>
    inlines
      .map((inline) =>
        inline.kind === 'text' ? inline.text : inline.kind === 'field' ? fieldText(template, inline) : '\0',
      )
      .join('')
      .split('\0');
  const passages = (passage: Passage): readonly string[] => {
    if (passage.kind === 'picture') return [passage.caption, ...passage.shares.map(({ label }) => label)];
    return passage.kind === 'paragraph' ? texts(passage.of) : passage.items.flatMap(texts);
  };
  return [block.title, ...block.body.flatMap(passages)].map(squeezed).filter((each) => each.length > 1);
}

function fieldText({ units, language }: ConsentTemplate, { field }: Extract<Inline, { kind: 'field' }>): string {
  if (field.name === 'cost') return costText(clinic, language) ?? '';
  if (field.from === 'clinic') return String(clinic[field.name as ClinicField]);
  const parameter = questionnaire.parameters.find(({ name }) => name === field.name);
  return (parameter && parameterText(parameter, units)) ?? '';
}

function squeezed(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '');
}

const languages = filesIn('templates/iv-ketamine', /^consent\..+\.md$/).map((path) => {
  const template = templateAt(path);
  return [template.language, template] as const;
});

describe.skipIf(!hasPoppler).each(languages)('the form in %s', (_language, template) => {
  const blocks = template.sections.flatMap((section) => section.blocks);
  const written = blocks.filter((block): block is Written => block.kind !== 'slot');
  const clauses = written.filter((block) => block.kind === 'finding');
  const always = written.filter(
    (block) =>
      block.kind === 'risk' ||
      block.kind === 'benefit' ||
      (block.kind === 'clause' && (block.supply === undefined || block.supply === clinic.supply)),
  );
  const said = new Map(written.map((block) => [block, wordsOf(template, block)]));

  /** What this clause says and no other block does. */
  const ownWords = (clause: Written): readonly string[] => {
    const others = written.filter((block) => block !== clause).flatMap((block) => said.get(block) ?? []);
    return (said.get(clause) ?? []).filter(
      (words) => words.length > 12 && !others.some((other) => other.includes(words)),
    );
  };
  const own = new Map(clauses.map((clause) => [clause.rule, ownWords(clause)]));

  /** The text of a form, made once for all clauses that the applicant is looked at for. */
  const forms = new Map<Applicant, Promise<string>>();
  const formOf = (applicant: Applicant): Promise<string> => {
    const made = forms.get(applicant) ?? printed(applicant);
    forms.set(applicant, made);
    return made;
  };
  const printed = async ({ answers, assessment }: Applicant): Promise<string> =>
    squeezed(textOf(await renderConsent({ ...requestWith(), template, answers, assessment, clearance })));

  test('every clause can be told from the others by its words', () => {
    expect([...own].filter(([, words]) => words.length === 0)).toEqual([]);
  });

  test.each(clauses.map(({ rule }) => rule))(
    '%s: its words are there, and those of no finding that was not made',
    async (rule) => {
      const applicant = applicants.find((each) => causes(each).has(rule));
      if (!applicant) throw new Error(`no golden case that may have a form finds ${rule}`);
      const text = await formOf(applicant);
      const found = causes(applicant);
      const missing = [...clauses.filter((clause) => found.has(clause.rule)), ...always].flatMap((block) =>
        (said.get(block) ?? []).filter((words) => !text.includes(words)),
      );
      expect(missing).toEqual([]);
      const strangers = clauses.filter(
        (clause) => !found.has(clause.rule) && own.get(clause.rule)?.some((words) => text.includes(words)),
      );
      expect(strangers.map((clause) => clause.rule)).toEqual([]);
    },
  );
});
