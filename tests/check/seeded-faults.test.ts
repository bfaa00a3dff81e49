import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDefinition, type DefinitionTexts, filesOf } from '../../src/check/check.ts';
import { placesOf } from '../../src/check/places.ts';
import { diagnosticsOf } from '../../src/check/rule.ts';
import { checkRules } from '../../src/check/rules.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import type { SourceText } from '../../src/definition/yaml-source.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { place } from '../../src/report/diagnostics.ts';
import { shippedFolder, shippedSources } from '../shipped.ts';

const cases = readdirSync(`${shippedFolder}/cases`).map(
  (name): SourceText => ({ path: `cases/${name}`, text: readFileSync(`${shippedFolder}/cases/${name}`, 'utf8') }),
);
const shipped: DefinitionTexts = { ...shippedSources(), cases, templates: [] };

const original = new Map(filesOf(shipped).map(({ path, text }) => [path, text]));

/** The shipped definition with one replacement in one file. */
function changed(path: string, from: string, to: string): DefinitionTexts {
  const change = (file: SourceText): SourceText => {
    if (file.path !== path) return file;
    expect(file.text.split(from).length - 1, `"${from}" must stand once in ${path}`).toBe(1);
    return { path, text: file.text.replace(from, () => to) };
  };
  return {
    ...shipped,
    main: change(shipped.main),
    tables: shipped.tables.map(change),
    cases: shipped.cases.map(change),
  };
}

/** What is found without running a case or a proof: in reading, and by the rules. */
function lint({ main, tables }: DefinitionTexts): readonly Diagnostic[] {
  const { questionnaire, yaml, diagnostics } = readQuestionnaire(main, tables);
  if (!questionnaire || !yaml) return diagnostics;
  const places = placesOf(yaml);
  return [...diagnostics, ...checkRules.flatMap((rule) => diagnosticsOf(rule, questionnaire, places))];
}

/**
 * A fault: in `to`, what stands between ⟦ and ⟧ must be marked. Where the fault shows in another file or place, `shows`
 * is that file, a text before the marked one, and the marked one.
 */
interface Fault {
  readonly title: string;
  readonly file?: string;
  readonly from: string;
  readonly to: string;
  readonly code: string;
  readonly shows?: readonly [path: string, after: string, marked: string];
  /** A file of cases that brings it to light, beside the baseline and those named above. */
}

const questionnaire = 'questionnaire.yaml';
const drugs = 'antidepressants.yaml';

