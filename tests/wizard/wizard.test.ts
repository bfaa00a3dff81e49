import { describe, expect, test } from 'vitest';
import { questionText } from '../../src/engine/teach-back.ts';
import { replies, say, turn } from '../../src/wizard/spoken.ts';
import type { PatientWords, WizardState } from '../../src/wizard/state.ts';
import { standingOf } from '../../src/wizard/steps.ts';
import { withQuestions } from '../../src/wizard/teach-back.ts';
import { bounce, update } from '../../src/wizard/update.ts';
import { sectionReached } from '../../src/wizard/view-ask.ts';
import { baseline, baselineSheet, openAt, place, press, questions, sheet, shipped, shown, started } from './driving.ts';

describe('choosing', () => {
  test('a digit chooses and moves on', () => {
    const state = press(openAt('applicant.sex'), '2');
    expect(state.answers.get('applicant.sex')).toBe('male');
    expect(place(state)).toBe('review');
  });

  test('y and n answer yes or no', () => {
    expect(press(openAt('asq.q1'), 'n').answers.get('asq.q1')).toBe(false);
  });

  test('arrows and Enter do the same; nothing is chosen to begin with', () => {
    const state = openAt('applicant.sex');
    expect(press(state, '<enter>')).toMatchObject({ problem: expect.stringContaining('Choose an answer') });
    expect(press(state, '<down>', '<down>', '<enter>').answers.get('applicant.sex')).toBe('male');
  });

  test.each([
    ['applicant.sex', 'Error: type one of 1, 2, 3'],
    ['asq.q1', 'Error: type yes or no'],
  ])('line mode: Enter alone is told by what to type, there are no arrow keys: %s', (linkId, said) => {
    const state = openAt(linkId);
    expect(replies(state, turn({ state }, '', 60_000))).toEqual([said]);
  });

  test.each(['applicant.sex', 'asq.q1'])('with confirm the keys name Enter: %s', (linkId) => {
    expect(shown({ ...openAt(linkId), needsEnter: true })).toContain('Enter accept');
    expect(shown(openAt(linkId))).not.toContain('Enter accept');
  });

  test('with confirm a digit only highlights', () => {
    const state = press({ ...openAt('applicant.sex'), needsEnter: true }, '2');
    expect(state.answers.has('applicant.sex')).toBe(false);
    expect(press(state, '<enter>').answers.get('applicant.sex')).toBe('male');
  });

  test('several: an exclusive option stands alone, letters reach those after the ninth', () => {
    const marked = press(openAt('medicines'), '6', 'i');
    expect(marked.page).toMatchObject({ chosen: ['none'] });
    expect(press(marked, '6', 'a', '<enter>').answers.get('medicines')).toEqual(['opioid', 'cyp3a4-inhibitor']);
  });

  test('several, longer than the screen: the key for none of these stands in the foot, the last page says that PageDown starts again', () => {
    const state = openAt('medicines');
    expect(shown(state)).toContain('number or letter marks   i None of these   Enter done');
    expect(shown(state, 60)).not.toContain('[ ] None of these');
    expect(shown(state, 60)).toContain(
      '-- lines 1-17 of 25, PageDown: more --\nnumber or letter marks   i None of these',
    );
    const last = shown(press(state, 'i'), 60);
    expect(last).toContain('> i  [x] None of these\n-- lines 9-25 of 25, PageDown: top --');
    expect(last).not.toContain('more --');
  });

  test('several, longer than the screen: the question stays in sight, also where the answer is refused', () => {
    const question = 'Which of these do you take?';
    const refused = press(openAt('medicines'), '<enter>');
    for (const state of [refused, press(refused, '<page-down>'), press(openAt('medicines'), 'i')]) {
      for (const columns of [80, 60]) expect(shown(state, columns)).toContain(question);
    }
    expect(shown(refused)).toContain('! Choose at least one, or "None of these".');
  });

  test('what an answer would mean comes before the question where there is no room for both', () => {
    const state = press(openAt('suicide.attemptInProgress'), 'y');
    const small = shown(state, 40, 15);
    expect(small.replace(/\s+/g, ' ')).toContain('Act on the steps now');
    expect(shown(state)).toContain('have you just taken an overdose');
  });

  test('several: at least one', () => {
    expect(press(openAt('medicines'), '<enter>').problem).toBe('Choose at least one, or "None of these".');
  });
});

