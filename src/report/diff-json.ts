import { type Difference, isOutcomeProvedSame, type Move } from './diff.ts';
import { movedBy, movesIn } from './diff-text.ts';

/** A difference as an object for programs, its keys in one order. A change of its shape is a new `schemaVersion`. */
export function diffJson(difference: Difference): Readonly<Record<string, unknown>> {
  const { old, new: next, undecided, isChecked, inside, oneSided, structure, wording, renameNotes } = difference;
  return {
    schemaVersion: 1,
    old,
    new: next,
    outcome: isOutcomeProvedSame(difference) ? 'same' : difference.moves.length > 0 ? 'differs' : 'undecided',
    proofChecked: isChecked,
    loosened: movesIn(difference, 'loosened').map(moveJson),
    tightened: movesIn(difference, 'tightened').map(moveJson),
    undecided,
    sameOutcome: inside,
    takenByOne: oneSided,
    changes: structure,
    wording,
    renameNotes,
  };
}

function moveJson(move: Move): Readonly<Record<string, unknown>> {
  const { departures, isFewest, was, now, sheets } = move;
  return { from: was.disposition, to: now.disposition, departures, isFewest, movedBy: movedBy(move), was, now, sheets };
}