/** Line and column, from 1, of `offset`. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const reading: readonly Fault[] = [
  {
    title: 'a linkId misspelt in a rule',
    from: 'when: cardiac.avm\n    reason',
    to: 'when: ⟦cardiac.amv⟧\n    reason',
    code: 'unknown-name',
  },
  {
    title: 'a linkId misspelt in a folded condition',
    from: '      vitals.hypertensiveSymptoms\n    reason',
    to: '      ⟦vitals.hypertensiveSymptom⟧\n    reason',
    code: 'unknown-name',
  },
  {
    title: 'an option that does not exist',
    from: 'when: cardiac.aneurysm == "present"\n    reason',
    to: 'when: cardiac.aneurysm == ⟦"presnt"⟧\n    reason',
    code: 'unknown-option',
  },
  {
    title: 'an option renamed in the question alone',
    from: '- { code: decompensated,',
    to: '- { code: decompensating,',
    code: 'unknown-option',
    shows: [questionnaire, 'id: dnp-heart-failure', '"decompensated"'],
  },
  {
    title: 'a parameter misspelt',
    from: 'when: age < params.minimumAge\n',
    to: 'when: age < ⟦params.minimunAge⟧\n',
    code: 'unknown-name',
  },
  {
    title: 'a limit beyond what the question takes',
    from: 'value: 110\n    unit: /min',
    to: 'value: 260\n    unit: /min',
    code: 'never-true',
    shows: [questionnaire, 'vitals.heartRate < params.heartRateLow || ', 'vitals.heartRate > params.heartRateHigh'],
  },
  {
    title: 'a lowest dose that every dose reaches',
    file: drugs,
    from: 'names: [Savella, Ixel, Milnaciprán]\n    values: { minimumDose: 100 }',
    to: 'names: [Savella, Ixel, Milnaciprán]\n    values: { minimumDose: 0 }',
    code: 'always-true',
    shows: [
      questionnaire,
      't.currentEpisode &&\n      ',
      't.dose >= lookup("antidepressants", t.medication, "minimumDose")',
    ],
  },
  {
    title: 'a lowest dose that no dose reaches',
    file: drugs,
    from: 'names: [Savella, Ixel, Milnaciprán]\n    values: { minimumDose: 100 }',
    to: 'names: [Savella, Ixel, Milnaciprán]\n    values: { minimumDose: 1000.1 }',
    code: 'never-true',
    shows: [
      questionnaire,
      't.currentEpisode &&\n      ',
      't.dose >= lookup("antidepressants", t.medication, "minimumDose")',
    ],
  },
  {
    title: 'text compared with a number',
    from: 'when: cardiac.stroke == "tia"\n',
    to: 'when: ⟦cardiac.stroke == 1⟧\n',
    code: 'cel-type',
  },
  {
    title: 'a condition that is not CEL',
    from: 'when: cardiac.stroke == "tia"\n',
    to: 'when: cardiac.stroke == "tia" ⟦and⟧ true\n',
    code: 'cel-syntax',
  },
  {
    title: 'a yes/no condition left without a comparison',
    from: 'when: cardiac.stroke == "tia"\n',
    to: 'when: ⟦cardiac.stroke⟧\n',
    code: 'cel-type',
  },
  {
    title: 'a regular expression',
    from: 'when: cardiac.avm\n    reason',
    to: 'when: ⟦applicant.id.matches("a+")⟧\n    reason',
    code: 'not-analysable',
  },
  {
    title: 'a rule without a source',
    from: '    sources: [nhs-sps-porphyria]\n  - id: dnp-allergy',
    to: '    sources: ⟦[]⟧\n  - id: dnp-allergy',
    code: 'wrong-shape',
  },
  {
    title: 'a source that does not exist',
    from: '    sources: [nhs-sps-porphyria]\n  - id: dnp-allergy',
    to: '    sources: [⟦nhs-sps-porfyria⟧]\n  - id: dnp-allergy',
    code: 'unknown-source',
  },
  {
    title: 'a source removed from the list',
    from: '  - id: nhs-sps-porphyria\n',
    to: '  - id: nhs-porphyria\n',
    code: 'unknown-source',
    shows: [questionnaire, 'id: dnp-porphyria', 'nhs-sps-porphyria'],
  },
  {
    title: 'an unknown key',
    from: '    counts: Check it against an identity document.'.trim(),
    to: '⟦count⟧: Check it against an identity document.',
    code: 'unknown-key',
  },
  {
    title: 'a key that stands twice',
    from: '    disposition: do-not-proceed\n    when: cardiac.avm\n',
    to: '    disposition: do-not-proceed\n    ⟦disposition⟧: defer\n    when: cardiac.avm\n',
    code: 'duplicate-key',
  },
  {
    title: 'a rule id that stands twice',
    from: '  - id: dnp-avm\n',
    to: '  - id: ⟦dnp-aneurysm⟧\n',
    code: 'duplicate-id',
  },
  {
    title: 'a disposition that does not exist',
    from: '    disposition: do-not-proceed\n    when: cardiac.avm\n',
    to: '    disposition: ⟦dont-proceed⟧\n    when: cardiac.avm\n',
    code: 'wrong-shape',
  },
  {
    title: 'an emergency without steps',
    from: '  - id: dnp-avm\n    disposition: do-not-proceed\n',
    to: '  - id: ⟦dnp-avm⟧\n    disposition: emergency\n',
    code: 'wrong-shape',
  },
  {
    title: 'an absence milder than allowed',
    from: '    when: cardiac.avm\n    reason',
    to: '    absence: { unknown: ⟦proceed-with-conditions⟧ }\n    when: cardiac.avm\n    reason',
    code: 'absence-milder',
  },
  {
    title: 'an anchor',
    from: 'title: IV ketamine eligibility',
    to: 'title: &title ⟦IV ketamine eligibility⟧',
    code: 'yaml-feature',
  },
  {
    title: 'a merge key',
    from: 'title: IV ketamine eligibility',
    to: 'title: IV ketamine eligibility\n⟦<<⟧: { status: draft }',
    code: 'yaml-feature',
  },
  { title: 'a version without quotes', from: 'version: "1.0.0"', to: 'version: ⟦1.1⟧', code: 'wrong-shape' },
  {
    title: 'a question that depends on a later one',
    from: 'enableWhen: cardiac.mi\n',
    to: 'enableWhen: ⟦today.escort⟧\n',
    code: 'asked-later',
  },
  {
    title: 'a table file that is not there',
    from: 'antidepressants: antidepressants.yaml',
    to: 'antidepressants: ⟦antidepressant.yaml⟧',
    code: 'missing-file',
  },
  {
    title: 'a drug name that means two rows',
    file: drugs,
    from: 'names: [Zoloft, Lustral, Sertralina]',
    to: 'names: [Zoloft, ⟦Prozac⟧]',
    code: 'duplicate-id',
  },
  {
    title: 'a drug without a dose',
    file: drugs,
    from: '  - key: sertraline\n    names: [Zoloft, Lustral, Sertralina]\n    values: { minimumDose: 50 }',
    to: '  - key: sertraline\n    names: [Zoloft, Lustral, Sertralina]\n    values: ⟦{ }⟧',
    code: 'wrong-shape',
  },
];

/** Faults in a definition that still reads: found by a check rule, without the golden cases. */
const ruleFaults: readonly Fault[] = [
  {
    title: 'a limit of another unit',
    from: 'value: 110\n    unit: /min',
    to: 'value: 110\n    unit: "%"',
    code: 'mixed-units',
    shows: [questionnaire, 'vitals.heartRate < params.heartRateLow || ', 'vitals.heartRate > params.heartRateHigh'],
  },
  {
    title: 'a digit lost in the factor of a pound',
    from: 'factor: "0.45359237"',
    to: 'factor: ⟦"0.4535923"⟧',
    code: 'wrong-factor',
  },
  {
    title: 'a week of eight days',
    from: 'names: [wk, wks, week, weeks], factor: "7"',
    to: 'names: [wk, wks, week, weeks], factor: ⟦"8"⟧',
    code: 'wrong-factor',
  },
  {
    title: 'a calculated value in another unit than what it is made of',
    from: 'title: Governing systolic pressure\n    unit: "mm[Hg]"',
    to: 'title: Governing systolic pressure\n    unit: ⟦kPa⟧',
    code: 'mixed-units',
  },
  {
    title: 'doses of a table in another unit than those that were taken',
    file: drugs,
    from: 'minimumDose: { unit: mg/d,',
    to: 'minimumDose: { unit: mg/kg,',
    code: 'mixed-units',
    shows: [
      questionnaire,
      't.currentEpisode &&\n      ',
      't.dose >= lookup("antidepressants", t.medication, "minimumDose")',
    ],
  },
  {
    title: 'a clinical number without a name',
    from: 'today.minutesSinceFood < params.fastingFoodMinutes',
    to: 'today.minutesSinceFood < params.fastingFoodMinutes || today.minutesSinceFood < ⟦300⟧',
    code: 'bare-clinical-number',
  },
  {
    title: 'a parameter that no condition reads any more',
    from: 'today.minutesSinceFood < params.fastingFoodMinutes',
    to: 'today.minutesSinceFood < params.fastingFluidMinutes',
    code: 'unread-parameter',
    shows: [questionnaire, 'sources: [audit-c, product-choice]', 'fastingFoodMinutes'],
  },
  {
    title: 'a unit as people write it',
    from: 'value: 94\n    unit: "%"',
    to: 'value: 94\n    unit: ⟦percent⟧',
    code: 'unknown-unit',
  },
  {
    title: 'a "none of these" that excludes nothing',
    from: 'text: None of these, exclusive: true }',
    to: 'text: None of these }',
    code: 'exclusive-missing',
    shows: [questionnaire, 'linkId: medicines', '- { code: theophylline'],
  },
  {
    title: 'a rule that contradicts itself',
    from: 'when: cardiac.stroke == "tia"\n',
    to: 'when: ⟦cardiac.stroke == "tia" && cardiac.stroke == "stroke"⟧\n',
    code: 'unreachable-rule',
  },
  {
    title: 'a rule that contradicts what its question depends on',
    from: 'when: pregnancy.test == "positive"\n    reason',
    to: 'when: \'⟦⟧pregnancy.test == "positive" && !pregnancy.possible && answered(pregnancy.possible)\'\n    reason',
    code: 'unreachable-rule',
    shows: [questionnaire, 'id: dnp-pregnant', "'pregnancy.test"],
  },
  {
    title: 'a question that is never asked',
    from: 'enableWhen: cardiac.mi\n',
    to: 'enableWhen: ⟦cardiac.mi && cardiac.mi == false⟧\n',
    code: 'unreachable-item',
  },
  {
    title: 'one condition in two rules',
    from: 'when: cardiac.stroke == "stroke"\n    reason',
    to: 'when: ⟦cardiac.avm⟧\n    reason',
    code: 'duplicate-condition',
  },
  {
    title: 'a misspelt clinic fact in an emergency step',
    from: '- Call {{clinic.clinicianOnDuty}} to come and see the person now ({{clinic.phone}}).',
    to: '- Call {{clinic.clinicianOnDuty}} to come and see the person now (⟦{{clinic.fone}}⟧).',
    code: 'unknown-field',
  },
  {
    title: 'an option that its rule forgot',
    from: '"maoi" in medicines || "maoi-last-14-days" in medicines',
    to: '"maoi" in medicines',
    code: 'unread-option',
    shows: [questionnaire, 'code: maoi,', 'maoi-last-14-days'],
  },
  {
    title: 'unknown, of a question that takes none',
    from: 'when: "!today.escort"\n    reason',
    to: 'when: "!today.escort || ⟦unknown(today.escort)⟧"\n    reason',
    code: 'impossible-absence',
  },
  {
    title: 'a plausible range the wrong way round',
    from: 'plausible: { min: 35, max: 40 }',
    to: 'plausible: ⟦{ min: 40, max: 35 }⟧',
    code: 'plausible-range',
  },
];