describe('not known and declined', () => {
  test('u, then which of both', () => {
    expect(press(openAt('cardiac.avm'), 'u', '1').answers.get('cardiac.avm')).toEqual({ absent: 'unknown' });
    expect(press(openAt('cardiac.avm'), 'u', '2').answers.get('cardiac.avm')).toEqual({ absent: 'declined' });
  });

  test('where a question takes neither, it says so', () => {
    const state = press(openAt('today.escort'), 'u');
    expect(state.problem).toContain('takes neither');
    expect(state.answers.has('today.escort')).toBe(false);
  });

  test('in a text field u is a letter, and u alone asks which', () => {
    const field = press(openAt('trial'), 'y');
    expect(shown(press(field, 'u'))).toContain('> u');
    expect(press(field, 'u', '<enter>', '1').answers.get('trial')).toEqual([
      new Map([['trial.medication', { absent: 'unknown' }]]),
    ]);
  });
});

describe('typing', () => {
  test('what is wrong stands under the field and the text stays', () => {
    const state = press(openAt('vitals.heartRate'), '2x', '<enter>');
    expect(shown(state)).toContain('> 2x\n! "2x" is not a whole number from 20 to 250 beats a minute.');
  });

  test('a rare value is taken with a mark behind it', () => {
    const state = press(openAt('vitals.heartRate'), '200', '<enter>');
    expect(state.problem).toContain('200!');
    const marked = press(state, '!', '<enter>');
    expect(shown(marked)).toContain('This means: defer (rule df-heart-rate)');
    expect(shown(marked)).toContain('Enter record it   Shift+Tab back');
    expect(press(marked, '<enter>').answers.get('vitals.heartRate')).toBe(200);
  });

  test('another unit is read back while it is typed', () => {
    expect(shown(press(openAt('body.weight'), '176 lb'))).toContain('= 79.83 kg, rounded');
  });

  test('a pair fills the first number and stands ready in the second question', () => {
    const state = press(openAt('vitals.systolic', 'vitals.diastolic'), '128/78', '<enter>');
    expect(place(state)).toBe('vitals.diastolic');
    expect(shown(state)).toContain('> 78');
    expect(press(state, '<enter>').answers.get('vitals.diastolic')).toBe(78);
  });

  test('a date is read back with its weekday', () => {
    expect(shown(press(openAt('applicant.birthDate'), '15 jan 1986'))).toContain('= Wednesday 1986-01-15');
  });

  test('a date of birth is offered as a plain date, a date of late in days and weeks ago too', () => {
    const born = openAt('applicant.birthDate');
    expect(shown(born)).toContain('> \n  such as 1986-01-15 or 15 jan 1986\n');
    expect(press(born, '<enter>').problem).toBe('Type a date: 1986-01-15 or 15 jan 1986.');
    expect(press(born, 'eighty', '<enter>').problem).toBe('"eighty" is not a date. Type 1986-01-15 or 15 jan 1986.');
    const late = press(openAt('cardiac.mi'), 'y');
    expect(place(late)).toBe('cardiac.miDate');
    expect(shown(late)).toContain('such as 2026-11-24, 24 nov 2026, today, -3d or 6w ago');
  });

  test('a broken relation is told at its field', () => {
    const state = press(openAt('applicant.birthDate'), 'today', '<enter>');
    expect(place(press(openAt('applicant.birthDate'), '2026-03-11', '<enter>'))).toBe('applicant.birthDate');
    expect(press(openAt('applicant.birthDate'), '2026-03-11', '<enter>').problem).toBe(
      'The date of birth must not be after the day of the screening.',
    );
    expect(state.problem).toBeUndefined();
  });

  test('an edit that breaks a relation elsewhere leads there', () => {
    const edited = press(started({ answers: new Map(baseline).set('vitals.systolic', 70), closed: ['trial'] }));
    expect(place(edited)).toBe('vitals.diastolic');
  });

  test('a name that the table does not have is kept after a second Enter', () => {
    const asked = press(openAt('trial'), 'y', 'sertralin', '<enter>');
    expect(shown(asked)).toContain('"sertralin" is not in the table.');
    expect(shown(asked)).toContain('Did you mean sertraline?');
    expect(press(asked, '<enter>').answers.get('trial')).toEqual([new Map([['trial.medication', 'sertralin']])]);
    expect(press(asked, '<tab>', '<enter>').answers.get('trial')).toEqual([
      new Map([['trial.medication', 'sertraline']]),
    ]);
  });

  test('control characters never reach the screen or an answer', () => {
    const state = openAt('applicant.name');
    const pasted = update(state, { name: 'paste', text: 'An\u001b[2Jn\r\nOtherw\u202eise', at: 5000 });
    expect(press(pasted, '<enter>').answers.get('applicant.name')).toBe('An[2Jn Otherwise');
  });

  test('a paste does nothing where an answer is chosen', () => {
    const state = openAt('applicant.sex');
    expect(update(state, { name: 'paste', text: '1', at: 5000 })).toEqual(state);
  });
});

