import type { Given } from '../engine/compile.ts';
import { type Absent, type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { formatDecimal } from '../model/decimal.ts';
import { formatDate } from '../model/local-date.ts';
import { remembering } from '../model/memo.ts';
import { comesAgain, type Field, type Fields } from './answers.ts';
import { patternOfText } from './pattern.ts';
import type { Utf8Text } from './utf8-text.ts';

/** Adds a sheet, by the answers' place among `wholeItems`: what `JSON.stringify(writeAnswers(...))` gives, sooner. */
export function sheetWriter(fields: Fields): (given: Given, text: Utf8Text) => void {
  const writers = writersOf(fields);
  return (given, text) => {
    const start = text.length;
    for (let place = 0; place < writers.length; place += 1) {
      const answer = given[place];
      if (answer !== undefined) (writers[place] as Writer).add(answer, text);
    }
    text.closeObject(start);
  };
}

interface Writer {
  readonly linkId: string;
  /** Adds a comma, the key and the answer. */
  readonly add: (answer: Answer, text: Utf8Text) => void;
}

const comma = 0x2c;
const closeBracket = 0x5d;

function writersOf({ byKey }: Fields): readonly Writer[] {
  return [...byKey.values()].map((field) => ({ linkId: field.item.linkId, add: writerOf(field) }));
}

/** Answers to a question that are remembered: all that most questions have, a weight to the hundred grams too. */
const mostKnown = 4000;

function writerOf(field: Field): Writer['add'] {
  const key = `,${JSON.stringify(field.key)}:`;
  const write = valueWriter(field);
  if (!comesAgain(field)) return (answer, text) => text.add(key + write(answer));
  const known = remembering(mostKnown, (answer: Answer) => patternOfText(key + write(answer)));
  const addEntries = field.entry && entriesAdder(key, field.entry);
  return (answer, text) => {
    if (addEntries && Array.isArray(answer)) addEntries(answer as readonly Answers[], text);
    else text.addPattern(known(answer));
  };
}

/** The text of one answer as `sheetWriter` writes it; not of entries. */
export function valueWriter({ item }: Field): (answer: Answer) => string {
  return (answer) => {
    if (isAbsent(answer)) return absenceText(answer);
    if (typeof answer !== 'number') return JSON.stringify(answer);
    if (item.type === 'date') return `"${formatDate(answer)}"`;
    return item.type === 'decimal' ? String(Number(formatDecimal(answer, item.decimals))) : String(answer);
  };
}

function absenceText({ absent }: Absent): string {
  return `{"absent":"${absent}"}`;
}

function entriesAdder(key: string, fields: Fields): (entries: readonly Answers[], text: Utf8Text) => void {
  const writers = writersOf(fields);
  const before = patternOfText(`${key}[`);
  return (entries, text) => {
    text.addPattern(before);
    for (let index = 0; index < entries.length; index += 1) {
      if (index > 0) text.addByte(comma);
      const start = text.length;
      for (const { linkId, add } of writers) {
        const answer = entries[index]?.get(linkId);
        if (answer !== undefined) add(answer, text);
      }
      text.closeObject(start);
    }
    text.addByte(closeBracket);
  };
}
