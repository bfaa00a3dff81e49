/* Applicants for a benchmark, the same on every machine: golden cases drawn at random, changed at random. */

import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = `${root}questionnaires/iv-ketamine`;

/** Of the answers that may be absent. */
const shareAbsent = 0.05;
/** Of the records. */
const shareInvalid = 0.01;
/** Sheets whose dispositions are counted before records are drawn from them evenly. */
const poolSize = 8000;

const names = [
  'Ann Sample',
  'Łukasz Przykład',
  'Maria-José Muestra',
  'Nguyễn Thị Mẫu',
  "Pat O'Example",
  'Sam de la Prueba',
];
const medications = [
  'sertraline',
  'venlafaxine',
  'bupropion',
  'Zoloft',
  'escitalopram',
  'mirtazapine',
  'lithium',
  'not a medicine',
];

/** A stream of numbers from 0 to 1 that is always the same (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The questionnaire and what the build made of the program. */
export async function program() {
  const [{ loadDefinition }, answers, screen, { wholeItems }, { sha256 }] = await Promise.all(
    ['cli/definitions/definitions', 'exchange/answers', 'exchange/screen', 'engine/items', 'cli/files/source'].map(
      (name) => import(`${root}dist/${name}.js`),
    ),
  );
  const { questionnaire, digest: definitionDigest } = await loadDefinition(undefined, { cwd: root, env: {} });
  return {
    questionnaire,
    wholes: wholeItems(questionnaire),
    readAnswers: (sheet) => answers.readAnswers(questionnaire, sheet),
    screen: (sheet) =>
      screen.screenRecord(
        { questionnaire, definitionDigest, visitDate: '2026-03-10', sha256 },
        { line: 1, raw: undefined, sheet, errors: [] },
      ),
  };
}

function goldenSheets() {
  const load = (name) => parse(readFileSync(`${folder}/cases/${name}`, 'utf8'));
  const base = load('baseline.yaml').answers;
  const changes = readdirSync(`${folder}/cases`).flatMap((name) => load(name).cases ?? []);
  return changes.map(({ set = {}, unset = [] }) =>
    Object.fromEntries(Object.entries({ ...base, ...set }).filter(([key]) => !unset.includes(key))),
  );
}

/** `count` sheets: every disposition as often, 5 % of answers absent, 0 to 6 trials, 1 % with a mistake. */
export async function* sheets(count, seed = 1) {
  const { wholes, readAnswers, screen } = await program();
  const next = chance(seed);
  const below = (limit) => Math.floor(next() * limit);
  const one = (list) => list[below(list.length)];
  const golden = goldenSheets().filter((sheet) => readAnswers(sheet).errors.length === 0);

  const trial = () => ({
    medication: one(medications),
    dose: one([20, 50, 75, 100, 150, 225]),
    days: 7 + below(200),
    currentEpisode: next() < 0.9,
    adherent: next() < 0.9,
    improvement: one(['none', 'partial', 'response', 'response-then-lost']),
    stopped: one(['not-helping', 'side-effects']),
  });
  const changed = (sheet) => ({
    ...sheet,
    ...('vitals.systolic' in sheet && {
      'vitals.heartRate': 60 + below(40),
      'vitals.temperature': (364 + below(8)) / 10,
    }),
    'body.height': 150 + below(50),
    'body.weight': (500 + below(600)) / 10,
    ...(next() < 0.5 && { trial: Array.from({ length: below(7) }, trial) }),
  });
  const withAbsences = (sheet) =>
    Object.fromEntries(
      wholes.flatMap(({ linkId, mayBeAbsent }) => {
        if (!(linkId in sheet)) return [];
        const isAbsent = mayBeAbsent && next() < shareAbsent;
        return [[linkId, isAbsent ? { absent: next() < 0.8 ? 'unknown' : 'declined' } : sheet[linkId]]];
      }),
    );
  /** Absences can settle that a question is not asked: the answer to it goes. */
  const accepted = (sheet) => {
    let tried = sheet;
    for (let round = 0; round < 5; round += 1) {
      const { errors } = readAnswers(tried);
      if (errors.length === 0) return tried;
      const wrong = new Set(errors.map(({ linkId }) => linkId.replace(/\[.*/, '')));
      tried = Object.fromEntries(Object.entries(tried).filter(([key]) => !wrong.has(key)));
    }
    return undefined;
  };

  const pool = new Map();
  for (let made = 0; made < poolSize; made += 1) {
    const sheet = accepted(withAbsences(changed(one(golden))));
    if (sheet === undefined) continue;
    const { disposition } = screen(sheet).result;
    pool.set(disposition, [...(pool.get(disposition) ?? [])]);
    pool.get(disposition).push(sheet);
  }
  const kinds = [...pool.values()];
  for (let index = 0; index < count; index += 1) {
    const sheet = { ...one(one(kinds)), 'applicant.id': `MRN-${index}`, 'applicant.name': one(names) };
    yield next() < shareInvalid ? spoilt(sheet, below) : sheet;
  }
}

/** One of the mistakes that people make. */
function spoilt(sheet, below) {
  const mistakes = [
    { 'vitals.systolic': 1200 },
    { 'vitals.heartRate': '72' },
    { 'cardiac.stroke': 'TIA' },
    { 'applicant.birthDate': '1986-02-30' },
    { medicines: [] },
    { 'today.escort': 'yes' },
  ];
  return { ...sheet, ...mistakes[below(mistakes.length)] };
}

/** Writes `count` sheets as JSON lines to `path`. */
export async function writeNdjson(path, count) {
  const out = createWriteStream(path);
  let text = '';
  const flush = async () => {
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  };
  for await (const sheet of sheets(count)) {
    text += `${JSON.stringify(sheet)}\n`;
    if (text.length > 1 << 20) await flush();
  }
  await flush();
  out.end();
  await once(out, 'close');
}

/** The same sheets as CSV, from the JSON lines of one file into another. */
export async function writeCsv(from, path) {
  const { wholes } = await program();
  const columns = wholes.flatMap((item) => {
    if (item.type !== 'group') return [{ name: item.linkId, of: (sheet) => sheet[item.linkId] }];
    const fields = item.items.map(({ linkId }) => linkId.slice(item.linkId.length + 1));
    const entries = Array.from({ length: 6 }, (_, at) =>
      fields.map((field) => ({
        name: `${item.linkId}[${at + 1}].${field}`,
        of: (sheet) => (Array.isArray(sheet[item.linkId]) ? sheet[item.linkId][at]?.[field] : undefined),
      })),
    ).flat();
    const whole = (sheet) => {
      const answer = sheet[item.linkId];
      return Array.isArray(answer) ? (answer.length === 0 ? 'none' : undefined) : answer;
    };
    return [...entries, { name: item.linkId, of: whole }];
  });
  const cell = (value) => {
    if (value === undefined) return '';
    if (Array.isArray(value)) return value.join(';');
    if (typeof value === 'object') return value.absent;
    const text = String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const out = createWriteStream(path);
  out.write(`${columns.map(({ name }) => name).join(',')}\n`);
  const { createInterface } = await import('node:readline');
  const { createReadStream } = await import('node:fs');
  for await (const line of createInterface({ input: createReadStream(from) })) {
    const sheet = JSON.parse(line);
    if (!out.write(`${columns.map(({ of }) => cell(of(sheet))).join(',')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