describe('a grid', () => {
  const grid = openAt(...[...baseline.keys()].filter((linkId) => linkId.startsWith('phq9.')));

  test('nine digits at once score nine lines, and a tenth changes nothing', () => {
    const burst = [...'2230112013'].reduce((state, text) => update(state, { name: 'text', text, at: 500 }), grid);
    expect([...'123456789'].map((row) => burst.answers.get(`phq9.q${row}`))).toEqual([2, 2, 3, 0, 1, 1, 2, 0, 1]);
    expect(shown(burst)).toContain('9 of 9 lines - PHQ-9 total: 12, PHQ-9 severity: moderate');
  });

  test('no sum before the last line, and Enter leads to the first empty one', () => {
    const state = press(grid, '22', '<down>', '333333');
    expect(shown(state)).not.toContain('total');
    const entered = press(state, '<enter>');
    expect(entered.problem).toBe('1 line still empty.');
    expect(entered.page).toMatchObject({ place: { row: 2 } });
  });

  test('up and backspace correct, u and d say why there is no score', () => {
    const state = press(grid, '22', '<up>', '3', '<backspace>', '1', 'u', 'd');
    expect(['1', '2', '3', '4'].map((row) => state.answers.get(`phq9.q${row}`))).toEqual([
      2,
      1,
      { absent: 'unknown' },
      { absent: 'declined' },
    ]);
    expect(shown(press(state, '00000'))).toContain('no score, because a line has no answer');
  });
});

describe('a line of a grid that stands in the way by itself', () => {
  const grid = openAt(...[...baseline.keys()].filter((linkId) => linkId.startsWith('phq9.')));
  const meaning =
    'PHQ-9 item 9 is above "not at all", or was not answered. Make sure that the suicide questions were all asked, and have a clinician talk with the person today.';
  const words =
    'You may say: "Thank you for answering that. We ask everyone, and I will ask a little more about it in a moment."';
  const plain = (state: WizardState) => shown(state).replace(/\s+/g, ' ');

  test('is told where it is answered: what follows, what to do, what to say', () => {
    for (const answer of ['1', '3', 'u', 'd']) {
      const state = press(grid, '22222222', answer);
      expect(place(state)).toBe('phq9');
      expect(plain(state)).toContain(`9 of 9 lines${/\d/.test(answer) ? ' - PHQ-9 total' : ' - no score'}`);
      expect(plain(state)).toContain(`! This means: clinician review (rule cr-self-harm-item). ${meaning} ${words}`);
    }
    expect(plain(press(grid, '222222220'))).not.toContain('This means');
    expect(plain(press(grid, '22222222'))).not.toContain('This means');
  });

  test('is in sight in the smallest window', () => {
    expect(shown(press(grid, '222222221'), 40, 15)).toContain(
      '! This means: clinician review (rule\n  cr-self-harm-item).',
    );
  });

  test('is told before the other lines are answered too, and no more once it is corrected', () => {
    const first = press(grid, ...Array.from({ length: 8 }, () => '<down>'), '2', '<up>', '<up>');
    expect(plain(first)).toContain('This means: clinician review (rule cr-self-harm-item).');
    expect(plain(press(first, '<down>', '0'))).not.toContain('This means');
  });

  test('what all lines come to together is not told as one line', () => {
    expect(plain(press(grid, '000000000'))).not.toContain('This means');
  });

  test('line mode says it after the line', () => {
    const before = press(grid, '22222222');
    const said = replies(before, turn({ state: before }, '1', 60_000));
    expect(said.slice(0, 5)).toEqual([
      'Recorded: Several days.',
      '',
      `This means: clinician review, rule cr-self-harm-item. ${meaning}`,
      words,
      'Symptoms, section 4 of 10, question 16 of about 69.',
    ]);
  });
});

