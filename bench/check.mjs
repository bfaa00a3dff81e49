/**
 * What proving a definition costs, on this machine, now: CPU seconds beyond start-up, how they grow with the definition, and
 * the same goals with z3 and cvc5 (where they are installed) on our SMT-LIB export, and who finds dead logic.
 * `npm run bench:check [-- --sizes 1,2]`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deadLogic } from './dead-logic.mjs';

const root = new URL('../', import.meta.url);
const folder = new URL('questionnaires/iv-ketamine/', root);
const script = fileURLToPath(import.meta.url);
/** A run that takes longer is stopped, and the table says so. */
const limitSeconds = 900;

const print = (text) => process.stdout.write(`${text}\n`);
const median = (of) => [...of].sort((a, b) => a - b)[of.length >> 1];

/** The questionnaire `blocks` times, each with its own questions and rules, and rules that couple each block with the one before. */
function enlarged(questionnaire, blocks) {
  const parts = Array.from({ length: blocks }, (_, at) => (at === 0 ? questionnaire : prefixed(questionnaire, at)));
  const all = (key) => parts.flatMap((part) => part[key]);
  const coupling = parts.slice(1).flatMap((part, at) => [3, 11, 23].map((index) => couple(parts[at], part, index)));
  return {
    ...questionnaire,
    items: all('items'),
    calculated: all('calculated'),
    constraints: all('constraints'),
    rules: [...all('rules'), ...coupling],
    invariants: all('invariants'),
  };
}

function prefixed(questionnaire, block) {
  const rename = (value, key) => {
    if (key === 'linkId') return `b${block}.${value}`;
    if (Array.isArray(value)) return value.map((each) => rename(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rename(inner, name)]));
  };
  const { items, calculated, constraints, rules, invariants } = questionnaire;
  const named = (of) => rename(of).map((each) => ({ ...each, id: `b${block}-${each.id}` }));
  return {
    items: rename(items),
    calculated: rename(calculated),
    constraints: rename(constraints),
    rules: named(rules),
    invariants: named(invariants),
  };
}

function couple(one, other, index) {
  const [a, b] = [one.rules[index], other.rules[index]];
  const { expression } = a.when;
  const both = { kind: 'and', of: [expression, b.when.expression], type: expression.type, at: expression.at };
  return { ...b, id: `couple-${b.id}`, when: { ...b.when, expression: both } };
}

function enlargedAnswers(answers, blocks) {
  const renamed = (of, at) =>
    new Map(
      [...of].map(([linkId, answer]) => [
        `b${at}.${linkId}`,
        Array.isArray(answer) ? answer.map((each) => (each instanceof Map ? renamed(each, at) : each)) : answer,
      ]),
    );
  return new Map(
    [answers, ...Array.from({ length: blocks - 1 }, (_, at) => renamed(answers, at + 1))].flatMap((of) => [...of]),
  );
}

async function load(blocks) {
  const built = (path) => import(new URL(`dist/${path}.js`, root).href);
  const [{ readQuestionnaire }, { readCases }, { replayCases }, { prove }, { smtLib }] = await Promise.all(
    ['definition/read', 'definition/cases', 'check/replay', 'check/prove/prove', 'check/prove/smt'].map(built),
  );
  const read = (name, from = folder) => ({ path: name, text: readFileSync(new URL(name, from), 'utf8') });
  const { questionnaire } = readQuestionnaire(read('questionnaire.yaml'), [read('antidepressants.yaml')]);
  const cases = new URL('cases/', folder);
  const reading = readCases(
    questionnaire,
    readdirSync(cases).map((name) => ({ ...read(name, cases), path: `cases/${name}` })),
  );
  const { replays } = replayCases(questionnaire, reading);
  const baseline = replays.find(({ sheet }) => sheet.id === reading.baseline.sheet.id).answers;
  return {
    questionnaire: enlarged(questionnaire, blocks),
    baseline: enlargedAnswers(baseline, blocks),
    cases: replays.map(({ answers }) => answers),
    prove,
    smtLib,
  };
}

/** In a process of its own: proves once, and writes what it cost and the export. */
async function measure(blocks, isWithCases) {
  const { questionnaire, baseline, cases, prove, smtLib } = await load(blocks);
  const start = process.cpuUsage();
  const { outcomes, isChecked } = prove(questionnaire, baseline, isWithCases ? cases : []);
  const { user, system } = process.cpuUsage(start);
  const { text, goals, left } = smtLib(questionnaire, outcomes);
  const undecided = outcomes.filter(({ is }) => is === 'undecided').length;
  process.stdout.write(
    JSON.stringify({
      seconds: (user + system) / 1e6,
      megabytes: process.resourceUsage().maxRSS / 1024,
      size: [questionnaire.items.flatMap(({ items }) => items).length, questionnaire.rules.length],
      goals: outcomes.length,
      undecided,
      isChecked,
      text,
      verdicts: goals.map(({ expected }) => expected),
      left: left.length,
    }),
  );
}

