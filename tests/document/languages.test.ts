import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkDefinition } from '../../src/check/check.ts';
import { parityProblems } from '../../src/check/parity.ts';
import { distinctForms } from '../../src/check/prove/form.ts';
import { readQuestionTexts } from '../../src/definition/questions.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { SourceText } from '../../src/definition/yaml-source.ts';
import { renderConsent } from '../../src/document/consent.ts';
import { wordingDigest } from '../../src/document/integrity/digests.ts';
import type { Item } from '../../src/model/questionnaire.ts';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';
import { shippedSources } from '../shipped.ts';
import {
  baseline,
  clinic,
  evidence,
  hasPoppler,
  questionnaire,
  requestWith,
  sha256,
  shipped,
  spanish,
  template,
  templateText,
  textOf,
} from './sample.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const spanishText = shipped('templates/iv-ketamine/consent.es.md');
const questions = shipped('templates/iv-ketamine/questions.es.yaml');

function parity(original: SourceText, translation: SourceText, texts: SourceText = questions) {
  const read = (source: SourceText) => {
    const reading = readTemplate(source, { questionnaire, evidence, questions: texts });
    if (!reading.read) throw new Error(JSON.stringify(reading.diagnostics));
    return reading.read;
  };
  return parityProblems(read(original), read(translation), questionnaire);
}

function changed(source: SourceText, from: string, to: string): SourceText {
  expect(source.text).toContain(from);
  return { ...source, text: source.text.replace(from, () => to) };
}

describe('parity', () => {
  test('the shipped Spanish form says what the English one says', () => {
    expect(parity(templateText, spanishText)).toEqual([]);
  });

  test.each([
    ['applicant.interpreter not-needed', 'not-needed: No se necesita', 'not-needed: Se necesita'],
    ['applicant.language other', 'other: Otro idioma', 'other: Ningún otro idioma'],
    ['cardiac.mi', '¿Ha tenido alguna vez un infarto', '¿No ha tenido alguna vez un infarto'],
  ])(
    'a question or an answer that says no where the original does not, or the other way round: %s',
    (name, from, to) => {
      const diagnostics = parity(templateText, spanishText, changed(questions, from, to));
      expect(diagnostics.map(({ code, message, at }) => [code, message.split(':')[0], at.path])).toEqual([
        ['translation-negation', `\`${name}\``, questions.path],
      ]);
    },
  );

  test.each([
    ['translation-order', '{rule="pc-older" evidence="yale-bp-2024"}', '{rule="cr-older" evidence="yale-bp-2024"}', 3],
    ['translation-attribute', 'version: "1.0.0"', 'version: "1.0.1"', 1],
    ['translation-attribute', '{id="signatures" checkboxes}', '{id="signatures"}', 1],
    ['translation-attribute', '{id="plan" lines}', '{id="plan"}', 1],
    ['translation-attribute', 'evidence="holmes-2022"', 'evidence="acevedo-diaz"', 1],
    ['translation-shape', '\n- Firmar no le quita ninguno de sus derechos legales.', '', 1],
    ['translation-number', 'Unas 46 de cada 100 personas en', 'Unas 54 de cada 100 personas en', 1],
    ['translation-number', 'Poco común: entre 1 de cada 1,000', 'Poco común: entre 1 de cada 100', 1],
    ['translation-field', '{{params.fastingFluidMinutes}}', '{{params.fastingFoodMinutes}}', 2],
    ['translation-strong', 'al **988**', 'al 988', 1],
    ['translation-measure', 'h: horas', 'h: días', 3],
    ['translation-measure', 'Hasta más o menos una semana', 'Hasta más o menos un mes', 1],
    ['translation-measure', 'gravemente alta al menos una vez.', 'gravemente alta una vez.', 1],
    ['translation-number', 'con ketamina y 33 de cada 100', 'con ketamina y unas 33 de cada 100', 1],
    [
      'translation-shape',
      'figure="yale-bp-2024.severe"',
      'figure="yale-bp-2024.severe" beside="yale-bp-2024.severe" besideLabel="Otra vez"',
      1,
    ],
    ['translation-negation', 'Díganos si ha tenido problemas', 'No nos diga si ha tenido problemas', 1],
    ['translation-negation', 'No maneje durante al menos 24 horas tras', 'Maneje durante al menos 24 horas tras', 1],
    ['translation-negation', '**ni** antes', '**y** antes', 1],
    ['translation-negation', 'La ketamina no reemplaza la', 'La ketamina reemplaza la', 1],
    ['translation-negation', 'noReview: No hizo falta', 'noReview: Hizo falta', 1],
    ['translation-negation', ':::clause[No maneje]', ':::clause[Maneje]', 1],
  ] as const)('%s: %s', (code, from, to, count) => {
    // Some changes are wrong in themselves; parity is about the two files, so a rule swap goes into both places.
    const other =
      code === 'translation-order'
        ? changed(spanishText, '{rule="cr-older" evidence="yale-bp-2024"}', '{rule="pc-older" evidence="yale-bp-2024"}')
        : spanishText;
    const place = other.text.indexOf(from);
    const text = changed(other, from, to);
    const diagnostics = parity(templateText, text);
    expect(diagnostics.map((each) => each.code)).toContain(code);
    expect(diagnostics.length).toBeLessThanOrEqual(count);
    expect(place).toBeGreaterThan(0);
    for (const { at, related } of diagnostics) {
      expect(at.path).toBe(spanishText.path);
      expect(related?.[0]?.at.path).toBe(templateText.path);
    }
  });

  test('a difference is let be where a reason stands for it, and a reason without one is told', () => {
    const bad = changed(spanishText, 'La ketamina no reemplaza la', 'La ketamina reemplaza la');
    const entry = (says: string): string =>
      `differences:\n  - { says: ${says}, code: translation-negation, because: A test. }`;
    const excused = parity(templateText, changed(bad, 'differences:', entry('La ketamina reemplaza')));
    expect(excused).toEqual([]);
    const idle = parity(templateText, changed(spanishText, 'differences:', entry('La ketamina reemplaza')));
    expect(idle.map(({ code }) => code)).toEqual(['unused-difference']);
  });
});