describe('a repeat', () => {
  const trial = ['y', 'sertraline', '<enter>', '150', '<enter>', '10 weeks', '<enter>', 'y', 'y', '1', '2'];

  test('asks each question of an entry, then for another', () => {
    const state = press(openAt('trial'), ...trial);
    expect(shown(state)).toContain('1  sertraline, 150 mg a day, 70 days');
    expect(place(press(state, 'n'))).toBe('review');
  });

  test('an entry can be changed and removed', () => {
    const state = press(openAt('trial'), ...trial, '1', 'zoloft', '<enter>', '<back>', '<back>');
    expect(place(state)).toBe('trial');
    expect(shown(state)).toContain('1  zoloft');
    expect(press(state, '<up>', '<up>', 'x', 'y').answers.get('trial')).toEqual([]);
    expect(press(state, '<up>', '<up>', 'x', 'n').answers.get('trial')).toHaveLength(1);
  });

  test('a name that the table does not have is marked in the list, with what that means', () => {
    const unlisted = press(openAt('trial'), ...trial, 'y', 'sertralin', '<enter>', '<enter>', '<back>', '<back>');
    const why =
      '"sertralin" is not in the table. The generic name or a brand. A name that is not in the table is kept, but the trial is not counted.';
    expect(shown(unlisted)).toMatch(
      /1 {2}sertraline, 150 mg .*\n {2}2 {2}sertralin\n {5}! "sertralin" is not in the table\./,
    );
    expect(shown(unlisted).replace(/\s+/g, ' ')).toContain(`! ${why}`);
    expect(say(unlisted)).toEqual(expect.arrayContaining(['2 sertralin', why]));
    expect(say(unlisted).filter((line) => line.includes('table'))).toHaveLength(1);
  });

  test('none is an answer too', () => {
    expect(press(openAt('trial'), 'n').answers.get('trial')).toEqual([]);
  });
});

describe('back', () => {
  test('shows the earlier answer, and Enter keeps it and goes to what is open', () => {
    const state = press(openAt('applicant.sex', 'history.ect'), '2', '<back>', '<back>', '<back>');
    expect(shown(press(openAt('history.ect'), '<back>', '<back>'))).not.toContain('Recorded');
    const back = press(openAt('applicant.sex'), '<back>');
    expect(place(back)).toBe('applicant.birthDate');
    expect(shown(back)).toContain('Your answer: Wednesday 1986-01-15. Enter keeps it');
    expect(place(press(back, '<enter>'))).toBe('applicant.sex');
    expect(state.answers.get('applicant.sex')).toBe('male');
  });

  test('an answer that an edit disabled is set aside, shown, unused, and back with the edit undone', () => {
    const answers = sheet({ 'cardiac.mi': true, 'cardiac.miDate': '2026-03-01' });
    const state = started({ answers: new Map([...baseline, ...answers]), closed: ['trial'] });
    const number = standingOf(shipped, state.answers).steps.findIndex(({ linkId }) => linkId === 'cardiac.mi') + 1;
    const edited = press(state, String(number), '<enter>', 'n');
    expect(place(edited)).toBe('review');
    expect(standingOf(shipped, edited.answers).assessment.disposition).toBe('proceed');
    expect(shown(press(edited, 'f'), 80, 50)).toContain(
      'Set aside, not used: When was your last heart attack? - 2026-03-01',
    );
    const undone = press(edited, String(number), '<enter>', 'y', '<enter>');
    expect(standingOf(shipped, undone.answers).assessment.disposition).toBe('do-not-proceed');
  });
});

