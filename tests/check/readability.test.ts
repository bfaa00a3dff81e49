import { expect, test } from 'vitest';
import { hardToRead, readingGrades } from '../../src/check/readability.ts';
import { spanishSyllables } from '../../src/check/spanish-syllables.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { ConsentTemplate } from '../../src/model/template.ts';
import { evidence, questionnaire, template, templateText } from '../document/sample.ts';

function withText(from: string, to: string): ConsentTemplate {
  expect(templateText.text).toContain(from);
  const { template: changed, diagnostics } = readTemplate(
    { ...templateText, text: templateText.text.replace(from, to) },
    { questionnaire, evidence },
  );
  if (!changed) throw new Error(JSON.stringify(diagnostics));
  return changed;
}

const gradeIn = (form: ConsentTemplate, id: string) =>
  readingGrades(form, questionnaire).find((each) => each.id === id);

test('nothing in the shipped form reads above its target', () => {
  const grades = readingGrades(template, questionnaire);
  const { target } = template.readability;
  expect(grades.length).toBeGreaterThan(80);
  expect(grades.filter(({ grade }) => grade > target).map(({ id }) => id)).toEqual([]);
});

test('a grade is that of the formula, worked by hand', () => {
  // Four sentences, 19 words of one syllable each.
  const form = withText(
    '- You have glaucoma or high eye pressure, or you had eye surgery lately.\n- Ketamine can raise the pressure in the eye.\n- Keep using your eye drops if you have any.\n- Tell us at once about eye pain or changed sight.',
    '- It can hurt. We stop at once then.\n- You may go home.\n- Bring a friend to take you home.',
  );
  const alone = { ...form, readability: { ...form.readability, fewestWords: 1 } };
  expect(gradeIn(alone, 'cr-glaucoma')).toMatchObject({ words: 19 });
  expect(gradeIn(alone, 'cr-glaucoma')?.grade).toBeCloseTo(0.39 * (19 / 4) + 11.8 * (19 / 19) - 15.59, 5);
});

test('an exempt word is not counted, however long', () => {
  const from = 'You have glaucoma or high eye pressure, or you had eye surgery lately.\n- Ketamine can raise';
  const short = { ...withText(from, 'You have ketamine.\n- Ketamine can raise') };
  const long = withText(from, 'You have ketamine ketamine ketamine.\n- Ketamine can raise');
  expect(gradeIn(long, 'cr-glaucoma')?.words).toBe(gradeIn(short, 'cr-glaucoma')?.words);
});

test('what is hard to read is told with its hardest sentence', () => {
  const form = withText(
    'Take it as usual on the day of the infusion.\n- All patients with high',
    'Antihypertensive pharmacotherapy continuation remains indispensable notwithstanding perioperative fasting.\n- All patients with high',
  );
  expect(hardToRead({ template: form, at: { path: 'x', start: 0, end: 0 } }, questionnaire)).toMatchObject([
    {
      code: 'hard-to-read',
      message: expect.stringMatching(/^`pc-hypertension` reads at \d+\.\d, above 8 \(flesch-kincaid\)$/),
      note: 'the hardest sentence: Antihypertensive pharmacotherapy continuation remains indispensable notwithstanding perioperative fasting.',
    },
  ]);
});

test.each([
  ['sol', 1],
  ['casa', 2],
  ['día', 2],
  ['país', 2],
  ['leer', 2],
  ['caos', 2],
  ['ciudad', 2],
  ['cuidado', 3],
  ['medicina', 4],
  ['ketamina', 4],
  ['guerra', 2],
  ['pingüino', 3],
  ['que', 1],
  ['quiere', 2],
  ['muy', 1],
  ['ahora', 3],
  ['oído', 3],
  ['presión', 2],
  ['tratamiento', 4],
  ['averiguáis', 4],
  ['y', 1],
])('%s has %i syllables', (word, syllables) => {
  expect(spanishSyllables(word)).toBe(syllables);
});