describe('studies in Spanish', () => {
  const told = evidence.entries.flatMap((entry) =>
    (['authors', 'journal', 'locator'] as const).flatMap((key) => {
      const text = entry.in?.es?.[key];
      return text === undefined ? [] : [[entry.id, key, entry[key] ?? '', text] as const];
    }),
  );

  test('each says who', () => expect(evidence.entries.filter((entry) => !entry.in?.es?.authors)).toEqual([]));

  test('have the numbers of the original', () => {
    const digits = (text: string): readonly string[] => text.match(/\d+/g) ?? [];
    for (const [id, key, original, text] of told) expect(digits(text), `${id}.${key}`).toEqual(digits(original));
  });

  test('are Spanish, and so is all of the ledger that is told in words', () => {
    const english = /\b(and|others|of|the|in|on|study|trial|label|review|records|table|article|summary|read)\b/i;
    expect(told.filter(([, , , text]) => english.test(text))).toEqual([]);
    const left = evidence.entries.flatMap(({ in: own, journal, locator = '' }) => [
      ...(own?.es?.journal === undefined ? [journal] : []),
      ...(own?.es?.locator === undefined ? [locator] : []),
    ]);
    expect(left.filter((text) => english.test(text))).toEqual([]);
  });
});

describe('a study that the ledger does not tell in the language of a form', () => {
  const ledger = shipped('templates/iv-ketamine/evidence.yaml');
  const codesWith = (evidenceText: SourceText): readonly string[] =>
    checkDefinition({
      ...shippedSources(),
      cases: [],
      templates: [templateText, spanishText],
      questionTexts: [questions],
      evidence: evidenceText,
    }).diagnostics.flatMap(({ code, at }) =>
      code === 'untranslated-study' ? [/id: (.*)/.exec(evidenceText.text.slice(at.start, at.end))?.[1] ?? ''] : [],
    );

  test('is told where the form cites it, and no other', () => {
    expect(codesWith(ledger)).toEqual([]);
    expect(codesWith(changed(ledger, 'in: { es: { authors: Murrough y otros } }', ''))).toEqual(['murrough-2013']);
    expect(codesWith(changed(ledger, 'es: { authors: Daly y otros, locator', 'es: { locator'))).toEqual([]);
  });
});

