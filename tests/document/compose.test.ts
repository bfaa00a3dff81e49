import { describe, expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { type Block, runsOf } from '../../src/document/content.ts';
import { ConsentRefused } from '../../src/document/refusal.ts';
import { dispositions } from '../../src/model/disposition.ts';
import { clearance, clinic, everyClause, found, questionnaire, requestWith, rulesOf, template } from './sample.ts';

function refusal(make: () => unknown): ConsentRefused | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (error instanceof ConsentRefused) return error;
    throw error;
  }
}

function idsOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => ('id' in block ? [block.id] : []));
}

function printedIds(request: Parameters<typeof composeConsent>[0]): readonly string[] {
  return composeConsent(request).sections.flatMap(({ blocks }) => idsOf(blocks));
}

function text(request: Parameters<typeof composeConsent>[0]): string {
  return runsOf(composeConsent(request))
    .map((run) => run.text)
    .join(' ');
}

describe('who may have a form', () => {
  test.each(dispositions.map((disposition) => [disposition]))('%s, without a clearance', (disposition) => {
    const refused = refusal(() => composeConsent(requestWith({}, { assessment: found(disposition, []) })));
    const isAllowed = disposition === 'proceed' || disposition === 'proceed-with-conditions';
    const code = disposition === 'clinician-review' ? 'clearance-missing' : 'disposition';
    expect(refused?.code).toBe(isAllowed ? undefined : code);
  });

  test.each(dispositions.map((disposition) => [disposition]))('%s, with a clearance', (disposition) => {
    const refused = refusal(() => composeConsent(requestWith({}, { assessment: found(disposition, []), clearance })));
    const isAllowed = ['proceed', 'proceed-with-conditions', 'clinician-review'].includes(disposition);
    expect(refused?.code).toBe(isAllowed ? undefined : 'disposition');
  });

  test.each(['name', 'licence', 'when', 'why'] as const)('a clearance must give its %s', (key) => {
    const broken = { ...clearance, [key]: ' ' };
    const request = requestWith({}, { assessment: found('clinician-review', ['cr-tia']), clearance: broken });
    expect(refusal(() => composeConsent(request))?.code).toBe('clearance-incomplete');
  });

  test('a clearance that names rules must name every one that asked for it', () => {
    const assessment = found('clinician-review', ['cr-tia', 'cr-liver']);
    const request = (rules: readonly string[]) => requestWith({}, { assessment, clearance: { ...clearance, rules } });
    expect(refusal(() => composeConsent(request(['cr-tia'])))?.message).toContain('cr-liver');
    expect(refusal(() => composeConsent(request(['cr-tia', 'cr-liver'])))).toBeUndefined();
  });

  test('a template of another questionnaire is refused', () => {
    const request = requestWith({}, { template: { ...template, questionnaire: 'other' } });
    expect(refusal(() => composeConsent(request))?.code).toBe('wrong-template');
  });

  test('a refusal tells no answer', () => {
    const refused = refusal(() =>
      composeConsent(requestWith({ 'applicant.name': 'Zzyzx Quux', 'today.escort': false })),
    );
    expect(`${refused?.message} ${refused?.hint}`).not.toMatch(/Zzyzx|V001/);
  });
});

