import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { CaseState } from '../../src/record/tables.ts';
import { hasPoppler, textOf } from '../document/sample.ts';
import { lastDocument, storedCases } from '../records.ts';
import { baselineSheet } from '../wizard/driving.ts';
import { Keys, pause, Terminal, type TerminalOptions } from './terminal.ts';

const shippedSettings = fileURLToPath(new URL('../../preinfuse.yaml', import.meta.url));
const open: Terminal[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) {
    try {
      terminal.kill('SIGKILL');
    } catch {
      // It has ended by itself.
    }
    terminal.remove();
  }
});

function screen(argv: readonly string[] = [], options: Partial<TerminalOptions> = {}): Terminal {
  const terminal = new Terminal(['screen', '--on', '2026-03-10', ...argv], options);
  open.push(terminal);
  return terminal;
}

/** The wizard with the answers of the baseline but those to `without`. */
function almostDone(
  without: readonly string[],
  argv: readonly string[] = [],
  options: Partial<TerminalOptions> = {},
): Terminal {
  const terminal = screen(['--answers', 'sheet.json', ...argv], options);
  const answers = Object.entries(baselineSheet).filter(([linkId]) => !without.includes(linkId));
  writeFileSync(join(terminal.folder, 'sheet.json'), JSON.stringify(Object.fromEntries(answers)));
  return terminal;
}

/** Gives the questions to the patient their outcomes, each once it is in sight. */
async function sayBack(terminal: Terminal, ...outcomes: readonly string[]): Promise<void> {
  for (const [index, outcome] of outcomes.entries()) {
    await terminal.shows(`question ${index + 1} of 4`);
    await terminal.press(outcome);
  }
}

const env = ({ folder }: Terminal): Readonly<Record<string, string>> => ({ XDG_STATE_HOME: join(folder, 'state') });

async function casesIn(terminal: Terminal, state: CaseState): Promise<readonly string[]> {
  const cases = await storedCases(terminal.folder, env(terminal));
  return cases.filter((each) => each.state === state).map(({ id }) => id);
}

const drafts = (terminal: Terminal): Promise<readonly string[]> => casesIn(terminal, 'draft');

