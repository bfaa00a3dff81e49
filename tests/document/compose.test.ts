import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose, composeConsent } from '../../src/document/compose.ts';
import type { ConsentRequest } from '../../src/document/consent.ts';
import { type Block, openTextsOf, runsOf, withOpenTexts } from '../../src/document/content.ts';
import { plainText } from '../../src/document/faces.ts';
import { partDigests } from '../../src/document/integrity/digests.ts';
import { ConsentRefused } from '../../src/document/refusal.ts';
import { teachBackFor, teachBackQuestions } from '../../src/engine/teach-back.ts';
import { dispositions } from '../../src/model/disposition.ts';
import type { TeachBack, TeachBackOutcome } from '../../src/model/teach-back.ts';
import type { TemplateBlock } from '../../src/model/template.ts';
import {
  clearance,
  clinic,
  everyClause,
  evidence,
  found,
  questionnaire,
  requestWith,
  rulesOf,
  spanish,
  template,
} from './sample.ts';

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

/** The id of what a block prints; undefined for a slot. */
function idOf(block: TemplateBlock): string | undefined {
  switch (block.kind) {
    case 'slot':
      return undefined;
    case 'teach-back':
      return `teach-back-${block.id}`;
    case 'finding':
      return block.rule;
    case 'signature':
      return block.role;
    default:
      return block.id;
  }
}

function printedIds(request: Parameters<typeof composeConsent>[0]): readonly string[] {
  return composeConsent(request).sections.flatMap(({ blocks }) => idsOf(blocks));
}

function text(request: Parameters<typeof composeConsent>[0]): string {
  return runsOf(composeConsent(request))
    .map((run) => run.text)
    .join(' ');
}

