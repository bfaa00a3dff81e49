import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const program = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));

/** The keys of a terminal. */
export const Keys = {
  enter: '\r',
  back: '\u001b[Z',
  up: '\u001b[A',
  down: '\u001b[B',
  left: '\u001b[D',
  backspace: '\u007f',
  tab: '\t',
  interrupt: '\u0003',
  endOfInput: '\u0004',
  review: '\u0012',
} as const;

/** Keys this soon after each other may be dropped by the wizard. */
const betweenKeys = 140;
/** A slow machine is given this long to answer a key. */
const mostBetweenKeys = 900;
const patience = 60_000;

/** The built program in a real terminal, in a folder of its own. */
export class Terminal {
  readonly folder: string;
  readonly pid: number;
  readonly exited: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  /** Everything the program wrote. */
  written = '';

  constructor(argv: readonly string[], options: Partial<TerminalOptions> = {}) {
    const { columns = 80, rows = 24, env = {}, folder = mkdtempSync(join(tmpdir(), 'screen-')) } = options;
    const [file = '', ...before] = options.command ?? [process.execPath, program];
    this.folder = folder;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.#pty = spawn(file, [...before, ...argv], {
      name: env.TERM ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        TZ: 'UTC',
        TERM: 'xterm-256color',
        XDG_STATE_HOME: join(folder, 'state'),
        ...env,
      },
    });
    this.pid = this.#pty.pid;
    this.exited = new Promise((done) => {
      this.#pty.onExit(({ exitCode, signal }) => setTimeout(() => done({ exitCode, signal }), 50));
    });
    this.#pty.onData((data) => {
      this.written += data;
      this.#screen.write(data);
    });
  }

  /** The lines in sight, without what is blank at their ends. */
  screen(): string {
    const { active } = this.#screen.buffer;
    return textOf(active, active.viewportY, this.#screen.rows);
  }

  /** The normal screen with all that was scrolled away. */
  normal(): string {
    const { normal } = this.#screen.buffer;
    return textOf(normal, 0, normal.length);
  }

  isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Waits until the screen shows a text. */
  async shows(text: string | RegExp): Promise<string> {
    const isThere = (): boolean => (typeof text === 'string' ? this.screen().includes(text) : text.test(this.screen()));
    for (const since = Date.now(); Date.now() - since < patience; ) {
      if (isThere()) return this.screen();
      await pause(10);
    }
    throw new Error(`the screen does not show ${String(text)}:\n${this.screen()}`);
  }

  /** Sends bytes at once. */
  send(bytes: string): void {
    this.#pty.write(bytes);
  }

  /** Types keys as a quick person does, each after a pause. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await pause(betweenKeys);
      const before = this.screen();
      this.send(key);
      for (const since = Date.now(); this.screen() === before && Date.now() - since < mostBetweenKeys; )
        await pause(10);
    }
    await pause(betweenKeys);
  }

  /** Types a line and Enter. */
  async type(text: string): Promise<void> {
    await pause(betweenKeys);
    this.send(text);
    await this.press(Keys.enter);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGHUP' | 'SIGINT'): void {
    process.kill(this.pid, signal);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** What runs the program. */
  readonly command: readonly string[];
}

type Buffer = InstanceType<typeof xterm.Terminal>['buffer']['normal'];

function textOf(buffer: Buffer, from: number, count: number): string {
  const lines = Array.from({ length: count }, (_, row) => buffer.getLine(from + row)?.translateToString(true) ?? '');
  return lines.join('\n').trimEnd();
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
