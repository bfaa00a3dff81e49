import { createInterface } from 'node:readline';
import { replies, say, type Talk, turn } from '../../wizard/spoken.ts';
import type { WizardState } from '../../wizard/state.ts';
import { printable, wrap } from '../../wizard/text.ts';
import { update } from '../../wizard/update.ts';
import type { Io, Output, StopSignal } from '../io.ts';
import type { SessionEnd } from '../prompts.ts';

/** One session in line mode: full sentences, nothing redrawn, no colour. */
export interface LineSession {
  readonly start: WizardState;
  /** Ends the session from outside. */
  readonly closing: AbortSignal;
  /** Called for every line. */
  onKey(): void;
  /** Called after every line with the states before and after it. May say what went wrong. */
  onChange(before: WizardState, after: WizardState): Promise<string | undefined>;
}

function introduction({ only }: WizardState): string {
  return `Line mode. At any question type back, why, ${only ? 'urgent' : 'unknown, declined, urgent, review'} or stop.`;
}

/** Asks on stderr and reads lines from stdin until the screening ends or the lines do. Works over a pipe too. */
export async function runLineMode(session: LineSession, io: Io): Promise<SessionEnd> {
  const lines = createInterface({ input: io.stdin, terminal: false });
  const end: { signal?: StopSignal } = {};
  const unlisten = io.onSignal((signal) => {
    end.signal = signal;
    lines.close();
  });
  const close = (): void => lines.close();
  session.closing.addEventListener('abort', close);
  try {
    const state = await converse(session, lines, io);
    return { ...end, state };
  } finally {
    session.closing.removeEventListener('abort', close);
    unlisten();
    lines.close();
  }
}

/** A terminal would break a long line within a word, so it is broken between words there; a pipe gets whole sentences. */
function linesOf(text: string, { isTTY, columns }: Output): readonly string[] {
  return isTTY === true && columns ? wrap(text, columns) : [printable(text)];
}

async function converse(session: LineSession, lines: AsyncIterable<string>, io: Io): Promise<WizardState> {
  const write = (texts: readonly string[]): void => {
    for (const text of texts) for (const line of linesOf(text, io.stderr)) io.stderr.write(`${line}\n`);
    io.stderr.write('Answer: ');
  };
  let talk: Talk = { state: session.start };
  write([introduction(talk.state), '', ...say(talk.state)]);
  for await (const line of lines) {
    if (session.closing.aborted) return talk.state;
    session.onKey();
    const { state: before } = talk;
    const heard = turn(talk, line, io.now().getTime());
    const problem = heard.state === before ? undefined : await session.onChange(before, heard.state);
    talk = problem === undefined ? heard : { ...heard, state: { ...heard.state, problem } };
    if (talk.state.ending) return talk.state;
    write(replies(before, talk));
  }
  if (session.closing.aborted) return talk.state;
  return update(talk.state, { name: 'end-of-input', at: io.now().getTime() });
}