describe('an answer that stops', () => {
  const stopped = press(openAt('cardiac.aneurysm'), '2');

  test('is recorded after its meaning was shown', () => {
    expect(stopped.answers.has('cardiac.aneurysm')).toBe(false);
    expect(shown(stopped)).toContain('This means: do not proceed (rule dnp-aneurysm).');
    expect(shown(stopped)).toContain('Nothing is final until the review.');
    expect(press(stopped, '<enter>').answers.get('cardiac.aneurysm')).toBe('present');
  });

  test('can be changed before that', () => {
    expect(press(stopped, '1').answers.get('cardiac.aneurysm')).toBe('none');
  });

  test('a clinician review needs no second key', () => {
    expect(press(openAt('cardiac.aneurysm'), '3').answers.get('cardiac.aneurysm')).toBe('repaired');
  });
});

describe('an emergency', () => {
  const opened = press(openAt('asq.q5', 'asq.q4'), 'y', 'y', '<enter>');

  test('opens its page at once, steps first', () => {
    expect(place(opened)).toBe('emergency');
    expect(shown(opened)).toMatch(
      /^EMERGENCY: ACT ON THESE STEPS NOW\n\nThoughts of suicide right now.*\n.*\n? {2}1 {2}Stay with the person/,
    );
    expect(shown(opened)).toContain('[clinician on duty]');
    expect(shown({ ...opened, clinic: { clinicianOnDuty: 'Dr. Moreno', phone: '555-0100' } })).toContain('Dr. Moreno');
  });

  test('stays until somebody was told', () => {
    expect(place(press(opened, '<enter>', '<escape>', '<back>', 'x', '<enter>'))).toBe('emergency');
    const told = press(opened, 'AM', '<enter>');
    expect(told.told).toMatchObject([{ rules: ['em-suicide-now'], who: 'AM' }]);
    expect(place(press(told, '1'))).toBe('review');
    expect(press(told, '2').ending).toBe('stopped-in-emergency');
    expect(place(press(told, '3'))).toBe('asq.q5');
  });

  test('corrected and given again, it opens again', () => {
    const corrected = press(opened, 'told', '<enter>', '3', 'n');
    expect(corrected.answers.get('asq.q5')).toBe(false);
    const again = press(
      { ...corrected },
      String(standingOf(shipped, corrected.answers).steps.findIndex(({ linkId }) => linkId === 'asq.q5') + 1),
      '<enter>',
      'y',
      '<enter>',
    );
    expect(place(again)).toBe('emergency');
  });

  test('a resumed screening with one that nobody was told of opens it', () => {
    const answers = new Map(baseline).set('suicide.attemptInProgress', true);
    expect(place(started({ answers, closed: ['trial'] }))).toBe('emergency');
  });

  test('the safety page opens from any question and comes back', () => {
    const state = openAt('applicant.sex');
    const safety = press(state, '!');
    expect(shown(safety)).toContain('SAFETY STEPS');
    expect(shown(press(safety, '<enter>'))).toBe(shown(state));
  });

  test('the safety page speaks of more where there is more', () => {
    const safety = press(openAt('applicant.sex'), '!');
    expect(shown(safety)).not.toContain('PageDown');
    expect(shown(safety, 40, 15)).toContain('PageDown: more');
  });
});

describe('help', () => {
  test('? opens why, what counts and sources, and closes', () => {
    const state = press(openAt('cardiac.avm'), '?');
    expect(shown(state)).toContain('Why we ask: A rise in blood pressure could make it bleed.');
    expect(shown(state)).toContain('What counts: Anywhere in the body, treated or not.');
    expect(shown(state)).toContain('Source: Spravato');
    expect(shown(press(state, '?'))).not.toContain('Why we ask');
  });

  test('on a text question only where the line is empty', () => {
    expect(shown(press(openAt('applicant.name'), 'Who?'))).toContain('> Who?');
    expect(shown(press(openAt('applicant.name'), '?'))).toContain('Why we ask');
  });
});