describe('a screening typed through', () => {
  test('what was typed before the first question is in sight answers nothing', async () => {
    const terminal = screen();
    terminal.send('y');
    await terminal.shows('Before we start');
    await terminal.press('?');
    expect(terminal.screen()).toContain('question 1 of');
    expect(terminal.screen()).not.toContain('This means');
  });

  test('an unremarkable applicant gets the consent form', async () => {
    const terminal = screen();
    await terminal.shows('Before we start');
    await terminal.press('n', Keys.enter);
    await terminal.type('V001');
    await terminal.type('Test Applicant');
    await terminal.type('15 jan 1986');
    await terminal.press('1', '1', '1', '1', 'y');
    await terminal.shows('What is the main condition');
    await terminal.press('1');
    for (const [medication, dose] of [
      ['sertraline', '150'],
      ['venlafaxine', '225'],
    ] as const) {
      await terminal.press('y');
      await terminal.type(medication);
      await terminal.type(dose);
      await terminal.type('10 weeks');
      await terminal.press('y', 'y', '1', '2');
    }
    await terminal.press('n', '1', '1', '1');
    await terminal.shows('Nearly every day');
    terminal.send('222222220');
    await terminal.shows('9 of 9 lines - PHQ-9 total: 16, PHQ-9 severity: moderately-severe');
    await terminal.press(Keys.enter, '1', 'n', 'n', 'n', 'n', '1');
    await terminal.shows('First blood pressure');
    await terminal.type('124/78');
    await terminal.press(Keys.enter);
    for (const value of ['72', '98', '36.7', '170', '70']) await terminal.type(value);
    await terminal.shows('aneurysm');
    await terminal.press('1', 'n', 'n', 'n', '1', 'n', '1', '1', 'n', '1');
    await terminal.shows('pressure inside your skull');
    await terminal.press('n', 'n', 'n', '1', '1', '1', '1', '1', 'n', 'n', '1', '1');
    await terminal.shows('heard or seen things');
    await terminal.press('1', '1', '1', '0', '0', 'n', 'n', '2', '1', '1');
    await terminal.shows('could you be pregnant now');
    await terminal.press('n', 'n');
    await terminal.shows('Which of these do you take');
    await terminal.press('i', Keys.enter, '1');
    await terminal.type('10h');
    await terminal.type('4h');
    await terminal.press('y', '1');
    await terminal.shows('Enter finishes');
    await terminal.press(Keys.enter);
    await sayBack(terminal, '1', '1', '1', '1');
    await terminal.shows('Enter makes the consent form');
    await terminal.press(Keys.enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.screen()).toContain('RESULT: PROCEED: NO BARRIER FOUND');
    const [form = ''] = readdirSync(terminal.folder).filter((name) => name.endsWith('.pdf'));
    expect(form).toMatch(/^consent-[0-9A-Z]{4}-[0-9A-Z]{4}\.pdf$/);
    expect(
      terminal
        .screen()
        .split('\n')
        .map((line) => line.trim()),
    ).toContain(form);
    expect(readFileSync(join(terminal.folder, form)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(statSync(join(terminal.folder, form)).mode & 0o777).toBe(0o600);
    expect(await casesIn(terminal, 'issued')).toHaveLength(1);
    expect(await drafts(terminal)).toEqual([]);
  });
});

describe('moving about', () => {
  test('back, a changed answer, and on to what is open', async () => {
    const terminal = almostDone(['applicant.sex', 'applicant.language']);
    await terminal.shows('alcohol score');
    await terminal.press('1');
    await terminal.shows('In which language');
    await terminal.press(Keys.back);
    await terminal.shows('1  Female <- your answer, Enter keeps it');
    await terminal.press('2');
    expect(await terminal.shows('In which language')).toContain('Recorded: Male');
  });

  test('a question edited from the review comes back to it', async () => {
    const terminal = almostDone([]);
    await terminal.shows('Enter finishes');
    await terminal.type('6');
    await terminal.shows('alcohol score');
    await terminal.press('2');
    await terminal.shows('Enter finishes');
  });

  test('a window that is made smaller and larger is drawn anew', async () => {
    const terminal = almostDone(['medicines']);
    await terminal.shows('Which of these do you take');
    terminal.resize(40, 15);
    await terminal.shows(/lines 1-\d+ of \d+/);
    expect(terminal.screen().split('\n').length).toBeLessThanOrEqual(15);
    expect(terminal.screen()).toContain('Medicines and today');
    terminal.resize(100, 40);
    await terminal.shows('i  [ ] None of these');
    expect(terminal.screen().match(/Which of these do you take/g)).toHaveLength(1);
    terminal.resize(30, 10);
    await terminal.shows('Make the window 40 x 15 or\nmore.\nCtrl-C stops; the draft stays.');
    terminal.resize(12, 3);
    await terminal.shows('Make the\nwindow 40 x\n15 or more.');
    terminal.resize(80, 24);
    await terminal.shows('Which of these do you take');
  });
});

describe('bursts and pastes', () => {
  test('three digits at once answer one question', async () => {
    const terminal = almostDone(['applicant.sex', 'applicant.language', 'applicant.interpreter']);
    await terminal.shows('alcohol score');
    await pause(150);
    terminal.send('114');
    await terminal.shows('In which language');
    await pause(300);
    expect(terminal.screen()).toContain('In which language');
    expect(terminal.screen()).not.toContain('<- your answer');
  });

  test('nine digits in one write score nine lines', async () => {
    const terminal = almostDone(Object.keys(baselineSheet).filter((linkId) => linkId.startsWith('phq9.')));
    await terminal.shows('Nearly every day');
    await pause(150);
    terminal.send('223011201');
    await terminal.shows('PHQ-9 total: 12');
  });

  test('a paste is text in a text field and nothing in a choice', async () => {
    const terminal = almostDone(['applicant.id', 'applicant.sex']);
    await terminal.shows('Chart reference');
    await pause(150);
    terminal.send('\u001b[200~MRN\t88\r\n213\u001b[201~');
    await terminal.shows('> MRN 88 213');
    await terminal.press(Keys.enter);
    await terminal.shows('alcohol score');
    await pause(150);
    terminal.send('\u001b[200~2\u001b[201~');
    await pause(200);
    expect(terminal.screen()).toContain('alcohol score');
  });
});

describe('the end', () => {
  const canary = 'Zebulon-Canary';

  async function withName(argv: readonly string[] = []): Promise<Terminal> {
    const terminal = almostDone(['applicant.name', 'applicant.sex'], argv);
    await terminal.shows('full name');
    await terminal.type(canary);
    await terminal.shows(`Recorded: ${canary}`);
    return terminal;
  }

  test('Ctrl-C: 130, the draft is kept, and nothing of the patient stays on the screen', async () => {
    const terminal = await withName();
    await terminal.press(Keys.interrupt);
    expect((await terminal.exited).exitCode).toBe(130);
    expect(terminal.isAlternate()).toBe(false);
    expect(terminal.normal()).toMatch(
      /Stopped\. Nothing was decided\.\n76 answers saved\. Go on with: {2}preinfuse screen --resume [0-9A-Z]{4}-[0-9A-Z]{4}/,
    );
    expect(terminal.normal()).not.toContain(canary);
    const [draft = ''] = await drafts(terminal);
    const path = join(terminal.folder, 'state', 'preinfuse');
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'records.db')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(path, 'records.db')).includes(canary)).toBe(false);
    expect(draft).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  });

  test('nobody at the keys: saved, the screen cleared, 75', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'screen-'));
    writeFileSync(join(folder, 'preinfuse.yaml'), `${readFileSync(shippedSettings, 'utf8')}\nidleMinutes: 0.05\n`);
    const terminal = almostDone(['applicant.name', 'applicant.sex'], ['--inline'], { folder });
    await terminal.shows('full name');
    await terminal.type(canary);
    expect((await terminal.exited).exitCode).toBe(75);
    expect(terminal.screen()).toContain('Closed: nobody typed for 0.05 minutes. Nothing was decided.');
    expect(terminal.screen()).not.toContain(canary);
    const [draft = ''] = await drafts(terminal);
    const { answers } = await lastDocument<{ answers: Record<string, unknown> }>(folder, env(terminal), draft);
    expect(answers['applicant.name']).toBe(canary);
  });

  test('a draft is found by the chart reference, which stays out of sight', async () => {
    const terminal = await withName();
    await terminal.press(Keys.interrupt);
    await terminal.exited;
    const [draft = ''] = await drafts(terminal);
    const again = screen(['--resume'], { folder: terminal.folder });
    await again.shows('find by chart reference');
    await again.press(Keys.down, Keys.enter);
    await again.shows('Chart reference');
    await again.type('nobody');
    await again.shows('No draft has that chart reference.');
    await again.press(Keys.down, Keys.enter);
    await again.type(String(baselineSheet['applicant.id']).toLowerCase());
    expect(await again.shows('76 answers')).toContain(`Draft ${draft}`);
  });

  test('Ctrl-D: 75', async () => {
    const terminal = await withName();
    await terminal.press(Keys.endOfInput);
    expect((await terminal.exited).exitCode).toBe(75);
    expect(terminal.normal()).toContain('Stopped before the end. Nothing was decided.');
  });

  test('q on the review: 75', async () => {
    const terminal = almostDone([]);
    await terminal.shows('Enter finishes');
    await terminal.press('q');
    expect((await terminal.exited).exitCode).toBe(75);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 143],
    ['SIGINT', 130],
  ] as const)('%s restores the screen: %i', async (signal, code) => {
    const terminal = await withName();
    expect(terminal.isAlternate()).toBe(true);
    terminal.kill(signal);
    expect((await terminal.exited).exitCode).toBe(code);
    expect(terminal.isAlternate()).toBe(false);
    expect(terminal.normal()).not.toContain(canary);
    expect(terminal.written).toContain('\u001b[?25h');
  });

  test('kill -9 loses nothing that was answered', async () => {
    const terminal = await withName();
    terminal.kill('SIGKILL');
    await terminal.exited;
    const [draft = ''] = await drafts(terminal);
    const again = screen(['--resume', draft.toLowerCase().replace('-', '')], {
      folder: terminal.folder,
    });
    await again.shows('76 answers');
    await again.press(Keys.enter);
    await again.shows('alcohol score');
    await again.press(Keys.back, Keys.back);
    await again.shows(`Your answer: ${canary}. Enter keeps it, Up changes it.`);
  });

  test('without an id, a draft is chosen from a list that says nothing of the patient', async () => {
    const terminal = await withName();
    await terminal.press(Keys.interrupt);
    await terminal.exited;
    const again = screen(['--resume'], { folder: terminal.folder });
    expect(await again.shows('Go on with which draft?')).not.toContain(canary);
    await again.press(Keys.enter);
    await again.shows('76 answers');
    await again.press(Keys.interrupt);
    expect((await again.exited).exitCode).toBe(130);
  });

  test('Ctrl-C where a draft is to be chosen: 130, as at any other question', async () => {
    const terminal = await withName();
    await terminal.press(Keys.interrupt);
    await terminal.exited;
    const again = screen(['--resume'], { folder: terminal.folder });
    await again.shows('Go on with which draft?');
    await again.press(Keys.interrupt);
    expect((await again.exited).exitCode).toBe(130);
    expect(again.normal()).toContain('stopped; no draft was chosen');
  });

  test('an emergency: its page, whom was told, and the result', async () => {
    const terminal = almostDone(['suicide.attemptInProgress', 'applicant.sex']);
    await terminal.shows('Before we start');
    await terminal.press('y');
    await terminal.shows('This means: emergency (rule em-attempt)');
    await terminal.press(Keys.enter);
    await terminal.shows('EMERGENCY: ACT ON THESE STEPS NOW');
    await terminal.press(Keys.enter, Keys.back, 'q');
    expect(terminal.isAlternate()).toBe(true);
    await terminal.type('AM');
    await terminal.shows('Noted: qAM');
    await terminal.press('2');
    expect((await terminal.exited).exitCode).toBe(13);
    expect(terminal.normal()).toContain('RESULT: EMERGENCY: ACT NOW');
    expect(terminal.normal()).toContain('told qAM');
    expect(await drafts(terminal)).toHaveLength(1);
  });

  test('a result that a clinician looks at is kept as a record and makes no form', async () => {
    const terminal = almostDone(['eye.glaucoma']);
    await terminal.shows('glaucoma');
    await terminal.press('2');
    await terminal.shows('Enter finishes');
    await terminal.press(Keys.enter);
    expect((await terminal.exited).exitCode).toBe(11);
    expect(terminal.screen()).toContain('RESULT: NEEDS CLINICIAN REVIEW');
    const [kept = ''] = await casesIn(terminal, 'completed');
    const { answers } = await lastDocument<{ answers: Record<string, unknown> }>(terminal.folder, env(terminal), kept);
    expect(answers['eye.glaucoma']).toBe('controlled');
    expect(readdirSync(terminal.folder).filter((name) => name.endsWith('.pdf'))).toEqual([]);
    expect(await drafts(terminal)).toEqual([]);
  });
});

