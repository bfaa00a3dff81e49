import fc from 'fast-check';
import { questionsIn, wholeItems } from '../src/engine/items.ts';
import { enablementOf, situationOf } from '../src/engine/situation.ts';
import type { Answer, Answers } from '../src/model/answers.ts';
import { parseDate } from '../src/model/local-date.ts';
import type { GroupItem, Item, QuestionItem, Questionnaire } from '../src/model/questionnaire.ts';

const day = (text: string): number => parseDate(text) as number;
const someDays = ['1950-01-01', '2000-02-29', '2008-03-10', '2026-01-27', '2026-01-28', '2026-03-10'].map(day);

/** Numbers near those that the definition compares with are where rules change. */
function constantsOf(questionnaire: Questionnaire, decimals: number): readonly number[] {
  return questionnaire.parameters.flatMap(({ value, scale }) =>
    scale <= decimals ? [value * 10 ** (decimals - scale)] : [],
  );
}

/** An answer that `refusal` accepts, often at the edge of what a rule looks at. */
function arbitraryAnswer(questionnaire: Questionnaire, item: QuestionItem): fc.Arbitrary<Answer> {
  switch (item.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'decimal': {
      const near = constantsOf(questionnaire, item.decimals)
        .flatMap((value) => [value - 1, value, value + 1])
        .filter((value) => value >= item.min && value <= item.max);
      const any = fc.integer({ min: item.min, max: item.max });
      return near.length === 0 ? any : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...near) }, any);
    }
    case 'date':
      return fc.oneof(fc.constantFrom(...someDays), fc.integer({ min: day('1930-01-01'), max: day('2030-01-01') }));
    case 'string': {
      const names = questionnaire.tables.flatMap(({ rows }) =>
        rows.flatMap(({ key, names: other }) => [key, ...other]),
      );
      return item.table ? fc.constantFrom(...names, 'not a medicine') : fc.constantFrom('A', 'Ann Ω', 'Nguyễn');
    }
    case 'choice': {
      if (!item.repeats)
        return fc.constantFrom(...item.options.map(({ code, score }) => (item.scored ? (score ?? 0) : code)));
      const several = item.options.filter(({ exclusive }) => !exclusive).map(({ code }) => code);
      const alone = item.options.filter(({ exclusive }) => exclusive).map(({ code }) => [code]);
      return fc.oneof(
        fc.subarray(several, { minLength: 1, maxLength: 3 }),
        ...alone.map((codes) => fc.constant(codes)),
      );
    }
  }
}

/** Answers that between them reach every side of every number the definition compares with. `base` is one of them. */
export function representatives(questionnaire: Questionnaire, item: Item, base: Answers): readonly Answer[] {
  const own = base.get(item.linkId);
  const start = own === undefined || (typeof own === 'object' && 'absent' in own) ? [] : [own];
  switch (item.type) {
    case 'group':
      return [...start, []];
    case 'boolean':
      return [true, false];
    case 'string':
      return [...start, 'A'];
    case 'choice':
      if (item.repeats) return item.options.map(({ code }) => [code]);
      return item.options.map(({ code, score }) => (item.scored ? (score ?? 0) : code));
    case 'date': {
      const from = base.get('visit.date');
      const days = constantsOf(questionnaire, 0).flatMap((value) =>
        [value, value * 365.25, (value + 1) * 365.25].map(Math.round),
      );
      const on = typeof from === 'number' ? from : day('2026-03-10');
      return [
        ...start,
        on,
        ...days.flatMap((value) => [-value - 1, -value, 1 - value, value].map((away) => on + away)),
      ];
    }
    case 'integer':
    case 'decimal': {
      const near = constantsOf(questionnaire, item.decimals).flatMap((value) => [value - 1, value, value + 1]);
      return [...start, item.min, item.max, ...near.filter((value) => value >= item.min && value <= item.max)];
    }
  }
}

const absent = fc.constantFrom<Answer>({ absent: 'unknown' }, { absent: 'declined' });

