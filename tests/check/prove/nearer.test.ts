import { expect, test } from 'vitest';
import { nearer } from '../../../src/check/prove/nearer.ts';
import { departures } from '../../../src/check/prove/tell.ts';
import { isAccepted } from '../../../src/engine/accept.ts';
import { assess } from '../../../src/engine/assess.ts';
import { readAnswers, writeAnswers } from '../../../src/exchange/answers.ts';
import { type Answers, withAnswerIn } from '../../../src/model/answers.ts';
import { shippedBaseline, shippedQuestionnaire } from '../../shipped.ts';

const shipped = shippedQuestionnaire();
const usual = shippedBaseline();
const sheet = writeAnswers(shipped, usual) as { readonly trial: readonly [object, object] };
const [first, second] = sheet.trial;

/** What is told of the usual applicant with changes, brought nearer while the rule still fires. */
function toldOf(rule: string, changes: object, from: Answers = usual): string {
  const { answers, errors } = readAnswers(shipped, { ...sheet, ...changes });
  expect(errors).toEqual([]);
  const fires = (given: Answers): boolean =>
    assess(shipped, given).findings.some((finding) => finding.rule === rule && finding.absent.length === 0);
  expect(fires(answers)).toBe(true);
  const near = nearer<Answers>(
    shipped,
    from,
    answers,
    (given) => given,
    (given, place, answer) => {
      const other = withAnswerIn(given, place, answer);
      return isAccepted(shipped, other) && fires(other) ? other : undefined;
    },
  );
  return departures(shipped, near, from);
}

const odd = {
  medication: 'selegiline patch',
  dose: 572.784,
  days: 5857,
  currentEpisode: true,
  adherent: { absent: 'unknown' },
  improvement: 'response-then-lost',
  stopped: { absent: 'declined' },
};

test.each<[string, string, object, string]>([
  ['a number, to the limit', 'df-blood-pressure', { 'vitals.systolic': 231 }, 'vitals.systolic 180'],
  [
    'a number from below',
    'cr-severity',
    { 'phq9.q1': 0, 'phq9.q2': 0, 'phq9.q3': 0, 'phq9.q4': 0 },
    'phq9.q1 1, phq9.q2 0, phq9.q3 0, phq9.q4 0',
  ],
  ['a day', 'pc-under-25', { 'applicant.birthDate': '2007-02-02' }, 'applicant.birthDate 2001-03-11'],
  [
    'a number in an entry, whose other answers are the usual ones',
    'cr-not-treatment-resistant',
    { trial: [{ ...odd, dose: 1.5, adherent: true, improvement: 'partial' }, second] },
    'trial[1].dose 49.999',
  ],
  [
    'an entry more, but for what matters as the last usual one',
    'cr-response-lost',
    { trial: [first, second, odd] },
    'trial 3 entries, trial[3].medication venlafaxine, trial[3].dose 225, trial[3].days 70, trial[3].currentEpisode true, trial[3].adherent true, trial[3].improvement response-then-lost, trial[3].stopped not-helping',
  ],
  [
    'an entry that matters for being odd',
    'cr-response-lost',
    { trial: [odd, second] },
    'trial[1].improvement response-then-lost',
  ],
  [
    'answers that are no numbers, as they are',
    'df-escort',
    { 'today.escort': false, 'asq.q1': { absent: 'unknown' } },
    'asq.q1 unknown, today.escort false',
  ],
])('brings nearer: %s', (_title, rule, changes, expected) => {
  expect(toldOf(rule, changes)).toBe(expected);
});

test('leaves an entry alone where there are no usual ones', () => {
  const { answers } = readAnswers(shipped, { ...sheet, trial: [] });
  const told = toldOf('cr-response-lost', { trial: [odd] }, answers);
  expect(told).toContain('trial[1].dose 572.784, trial[1].days 5857');
});
