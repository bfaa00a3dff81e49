import type { Answers } from '../../model/answers.ts';
import type { Expression } from '../../model/expression.ts';
import type { GroupItem, Questionnaire } from '../../model/questionnaire.ts';
import { inputsOf, withoutWholes } from '../because.ts';
import { questionsIn } from '../items.ts';
import { type Condition, entryPath, lookAnew, type Places, type Sheet } from './sheet.ts';

/**
 * As `becauseOf` does it, of a sheet at whose look the condition was true. An answer that the last look at which it was
 * true did not read is not one that the condition needs: hiding it changes nothing, so that need not be tried.
 */
export function becauseFinder(
  questionnaire: Questionnaire,
  places: Places,
  expression: Expression,
  condition: Condition,
): (sheet: Sheet) => readonly string[] {
  const inputs = inputsOf(questionnaire, expression);
  const fieldsOf = (repeat: GroupItem): readonly InnerCell[] =>
    questionsIn(repeat)
      .filter((field) => inputs.includes(field.linkId))
      .map(({ linkId }) => ({ ...places.of(linkId), linkId, pathOf: entryPath(linkId, repeat) }))
      .reverse();
  const wholes = inputs
    .flatMap((linkId) => {
      const { at, cell, step, repeat } = places.of(linkId);
      return step > 0 ? [] : [{ linkId, at, cell, fields: repeat ? fieldsOf(repeat) : [] }];
    })
    .reverse();
  return (sheet) => {
    const kept: string[] = [];
    let lastTrue = sheet.look;
    /** Whether the condition is true no longer without the answer of a cell, which else stays hidden. */
    const isNeeded = (cell: number): boolean => {
      const { read, spare } = sheet;
      sheet.hidden[cell] = 1;
      if (read[cell] !== lastTrue) return false;
      sheet.read = spare;
      sheet.spare = read;
      if (condition(lookAnew(sheet)) === true) {
        lastTrue = sheet.look;
        return false;
      }
      sheet.read = read;
      sheet.spare = spare;
      sheet.hidden[cell] = 0;
      return true;
    };
    /** What the entries of a repeat answer, the last entry first. */
    const tryEntries = (entries: readonly Answers[], fields: readonly InnerCell[]): void => {
      for (let index = entries.length - 1; index >= 0; index -= 1) {
        for (const { linkId, cell, step, pathOf } of fields) {
          const isGiven = entries[index]?.has(linkId);
          if (isGiven && isNeeded(cell + step * index)) kept.push(pathOf(index));
        }
      }
    };
    for (const { linkId, at, cell, fields } of wholes) {
      const answer = sheet.given[at];
      if (answer === undefined) continue;
      if (fields.length > 0 && Array.isArray(answer)) tryEntries(answer as readonly Answers[], fields);
      if (isNeeded(cell)) kept.push(linkId);
    }
    sheet.hidden.fill(0);
    return withoutWholes(kept.reverse());
  };
}

/** A question of each entry of a repeat, with the cells that hold its answers. */
interface InnerCell {
  readonly linkId: string;
  readonly cell: number;
  readonly step: number;
  readonly pathOf: (index: number) => string;
}
