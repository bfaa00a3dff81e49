import { Chalk } from 'chalk';

/** What a line says by colour too, where there is colour. It never says it by colour alone. */
export type Tone = 'plain' | 'title' | 'muted' | 'chosen' | 'caution' | 'alarm';

/** Gives a text its colour; where there is none, the text as it is. */
export type Paint = (text: string, tone: Tone) => string;

/** What decides on colour. `isWanted` is false for `--no-color`. */
export interface ColourSetting {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly isWanted: boolean;
}

/** Whether to write in colour: `--no-color`, then FORCE_COLOR, then NO_COLOR and TERM=dumb, then only to a terminal. */
export function hasColour({ env, isTerminal, isWanted }: ColourSetting): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = env;
  if (!isWanted) return false;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if ((none !== undefined && none !== '') || terminal === 'dumb') return false;
  return isTerminal;
}

/** The paint for a stream. Sixteen colours, those of the reader's own terminal. */
export function paintFor(setting: ColourSetting): Paint {
  const chalk = new Chalk({ level: hasColour(setting) ? 1 : 0 });
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    title: chalk.bold,
    muted: chalk.dim,
    chosen: chalk.cyan,
    caution: chalk.yellow,
    alarm: chalk.red.bold,
  };
  return (text, tone) => (text === '' ? text : tones[tone](text));
}