describe('the time between keys', () => {
  test('a key right after the question changed was meant for the one before', () => {
    const state = openAt('applicant.sex', 'applicant.language');
    const first = update(state, { name: 'text', text: '1', at: 1000 });
    expect(place(first)).toBe('applicant.language');
    expect(update(first, { name: 'text', text: '1', at: 1000 + bounce - 1 })).toBe(first);
    expect(update(first, { name: 'text', text: '1', at: 1000 + bounce }).answers.has('applicant.language')).toBe(true);
  });

  test('Ctrl-C is never dropped', () => {
    expect(update({ ...openAt('applicant.sex'), changedAt: 1000 }, { name: 'interrupt', at: 1000 }).ending).toBe(
      'interrupted',
    );
  });
});

test('on the emergency page the section reached is that of the next question', () => {
  const answers = new Map([...baseline].filter(([linkId]) => !/^cardiac\.(chestPain|heartFailure)$/.test(linkId)));
  const state = press(started({ answers, closed: ['trial'] }), '3', '<enter>');
  expect([state.page.kind, sectionReached(state)]).toEqual(['emergency', 'Heart and blood vessels']);
});

describe('review', () => {
  test('names what to look at first and counts what is not known', () => {
    const answers = new Map(baseline)
      .set('organ.liver', { absent: 'unknown' } as const)
      .set('eye.glaucoma', 'controlled');
    const screen = shown(started({ answers, closed: ['trial'] }), 80, 40);
    expect(screen).toContain('To look at first');
    expect(screen).toMatch(/clinician review \(cr-glaucoma\)/);
    expect(screen).toMatch(/g {2}Brain, eyes and organs +complete, 1 not known/);
  });

  test('a number edits a question and comes back', () => {
    const state = started({ answers: baseline, closed: ['trial'] });
    expect(place(press(state, '6', '<enter>'))).toBe('applicant.sex');
    expect(place(press(state, '6', '<enter>', '2'))).toBe('review');
    expect(press(state, '999', '<enter>').problem).toContain('There is no question 999');
  });

  test('Enter finishes, or goes on where something is open; q stops', () => {
    const state = started({ answers: baseline, closed: ['trial'] });
    expect(press(state, '<enter>', '1', '1', '1', '1', '<enter>').ending).toBe('finished');
    expect(press(state, 'q').ending).toBe('stopped');
    const early = press(openAt('applicant.sex'), '<review>');
    expect(place(press(early, '<enter>'))).toBe('applicant.sex');
  });

  test('Enter closes an open section first, so that a letter and Enter never finish', () => {
    const state = started({ answers: baseline, closed: ['trial'] });
    const opened = press(state, 'g');
    expect(shown(opened, 80, 40)).toContain('Letter: open a section. Enter closes this one,');
    const closed = press(opened, '<enter>');
    expect([place(closed), closed.page.kind === 'review' && closed.page.open]).toEqual(['review', undefined]);
    expect(shown(closed, 80, 40)).toContain('Enter finishes the questions');
  });
});

