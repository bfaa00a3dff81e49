import { readFileSync } from 'node:fs';
import { hasColour } from '../../report/colour.ts';
import type { DoctorCheck } from '../../report/doctor.ts';
import { smallest } from '../../wizard/view.ts';
import { dayHere } from '../files/source.ts';
import type { Io, Output } from '../io.ts';
import { packageFolder, packageVersion } from '../package.ts';
import { isTooSmall, terminalMode } from '../screening/terminal-mode.ts';
import { fine, mend, note } from './look.ts';

/** Node, the program, the terminal and the clock. */
export function lookAtMachine({ color }: { readonly color?: boolean }, io: Io): readonly DoctorCheck[] {
  return [
    { name: 'preinfuse', ...fine(`${packageVersion()}, in ${packageFolder}`) },
    { name: 'Node', ...nodeState(process.versions.node, io.now()) },
    { name: 'streams', ...fine(streams(io)) },
    { name: 'terminal', ...terminalState(io) },
    { name: 'colour', ...fine(colourState(io, color !== false)) },
    { name: 'letters', ...lettersState(io) },
    { name: 'clock', ...fine(clockState(io)) },
  ];
}

/** Last day with security updates of the versions of Node that have long-term support: https://github.com/nodejs/release#release-schedule */
const supportedUntil: ReadonlyMap<number, string> = new Map([
  [20, '2026-04-30'],
  [22, '2027-04-30'],
  [24, '2028-04-30'],
]);

function nodeState(version: string, now: Date): Omit<DoctorCheck, 'name'> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [, least = ''] = /"node": ">=([\d.]+)"/.exec(readFileSync(`${packageFolder}package.json`, 'utf8')) ?? [];
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    return mend(`${version}, which is older than ${least}`, 'install a newer Node');
  }
  const until = supportedUntil.get(major);
  if (until === undefined) return fine(version);
  return dayHere(now) > until
    ? note(`${version}, without security updates since ${until}`, 'install a newer Node')
    : fine(`${version}, with security updates until ${until}`);
}

function streams({ stdin, stdout, stderr }: Io): string {
  const isTerminal = (stream: { readonly isTTY?: boolean }): string =>
    stream.isTTY === true ? 'terminal' : 'no terminal';
  return `input ${isTerminal(stdin)}, output ${isTerminal(stdout)}, messages ${isTerminal(stderr)}`;
}

function terminalState(io: Io): Omit<DoctorCheck, 'name'> {
  const { stdin, stderr, env } = io;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return fine('none: screen needs one, everything else does not');
  const size = `${sizeOf(stderr)}, TERM ${env.TERM ?? 'not set'}`;
  if (isTooSmall(stderr)) {
    const hint = `make the window ${smallest.columns} columns and ${smallest.rows} rows or larger`;
    return note(`${size}: too small for the questions, so screen asks line by line`, hint);
  }
  const way =
    terminalMode(io) === 'lines' ? 'asks line by line, as PREINFUSE_PLAIN, ACCESSIBLE or TERM say' : 'asks on a screen';
  return fine(`${size}; screen ${way}`);
}

function sizeOf({ columns, rows }: Output): string {
  return columns && rows ? `${columns} columns, ${rows} rows` : 'size not known';
}

/** Why there is colour, or not: in the order that `hasColour` decides by. */
function colourState({ env, stdout }: Io, isWanted: boolean): string {
  const isColour = hasColour({ env, isTerminal: stdout.isTTY === true, isWanted });
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = env;
  const reasons: readonly (readonly [boolean, string])[] = [
    [!isWanted, '--no-color'],
    [force !== undefined && force !== '', 'FORCE_COLOR'],
    [none !== undefined && none !== '', 'NO_COLOR'],
    [terminal === 'dumb', 'TERM=dumb'],
    [true, stdout.isTTY === true ? 'the output is a terminal' : 'the output is no terminal'],
  ];
  return `${isColour ? 'yes' : 'no'}: ${reasons.find(([holds]) => holds)?.[1]}`;
}

/** Windows says nothing of it. */
function lettersState({ env, stderr }: Io): Omit<DoctorCheck, 'name'> {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (process.platform === 'win32' || stderr.isTTY !== true || /utf-?8/i.test(locale)) {
    return fine(locale === '' ? 'no locale is set' : locale);
  }
  const found = locale === '' ? 'no locale is set' : `${locale}, which is not UTF-8`;
  return note(`${found}: names may look wrong in the terminal`, 'set LANG, to C.UTF-8 for example');
}

function clockState({ now }: Io): string {
  // Undefined where TZ names none: days are then those of UTC.
  const { timeZone = 'UTC: TZ names no time zone' }: Partial<Intl.ResolvedDateTimeFormatOptions> =
    new Intl.DateTimeFormat().resolvedOptions();
  return `${now().toISOString()}, ${dayHere(now())} in ${timeZone}`;
}