describe('the audit trail of the clinic', () => {
  const footerOf = (auditHead?: string): string => {
    const { footer } = composeConsent(requestWith({}, auditHead === undefined ? {} : { auditHead }));
    return plainText(footer.digest);
  };

  test('stands on the form as far as it had come, and in its digest', () => {
    expect(text(requestWith({}, { auditHead: '12-abcdef012345' }))).toContain(
      "Clinic's log up to here 12-abcdef012345",
    );
    expect(footerOf('12-abcdef012345')).not.toBe(footerOf('13-abcdef012345'));
  });

  test('is not spoken of where no records are kept', () => {
    expect(text(requestWith({}))).not.toContain("Clinic's log");
    expect(footerOf()).not.toBe(footerOf('12-abcdef012345'));
  });
});

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
    const asked = teachBackFor(teachBackQuestions(template), everyClause);
    const expected = template.sections.flatMap(({ blocks }) =>
      blocks
        .filter((block) => !(block.kind === 'clause' && block.supply === 'compounded'))
        .filter((block) => block.kind !== 'teach-back' || asked.includes(block))
        .map(idOf)
        .filter((id) => id !== undefined && !absent.includes(id)),
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

  describe('questions to the patient', () => {
    const asked = (request = requestWith()): readonly string[] =>
      printedIds(request).filter((id) => id.startsWith('teach-back-'));
    const everybody = ['purpose', 'risks', 'driving', 'stopping'];
    const record = (...outcomes: readonly TeachBackOutcome[]): TeachBack => ({
      outcomes: everybody.map((question, index) => ({ question, outcome: outcomes[index] ?? 'first-time' })),
    });

    test('everybody is asked the same four', () => {
      expect(asked()).toEqual(everybody.map((id) => `teach-back-${id}`));
    });

    test.each([
      [['pc-hypertension'], ['blood-pressure']],
      [
        ['cr-bladder', 'cr-alcohol'],
        ['alcohol', 'bladder'],
      ],
      [
        ['cr-bladder', 'cr-alcohol', 'cr-suicide-screen'],
        ['crisis', 'alcohol'],
      ],
      [['cr-blood-pressure', 'pc-blood-pressure-edge'], ['blood-pressure']],
      [['cr-indication'], []],
    ])('%j: also %j', (rules, own) => {
      const ids = asked(requestWith({}, { assessment: found('clinician-review', rules), clearance }));
      expect(ids).toEqual([...everybody, ...own].map((id) => `teach-back-${id}`));
    });

    test('a finding by absence asks nothing: nobody knows whether it is there', () => {
      const { findings, ...rest } = found('clinician-review', ['cr-bladder']);
      const open = findings.map((finding) => ({ ...finding, absent: ['organ.bladder'] }));
      expect(asked(requestWith({}, { assessment: { ...rest, findings: open }, clearance }))).toHaveLength(4);
    });

    test('without a record there are boxes to tick by hand, and the form says what to do', () => {
      const said = text(requestWith());
      expect(said).toContain(template.words.teachBackByHand);
      expect(said.split(`${template.words.saidAfterExplaining} ${template.words.saidNotYet}`)).toHaveLength(4 + 1);
      expect(said).not.toContain(template.words.teachBackAsked);
    });

    test('with a record each question has its outcome, and who asked', () => {
      const teachBack = { ...record('first-time', 'after-explaining'), by: 'Dana  Lee,\nRN', when: '2026-03-10' };
      const said = text(requestWith({}, { teachBack }));
      expect(said).toContain(template.words.teachBackAsked);
      expect(said.split(template.words.saidFirstTime)).toHaveLength(3 + 1);
      expect(said.split(template.words.saidAfterExplaining)).toHaveLength(1 + 1);
      expect(said).not.toContain(template.words.teachBackByHand);
      expect(said).toContain('Dana Lee, RN');
      expect(said).toContain(`${template.words.askedWhen} March 10, 2026`);
    });

    test('what staff listen for is not printed', () => {
      expect(text(requestWith())).not.toContain('A taxi driver alone');
    });

    test.each([
      ['not yet', record('first-time', 'not-yet'), 'risks'],
      ['not asked', { outcomes: record().outcomes.slice(1) }, 'purpose'],
    ])('%s: no form', (_name, teachBack, question) => {
      const refused = refusal(() => composeConsent(requestWith({}, { teachBack })));
      expect(refused?.code).toBe('teach-back-open');
      expect(refused?.message).toContain(question);
    });

    test('an outcome changes the digest of the form', () => {
      const digest = (teachBack: TeachBack): string =>
        plainText(composeConsent(requestWith({}, { teachBack })).footer.digest);
      expect(digest(record('first-time'))).not.toBe(digest(record('after-explaining')));
      expect(digest(record('first-time'))).toBe(digest(record('first-time')));
    });
  });

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

  test.each([
    ['en', template, ['Dose, and how it is given', 'Number of visits']],
    ['es', spanish, ['Dosis y cómo se da', 'Número de visitas']],
  ] as const)('the plan has a line for each thing that is written in: %s', (_language, form, [dose, visits]) => {
    const items = composeConsent(requestWith({}, { template: form })).sections.flatMap(({ blocks }) => blocks);
    const plan = items.find((block) => block.kind === 'item' && block.id === 'plan');
    const lines =
      plan?.kind === 'item' ? plan.blocks.flatMap((block) => (block.kind === 'blanks' ? block.lines : [])) : [];
    expect(lines.map((row) => row.map(({ id, width }) => [id, width]))).toEqual([
      [
        ['1', 0.5],
        ['2', 0.5],
      ],
      [
        ['3', 0.5],
        ['4', 0.5],
      ],
      [['5', 1]],
    ]);
    expect(lines[0]?.map(({ label }) => label.map(({ text }) => text).join(''))).toEqual([dose, visits]);
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
    expect(printed).toMatch(new RegExp(`${template.words.notAsked}.*Antidepressant trial 2: `));
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
    expect(text(request)).toContain(template.words.openFindings);
    expect(text(request)).not.toContain(template.words.noFindings);
  });

  test('who cleared it, with which licence, when and why', () => {
    const printed = text(requestWith({}, { assessment: found('clinician-review', ['cr-tia']), clearance }));
    for (const said of Object.values({ ...clearance, when: 'March 10, 2026, 09:30' })) expect(printed).toContain(said);
    expect(
      text(requestWith({}, { assessment: found('clinician-review', ['cr-tia']), clearance, template: spanish })),
    ).toContain('10 de marzo de 2026, 09:30');
  });

  test.each([
    ['ptsd', template, 'Post-traumatic stress disorder (PTSD)'],
    ['ptsd', spanish, 'Trastorno de estrés postraumático (TEPT)'],
    [{ absent: 'unknown' }, template, template.words.notRecorded],
  ])('the card says what the treatment is for: %j', (condition, form, said) => {
    const assessment = found('clinician-review', ['cr-indication']);
    const printed = text(requestWith({ 'indication.primary': condition }, { assessment, clearance, template: form }));
    expect(printed).toContain(`${form.words.condition} ${said}`);
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

describe('a picture', () => {
  const pictureIn = (id: string, more: Parameters<typeof requestWith>[1] = {}) => {
    const items = composeConsent(requestWith({}, more)).sections.flatMap(({ blocks }) => blocks);
    const item = items.find((block) => block.kind === 'item' && block.id === id);
    const picture = item?.kind === 'item' ? item.blocks.find(({ kind }) => kind === 'picture') : undefined;
    if (picture?.kind !== 'picture') throw new Error(`no picture in ${id}`);
    return picture.arrays.map(({ label, filled, of, alt }) => [plainText(label), filled, of, alt]);
  };

  test.each([
    [
      'rapid-relief',
      template,
      [
        'With ketamine: 64 in 100',
        64,
        100,
        '100 small figures of people, 64 of them filled in. With ketamine: 64 in 100.',
      ],
      [
        'With midazolam (calming drug): 28 in 100',
        28,
        100,
        '100 small figures of people, 28 of them filled in. With midazolam (calming drug): 28 in 100.',
      ],
    ],
    [
      'dissociation',
      spanish,
      [
        'Con el aerosol: unas 34 de cada 100',
        34,
        100,
        '100 figuras pequeñas de personas, 34 de ellas rellenas. Con el aerosol: unas 34 de cada 100.',
      ],
      [
        'Con placebo: unas 6 de cada 100',
        6,
        100,
        '100 figuras pequeñas de personas, 6 de ellas rellenas. Con placebo: unas 6 de cada 100.',
      ],
    ],
  ])('of %s says its numbers, and in words', (id, form, ...arrays) => {
    expect(pictureIn(id, { template: form })).toEqual(arrays);
  });

  test('follows the ledger', () => {
    const entries = evidence.entries.map((entry) => ({
      ...entry,
      figures: entry.figures.map((figure) =>
        figure.id === 'response-24h' ? { ...figure, effect: [61], of: 99 } : figure,
      ),
    }));
    expect(pictureIn('rapid-relief', { evidence: { ...evidence, entries } })[0]?.slice(0, 3)).toEqual([
      'With ketamine: 61 in 99',
      61,
      99,
    ]);
  });
});

/* What forms of a run say alike is put together once: by mistake, one form could say what another should. */

type ApplicantOf<T> = T extends fc.Arbitrary<infer U> ? U : never;

describe('in a run', () => {
  const conditions = rulesOf('proceed-with-conditions').slice(0, 2);
  /** What is installed, in a run: all of it stays the same. */
  const installed: fc.Arbitrary<Partial<ConsentRequest>> = fc.constantFrom(
    {},
    { definitionDigest: `sha256:${'b'.repeat(64)}` },
    { template: spanish },
    { clinic: { ...clinic, name: 'Another Clinic' } },
    { clinic: { ...clinic, supply: clinic.supply === 'vial' ? 'compounded' : 'vial' } },
  );
  const applicant = fc.record({
    name: fc.constantFrom('Ann Lee', 'Zoë Żak', 'Nguyễn Thị Ánh'),
    chart: fc.stringMatching(/^[A-Z0-9]{1,8}$/),
    language: fc.constantFrom('en', 'es'),
    interpreter: fc.constantFrom('not-needed', 'qualified'),
    absent: fc.constantFrom(
      {},
      {},
      { 'eye.glaucoma': { absent: 'unknown' } },
      { 'eye.glaucoma': { absent: 'declined' } },
    ),
    rules: fc.subarray([...conditions]),
    byAbsence: fc.subarray([...conditions], { maxLength: 1 }),
    notAsked: fc.constantFrom([], [], ['neuro.seizures'], ['trial[1].dose'], ['trial[2].dose']),
    auditHead: fc.constantFrom(undefined, undefined, undefined, '12-abcdef012345'),
  });

  function requestOf(
    {
      name,
      chart,
      language,
      interpreter,
      absent,
      rules,
      byAbsence,
      notAsked,
      auditHead,
    }: ApplicantOf<typeof applicant>,
    own: Partial<ConsentRequest>,
  ): ConsentRequest {
    const changes = {
      'applicant.name': name,
      'applicant.id': chart,
      'applicant.language': language,
      'applicant.interpreter': interpreter,
      ...absent,
    };
    const { findings, ...assessment } = found('proceed-with-conditions', rules);
    const open = found('proceed-with-conditions', byAbsence).findings.map((each) => ({ ...each, absent: ['x'] }));
    return requestWith(changes, {
      assessment: { ...assessment, findings: [...findings, ...open], notAsked },
      ...(auditHead !== undefined && { auditHead }),
      ...own,
    });
  }

  test('each form says what it would say alone', () => {
    let [count, shared] = [0, 0];
    fc.assert(
      fc.property(installed, applicant, applicant, (own, first, other) => {
        const closed = new Set<unknown>();
        // One after the other, each as the first but for one thing.
        const changed = Object.entries(other).map(([key, value]) => ({ ...first, [key]: value }));
        for (const each of [first, ...changed, first]) {
          const request = requestOf(each, own);
          const composition = compose(request, partDigests(request, request), true);
          count += 1;
          shared += closed.has(composition.closed) ? 1 : 0;
          closed.add(composition.closed);
          const said = JSON.stringify(withOpenTexts(composition.closed, composition.open));
          expect(said === JSON.stringify(composeConsent(request)), JSON.stringify(each)).toBe(true);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
    // Were all of them put together anew, this would show nothing.
    expect(shared).toBeGreaterThan(count / 10);
  });

  test('what two applicants share is one object, and neither has the words of the other', () => {
    const [ann, bo] = ['Ann Lee', 'Bo Smith'].map((name) => {
      const request = requestWith({ 'applicant.name': name });
      return compose(request, partDigests(request, request), true);
    });
    expect(ann?.closed).toBe(bo?.closed);
    expect(JSON.stringify(ann?.closed)).not.toMatch(/Ann Lee|Bo Smith/);
    expect(JSON.stringify(bo?.open)).toContain('Bo Smith');
    expect(ann?.digest).not.toBe(bo?.digest);
  });

  test('a name, a date, a chart number, a condition and a digest are open wherever they stand', () => {
    const request = requestWith();
    const { closed, open } = compose(request, partDigests(request, request), true);
    expect(openTextsOf(closed)).toHaveLength(open.length);
    const origins = open.flat().flatMap(({ origin, isOpen }) => (isOpen ? [origin] : []));
    expect([...new Set(origins)].sort()).toEqual(
      [
        'applicant.birthDate',
        'applicant.id',
        'applicant.name',
        'digest',
        'digestOfAnswers',
        'indication.primary',
        'visit.date',
      ].sort(),
    );
    expect(origins.at(-1)).toBe('digest');
  });
});
