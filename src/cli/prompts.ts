import type { ReadStream } from 'node:tty';
import {
  AbortPromptError,
  createPrompt,
  ExitPromptError,
  useEffect,
  useKeypress,
  useRef,
  useState,
} from '@inquirer/core';
import type { Paint } from '../report/colour.ts';
import { paragraph, type ViewLine } from '../wizard/frame.ts';
import type { Key, KeyName } from '../wizard/keys.ts';
import type { WizardState } from '../wizard/state.ts';
import { cut } from '../wizard/text.ts';
import { update } from '../wizard/update.ts';
import { smallest, view } from '../wizard/view.ts';
import type { Io, Output, StopSignal } from './io.ts';

/** One session of the wizard in a terminal. */
export interface Session {
  readonly start: WizardState;
  readonly paint: Paint;
  /** Keep to the normal screen. */
  readonly isInline: boolean;
  /** Ends the session from outside. */
  readonly closing: AbortSignal;
  /** Called for every key. */
  onKey(): void;
  /** Called after every change with the states before and after it, before the screen shows it. */
  onChange(before: WizardState, after: WizardState): void;
  /** Resolves when what changed is saved; undefined where it is. The screen shows a change once it is safe. */
  saving(): Promise<void> | undefined;
  /** What comes while questions are shown, such as the clinic's words, or that something went wrong. */
  later(apply: (change: (state: WizardState) => WizardState) => void): void;
}

/** How a session ended; `signal` where something outside ended it. */
export interface SessionEnd {
  readonly state: WizardState;
  readonly signal?: StopSignal;
}

const enterScreen = '\u001b[?1049h\u001b[2J\u001b[H\u001b[?2004h';
const leaveScreen = '\u001b[?2004l\u001b[?25h\u001b[?1049l';
const enterInline = '\u001b[?2004h';
const leaveInline = '\u001b[?2004l\u001b[?25h';
const clearScreen = '\u001b[2J\u001b[H';
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/** Runs the wizard on stderr until it ends. The normal screen is back afterwards, whatever happened. */
export async function runSession(session: Session, io: Io): Promise<SessionEnd> {
  const end: { state: WizardState; signal?: StopSignal } = { state: session.start };
  const failure: unknown[] = [];
  const abort = new AbortController();
  const unlisten = io.onSignal((signal) => {
    end.signal = signal;
    abort.abort();
  });
  const close = (): void => abort.abort();
  session.closing.addEventListener('abort', close);
  const restore = takeScreen(session.isInline, io.stderr);
  const config: Config = {
    ...session,
    screen: io.stderr,
    now: () => io.now().getTime(),
    setRaw: (isRaw) => void (io.stdin as Partial<ReadStream>).setRawMode?.(isRaw),
    keep(state) {
      end.state = state;
    },
    fail(error) {
      failure.push(error);
      abort.abort();
    },
  };
  try {
    await prompt(config, { input: io.stdin, output: io.stderr, signal: abort.signal, clearPromptOnDone: true });
  } catch (error) {
    if (error instanceof ExitPromptError) end.signal ??= 'SIGINT';
    else if (!(error instanceof AbortPromptError)) throw error;
  } finally {
    // What was answered does not stay in sight where nobody sits any more.
    if (session.closing.aborted && session.isInline) io.stderr.write(clearScreen);
    restore();
    session.closing.removeEventListener('abort', close);
    unlisten();
  }
  if (failure.length > 0) throw failure[0];
  return end;
}

/** Takes the alternate screen and gives the function that leaves it, which also runs should the process end by itself. */
function takeScreen(isInline: boolean, screen: Output): () => void {
  screen.write(isInline ? enterInline : enterScreen);
  const state = { isTaken: true };
  const restore = (): void => {
    if (state.isTaken) screen.write(isInline ? leaveInline : leaveScreen);
    state.isTaken = false;
    process.off('exit', restore);
  };
  process.on('exit', restore);
  return restore;
}

interface Config extends Session {
  readonly screen: Output;
  now(): number;
  /** Whether keys come as they are pressed. */
  setRaw(isRaw: boolean): void;
  /** Told of every state, so that the last one is known however the session ends. */
  keep(state: WizardState): void;
  /** Ends the session with a bug: an error in a key handler would end the process without leaving the screen. */
  fail(error: unknown): void;
}