describe("in the patient's own words", () => {
  test.skipIf(!hasPoppler)('explained again, and on the form', async () => {
    const terminal = almostDone([], ['--output', 'form.pdf']);
    await terminal.shows('Enter finishes');
    await terminal.press(Keys.enter);
    await sayBack(terminal, '1', '2');
    await terminal.shows('question 3 of 4');
    await terminal.press(Keys.back);
    await terminal.shows('2  In their own words, after explaining again <- recorded, Enter keeps it');
    await terminal.press(Keys.enter);
    await terminal.shows('question 3 of 4');
    await terminal.press(Keys.down, Keys.enter);
    await terminal.shows('question 4 of 4');
    await terminal.press('1');
    await terminal.shows('Enter makes the consent form');
    await terminal.press(Keys.enter);
    expect((await terminal.exited).exitCode).toBe(0);
    const text = textOf(readFileSync(join(terminal.folder, 'form.pdf')));
    expect(text.match(/In own words after we explained again/g)).toHaveLength(1);
    expect(text.match(/In own words the first time/g)).toHaveLength(3);
    expect(await drafts(terminal)).toEqual([]);
  });

  test('not yet: 75, no form; a killed run goes on at the question it was at', async () => {
    const terminal = almostDone([]);
    await terminal.shows('Enter finishes');
    await terminal.press(Keys.enter);
    await sayBack(terminal, '1', '1', '3');
    await terminal.shows('question 4 of 4');
    terminal.kill('SIGKILL');
    await terminal.exited;
    const [draft = ''] = await drafts(terminal);
    const again = screen(['--resume', draft], { folder: terminal.folder });
    await again.shows('77 answers');
    await again.press(Keys.enter);
    await again.shows('Enter finishes');
    await again.press(Keys.enter);
    await again.shows('3  Not yet <- recorded');
    await again.press(Keys.enter);
    await again.shows('question 4 of 4');
    await again.press('1');
    await again.shows('Enter stops here and keeps the screening');
    await again.press(Keys.enter);
    expect((await again.exited).exitCode).toBe(75);
    expect(again.normal()).toContain('No consent form yet. The patient cannot yet say in their own words:');
    expect(readdirSync(terminal.folder).filter((name) => name.endsWith('.pdf'))).toEqual([]);
    expect(await drafts(terminal)).toEqual([draft]);
  });
});

describe('line mode', () => {
  test.each([
    ['--plain', ['--plain'], {}],
    ['TERM=dumb', [], { env: { TERM: 'dumb' } }],
    ['ACCESSIBLE=1', [], { env: { ACCESSIBLE: '1' } }],
    ['a small window', [], { columns: 39, rows: 24 }],
  ] as const)('%s: full sentences, nothing redrawn', async (_name, argv, options) => {
    const terminal = almostDone(['applicant.sex'], argv, options);
    await terminal.shows('Answer:');
    await terminal.type('7');
    await terminal.shows('Error: type one of 1, 2, 3');
    await terminal.type('why');
    await terminal.shows('Why we ask:');
    await terminal.type('1');
    await terminal.shows('Recorded: Female.');
    for (const line of ['', '1', '1', '1', '1', '']) await terminal.type(line);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.written.replaceAll('\u001b[?25h', '')).not.toContain('\u001b');
  });

  test('no line is broken within a word', async () => {
    const terminal = almostDone(['suicide.attemptInProgress'], ['--plain']);
    expect(await terminal.shows('Answer:')).toContain('or hurt yourself, to try to\nend your life?');
  });
});
