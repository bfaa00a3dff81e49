import { expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { type Block, wholeText } from '../../src/document/content.ts';
import type { ConsentTemplate, TemplateBlock } from '../../src/model/template.ts';
import { clearance, clinic, everyClause, requestWith, spanish, template } from './sample.ts';

const content = composeConsent(requestWith({}, { assessment: everyClause, clearance }));

function sentencesIn(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
      return block.tone === 'quiet' ? [] : [block.of.map((run) => run.text).join('')];
    case 'list':
      return block.items.map((item) => item.map((run) => run.text).join(''));
    case 'item':
    case 'signature':
      return block.blocks.flatMap(sentencesIn);
    default:
      return [];
  }
}

const sections = content.sections.filter(({ title }) => !title.some((run) => run.text.startsWith('The studies')));
const passages = sections.flatMap(({ blocks }) => blocks.flatMap(sentencesIn));
const sentences = passages.flatMap((text) => text.split(/(?<=[.:?])\s+/)).filter((text) => /[a-z]/.test(text));

type Wording = 'finding' | 'benefit' | 'risk' | 'clause';

/** The blocks of a name: more than one where the clinic's settings choose. */
function blocksIn(form: ConsentTemplate, kind: Wording, name: string): readonly TemplateBlock[] {
  return form.sections
    .flatMap((section) => section.blocks)
    .filter((each) => each.kind === kind && ('rule' in each ? each.rule : 'id' in each && each.id) === name);
}

/** All that a block of a form says. */
function textIn(form: ConsentTemplate, kind: Wording, name: string): string {
  const [block] = blocksIn(form, kind, name);
  return JSON.stringify(block && 'body' in block ? block.body : '').replace(/^.*?"text":"/, '');
}

function syllables(word: string): number {
  const letters = word.toLowerCase().replace(/[^a-z]/g, '');
  if (letters === '') return 1;
  const groups = letters.replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/, '').match(/[aeiouy]{1,2}/g);
  return Math.max(1, groups?.length ?? 1);
}

test('reads at about sixth grade (Flesch-Kincaid)', () => {
  const words = sentences.flatMap((text) => text.split(/\s+/).filter((word) => /\w/.test(word)));
  const grade =
    0.39 * (words.length / sentences.length) +
    11.8 * (words.reduce((sum, word) => sum + syllables(word), 0) / words.length) -
    15.59;
  expect(grade).toBeLessThan(6.5);
});

test('no sentence is longer than 30 words', () => {
  expect(sentences.filter((text) => text.split(/\s+/).length > 30)).toEqual([]);
});

test.each([
  ['signs rights away', /\b(waive|release (?:the|from)|hold harmless|not be liable|give up (?:my|your) right)/i],
  ['shouts', /\b[A-Z]{5,}\b/],
  ['promises', /\b(guarantee|will cure|completely safe|no risk)\b/i],
  ['prints the weak driving rule', /several hours/i],
])('nothing %s', (_what, pattern) => {
  expect(sentences.filter((text) => pattern.test(text))).toEqual([]);
});

test('is spelled as in the country whose numbers it names', () => {
  const british = /\b\w*(?:randomis|anaesth|licence|behaviour|colour|favour|centre|paediatr|haem|labour|organis)\w*/gi;
  expect(wholeText(content).match(british)).toBeNull();
});

test('the driving rule is 24 hours and a night of sleep, in every place that states it', () => {
  const stated = sentences.filter((text) => /do not drive for/i.test(text));
  expect(stated.length).toBeGreaterThanOrEqual(2);
  for (const text of stated) expect(text).toMatch(/24 hours.*(and|and not).*slept through a night/);
});

test('the form names the clinic, its numbers and 988', () => {
  const said = passages.join(' ');
  for (const words of [clinic.name, clinic.phone, clinic.afterHoursPhone, '988', '911']) expect(said).toContain(words);
});

test('each finding says where it comes from', () => {
  const findings = template.sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'finding'));
  const bare = findings.filter(({ evidence }) => evidence.length === 0).map(({ rule }) => rule);
  expect(bare).toEqual([]);
});

test('that mania is likelier with bipolar disorder is not said: no source of the ledger speaks of it', () => {
  expect(textIn(template, 'risk', 'mania')).toMatch(
    /^(?!.*more likely).*study of people with bipolar disorder, 1 of 18/,
  );
  expect(textIn(spanish, 'risk', 'mania')).toMatch(/^(?!.*más probable).*personas con trastorno bipolar, 1 de 18/);
});

test('what no study of the ledger tells of a second try is not foretold', () => {
  expect(textIn(template, 'finding', 'cr-no-benefit')).toMatch(/studies .* do not say if it can help this time/);
  expect(textIn(spanish, 'finding', 'cr-no-benefit')).toMatch(/estudios .* no dicen si esta vez puede ayudarle/);
});

