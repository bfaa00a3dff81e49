/**
 * Questions that nobody is ever asked, written once for preinfuse and once for SurveyJS: who finds them. Not a
 * dependency: `npm install --no-save survey-core@3.1.1` for the other column.
 */

/** Why nobody is asked, the condition in CEL, and the same for SurveyJS. The last one is alive. */
const cases = [
  ['two options of one choice', 'stroke == "stroke" && stroke == "tia"', "{stroke} = 'stroke' and {stroke} = 'tia'"],
  ['a condition and its opposite', 'mi && !mi', '{mi} = true and {mi} = false'],
  ['an empty range', 'age > 60 && age < 18', '{age} > 60 and {age} < 18'],
  ['beyond the limits', 'age > 130', '{age} > 130'],
  ['an unknown option', 'stroke == "strok"', "{stroke} = 'strok'"],
  ['only where another is not asked', '!mi && days > 10', '{mi} = false and {days} > 10'],
  ['a sum out of reach', 'age + days > 700', '{age} + {days} > 700'],
  [
    'through a chain',
    '(stroke == "tia" || mi) && stroke == "none" && !mi',
    "({stroke} = 'tia' or {mi} = true) and {stroke} = 'none' and {mi} = false",
  ],
  ['asked of some', 'stroke == "tia" && mi', "{stroke} = 'tia' and {mi} = true"],
];

function asYaml(enableWhen) {
  return `
id: dead-logic
version: "1.0.0"
title: Dead logic
status: draft
sources: [{ id: label, text: A label, checked: excerpt }]
safety: { title: Safety, steps: [Call the clinician.] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: stroke, type: choice, text: S, options: [{ code: none, text: N }, { code: stroke, text: S }, { code: tia, text: T }] }
      - { linkId: age, type: integer, text: A, unit: a, min: 0, max: 120 }
      - { linkId: mi, type: boolean, text: M }
      - { linkId: days, type: integer, text: D, unit: d, min: 0, max: 500, enableWhen: mi }
      - { linkId: asked, type: boolean, text: A, enableWhen: '${enableWhen}' }
rules:
  - { id: asked, disposition: defer, when: asked, reason: R., action: A., sources: [label] }
`;
}

function asSurvey(visibleIf) {
  return {
    elements: [
      { type: 'dropdown', name: 'stroke', choices: ['none', 'stroke', 'tia'] },
      { type: 'text', name: 'age', inputType: 'number', min: 0, max: 120 },
      { type: 'boolean', name: 'mi' },
      { type: 'text', name: 'days', inputType: 'number', min: 0, max: 500, visibleIf: '{mi} = true' },
      { type: 'boolean', name: 'asked', visibleIf },
    ],
  };
}

function timed(run) {
  const start = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(start);
  return { result, milliseconds: (user + system) / 1000 };
}

/** Per case: whether each finds it, and for how many CPU milliseconds; `survey` is undefined where it is not installed. */
export async function deadLogic(built) {
  const [{ readQuestionnaire }, { prove }] = await Promise.all([
    import(built('definition/read')),
    import(built('check/prove/prove')),
  ]);
  const lintSurvey = await import('survey-core/linter').then(
    (linter) => linter.lintSurvey,
    () => undefined,
  );
  const ours = (enableWhen) => {
    const { questionnaire } = readQuestionnaire({ path: 'questionnaire.yaml', text: asYaml(enableWhen) }, []);
    if (!questionnaire) return true;
    const { outcomes } = prove(questionnaire, new Map());
    return outcomes.some(({ goal, is }) => goal.kind === 'question-asked' && goal.id === 'asked' && is === 'refuted');
  };
  const rounds = (run) => {
    run();
    return timed(run);
  };
  return cases.map(([name, cel, visibleIf]) => ({
    name,
    ours: rounds(() => ours(cel)),
    survey: lintSurvey && rounds(() => lintSurvey(asSurvey(visibleIf)).findings.length > 0),
  }));
}
