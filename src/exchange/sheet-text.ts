import type { Given } from '../engine/compile.ts';
import { type Absent, type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { formatDecimal } from '../model/decimal.ts';
import { formatDate } from '../model/local-date.ts';
import { remembering } from '../model/memo.ts';
import type { Field, Fields } from './answers.ts';

/** The text of a sheet, by the answers' place among `wholeItems`: what `JSON.stringify(writeAnswers(...))` gives, sooner. */
export function sheetWriter(fields: Fields): (given: Given) => string {
  const writers = writersOf(fields);
  return (given) => {
    let text = '';
    for (let place = 0; place < writers.length; place += 1) {
      const answer = given[place];
      if (answer !== undefined) text += (writers[place] as Writer).write(answer);
    }
    return `{${text.slice(1)}}`;
  };
}

interface Writer {
  readonly linkId: string;
  /** A comma, the key and the answer. */
  readonly write: (answer: Answer) => string;
}

function writersOf({ byKey }: Fields): readonly Writer[] {
  return [...byKey.values()].map((field) => ({ linkId: field.item.linkId, write: writerOf(field) }));
}

/** Answers of this many kinds are remembered: all there are to most questions. */
const mostKnown = 1000;

function writerOf(field: Field): Writer['write'] {
  const key = `,${JSON.stringify(field.key)}:`;
  const write = field.entry ? entriesWriter(field.entry) : valueWriter(field);
  const single = remembering(mostKnown, (answer: Answer) => key + write(answer));
  return (answer) => {
    if (isAbsent(answer)) return key + absenceText(answer);
    return typeof answer === 'object' ? key + write(answer) : single(answer);
  };
}

/** The text of one answer as `sheetWriter` writes it. */
export function answerWriter(field: Field): (answer: Answer) => string {
  const write = field.entry ? entriesWriter(field.entry) : valueWriter(field);
  return (answer) => (isAbsent(answer) ? absenceText(answer) : write(answer));
}

function absenceText({ absent }: Absent): string {
  return `{"absent":"${absent}"}`;
}

function valueWriter({ item }: Field): Writer['write'] {
  return (answer) => {
    if (typeof answer !== 'number') return JSON.stringify(answer);
    if (item.type === 'date') return JSON.stringify(formatDate(answer));
    return item.type === 'decimal' ? String(Number(formatDecimal(answer, item.decimals))) : String(answer);
  };
}

function entriesWriter(fields: Fields): Writer['write'] {
  const writers = writersOf(fields);
  return (entries) => {
    const texts = (entries as readonly Answers[]).map((answers) => {
      let text = '';
      for (const { linkId, write } of writers) {
        const answer = answers.get(linkId);
        if (answer !== undefined) text += write(answer);
      }
      return `{${text.slice(1)}}`;
    });
    return `[${texts.join(',')}]`;
  };
}