test.each<[Wording, string, readonly string[]]>([
  ['risk', 'sedation-and-breathing', ['esketamine-pooled', 'spravato-label', 'ketalar-label']],
  ['risk', 'dependence-and-misuse', ['spravato-label']],
  ['benefit', 'suicidal-thoughts', ['wilkinson-2018', 'abbar-2022', 'spravato-label']],
  ['benefit', 'tolerability', ['acevedo-diaz', 'short-2018']],
  ['risk', 'blood-pressure', ['yale-bp-2024', 'ketalar-label', 'spravato-label']],
  ['finding', 'cr-no-benefit', ['mcinnes-2022']],
  ['finding', 'cr-blood-pressure', ['yale-bp-2024', 'spravato-label']],
  ['finding', 'cr-hypertension-untreated', ['yale-bp-2024', 'swiss-label', 'german-leaflet']],
  ['finding', 'cr-past-mi', ['yale-bp-2024', 'german-leaflet']],
  ['finding', 'cr-heart', ['yale-bp-2024', 'ketalar-label', 'german-leaflet']],
  ['finding', 'cr-glaucoma', ['ketalar-label', 'german-leaflet']],
  ['finding', 'cr-medicine-benzodiazepine-or-z-drug', ['veraart-2021', 'ketalar-label']],
])('%s %s cites what its facts were read in', (kind, name, sources) => {
  for (const form of [template, spanish]) {
    const blocks = blocksIn(form, kind, name);
    expect(blocks).not.toEqual([]);
    for (const block of blocks) expect('evidence' in block && block.evidence).toEqual(sources);
  }
});

test('what is about any treatment says so, and names no route', () => {
  const said = wholeText(content);
  expect(said).toContain('(indirect: any treatment)');
  expect(said).toContain('Code of Medical Ethics');
  expect(said).not.toMatch(/any treatment, /);
});

test.each([
  ['cr-glaucoma', /glaucoma.*eye surgery/, /glaucoma.*operaron de los ojos/],
  ['cr-bipolar', /If you take a mood medicine/, /Si toma un medicamento para el ánimo/],
  ['cr-seizures', /If you take a seizure medicine/, /Si toma un medicamento para las convulsiones/],
  ['cr-liver', /liver condition, or your liver tests/, /enfermedad del hígado, o sus análisis/],
  ['cr-ketamine-reaction', /ketamine or esketamine/, /ketamina o la esketamina/],
  ['cr-no-benefit', /^A course of ketamine or esketamine/, /^Una serie de ketamina o de esketamina/],
  [
    'cr-substance-history',
    /alcohol or drugs, or used ketamine without a doctor/,
    /alcohol o las drogas, o usó ketamina sin un médico/,
  ],
])('%s is true of everybody for whom its rule fires', (rule, ...patterns) => {
  for (const [at, form] of [template, spanish].entries())
    expect(textIn(form, 'finding', rule)).toMatch(patterns[at] ?? /^$/);
});

test('what a trial of PTSD calls better is not called much better: a smaller change counted there', () => {
  expect(textIn(template, 'benefit', 'ptsd')).not.toMatch(/were much better/);
  expect(textIn(spanish, 'benefit', 'ptsd')).not.toMatch(/mejoraron mucho/);
});

test('the main points are true of whatever is treated: a clinician may clear more than depression', () => {
  expect(textIn(template, 'clause', 'key-facts')).not.toMatch(/depress/i);
  expect(textIn(spanish, 'clause', 'key-facts')).not.toMatch(/depres/i);
});

test('what is to be left alone after an infusion is so for the same time wherever it stands', () => {
  expect(passages.filter((text) => /big decisions|legal papers|not for .* after it/.test(text))).toHaveLength(3);
  for (const text of passages.filter((each) => /big decisions|legal papers|drink before/.test(each)))
    expect(text).toContain('at least 24 hours');
});

test('what may last is told with the risk', () => {
  expect(passages).toContain('The label warns that in some people such effects last for days or weeks.');
});

test('what is ticked is as true of a person who decides for the patient', () => {
  const lists = template.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'clause' && block.checkboxes ? block.body : [])),
  );
  expect(JSON.stringify(lists)).not.toMatch(/to have the treatment|I can stop/);
});

test('cognition is a risk and is not claimed to be spared', () => {
  const benefits = template.sections.flatMap(({ blocks }) => blocks.filter(({ kind }) => kind === 'benefit'));
  expect(JSON.stringify(benefits)).not.toMatch(/cogniti|memory|sexual|weight/i);
});