/** An answer, an absence, or (undefined) a question left out. */
function arbitraryState(questionnaire: Questionnaire, item: Item): fc.Arbitrary<Answer | undefined> {
  const answer = item.type === 'group' ? arbitraryEntries(questionnaire, item) : arbitraryAnswer(questionnaire, item);
  return fc.oneof({ weight: 8, arbitrary: answer }, ...(item.mayBeAbsent ? [{ weight: 1, arbitrary: absent }] : []), {
    weight: 1,
    arbitrary: fc.constant(undefined),
  });
}

function arbitraryEntries(questionnaire: Questionnaire, group: GroupItem): fc.Arbitrary<Answer> {
  const entry = fc
    .tuple(
      ...questionsIn(group).map((item) =>
        arbitraryState(questionnaire, item).map((state) => [item.linkId, state] as const),
      ),
    )
    .map(
      (states) =>
        new Map(states.flatMap(([linkId, state]) => (state === undefined ? [] : [[linkId, state]]))) as Answers,
    );
  return fc.array(entry, { maxLength: 4 });
}

/** Ten questions asked one after another: rules mostly read neighbours, so changes that lie close together meet. */
export function arbitraryNeighbours(questionnaire: Questionnaire): fc.Arbitrary<readonly Item[]> {
  const all = wholeItems(questionnaire);
  return fc.nat({ max: Math.max(0, all.length - 10) }).map((start) => all.slice(start, start + 10));
}

/** `base` with up to `changes` of `items` answered anew, without answers to questions that are then not asked. */
export function arbitraryChange(
  questionnaire: Questionnaire,
  base: Answers,
  items: readonly Item[],
  changes = 10,
): fc.Arbitrary<Answers> {
  const changed = fc
    .constantFrom(...items)
    .chain((item) => arbitraryState(questionnaire, item).map((state) => [item.linkId, state] as const));
  return fc.array(changed, { maxLength: changes }).map((states) => {
    const answers = new Map(base);
    for (const [linkId, state] of states) {
      if (state === undefined) answers.delete(linkId);
      else answers.set(linkId, state);
    }
    return withoutStray(questionnaire, answers);
  });
}

/** `base` with some answers changed, half of the time far apart and half of the time close together. */
export function arbitraryAnswers(questionnaire: Questionnaire, base: Answers): fc.Arbitrary<Answers> {
  return fc.oneof(
    arbitraryChange(questionnaire, base, wholeItems(questionnaire)),
    arbitraryNeighbours(questionnaire).chain((items) => arbitraryChange(questionnaire, base, items)),
  );
}

/** The answers to questions that the other answers do not settle as not asked. */
export function withoutStray(questionnaire: Questionnaire, answers: Answers): Answers {
  const situation = situationOf(questionnaire, answers);
  return new Map([...answers].filter(([linkId]) => enablementOf(situation, linkId) !== false));
}

/** The shipped applicant with other trials: few drugs, by several names, and of every answer often none. */
export function arbitraryTrials(base: Answers): fc.Arbitrary<Answers> {
  const of = <Value extends Answer>(...values: readonly Value[]): fc.Arbitrary<Answer | undefined> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...values) },
      {
        weight: 1,
        arbitrary: fc.constantFrom({ absent: 'unknown' } as const, { absent: 'declined' } as const, undefined),
      },
    );
  const trial = fc
    .record({
      medication: of('sertraline', 'Zoloft', 'venlafaxine', 'no drug of the table'),
      dose: of(225_000, 1_000),
      days: of(70, 7),
      currentEpisode: of(true, true, false),
      adherent: of(true, true, false),
      improvement: of('none', 'partial', 'response-then-lost'),
      stopped: of('not-helping'),
    })
    .map((fields) => {
      const given = Object.entries(fields).flatMap(([field, answer]): [string, Answer][] =>
        answer === undefined ? [] : [[`trial.${field}`, answer]],
      );
      return new Map(given);
    });
  return fc.array(trial, { maxLength: 4 }).map((trials) => new Map([...base, ['trial', trials]]));
}