const prompt = createPrompt<WizardState, Config>((config, done) => {
  // What was typed before anything was in sight was not meant for it.
  const current = useRef({ ...config.start, changedAt: config.now() });
  const pasted = useRef<string | undefined>(undefined);
  const isOver = useRef(false);
  const readline = useRef<object | undefined>(undefined);
  const [, draw] = useState({});

  const become = (after: WizardState): void => {
    const before = current.current;
    if (after !== before) config.onChange(before, after);
    current.current = after;
    config.keep(after);
    if (after.ending && !isOver.current) {
      isOver.current = true;
      done(after);
    }
  };
  const press = (key: Key): void => {
    if (isOver.current) return;
    const isHidden = isTooSmall(sizeOf(config.screen)) && key.name !== 'interrupt' && key.name !== 'end-of-input';
    if (isHidden) return;
    try {
      become(update(current.current, key));
    } catch (error) {
      config.fail(error);
    }
  };

  useKeypress((event) => {
    config.onKey();
    // Ctrl-Z has given the screen back by now: what is drawn goes to the normal one.
    if (event.ctrl && event.name === 'z') return;
    const key = readKey(event as Keypress, pasted, config.now());
    if (key) press(key);
    drawOnceSaved(config.saving(), () => draw({}));
  });

  useEffect((rl) => {
    readline.current = rl;
    const onClose = (): void => press({ name: 'end-of-input', at: config.now() });
    const onResize = (): void => {
      config.screen.write(clearScreen);
      draw({});
    };
    const onSuspend = (): void => suspend(config, () => draw({}));
    rl.on('close', onClose);
    rl.on('SIGTSTP', onSuspend);
    config.screen.on('resize', onResize);
    config.later((change) => {
      if (isOver.current) return;
      become(change(current.current));
      draw({});
    });
    return () => {
      rl.removeListener('close', onClose);
      rl.removeListener('SIGTSTP', onSuspend);
      config.screen.off('resize', onResize);
    };
  }, []);

  const { columns, rows } = sizeOf(config.screen);
  const lines = isTooSmall({ columns, rows }) ? tooSmallLines(columns, rows) : view(current.current, columns, rows);
  const { top, below, tail } = inParts(lines, config.paint, columns);
  if (readline.current) Object.assign(readline.current, { line: tail, cursor: 0 });
  return [top, below];
});

/** How long the screen waits for a save, in milliseconds: help for an emergency waits for no disk. */
const longestWait = 300;

function drawOnceSaved(saving: Promise<void> | undefined, draw: () => void): void {
  if (!saving) {
    draw();
    return;
  }
  const late = new Promise<void>((done) => setTimeout(done, longestWait).unref());
  void Promise.race([saving, late]).then(draw);
}

/** Ctrl-Z: gives the normal screen back until the shell brings the wizard to the front again. */
function suspend({ isInline, screen, setRaw }: Config, draw: () => void): void {
  screen.write(isInline ? leaveInline : leaveScreen);
  setRaw(false);
  process.once('SIGCONT', () => {
    setRaw(true);
    screen.write(isInline ? enterInline : enterScreen);
    draw();
  });
  process.kill(process.pid, 'SIGTSTP');
}

function sizeOf({ columns, rows }: Output): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

/** True for a window that the questions do not fit in. */
export function isTooSmall({
  columns = 80,
  rows = 24,
}: {
  readonly columns?: number;
  readonly rows?: number;
}): boolean {
  return columns < smallest.columns || rows < smallest.rows;
}

/** What to do in a window that is too small, broken between words; what it has no room for is left out. */
function tooSmallLines(columns: number, rows: number): readonly ViewLine[] {
  return [
    `Make the window ${smallest.columns} x ${smallest.rows} or more.`,
    'Ctrl-C stops; the draft stays.',
    'preinfuse screen --plain',
    'works in any window.',
  ]
    .flatMap((text) => paragraph(text, columns))
    .slice(0, rows);
}

/**
 * The two parts of a prompt: what ends in the line with the cursor, and what is below it. readline places the cursor
 * behind all of that line but its own text, so `tail`, what stands to the right of the cursor, is made readline's.
 */
function inParts(
  lines: readonly ViewLine[],
  paint: Paint,
  columns: number,
): { top: string; below: string; tail: string } {
  const typed = lines.findIndex(({ cursor }) => cursor !== undefined);
  const at = typed === -1 ? lines.findIndex(({ text }) => text.length > 0 && text.length < columns) : typed;
  const painted = lines.map(({ text, tone }) => paint(text, tone));
  return {
    top: `${typed === -1 ? hideCursor : showCursor}${painted.slice(0, at + 1).join('\n')}`,
    below: painted.slice(at + 1).join('\n'),
    tail: typed === -1 ? '' : afterColumn(lines[typed] as ViewLine),
  };
}