function measured(blocks, isWithCases = false) {
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--max-old-space-size=4096', script, '--measure', `${blocks}`, `${isWithCases}`],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      timeout: limitSeconds * 1000,
    },
  );
  return status === 0 ? JSON.parse(stdout) : undefined;
}

/** CPU seconds of another solver on the export, and in how many verdicts it differs; undefined where it was stopped. */
function solved(command, args, { text, verdicts }) {
  const spent = childSeconds();
  const { stdout, status, error } = spawnSync(command, args, {
    input: text,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: limitSeconds * 1000,
  });
  if (error || status !== 0) return undefined;
  const said = stdout.trim().split('\n');
  return { seconds: childSeconds() - spent, differ: verdicts.filter((each, at) => each !== said[at]).length };
}

/** CPU seconds of all child processes that have ended, where the system tells. */
function childSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

const others = [
  { name: 'z3', command: 'z3', args: ['smt.arith.solver=2', 'smt.relevancy=0', '-smt2', '-in'] },
  { name: 'z3-solver (wasm)', command: process.execPath, args: [script, '--wasm'], needs: 'z3-solver' },
  { name: 'cvc5', command: 'cvc5', args: ['--incremental', '--lang=smt2', '-'] },
];

function isInstalled({ command, needs }) {
  if (needs === undefined) return spawnSync(command, ['--version']).status === 0;
  try {
    import.meta.resolve(needs);
    return true;
  } catch {
    return false;
  }
}

function row(cells) {
  print(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(32) : String(cell).padStart(13))).join(' '));
}

const fixed = (seconds) => seconds.toFixed(2);
const ratio = (of, to) => `${(of / to).toFixed(2)}x`;

async function tellDeadLogic() {
  const found = await deadLogic((path) => new URL(`dist/${path}.js`, root).href);
  const cells = (of) => (of ? [of.result ? 'found' : '-', of.milliseconds.toFixed(1)] : ['not installed', '']);
  row(['never asked, because', 'preinfuse', 'CPU ms', 'survey-core', 'CPU ms']);
  for (const { name, ours, survey } of found) row([name.slice(0, 32), ...cells(ours), ...cells(survey)]);
  if (found.some(({ survey }) => survey === undefined))
    print('For the linter of SurveyJS: npm install --no-save survey-core@3.1.1');
}

async function compare(sizes) {
  const times = (isWithCases) => {
    const runs = Array.from({ length: 5 }, () => measured(1, isWithCases));
    if (runs.includes(undefined)) throw new Error('the shipped definition cannot be proved: run `npm run build` first');
    return { ...runs[0], seconds: median(runs.map(({ seconds }) => seconds)) };
  };
  const shipped = times(false);
  const own = shipped.seconds;
  const tell = (name, { size, goals, seconds, megabytes, undecided }) =>
    row([name, ...size, goals, fixed(seconds), ratio(seconds, own), Math.round(megabytes), undecided]);
  row(['definition', 'questions', 'rules', 'goals', 'CPU s', 'of shipped', 'MB', 'undecided']);
  tell('shipped, its cases known', times(true));
  for (const blocks of sizes) {
    const of = blocks === 1 ? shipped : measured(blocks);
    if (of) tell(blocks === 1 ? 'shipped (median of 5)' : `${blocks}x`, of);
    else row([`${blocks}x`, `stopped after ${limitSeconds} s`]);
  }
  print('');
  print(
    `The goals of the shipped definition that SMT-LIB can say: ${shipped.verdicts.length}, not exported: ${shipped.left}.`,
  );
  row(['solver', 'CPU s', 'of ours', 'other verdicts']);
  row(['preinfuse, all its goals', fixed(own), ratio(own, own), 0]);
  for (const other of others) {
    const { name, command, args } = other;
    const said = isInstalled(other) && solved(command, args, shipped);
    if (said)
      row([`${name}, ${shipped.verdicts.length} of them`, fixed(said.seconds), ratio(said.seconds, own), said.differ]);
    else row([name, said === false ? 'not installed' : `stopped after ${limitSeconds} s`]);
  }
  print('');
  await tellDeadLogic();
}

/** In a process of its own, as `z3 -in`: z3 compiled to WebAssembly, on the text that comes in. */
async function solveWithWasm() {
  const { init, killThreads } = await import('z3-solver');
  const text = readFileSync(0, 'utf8');
  const { Z3, em } = await init();
  const context = Z3.mk_context(Z3.mk_config());
  // A pointer of our own: a string argument would lie on a stack that is gone before it is read.
  const bytes = Buffer.from(`${text}\0`);
  const pointer = em._malloc(bytes.length);
  em.HEAPU8.set(bytes, pointer);
  const said = em.ccall('Z3_eval_smtlib2_string', 'string', ['number', 'number'], [context, pointer]);
  process.stdout.write(said);
  await killThreads(em);
}

const [option, value, isWithCases] = process.argv.slice(2);
if (option === '--measure') await measure(Number(value), isWithCases === 'true');
else if (option === '--wasm') await solveWithWasm();
else await compare(option === '--sizes' ? value.split(',').map(Number) : [1, 2, 4, 10]);
