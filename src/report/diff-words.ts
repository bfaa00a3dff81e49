import type { Changes } from './codebook.ts';
import { type Statement, sentence } from './condition-words/statement.ts';
import type { Difference, FieldChange, Move, PartChange } from './diff.ts';
import {
  exampleOf,
  fieldWords,
  movedBy,
  movesIn,
  oneSidedWords,
  partWords,
  renameWords,
  verdict,
  versionNote,
} from './diff-text.ts';

/** A difference as lists to read: what became of outcomes first, wording last. Every list is there, empty ones too. */
export function differenceInLists(difference: Difference): Changes['lists'] {
  const { inside, undecided, oneSided, structure, wording, renameNotes } = difference;
  const moves = (direction: Move['direction']): readonly Statement[] => movesIn(difference, direction).map(moveWords);
  return [
    { title: 'Outcomes', items: [verdict(difference), ...versionNote(difference)].map(sentence) },
    { title: 'Loosened: applicants who end milder', items: moves('loosened') },
    { title: 'Tightened: applicants who end worse', items: moves('tightened') },
    { title: 'Not settled', items: undecided.map(sentence) },
    {
      title: 'Same outcome, but',
      items: inside.map((move) => ({
        text: move.details.join('; '),
        parts: [sentence(`for example: ${exampleOf(move)}`)],
      })),
    },
    {
      title: 'Answers that one definition refuses, which are not compared',
      items: oneSided.map((each) => sentence(oneSidedWords(each))),
    },
    { title: 'What was changed', items: structure.map(changeWords) },
    { title: 'Perhaps renamed', items: renameNotes.map((note) => sentence(renameWords(note))) },
    { title: 'Wording and sources, which decide nothing', items: wording.map(changeWords) },
  ];
}

/** A difference as sentences, in the same order, each with its heading. */
export function differenceInWords(difference: Difference): readonly string[] {
  const flat = ({ text, parts }: Statement): string =>
    parts.length === 0 ? text : `${text} (${parts.map(flat).join('; ')})`;
  return differenceInLists(difference).flatMap(({ title, items }) => items.map((item) => `${title}: ${flat(item)}`));
}

function moveWords(move: Move): Statement {
  return {
    text: `${move.was.disposition} to ${move.now.disposition}`,
    parts: [sentence(`for example: ${exampleOf(move)}`), sentence(`moved by: ${movedBy(move).join('; ')}`)],
  };
}

function changeWords(change: PartChange): Statement {
  return { text: partWords(change), parts: change.fields.map((field: FieldChange) => sentence(fieldWords(field))) };
}