test.each<[Wording, string, RegExp, RegExp]>([
  ['clause', 'no-driving', /power tools, ladders/, /herramientas eléctricas, escaleras de mano/],
  ['clause', 'no-driving', /could hurt someone/, /todo trabajo peligroso/],
  ['clause', 'no-driving', /Both must be true/, /Deben cumplirse las dos/],
  ['clause', 'no-driving', /too slowly/, /demasiado tarde/],
  ['clause', 'key-facts', /can be misused/, /Se puede abusar de la ketamina/],
  ['risk', 'dissociation', /most often ends/, /La mayoría de las veces termina/],
  ['risk', 'dissociation', /saw unreal things on waking/, /vieron cosas irreales al despertar/],
  ['risk', 'bladder', /seems rare/, /parece raro/],
])('the Spanish of %s %s says what the English says: %s', (kind, name, english, inSpanish) => {
  expect(textIn(template, kind, name)).toMatch(english);
  expect(textIn(spanish, kind, name)).toMatch(inSpanish);
});

test.each<[Wording, string, RegExp, RegExp]>([
  ['clause', 'purpose', /most often/, /casi siempre|la mayoría de las veces/],
  ['clause', 'off-label', /Doctors may/, /Los médicos pueden/],
  ['clause', 'alternatives', /lift on its own/, /quitarse sola/],
  [
    'benefit',
    'rapid-relief',
    /Many people could tell|up to about a week/,
    /Muchas personas se daban|más o menos una semana/,
  ],
  ['benefit', 'treatment-resistant-depression', /after 18 days/, /después de 18 días/],
  ['clause', 'may-not-work-or-last', /after 18 days/, /después de 18 días/],
  ['risk', 'no-benefit-or-relapse', /after 18 days|can be hard/, /después de 18 días|ser dura/],
  ['benefit', 'ptsd', /was a smaller change/, /fue un cambio menor/],
  ['benefit', 'suicidal-thoughts', /had no suicidal thoughts after/, /pensamientos suicidas después/],
  ['risk', 'dissociation', /track of time|It can come back/, /noción del tiempo|Puede volver/],
  ['risk', 'blood-pressure', /beats faster|had a rise|can harm/, /late más rápido|una subida\.|hacerle daño/],
  ['risk', 'anxiety', /panic/, /pánico/],
  ['risk', 'memory-and-thinking', /some hours|forgetful|lasting/, /algunas horas|olvidar|que duran/],
  ['risk', 'allergy-and-iv-site', /bruise/, /morado/],
  ['finding', 'pc-hypertension', /like you/, /como usted/],
  ['finding', 'pc-under-25', /Nobody knows/, /Nadie sabe/],
  ['finding', 'cr-bipolar', /studied only/, /se estudió solo/],
  ['finding', 'cr-not-treatment-resistant', /more proof/, /más pruebas/],
  ['finding', 'cr-severity', /may gain less|Ketamine was studied in/, /puede ser menor|La ketamina se estudió en/],
  ['finding', 'cr-self-harm-item', /safety plan/, /plan de seguridad/],
  ['finding', 'cr-suicide-screen', /does not prevent/, /no evita/],
  ['finding', 'cr-older', /Few people/, /pocas personas/],
  ['finding', 'cr-tia', /risk of a stroke/, /riesgo de un derrame/],
  ['finding', 'cr-past-mi', /work harder/, /trabaje más/],
  ['finding', 'cr-heart', /work harder|makes the heart beat/, /trabaje más|hace que el corazón/],
  ['finding', 'cr-liver', /longer in your body/, /más tiempo en su cuerpo/],
  ['finding', 'cr-psychosis-history', /believing/, /o crea/],
  ['finding', 'cr-hyperthyroid-treated', /rise a lot/, /subir mucho/],
  ['finding', 'cr-medicine-benzodiazepine-or-z-drug', /work less well/, /funcione menos/],
  ['finding', 'cr-medicine-cyp3a4-inhibitor', /in your body longer/, /más tiempo en su cuerpo/],
])('%s %s does not say what no source says: %s', (kind, name, english, inSpanish) => {
  for (const [form, words] of [
    [template, english],
    [spanish, inSpanish],
  ] as const) {
    expect(textIn(form, kind, name)).not.toBe('""');
    expect(textIn(form, kind, name)).not.toMatch(words);
  }
});

test('a relapse is counted from the last infusion, wherever it is told', () => {
  for (const form of [template, spanish]) {
    const told = JSON.stringify(form.sections).match(/18 (?:days|días) [^.]*\./g);
    expect(told).toHaveLength(3);
    for (const each of told ?? []) expect(each).toMatch(/after the last infusion|tras la última infusión/);
  }
});