describe('what the form says', () => {
  test('every clause of the template for this clinic stands in it once, in order', () => {
    const absent = ['surrogate', 'interpreter'];
    const expected = template.sections.flatMap(({ blocks }) =>
      blocks
        .filter((block) => !(block.kind === 'clause' && block.supply === 'compounded'))
        .flatMap((block) =>
          'id' in block ? [block.id] : 'rule' in block ? [block.rule] : 'role' in block ? [block.role] : [],
        )
        .filter((id) => !absent.includes(id)),
    );
    expect(printedIds(requestWith({}, { assessment: everyClause, clearance }))).toEqual(expected);
  });

  test.each([...rulesOf('proceed-with-conditions'), ...rulesOf('clinician-review')].map((rule) => [rule]))(
    'a finding %s adds its clause and no other',
    (rule) => {
      const assessment = found('clinician-review', [rule]);
      const ids = printedIds(requestWith({}, { assessment, clearance }));
      expect(ids.filter((id) => questionnaire.rules.some((each) => each.id === id))).toEqual([rule]);
    },
  );

  test('an applicant without findings is told so', () => {
    expect(text(requestWith())).toContain(template.words.noFindings);
  });

  test.each([
    ['vial', 'from a vial that the FDA has approved', 'compounded'],
    ['compounded', 'The FDA has warned about compounded ketamine', 'from a vial that the FDA has approved'],
  ] as const)('the off-label clause follows the supply: %s', (supply, said, unsaid) => {
    const printed = text(requestWith({}, { clinic: { ...clinic, supply } }));
    expect(printed).toContain(said);
    expect(printed).not.toContain(unsaid);
  });

  test('initials are asked beside the clauses that want them', () => {
    const items = composeConsent(requestWith()).sections.flatMap(({ blocks }) => blocks);
    const initialled = items.flatMap((block) => (block.kind === 'item' && block.initials ? [block.id] : []));
    expect(initialled.toSorted()).toEqual(
      ['blood-pressure', 'dissociation', 'escort', 'no-driving', 'off-label', 'right-to-refuse-or-stop'].toSorted(),
    );
  });

  test.each([
    ['intact', 'not-needed', ['patient', 'clinician', 'witness']],
    ['intact', 'qualified', ['patient', 'clinician', 'interpreter', 'witness']],
    ['lacks-with-surrogate', 'not-needed', ['surrogate', 'clinician', 'witness']],
  ])('capacity %s, interpreter %s: who signs', (capacity, interpreter, signers) => {
    const changes = { 'applicant.capacity': capacity, 'applicant.interpreter': interpreter };
    const request = requestWith(changes, { assessment: found('proceed', []) });
    const blocks = composeConsent(request).sections.flatMap((section) => section.blocks);
    expect(idsOf(blocks.filter(({ kind }) => kind === 'signature'))).toEqual(signers);
  });

  test('what nobody knows, what was declined and what was not asked is named, and decided nothing', () => {
    const changes = { 'history.tms': { absent: 'unknown' }, 'history.ketamine': { absent: 'declined' } };
    const request = requestWith(changes, { assessment: { ...found('proceed', []), notAsked: ['trial[2].dose'] } });
    const printed = text(request);
    const question = (linkId: string) => {
      const items = questionnaire.items.flatMap(
        (section) => section.items as readonly { linkId: string; text: string }[],
      );
      return items.find((item) => item.linkId === linkId)?.text ?? 'missing';
    };
    expect(printed).toContain(`${template.words.answeredUnknown} ${question('history.tms')}`);
    expect(printed).toContain(`${template.words.answeredDeclined} ${question('history.ketamine')}`);
    expect(printed).toMatch(new RegExp(`${template.words.notAsked}.* 2: `));
  });

  test('a finding by absence prints no clause that would claim it as a fact', () => {
    const finding = {
      rule: 'cr-tia',
      disposition: 'clinician-review',
      because: [],
      absent: ['cardiac.stroke'],
    } as const;
    const assessment = { ...found('clinician-review', []), findings: [finding] };
    const request = requestWith({ 'cardiac.stroke': { absent: 'declined' } }, { assessment, clearance });
    expect(printedIds(request)).not.toContain('cr-tia');
    expect(text(request)).toContain(template.words.reviewedAbsence);
  });

  test('who cleared it, with which licence, when and why', () => {
    const printed = text(requestWith({}, { assessment: found('clinician-review', ['cr-tia']), clearance }));
    for (const said of Object.values(clearance)) expect(printed).toContain(said);
  });

  test('indirect evidence is marked wherever it is leaned on', () => {
    const blocks = composeConsent(requestWith()).sections.flatMap((section) => section.blocks);
    const alternatives = blocks.find((block) => block.kind === 'item' && block.id === 'alternatives');
    const said = JSON.stringify(alternatives);
    expect(said).toMatch(/study \d+ \(indirect: esketamine, nasal spray\)/);
  });

  test('the digest follows the content', () => {
    const digest = (changes: Readonly<Record<string, unknown>>) => composeConsent(requestWith(changes)).footer.digest;
    expect(digest({})).toEqual(digest({}));
    expect(digest({})).not.toEqual(digest({ 'applicant.name': 'Another Applicant' }));
  });

  test('an example clinic and draft wording are printed as such', () => {
    const notices = (request: ReturnType<typeof requestWith>) => composeConsent(request).notices.length;
    expect(notices(requestWith())).toBe(2);
    const signedOff = { clinic: { ...clinic, demo: false }, template: { ...template, status: 'active' as const } };
    expect(notices(requestWith({}, signedOff))).toBe(0);
  });
});