function afterColumn({ text, cursor = 0 }: ViewLine): string {
  return text.slice(cut(text, cursor).length);
}

interface Keypress {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

const names: Readonly<Record<string, KeyName>> = {
  return: 'enter',
  enter: 'enter',
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
  home: 'home',
  end: 'end',
  pageup: 'page-up',
  pagedown: 'page-down',
  backspace: 'backspace',
  delete: 'delete',
  tab: 'tab',
  escape: 'escape',
};

const withControl: Readonly<Record<string, KeyName>> = {
  a: 'home',
  e: 'end',
  u: 'erase-line',
  h: 'backspace',
  r: 'review',
  c: 'interrupt',
  d: 'end-of-input',
};

/** What a terminal sent as a key of the wizard; undefined for keys it does not have and inside a paste. */
function readKey(event: Keypress, pasted: { current: string | undefined }, at: number): Key | undefined {
  const { name = '', sequence = '', ctrl, meta, shift } = event;
  if (name === 'paste-start') pasted.current = '';
  else if (name === 'paste-end') {
    const text = pasted.current ?? '';
    pasted.current = undefined;
    return { name: 'paste', text, at };
  } else if (pasted.current !== undefined) pasted.current += sequence;
  else if (ctrl) return named(withControl[name], at);
  else if (name === 'tab' && shift) return { name: 'back', at };
  else if (names[name]) return named(names[name], at);
  else if (!meta && sequence !== '' && !/\p{Cc}/u.test(sequence)) return { name: 'text', text: sequence, at };
  return undefined;
}

function named(name: KeyName | undefined, at: number): Key | undefined {
  return name && { name, at };
}

/** A draft to choose from. `name` holds nothing of the patient. */
export interface DraftChoice {
  readonly value: string;
  readonly name: string;
}

/** Asks which draft to go on with; undefined where the person stops instead. */
export async function chooseDraft(
  drafts: readonly DraftChoice[],
  byChart: (reference: string) => Promise<readonly DraftChoice[]>,
  io: Io,
): Promise<string | undefined> {
  const search = { value: '', name: 'find by chart reference' };
  const chosen = await ask({ type: 'select', message: 'Go on with which draft?', choices: [...drafts, search] }, io);
  if (chosen !== search.value) return chosen;
  const reference = await askHidden('Chart reference', io);
  if (reference === undefined) return undefined;
  const found = await byChart(reference);
  if (found.length === 1) return found[0]?.value;
  io.stderr.write(found.length === 0 ? 'No draft has that chart reference.\n' : 'More than one draft has it.\n');
  return chooseDraft(found.length === 0 ? drafts : found, byChart, io);
}

/** Asks for something that the screen does not show; undefined where the person stops instead. */
export async function askHidden(message: string, io: Io): Promise<string | undefined> {
  return ask({ type: 'password', message, mask: false }, io);
}

/** Asks for a line; undefined where the person stops instead. */
export async function askLine(message: string, io: Io): Promise<string | undefined> {
  return ask({ type: 'input', message }, io);
}

/**
 * Shows what is to be written down, on a screen of its own that is gone with Enter, so that it does not stay in the
 * window's history. False where the person stops instead.
 */
export async function showOnce(text: string, io: Io): Promise<boolean> {
  const isPlain = io.env.TERM === 'dumb';
  io.stderr.write(isPlain ? text : `${enterScreen}${text}`);
  try {
    return (await askLine('Press Enter when it is written down.', io)) !== undefined;
  } finally {
    if (!isPlain) io.stderr.write(leaveScreen);
  }
}

type Question =
  | { readonly type: 'select'; readonly message: string; readonly choices: DraftChoice[] }
  | { readonly type: 'password'; readonly message: string; readonly mask: false }
  | { readonly type: 'input'; readonly message: string };

async function ask(question: Question, io: Io): Promise<string | undefined> {
  const { createPromptModule } = await import('inquirer');
  const prompts = createPromptModule({ input: io.stdin, output: io.stderr, clearPromptOnDone: true });
  try {
    const { answer } = await prompts([{ ...question, name: 'answer' }]);
    return String(answer);
  } catch (error) {
    if (error instanceof ExitPromptError || (error as Error).name === 'ExitPromptError') return undefined;
    throw error;
  }
}
