/**
 * What a consent form costs, on this machine, now: the plain printer, the press with each form as its first, the press in
 * a run of forms, and other tools on the same content and fonts; as a loop in one process, and as a process of its own.
 * `npm run bench:consent`; other tools run where they are installed, which the end of the table tells.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isThere, peers } from './consent-peers.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const script = fileURLToPath(import.meta.url);
const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);
const fonts = {
  regular: join(root, 'templates/fonts/AtkinsonHyperlegibleNext_400Regular.ttf'),
  bold: join(root, 'templates/fonts/AtkinsonHyperlegibleNext_700Bold.ttf'),
};

const print = (text) => process.stdout.write(`${text}\n`);
const median = (of) => [...of].sort((a, b) => a - b)[of.length >> 1];
const rounds = { warm: 7, process: 15 };
/** Milliseconds for which a contestant runs before it is timed, and in a round: at least one form. */
const warmUp = 3000;
const lap = 500;
const applicants = 240;
/** Forms that `batch` makes before it writes them: those of 64 records. */
const together = 20;

/** Applicants with nothing in the way, no two alike. */
async function load() {
  const [cli, kits, { processIo }, { formTools }, { readAnswers }, { assess }, consent, compose, { openFreshPress }] =
    await Promise.all([
      built('cli/definitions/definitions'),
      built('cli/forms/templates'),
      built('cli/process-io'),
      built('cli/forms/form-key'),
      built('exchange/answers'),
      built('engine/assess'),
      built('document/consent'),
      built('document/compose'),
      built('cli/forms/press').then(({ loadPress }) => ({ openFreshPress: loadPress })),
    ]);
  const { parse } = await import('yaml');
  const io = processIo();
  const definition = await cli.loadDefinition(undefined, io);
  const { questionnaire, digest } = definition;
  const kit = await kits.loadConsentKit(io, undefined, { definition });
  if (!kit.press) throw new Error('the fonts are not packed: run `npm run build` first');
  const tools = await formTools(kit, io);
  const baseline = parse(readFileSync(join(root, 'questionnaires/iv-ketamine/cases/baseline.yaml'), 'utf8')).answers;
  const first = ['Ann', 'Robert', 'María', 'Zoë', 'Wilhelmina', 'Jo', 'Łukasz', 'Fatima'];
  const last = ['Lee', 'Featherstonehaugh', 'García López', 'Żak', 'Smith', "O'Neill", 'Vandenberg'];
  const sheets = Array.from({ length: applicants }, (_, at) => ({
    ...baseline,
    'applicant.name': `${first[at % first.length]} ${last[at % last.length]} ${'ABCDEFGHIJ'[at % 10]}.`,
    'applicant.id': `V${10_000 + at}`,
    'applicant.birthDate': `19${60 + (at % 40)}-0${1 + (at % 9)}-1${at % 10}`,
  }));
  const requests = sheets.map((sheet) => {
    const { answers } = readAnswers(questionnaire, sheet);
    const assessment = assess(questionnaire, answers);
    return { questionnaire, definitionDigest: digest, ...kit, ...tools, answers, assessment, edition: 'standard' };
  });
  return {
    sheets,
    requests,
    renderConsent: consent.renderConsent,
    pressConsent: consent.pressConsent,
    composeConsent: compose.composeConsent,
    openFreshPress,
  };
}

/** Ways to make the form of an applicant: `open` gives `make(index)`. Each runs in a process of its own, with its own heap. */
const own = [
  { name: 'preinfuse, plain (pdfkit)', open: ({ requests, renderConsent }) => plainly(requests, renderConsent) },
  {
    name: 'preinfuse, press, first form',
    open:
      ({ requests, renderConsent, openFreshPress }) =>
      async (at) =>
        renderConsent({ ...requests[at], press: await openFreshPress() }),
  },
  { name: 'preinfuse, press, in a run', open: pressed },
];