const wholeRule = (id: string): string =>
  new RegExp(`  - id: ${id}\\n(?:    .*\\n)+`).exec(shipped.main.text)?.[0] ?? '';

/** Faults that only the golden cases, the invariants or an absent answer bring to light. */
const caseFaults: readonly Fault[] = [
  {
    title: 'a limit raised past an invariant',
    from: 'value: 100\n    unit: "mm[Hg]"',
    to: 'value: 111\n    unit: "mm[Hg]"',
    code: 'case-failed',
    shows: ['cases/blood-pressure.yaml', 'id: v007', '{ disposition: defer'],
  },
  {
    title: 'a younger minimum age',
    from: 'value: 18\n    unit: a',
    to: 'value: 17\n    unit: a',
    code: 'invariant-broken',
    shows: [questionnaire, '  - id: ', 'inv-minor'],
  },
  {
    title: 'a strict comparison for an inclusive one',
    from: 'vitals.temperature >= params.feverFrom',
    to: 'vitals.temperature > params.feverFrom',
    code: 'case-failed',
    shows: ['cases/every-rule.yaml', 'temperature: 38 ', '{ disposition: defer'],
  },
  {
    title: 'a rule dropped',
    from: wholeRule('dnp-porphyria'),
    to: '',
    code: 'unknown-rule',
    shows: ['cases/every-rule.yaml', 'rules: [', 'dnp-porphyria'],
  },
  {
    title: 'a contraindication made a mere review',
    from: wholeRule('dnp-mania'),
    to: wholeRule('dnp-mania').replace('do-not-proceed', 'proceed-with-conditions'),
    code: 'invariant-broken',
    shows: [questionnaire, '  - id: ', 'inv-mania'],
  },
  {
    title: 'an absent answer waved through',
    from: `when: 'neuro.seizures in ["controlled", "uncontrolled"]'`,
    to: `when: 'answered(neuro.seizures) && neuro.seizures in ["controlled", "uncontrolled"]'`,
    code: 'absent-answer-milder',
    shows: [questionnaire, 'linkId: ', 'neuro.seizures'],
  },
  {
    title: 'a drug dose lowered',
    file: drugs,
    from: 'names: [Zoloft, Lustral, Sertralina]\n    values: { minimumDose: 50 }',
    to: 'names: [Zoloft, Lustral, Sertralina]\n    values: { minimumDose: 25 }',
    code: 'case-failed',
    shows: ['cases/indication-and-severity.yaml', 'id: v093', '{ disposition: clinician-review'],
  },
  {
    title: 'a misspelt question in a case',
    file: 'cases/pregnancy.yaml',
    from: 'pregnancy.possible: true, pregnancy.test: positive',
    to: 'pregnancy.possible: true, ⟦pregnancy.tets⟧: positive',
    code: 'unknown-name',
  },
  {
    title: 'a misspelt question in an entry of a case',
    file: 'cases/indication-and-severity.yaml',
    from: 'sertraline, dose: 25,',
    to: 'sertraline, ⟦dosis⟧: 25,',
    code: 'unknown-name',
  },
  {
    title: 'a misspelt rule in a case',
    file: 'cases/pregnancy.yaml',
    from: 'rules: [dnp-pregnant]',
    to: 'rules: [⟦dnp-pregnent⟧]',
    code: 'unknown-rule',
  },
  {
    title: 'a case that expects something else',
    file: 'cases/pregnancy.yaml',
    from: '{ disposition: do-not-proceed, rules: [dnp-pregnant] }',
    to: '⟦{ disposition: defer, rules: [dnp-pregnant] }⟧',
    code: 'case-failed',
  },
  {
    title: 'a case with an answer out of range',
    file: 'cases/brain-eyes-organs.yaml',
    from: 'body.weight: 101.1',
    to: 'body.weight: ⟦1011⟧',
    code: 'case-answers',
  },
  {
    title: 'a case with an answer to a question that is not asked',
    file: 'cases/pregnancy.yaml',
    from: 'pregnancy.possible: true, pregnancy.test: positive',
    to: 'pregnancy.possible: false, pregnancy.test: ⟦positive⟧',
    code: 'case-answers',
  },
  {
    title: 'a case id that stands twice',
    file: 'cases/pregnancy.yaml',
    from: 'id: v055',
    to: 'id: ⟦v053⟧',
    code: 'duplicate-id',
  },
  {
    title: 'a disposition that does not exist in a case',
    file: 'cases/pregnancy.yaml',
    from: 'disposition: do-not-proceed',
    to: 'disposition: ⟦do-not-procede⟧',
    code: 'wrong-shape',
  },
  {
    title: 'broken YAML in the baseline',
    file: 'cases/baseline.yaml',
    from: 'medicines: [none]',
    to: 'medicines: [none⟦⟧',
    code: 'yaml-syntax',
    shows: ['cases/baseline.yaml', 'medicines: [none\n  ', 'today.illness'],
  },
];