test('what is proved of both forms is proved once', () => {
  const at = { path: 'x', start: 0, end: 0 };
  const form = (of: typeof template) => ({ template: of, at });
  expect(distinctForms([form(template), form(spanish)])).toEqual([form(template)]);
  const sections = spanish.sections.map(({ blocks, ...section }) => ({
    ...section,
    blocks: blocks.filter((block) => block.kind !== 'finding' || block.rule !== 'cr-glaucoma'),
  }));
  expect(distinctForms([form(template), form({ ...spanish, sections })])).toHaveLength(2);
});

describe('questions in another language', () => {
  const codes = (text: string, printed: readonly string[] = []): readonly string[] =>
    readQuestionTexts({ path: 'questions.es.yaml', text }, questionnaire, printed).diagnostics.map(({ code }) => code);

  test.each([
    ['untranslated-question', '  body.height: Estatura\n', ''],
    ['untranslated-question', '  pcl5.q20: el sueño\n', ''],
    ['untranslated-question', '  trial: Antidepresivo probado\n', '  {}\n'],
    ['untranslated-question', '    other: Otro idioma\n', ''],
    ['unknown-link-id', '  body.height: Estatura\n', '  body.height: Estatura\n  body.hight: Estatura\n'],
    ['unknown-option', '    other: Otro idioma\n', '    other: Otro idioma\n    fr: Francés\n'],
    ['wrong-shape', 'PHQ-9, pregunta {number}', 'PHQ-9, pregunta'],
    ['translation-number', 'al menos 4 de cada 5', 'al menos 2 de cada 5'],
  ])('%s', (code, from, to) => {
    const printed = ['applicant.language', 'applicant.interpreter'];
    expect(codes(questions.text, printed)).toEqual([]);
    expect(codes(changed(questions, from, to).text, printed)).toContain(code);
  });

  test('a translation without them is no form', () => {
    const { diagnostics } = readTemplate(spanishText, { questionnaire, evidence });
    expect(diagnostics.map(({ code }) => code)).toEqual(['missing-file']);
  });
});