const contestants = [
  ...own,
  ...peers.filter(isThere).map((peer) => ({
    name: peer.name,
    open: async ({ requests, composeConsent }) => {
      const { input, print: make } = await peer.open(fonts);
      const inputs = requests.map((request) => input(composeConsent(request)));
      return (at) => make(inputs[at]);
    },
  })),
];

function plainly(requests, renderConsent) {
  return (at) => renderConsent({ ...requests[at], press: undefined });
}

function pressed({ requests, renderConsent }) {
  return (at) => renderConsent(requests[at]);
}

/** Milliseconds a form, rounds by turns: what a run of forms costs once the engine has compiled what it runs. No form is made twice in a row of `applicants`. */
async function warm(folder) {
  const runners = [];
  for (const [index, { name }] of contestants.entries()) {
    const runner = fork(script, ['--run', name, join(folder, `${index}.pdf`)]);
    await once(runner, 'message');
    runners.push({ name, runner, times: [] });
  }
  for (let round = 0; round < rounds.warm; round += 1) {
    for (const { runner, times } of runners) {
      runner.send('lap');
      times.push((await once(runner, 'message'))[0]);
    }
  }
  for (const { runner } of runners) runner.disconnect();
  return new Map(
    runners.map(({ name, times }, index) => [
      name,
      { ms: median(times), bytes: readFileSync(join(folder, `${index}.pdf`)) },
    ]),
  );
}

/** In a process of its own: one contestant, warmed up, then a lap whenever it is asked for one. */
async function run(name, to) {
  const make = await contestants.find((each) => each.name === name).open(await load());
  writeFileSync(to, await make(0));
  let from = (await lapOf(make, 1, warmUp)).next;
  process.on('message', async () => {
    const { ms, next } = await lapOf(make, from, lap);
    from = next;
    process.send(ms);
  });
  process.send('ready');
}

async function lapOf(make, from, length) {
  const start = performance.now();
  let count = 0;
  let spent = 0;
  while (count === 0 || spent < length) {
    await make((from + count) % applicants);
    count += 1;
    spent = performance.now() - start;
  }
  return { ms: spent / count, next: from + count };
}

/** What writing the same bytes costs without making them, and what making and writing them costs. Milliseconds a form. */
async function floors({ requests, pressConsent, ...loaded }, folder) {
  const make = pressed({ requests, ...loaded });
  await lapOf(make, 0, warmUp);
  const files = await Promise.all(Array.from({ length: applicants }, (_, at) => make(at)));
  const own = new Uint8Array(Math.max(...files.map(({ length }) => length)));
  const eachOf = async (work) => {
    const start = performance.now();
    for (let at = 0; at < files.length; at += 1) await work(at);
    return (performance.now() - start) / files.length;
  };
  const big = (write) => async () => {
    const file = openSync(join(folder, 'all'), 'w');
    const time = await eachOf((at) => write(file, at));
    closeSync(file);
    return time;
  };
  const ways = {
    'copied in memory': () => eachOf((at) => own.set(files[at])),
    'written to one file': big((file, at) => writeSync(file, files[at])),
    'written, a file each': () => eachOf((at) => writeFileSync(join(folder, `${at}.pdf`), files[at])),
    'made and written, a file each': () => {
      let made = [];
      return eachOf((at) => {
        made.push([join(folder, `${at}.pdf`), pressConsent(requests[at])]);
        if (made.length < together && at + 1 < files.length) return;
        for (const [path, parts] of made) writeParts(path, parts);
        made = [];
      });
    },
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds.warm; round += 1) {
    for (const [name, way] of Object.entries(ways)) times[name].push(await way());
  }
  return Object.fromEntries(Object.entries(times).map(([name, of]) => [name, median(of)]));
}

/** As `batch` writes a form: what it has in common with others is not copied. */
function writeParts(path, parts) {
  const file = openSync(path, 'w');
  writevSync(file, parts);
  closeSync(file);
}

