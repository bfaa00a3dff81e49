import { dispositionNames } from '../report/assessment.ts';
import type { Chapter, Codebook, CodebookBlock } from '../report/codebook.ts';
import type { Departure, Difference, Edition, Move, PartChange, Seen } from '../report/diff.ts';
import { movers, movesIn, oneSidedWords, partWords, renameWords, verdict, versionNote } from '../report/diff-text.ts';
import { renderCodebook } from './codebook.ts';
import type { Fonts } from './faces.ts';

/** Digests of the two definitions: `sha256:` and 64 hex digits. */
export interface Digests {
  readonly old: string;
  readonly new: string;
}

/**
 * "Who is treated differently" as PDF bytes, for the director to read and sign: tightened and loosened apart, each with
 * one applicant; what was changed; wording last. Same difference and date, same bytes. Throws ConsentRefused for a
 * character that no font has.
 */
export async function renderDifference(
  difference: Difference,
  digests: Digests,
  fonts: Fonts,
  created: Date,
): Promise<Uint8Array> {
  return renderCodebook(pageOf(difference, digests), fonts, created);
}

function pageOf(difference: Difference, digests: Digests): Codebook {
  const { old, new: next, structure, wording } = difference;
  return {
    title: 'Who is treated differently',
    edition: {
      definition: `${editionWords(old)} to ${editionWords(next)}`,
      digest: digests.new,
    },
    chapters: [
      shortChapter(difference, digests),
      movesChapter('loosened', 'Loosened: who ends milder', difference),
      movesChapter('tightened', 'Tightened: who ends worse', difference),
      ...restChapter(difference),
      changesChapter('changes', 'What was changed', structure),
      changesChapter('wording', 'Wording and sources, which decide nothing', wording),
      readChapter(),
    ],
  };
}

function editionWords({ id, version }: Edition): string {
  return `${id} ${version}`;
}

function text(words: string, tone: 'plain' | 'quiet' = 'plain'): CodebookBlock {
  return { kind: 'text', statement: { text: words, parts: [] }, tone };
}

function shortChapter(difference: Difference, digests: Digests): Chapter {
  const { old, new: next } = difference;
  return {
    id: 'short',
    title: next.title,
    blocks: [
      ...[verdict(difference), ...versionNote(difference)].map((each) => text(each)),
      text(`from ${editionWords(old)}, ${digests.old}`, 'quiet'),
      text(`to ${editionWords(next)}, ${digests.new}`, 'quiet'),
      text(
        'Each applicant below is the unremarkable one with the answers that are named, and was put through the engine that ' +
          'screens under both definitions. It is one example of its kind, the simplest, not the only one.',
        'quiet',
      ),
    ],
  };
}

function movesChapter(direction: Move['direction'], title: string, difference: Difference): Chapter {
  const rows = movesIn(difference, direction).map((move) => [
    seenWords(move.was),
    seenWords(move.now),
    applicantWords(move.departures),
    movers(move)
      .map(({ rule, words, reason }) => `${rule} ${words}: ${reason}`)
      .join(' '),
  ]);
  const table: CodebookBlock = {
    kind: 'table',
    head: ['Was', 'Is now', 'For example, where the answer is', 'Because'],
    rows,
    columns: [0.2, 0.2, 0.34, 0.26],
  };
  return { id: direction, title, blocks: rows.length === 0 ? [text('Nobody.')] : [table] };
}

function seenWords({ disposition }: Seen): string {
  return dispositionNames[disposition];
}

function applicantWords(departures: readonly Departure[]): string {
  if (departures.length === 0) return 'as the unremarkable applicant gives it';
  return departures.map(({ path, question, words }) => `${question} ${words} (${path})`).join('; ');
}

/** What is neither an outcome nor a change of the definition itself; left out where there is nothing of it. */
function restChapter({ inside, undecided, oneSided, renameNotes }: Difference): readonly Chapter[] {
  const items = [
    ...undecided.map((each) => `Not settled: ${each}.`),
    ...inside.map(
      ({ details, departures, now }) =>
        `Same outcome (${dispositionNames[now.disposition]}), but: ${details.join('; ')}. For example: ${applicantWords(departures)}.`,
    ),
    ...oneSided.map((each) => `Not compared: ${oneSidedWords(each)}.`),
    ...renameNotes.map((note) => `${renameWords(note)}.`),
  ];
  const list: CodebookBlock = { kind: 'list', items: items.map((each) => ({ text: each, parts: [] })) };
  return items.length === 0 ? [] : [{ id: 'rest', title: 'To know as well', blocks: [list] }];
}

function changesChapter(id: string, title: string, changes: readonly PartChange[]): Chapter {
  const rows = changes.flatMap((change) =>
    change.fields.length === 0
      ? [[partWords(change), '', '', '']]
      : change.fields.map(({ field, was, now }, index) => [
          index === 0 ? partWords(change) : '',
          field,
          was ?? 'none',
          now ?? 'none',
        ]),
  );
  const table: CodebookBlock = {
    kind: 'table',
    head: ['Part', 'What of it', 'Was', 'Is now'],
    rows,
    columns: [0.28, 0.16, 0.28, 0.28],
  };
  return { id, title, blocks: rows.length === 0 ? [text('Nothing.')] : [table] };
}

function readChapter(): Chapter {
  return {
    id: 'read',
    title: 'Read by',
    blocks: [
      {
        kind: 'signature',
        title: 'I have read who is treated differently',
        lines: [
          [
            { label: 'Name of the medical director', width: 0.6 },
            { label: 'Date', width: 0.4 },
          ],
          [{ label: 'Signature', width: 0.6 }],
        ],
      },
    ],
  };
}