describe('faults put into a copy of the shipped definition', () => {
  test('there is none before', () => {
    expect(checkDefinition(shipped).diagnostics).toEqual([]);
  });

  const run = (fault: Fault, check: (texts: DefinitionTexts) => readonly Diagnostic[]) => {
    const { file = questionnaire, from, to, code, shows } = fault;
    const texts = changed(file, from, to.replace('⟦', '').replace('⟧', ''));
    const sources = new Map(filesOf(texts).map((each) => [each.path, each.text]));
    const found = place(check(texts), sources);
    const path = shows?.[0] ?? file;
    const text = sources.get(path) ?? '';
    const marked = shows?.[2] ?? /⟦([\s\S]*)⟧/.exec(to)?.[1] ?? '';
    const start = shows
      ? text.indexOf(marked, text.indexOf(shows[1]))
      : (original.get(file)?.indexOf(from) ?? 0) + to.indexOf('⟦');
    const wanted = { path, ...lineAndColumn(text, start), code };
    const places = found.map(({ at, line, column, ...each }) => ({ path: at.path, line, column, code: each.code }));
    expect(places).toContainEqual(wanted);
    const there = found.find(({ at, ...each }) => at.path === path && each.line === wanted.line && each.code === code);
    if (!shows) expect(text.slice(there?.at.start, there?.at.end)).toBe(marked);
    return found;
  };

  test.each(reading)('$title: $code', (fault) => {
    const found = run(fault, lint);
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set([fault.code]));
  });

  test.each(ruleFaults)('$title: $code', (fault) => {
    const found = run(fault, lint);
    expect(found).toHaveLength(1);
  });

  test.each(caseFaults)('$title: $code', (fault) => {
    run(fault, (texts) => checkDefinition(texts).diagnostics);
  });
});