describe.skipIf(!hasPoppler)('the printed form', () => {
  const notReviewed = 'Spanish: not yet reviewed by a certified translator';
  const earlier = 'Spanish: a certified translator reviewed an earlier version';
  const at = { path: 'evidence.yaml', start: 0, end: 0 };
  const who = { language: 'es', who: 'A. B.', credential: 'CT', date: '2026-11-01', version: spanish.version, at };
  const review = { ...who, digest: `sha256:${wordingDigest(spanish, { sha256 })}` };
  const outdated = { ...who, digest: `sha256:${'0'.repeat(64)}` };
  const textWith = async (...[changes, more]: Parameters<typeof requestWith>): Promise<string> =>
    textOf(await renderConsent(requestWith(changes, more)));

  test('says on every page that its translation is not reviewed, in both languages', async () => {
    const text = await textWith({}, { template: spanish });
    const pages = text.match(/Página \d+ de \d+/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(5);
    expect(text.split(notReviewed).length - 1).toBe(pages);
    expect(text.split('Español: aún no revisado por un traductor certificado').length - 1).toBe(pages);
    expect(await textWith()).not.toContain('reviewed by a certified');
  });

  test.each([
    ['of this wording', [review], undefined],
    ['of this wording among others', [outdated, review, outdated], undefined],
    ['of another wording of the same version', [outdated], earlier],
    ['of another language', [{ ...review, language: 'fr' }], notReviewed],
  ])('a review %s', async (_name, reviews, said) => {
    const text = await textWith({}, { template: spanish, evidence: { ...evidence, reviews } });
    const pages = text.match(/Página \d+ de \d+/g)?.length ?? 0;
    for (const each of [notReviewed, earlier]) {
      expect(text.split(each).length - 1, each).toBe(each === said ? pages : 0);
    }
  });

  test.each([
    ['en', template, 'I put the talk and this form', 'a qualified interpreter is here'],
    ['es', spanish, 'Interpreté la conversación', 'hay un intérprete calificado presente'],
  ])('the interpreter signs where one is used: %s', async (_language, form, statement, answer) => {
    const used = await textWith({ 'applicant.interpreter': 'qualified' }, { template: form });
    expect(used).toContain(statement);
    expect(used).toContain(answer);
    expect(await textWith({ 'applicant.interpreter': 'not-needed' }, { template: form })).not.toContain(statement);
  });

  test('names a question without an answer in its own words, and of a verbatim one the topic and the number', async () => {
    const absent = { 'body.height': { absent: 'declined' }, 'phq9.q3': { absent: 'unknown' } };
    const { assessment } = requestWith();
    const text = await textWith(absent, { template: spanish, assessment });
    expect(text).toContain('Usted prefirió no decirlo: • Estatura');
    expect(text).toContain('Pregunta sobre el sueño (cuestionario PHQ-9, pregunta 3)');
    expect(text).not.toContain('Trouble falling');
  });

  test('tells the cost in its language', async () => {
    const text = await textWith({}, { template: spanish, clinic: { ...clinic, costIn: { es: 'Cuesta $5.' } } });
    expect(text).toContain('Cuesta $5.');
    expect(text).not.toContain('One visit costs');
  });
});

async function isSpanish(pdf: Uint8Array): Promise<boolean> {
  return (await PDFDocument.load(pdf, { updateMetadata: false })).getTitle() === spanish.title;
}

describe('the language of a form', () => {
  const put = (answers: object, files: Readonly<Record<string, string>> = {}) =>
    folderWith({ 'a.json': JSON.stringify({ ...baseline, ...answers }), ...files });
  const titleIn = async (cwd: string, ...more: readonly string[]) => {
    const ran = await run(['consent', 'a.json', ...more], { cwd });
    return { exit: ran.exit, stderr: ran.stderr, isSpanish: await isSpanish(ran.stdout) };
  };

  test('is the one the applicant reads, and that is said', async () => {
    expect(await titleIn(put({ 'applicant.language': 'es' }))).toEqual({
      exit: 0,
      isSpanish: true,
      stderr: 'The form is in the language the applicant reads: es. Another: --language en\n',
    });
  });

  test.each(['es', 'other'])('that is not said where all is quiet: %s', async (language) => {
    const ran = await titleIn(put({ 'applicant.language': language }), '--quiet');
    expect(ran).toEqual({ exit: 0, isSpanish: language === 'es', stderr: '' });
  });

  test('batch without forms does not take it for said', async () => {
    const ran = await run(['batch', '-', '--language', 'es'], { cwd: put({}), stdin: '{}\n' });
    expect([ran.exit, ran.stdout.length, ran.stderr]).toEqual([
      2,
      0,
      expect.stringContaining('--language goes with --consent-dir'),
    ]);
  });

  test.each([
    ['asked for', { 'applicant.language': 'es' }, ['--language', 'en']],
    ['the usual', {}, []],
  ] as const)('English: %s', async (_name, answers, more) => {
    expect(await titleIn(put(answers), ...more)).toEqual({ exit: 0, stderr: '', isSpanish: false });
  });

  test.each(['qualified', 'not-needed'])(
    'is English where there is no form in theirs, and that is said (%s)',
    async (interpreter) => {
      const answers = { 'applicant.language': 'other', 'applicant.interpreter': interpreter };
      expect(await titleIn(put(answers))).toEqual({
        exit: 0,
        isSpanish: false,
        stderr:
          'There is no form in the language the applicant reads (other). It is in English: have a qualified interpreter read it to them.\n',
      });
    },
  );

  test('batch makes each form in its applicant’s language', async () => {
    const lines = ['en', 'es', 'es'].map((language, index) =>
      JSON.stringify({ ...baseline, 'applicant.id': `A${index}`, 'applicant.language': language }),
    );
    const cwd = folderWith({ 'a.ndjson': lines.join('\n') });
    const { exit, stderr } = await run(['batch', 'a.ndjson', '--consent-dir', 'forms', '-o', 'r.ndjson'], { cwd });
    expect(exit).toBe(0);
    expect(stderr.match(/The form is in the language the applicant reads: es/g)).toHaveLength(1);
    const forms = readdirSync(join(cwd, 'forms')).map((name) => isSpanish(readFileSync(join(cwd, 'forms', name))));
    expect((await Promise.all(forms)).sort()).toEqual([false, true, true]);
  });

  test('a clinic that has not written its cost in it is told so', async () => {
    const settings = shipped('preinfuse.yaml').text.replace(/ {2}costIn:\n(?: {4}.*\n)+/, '');
    expect(settings).not.toContain('costIn');
    const ran = await run(['consent', 'a.json', '--language', 'es'], { cwd: put({}, { 'preinfuse.yaml': settings }) });
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain('do not say what a visit costs in the language `es`');
    expect(ran.stdout).toHaveLength(0);
  });
});

describe('a third language', () => {
  /** English with a tail on its longer words, so that it is another text of the same shape. */
  const [, front = '', body = ''] = /^---\n(.*?\n)---\n(.*)$/s.exec(templateText.text) ?? [];
  /** Words of phrases in which a number may stand. */
  const { numbers } = parse(front) as { numbers: readonly { text: string }[] };
  const phrases = [
    ...numbers.map(({ text }) => text),
    ...evidence.entries.flatMap(({ figures }) => figures.flatMap(({ spoken = [] }) => spoken)),
  ];
  const kept = new Set(phrases.flatMap((each) => each.split(/\W+/)));
  const tailed = (text: string): string =>
    text.replace(/\{\{.*?\}\}|\b[a-z]{4,}\b/g, (word) =>
      word.startsWith('{{') || kept.has(word) ? word : `${word}oo`,
    );
  const form: SourceText = {
    path: 'consent.qq.md',
    text: [
      '---\n',
      front
        .replace('language: en', 'language: qq')
        .replace(/^(?:measures|qualifiers):\n(?: {2}.*\n)+/gm, (lists) =>
          lists.replace(/\[(.*)\]/g, (_, words: string) => {
            const both = [...words.split(', '), ...tailed(words).split(', ')];
            return `[${[...new Set(both)].join(', ')}]`;
          }),
        )
        .replace(/^title: .*$/m, 'title: Consentoo for IV ketamineoo')
        .replace(
          /^negations: .*$/m,
          'negations: ["no", not, neveroo, nobodyoo, noneoo, nothingoo, withoutoo, cannotoo, without, nobody, nothing]\ntranslation:\n  notReviewed: ["Qq: not reviewedoo"]\n  reviewedEarlier: ["Qq: reviewed earlieroo"]',
        )
        .replace(
          /formula: .*\n {2}target: .*\n {2}limit: .*/,
          'formula: words-per-sentence\n  target: 15\n  limit: 40',
        ),
      '---\n',
      body
        .split('\n')
        .map((line) => (/^:|^#/.test(line) ? line : tailed(line)))
        .join('\n'),
    ].join(''),
  };
  const all = (items: readonly Item[]): readonly Item[] =>
    items.flatMap((item) => (item.type === 'group' ? [item, ...all(item.items)] : [item]));
  const items = all(questionnaire.items);
  const texts: SourceText = {
    path: 'questions.qq.yaml',
    text: stringify({
      questions: Object.fromEntries(
        items.filter(({ type }) => type !== 'group').map(({ linkId, text }) => [linkId, `${text}oo`]),
      ),
      entries: { trial: 'trialoo' },
      options: Object.fromEntries(
        items.flatMap((item) =>
          item.type === 'choice' &&
          ['applicant.language', 'applicant.interpreter', 'indication.primary'].includes(item.linkId)
            ? [[item.linkId, Object.fromEntries(item.options.map(({ code, text }) => [code, `${text}oo`]))]]
            : [],
        ),
      ),
    }),
  };

  test('is two files and a line of the clinic', async () => {
    expect(parity(templateText, form, texts)).toEqual([]);
    const cwd = folderWith({
      'a.json': JSON.stringify(baseline),
      'preinfuse.yaml': shipped('preinfuse.yaml').text.replace('  costIn:\n', '  costIn:\n    qq: Costoo.\n'),
    });
    const templates = join(cwd, 'templates/iv-ketamine');
    mkdirSync(templates, { recursive: true });
    for (const name of ['consent.en.md', 'evidence.yaml']) {
      copyFileSync(`${project}templates/iv-ketamine/${name}`, join(templates, name));
    }
    writeFileSync(join(templates, form.path), form.text);
    writeFileSync(join(templates, texts.path), texts.text);
    const { exit, stdout, stderr } = await run(['consent', 'a.json', '--language', 'qq'], { cwd });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    if (!hasPoppler) return;
    const text = textOf(stdout);
    for (const said of ['Consentoo for IV ketamineoo', 'Costoo.', 'Englishoo', 'Not neededoo', 'Qq: not reviewedoo']) {
      expect(text).toContain(said);
    }
  });
});