describe('a change from the review', () => {
  const atReview = (changes: object = {}) =>
    started({ answers: sheet({ ...baselineSheet, ...changes }), closed: ['trial'] });
  const numberOf = (state: WizardState, linkId: string): string =>
    String(standingOf(shipped, state.answers).steps.findIndex((step) => step.linkId === linkId) + 1);
  const change = (state: WizardState, linkId: string, ...typed: readonly string[]) =>
    press(state, numberOf(state, linkId), '<enter>', ...typed);
  const plain = (state: WizardState) => shown(state, 80, 60).replace(/\s+/g, ' ');

  test('says the answer before and after, and which questions it adds', () => {
    const state = change(atReview(), 'pregnancy.possible', 'y');
    const number = numberOf(state, 'pregnancy.possible');
    expect(plain(state)).toContain(
      `Changed ${number} from No to Yes. This adds 1 question (Result of today's pregnancy test) and drops none.`,
    );
    expect(say(state).slice(0, 2)).toEqual([
      `Changed ${number} from No to Yes.`,
      "This adds 1 question (Result of today's pregnancy test) and drops none.",
    ]);
  });

  test('is not read back above the question that is opened next', () => {
    const state = change(atReview(), 'pregnancy.possible', 'y');
    expect(shown(press(state, numberOf(state, 'history.ect'), '<enter>'))).not.toContain('Recorded');
  });

  test('says which questions it drops, whose answers are set aside', () => {
    const state = change(atReview({ 'cardiac.mi': true, 'cardiac.miDate': '2024-03-01' }), 'cardiac.mi', 'n');
    expect(say(state)).toContain('This adds no question and drops 1 question (When was your last heart attack?).');
  });

  test('says every answer of a pair, and comes back after the second', () => {
    const state = change(atReview(), 'vitals.systolic', '145/92', '<enter>', '<enter>');
    expect(say(state).slice(0, 2)).toEqual([
      `Changed ${numberOf(state, 'vitals.systolic')} from 124 mmHg to 145 mmHg.`,
      `Changed ${numberOf(state, 'vitals.diastolic')} from 78 mmHg to 92 mmHg.`,
    ]);
    expect(say(state)[2]).toMatch(/^This adds 2 questions \([^;]+; [^;]+\) and drops none\.$/);
  });

  test('the lines of a grid are one question, and a field of an entry changes its number alone', () => {
    const grid = change(atReview(), 'phq9', '1', '<enter>');
    expect(say(grid)[0]).toBe(
      'Changed 16 from 2 2 2 2 2 2 2 2 0 (PHQ-9 total: 16, PHQ-9 severity: moderately-severe) to 1 2 2 2 2 2 2 2 0 (PHQ-9 total: 15, PHQ-9 severity: moderately-severe).',
    );
    const trial = change(atReview(), 'trial', '1', '<enter>', '100', '<enter>', '<back>', '<back>', '<back>', 'n');
    expect(say(trial)[0]).toBe(`Changed ${numberOf(trial, 'trial')}.`);
  });

  test('is not said of an answer that was kept, nor once the review is left', () => {
    const kept = change(atReview(), 'pregnancy.possible', 'n');
    expect([place(kept), say(kept)[0]]).toEqual(['review', expect.stringMatching(/^Review\./)]);
    const opened = press(change(atReview(), 'pregnancy.possible', 'y'), 'a', '<enter>');
    expect(plain(opened)).not.toContain('Changed');
    const back = press(change(atReview(), 'pregnancy.possible', 'y'), '<enter>', '<review>');
    expect(plain(back)).not.toContain('Changed');
  });

  test('comes after an emergency that it opened', () => {
    const state = change(atReview(), 'suicide.attemptInProgress', 'y', '<enter>', 'told', '<enter>', '1');
    expect(plain(state)).toContain(`Changed ${numberOf(state, 'suicide.attemptInProgress')} from No to Yes.`);
  });
});

