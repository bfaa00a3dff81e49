import { unprintable } from '../model/unprintable.ts';
import { wrapped } from './assessment.ts';
import type { Paint } from './colour.ts';
import {
  type Departure,
  type Difference,
  type FieldChange,
  type InsideMove,
  isOutcomeProvedSame,
  type Move,
  type OneSided,
  type PartChange,
  type Seen,
  type SeenFinding,
  type Witness,
} from './diff.ts';
import type { Recall, RecallCounts } from './diff-recall.ts';

const columns = 80;

/** A difference for people: who is let through more easily first, then the rest. Lines of at most 80 columns where no word is longer. */
export function diffText(difference: Difference, paint: Paint): string {
  const { old, new: next, oneSided, structure, wording, renameNotes, undecided } = difference;
  const lines = [
    ...wrapped(`${old.id} ${old.version} -> ${next.id} ${next.version}`, '', columns),
    '',
    ...wrapped([verdict(difference), ...versionNote(difference)].join(' '), '', columns),
    ...section(paint('LOOSENED: ends milder', 'alarm'), movesIn(difference, 'loosened').flatMap(moveLines)),
    ...section(paint('TIGHTENED: ends worse', 'caution'), movesIn(difference, 'tightened').flatMap(moveLines)),
    ...section(
      paint('NOT SETTLED', 'caution'),
      undecided.flatMap((each) => bullet(each)),
    ),
    ...section(paint('SAME OUTCOME, but', 'title'), difference.inside.flatMap(insideLines)),
    ...section(paint('ANSWERS THAT ONE DEFINITION REFUSES: not compared', 'title'), oneSided.flatMap(oneSidedLines)),
    ...section(paint('WHAT WAS CHANGED', 'title'), structure.flatMap(partLines)),
    ...section(paint('WORDING AND SOURCES: they decide nothing', 'title'), wording.flatMap(partLines)),
    ...section(
      paint('RENAMED?', 'title'),
      renameNotes.flatMap((note) => bullet(renameWords(note))),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether outcomes change, in one sentence. */
export function verdict(difference: Difference): string {
  const { moves, undecided, isChecked, oneSided } = difference;
  const whom = oneSided.length === 0 ? '' : ' that both take';
  if (isOutcomeProvedSame(difference)) {
    return `No applicant's outcome changes: proved over every answer sheet${whom}, proof checked.`;
  }
  if (!isChecked) return 'A proof was found and its second check does not confirm it: count nothing as proved.';
  if (moves.length === 0) return `Whether outcomes change is not settled: ${undecided.length} left open.`;
  const count = (direction: Move['direction']): number => movesIn(difference, direction).length;
  const ways = `${count('loosened')} loosened, ${count('tightened')} tightened`;
  const rest =
    undecided.length === 0
      ? `every other way is ruled out over every answer sheet${whom}, proof checked`
      : `${undecided.length} left open`;
  return `Outcomes change: ${ways}; ${rest}.`;
}

/** Two definitions that differ must not go by one version: what was signed could not be told from what was not. */
export function versionNote({ old, new: next, structure, wording }: Difference): readonly string[] {
  const isSame = structure.length === 0 && wording.length === 0;
  if (isSame || old.id !== next.id || old.version !== next.version) return [];
  return [`Both go by version ${next.version}: give the new one its own.`];
}

/** The moves of one direction, as they stand. */
export function movesIn({ moves }: Difference, wanted: Move['direction']): readonly Move[] {
  return moves.filter(({ direction }) => direction === wanted);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** A text behind a label, its further lines below it. */
function labelled(label: string, text: string): readonly string[] {
  const indent = ' '.repeat(4 + 10);
  return wrapped(text, indent, columns).map((line, index) =>
    index === 0 ? `    ${label.padEnd(10)}${line.slice(indent.length)}` : line,
  );
}

function bullet(text: string, at = '  '): readonly string[] {
  return wrapped(text, `${at}  `, columns).map((line, index) =>
    index === 0 ? `${at}- ${line.slice(at.length + 2)}` : line,
  );
}

function moveLines(move: Move): readonly string[] {
  return [
    `  ${move.was.disposition} -> ${move.now.disposition}`,
    ...labelled('example', exampleOf(move)),
    ...labelled('was', decidedBy(move.was)),
    ...labelled('now', decidedBy(move.now)),
    ...labelled('moved by', movedBy(move).join('; ')),
  ];
}

/** An applicant by the answers that are out of the ordinary: `today.escort false`. */
export function exampleOf({ departures, isFewest }: Pick<Witness, 'departures' | 'isFewest'>): string {
  const told = departuresInWords(departures);
  return isFewest ? told : `${told} (there may be a simpler example)`;
}

/** `today.escort false, trial[2].dose 60`. */
export function departuresInWords(departures: readonly Departure[]): string {
  if (departures.length === 0) return 'the unremarkable applicant';
  return departures.map(({ path, answer }) => `${path} ${answer}`).join(', ');
}

/** The disposition with the findings that call for it. */
function decidedBy({ disposition, findings }: Seen): string {
  const rules = findings.filter((finding) => finding.disposition === disposition).map(({ rule }) => rule);
  return `${disposition}${rules.length === 0 ? ', nothing found' : `: ${rules.join(', ')}`}`;
}

/** What moved an applicant: the findings that differ, those that went first, each kind worst first. */
export function movedBy(move: Pick<Witness, 'was' | 'now'>): readonly string[] {
  return movers(move).map(({ rule, words }) => `${rule} ${words}`);
}

/** The findings that differ and what became of each. */
export function movers({
  was,
  now,
}: Pick<Witness, 'was' | 'now'>): readonly (SeenFinding & { readonly words: string })[] {
  const foundIn = ({ findings }: Seen, rule: string): SeenFinding | undefined =>
    findings.find((each) => each.rule === rule);
  return [
    ...was.findings
      .filter(({ rule }) => !foundIn(now, rule))
      .map((finding) => ({ ...finding, words: 'is no longer found' })),
    ...now.findings.flatMap((finding) => {
      const before = foundIn(was, finding.rule);
      if (!before) return [{ ...finding, words: `is found (${finding.disposition})` }];
      if (before.disposition === finding.disposition) return [];
      return [{ ...finding, words: `calls for ${finding.disposition}, not ${before.disposition}` }];
    }),
  ];
}

const insideTitles: Readonly<Record<InsideMove['what'], string>> = {
  findings: 'other findings',
  asked: 'other questions asked',
  values: 'other calculated values',
};

function insideLines(move: InsideMove): readonly string[] {
  return [
    `  ${insideTitles[move.what]}, still ${move.now.disposition}`,
    ...labelled('example', exampleOf(move)),
    ...labelled('differs', move.details.join('; ')),
  ];
}

function oneSidedLines(one: OneSided): readonly string[] {
  const example = one.departures === undefined ? [] : labelled('example', departuresInWords(one.departures));
  return [...bullet(oneSidedWords(one)), ...example];
}

/** Who takes what. */
export function oneSidedWords({ takenBy, linkId, what }: OneSided): string {
  return `only the ${takenBy} definition takes, for ${linkId}, ${what}`;
}

function partLines(change: PartChange): readonly string[] {
  return [...bullet(partWords(change)), ...change.fields.flatMap((field) => bullet(fieldWords(field), '    '))];
}

/** A part and what became of it: `rule df-escort: removed`. */
export function partWords({ kind, id, what, renamedFrom }: PartChange): string {
  const from = renamedFrom === undefined ? '' : ` from ${renamedFrom}`;
  const words = renamedFrom !== undefined && what === 'changed' ? `renamed${from}, and changed` : `${what}${from}`;
  return `${kind} ${id}: ${words}`;
}

/** What became of one fact: `disposition: defer -> clinician-review`. */
export function fieldWords({ field, was, now }: FieldChange): string {
  if (was !== undefined && now !== undefined) return `${field}: ${was} -> ${now}`;
  return was === undefined ? `${field}: ${now} (new)` : `${field}: ${was} (gone)`;
}

/** A rename that may have been meant, and how to say so. */
export function renameWords({ kind, from, to }: Difference['renameNotes'][number]): string {
  return `${kind} ${from} went and ${to} came, and they look the same: if it is a rename, say --rename ${from}=${to}`;
}

/* The archive */

/** One record whose outcome changes or cannot be told, on one line; undefined where it stays. */
export function recallLine(recall: Recall, unit: 'line' | 'record'): string | undefined {
  const place = `${unit} ${recall.line}${recall.id === undefined ? '' : `  ${oneLine(recall.id)}`}`;
  switch (recall.is) {
    case 'same':
      return undefined;
    case 'changed': {
      const { direction, from, to, noLongerFound, found } = recall;
      const rules = [
        ...noLongerFound.map((rule) => `${rule} no longer found`),
        ...found.map((rule) => `${rule} found`),
      ];
      return `${place}  ${direction}  ${from} -> ${to}  ${rules.join(', ')}`;
    }
    case 'undetermined': {
      const { by, problems } = recall;
      const whom = by === 'record' ? '' : ` under the ${by} definition`;
      const reasons = problems
        .slice(0, 3)
        .map(({ linkId, message }) => `${linkId === '' ? '' : `${linkId}: `}${message}`);
      const more = problems.length > reasons.length ? [`and ${problems.length - reasons.length} more`] : [];
      return oneLine(`${place}  cannot be told${whom}  ${[...reasons, ...more].join('; ')}`);
    }
  }
}

/** Text from a record with nothing in it that a terminal would obey. */
function oneLine(text: string): string {
  return text.replace(unprintable, '?');
}

/** How many recorded sheets came to what. */
export function recallSummary({ records, same, loosened, tightened, undetermined }: RecallCounts): string {
  return `${records} recorded: ${same} as before, ${loosened} loosened, ${tightened} tightened, ${undetermined} cannot be told`;
}