/** Milliseconds from start to end of whole processes, by turns. */
function processes(commands) {
  const times = commands.map(() => []);
  for (let round = 0; round < rounds.process; round += 1) {
    commands.forEach(({ args }, index) => {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args);
      if (status !== 0) throw new Error(String(stderr));
      times[index].push(performance.now() - start);
    });
  }
  return commands.map(({ name }, index) => ({ name, ms: median(times[index]) }));
}

/** In a process of its own: one form of a peer from a content that stands in a file. */
async function makeOne(name, from, to) {
  const { input, print: make } = await peers.find((peer) => peer.name === name).open(fonts);
  writeFileSync(to, await make(input(JSON.parse(readFileSync(from, 'utf8')))));
}

/** Pages and tagging as poppler and the metadata tell them. */
function facts(bytes, folder) {
  const file = join(folder, 'facts.pdf');
  writeFileSync(file, bytes);
  const ask = (...args) => String(spawnSync('pdfinfo', [...args, file]).stdout ?? '');
  const info = ask();
  const metadata = Buffer.from(bytes).toString('latin1');
  return [
    Math.round(bytes.length / 1024),
    /Pages:\s+(\d+)/.exec(info)?.[1] ?? '?',
    /Tagged:\s+(\w+)/.exec(info)?.[1] ?? '?',
    ask('-struct').trim() === '' ? 'no' : 'yes',
    metadata.includes('pdfuaid:part') ? 'yes' : 'no',
    metadata.includes('pdfaid:part') ? 'yes' : 'no',
  ];
}

function row(cells) {
  print(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(32) : String(cell).padStart(10))).join(' '));
}

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'preinfuse-bench-'));
  try {
    const loaded = await load();
    const results = await warm(folder);
    const inRun = results.get('preinfuse, press, in a run').ms;
    row(['one process, a form', 'ms', 'of run', 'KB', 'pages', 'tagged', 'tree', 'UA id', 'A id']);
    for (const [name, { ms, bytes }] of results)
      row([name, ms.toFixed(2), `${(ms / inRun).toFixed(1)}x`, ...facts(bytes, folder)]);
    print('');
    mkdirSync(join(folder, 'out'));
    const floor = await floors(loaded, join(folder, 'out'));
    const each = floor['written, a file each'];
    row(['the same bytes, a form', 'ms', 'of a file']);
    for (const [name, ms] of Object.entries(floor)) row([name, ms.toFixed(3), `${(ms / each).toFixed(2)}x`]);
    print('');
    const [sheet, content, out] = ['sheet.json', 'content.json', 'out.pdf'].map((name) => join(folder, name));
    writeFileSync(sheet, JSON.stringify(loaded.sheets[0]));
    writeFileSync(content, JSON.stringify(loaded.composeConsent(loaded.requests[0])));
    const started = processes([
      { name: 'node -e 0', args: ['-e', '0'] },
      {
        name: 'preinfuse consent',
        args: [join(root, 'bin/preinfuse.js'), 'consent', sheet, '--force', '--output', out],
      },
      ...peers.filter(isThere).map(({ name }) => ({ name, args: [script, '--one', name, content, out] })),
    ]);
    row([`a process, median of ${rounds.process}`, 'ms', 'of node', 'beyond']);
    const [{ ms: bare }] = started;
    for (const { name, ms } of started)
      row([name, Math.round(ms), `${(ms / bare).toFixed(2)}x`, `${Math.round(ms - bare)}`]);
    const absent = peers.filter((peer) => !isThere(peer)).map((peer) => peer.package);
    if (absent.length > 0) {
      print(
        `Not installed: ${absent.join(', ')}. In a folder that PREINFUSE_PEERS names, or in bench/: npm install --no-save ${absent.join(' ')} react`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [option, ...rest] = process.argv.slice(2);
if (option === '--one') await makeOne(...rest);
else if (option === '--run') await run(...rest);
else await compare();