describe("in the patient's own words", () => {
  const atReview = (beginning = {}) => started({ answers: baseline, closed: ['trial'], ...beginning });
  const asking = (...typed: readonly string[]) => press(atReview(), '<enter>', ...typed);

  test('the screen: the question, what a good answer says, and three outcomes', () => {
    expect(shown(asking())).toMatchInlineSnapshot(`
      "In the patient's own words                                       question 1 of 4

      What it is for. Ask the patient:
      Why are you getting this treatment? What if it does not work?

      A good answer says, in any words:
        - It may ease the illness that we treat. Nobody can promise that.
        - It may not work, or may not last.
        - There are other choices. No treatment is one of them.

        1  In their own words, the first time
        2  In their own words, after explaining again
        3  Not yet

      1-3 choose   Shift+Tab back   ? why   ! urgent   Ctrl-R review   Ctrl-C stop"
    `);
  });

  test('what came of it, with one that is open', () => {
    expect(shown(asking('1', '2', '3', '1'))).toMatchInlineSnapshot(`
      "In the patient's own words                                       what came of it

        1  What it is for - in their own words, the first time
        2  What you may feel - in their own words, after explaining again
      ! 3  Driving and getting home - not yet
        4  Saying no and stopping - in their own words, the first time

      There is no consent form yet. Explain what is open another way, and ask again:
      its number opens it.
      If it needs more time, stop here. The screening is kept, and you go on with
      these questions when you come back to it.

      Enter stops here and keeps the screening   1-4 change   Shift+Tab back
      Ctrl-R review   q stop"
    `);
  });

  test('Enter without a choice says what is needed; arrows and Enter choose', () => {
    expect(shown(asking('<enter>'))).toContain('! Choose how it went by its number');
    expect([...asking('<down>', '<down>', '<enter>').outcomes]).toEqual([['purpose', 'after-explaining']]);
  });

  test('with --confirm a digit only highlights', () => {
    const state = press(atReview({ needsEnter: true }), '<enter>', '3');
    expect(state.outcomes.size).toBe(0);
    expect([...press(state, '1', '<enter>').outcomes]).toEqual([['purpose', 'first-time']]);
  });

  test('back goes to the question before, and from the first to the review', () => {
    expect(shown(asking('1', '<back>'))).toContain(
      '> 1  In their own words, the first time <- recorded, Enter keeps it',
    );
    expect(asking('<back>').page.kind).toBe('review');
    expect(shown(asking('1', '1', '1', '1', '<back>'))).toContain('question 4 of 4');
  });

  test('a changed outcome goes back to what came of it', () => {
    const state = asking('1', '3', '1', '1', '2', '1');
    expect(shown(state)).toContain('The patient said everything back.');
    expect(press(state, '<enter>').ending).toBe('finished');
  });

  test('the patient is asked in the words of their form, the English stands beside it for the staff', () => {
    const [first] = questions;
    const english = first ? questionText(first) : '';
    const words = { language: { linkId: 'applicant.language' }, texts: { es: { [first?.id ?? '']: '¿Por qué?' } } };
    const asked = (language: string, patientWords: PatientWords = words) => {
      const state = atReview({ answers: sheet({ ...baselineSheet, 'applicant.language': language }) });
      return shown(press(withQuestions(state, questions, 9000, patientWords), '<enter>'));
    };
    expect(asked('es')).toContain('¿Por qué?');
    expect(asked('es').replace(/\s+/g, ' ')).toContain(`In English: ${english}`);
    expect(asked('en')).not.toContain('¿Por qué?');
    expect(asked('en', { ...words, language: { code: 'es' } })).toContain('¿Por qué?');
    expect(asked('en', { ...words, language: { code: 'fr' } })).not.toContain('In English');
  });

  test('line mode: Enter alone is told by the numbers, there are no arrow keys', () => {
    const state = asking();
    expect(replies(state, turn({ state }, '', 60_000))).toEqual(['Error: type a number from 1 to 3']);
  });

  test('one that is open ends without a form', () => {
    expect(asking('1', '1', '1', '3', '<enter>').ending).toBe('not-yet');
  });

  test('help, the safety page and the review are there', () => {
    expect(shown(asking('?'))).toContain('A yes or a nod is no answer.');
    expect(asking('!').safety).toBe(true);
    expect(asking('<review>').page.kind).toBe('review');
    expect(asking('1', '1', '1', '1', 'q').ending).toBe('stopped');
  });

  test('answers changed from the review: what was said is kept, the new question is asked', () => {
    const state = asking('1', '1', '1', '1', '<review>');
    const answers = sheet({ ...baselineSheet, 'cardiac.hypertension': 'treated' });
    expect(shown(press({ ...state, answers }, '<enter>'))).toContain('question 5 of 5');
  });

  test('where a clinician must look first, or nobody may go on, nothing is asked', () => {
    for (const changes of [{ 'eye.glaucoma': 'controlled' }, { 'today.escort': false }]) {
      const state = atReview({ answers: sheet({ ...baselineSheet, ...changes }) });
      expect(press(state, '<enter>').ending).toBe('finished');
    }
  });

  test('a form that is still being read is waited for; one that cannot be read asks nothing', () => {
    const { questions: _questions, ...unread } = atReview();
    const state = press(unread, '<enter>');
    expect([state.ending, state.page.kind]).toEqual([undefined, 'review']);
    expect(shown(state)).toContain('! One moment: the questions for the patient are being read.');
    expect(shown(withQuestions(state, questions, 9000))).toContain('question 1 of 4');
    expect(withQuestions(unread, questions, 9000).page.kind).toBe('review');
    expect(withQuestions(press(state, '6', '<enter>'), questions, 9000).page.kind).toBe('ask');
    expect(withQuestions(state, [], 9000).ending).toBe('finished');
    expect(press({ ...unread, questions: [] }, '<enter>').ending).toBe('finished');
  });
});
