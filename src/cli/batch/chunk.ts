import type { ConsentRefused } from '../../document/refusal.ts';
import type { Chunk, RawRecord, ReadRecord } from '../../exchange/records.ts';
import type { RefusedResult } from '../../exchange/result.ts';
import type { ResultText } from '../../exchange/result-text.ts';
import { type Screened, type Screening, type ScreenPlain, screenRecord } from '../../exchange/screen.ts';
import { Utf8Text } from '../../exchange/utf8-text.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Disposition } from '../../model/disposition.ts';
import { CommandError } from '../exit.ts';
import type { Draft, FormMaker, MadeForm, Making } from './consent-forms.ts';
import { BatchTally } from './tally.ts';

/** A chunk whose records are gone through once. */
export interface ChunkToScreen extends Omit<Chunk, 'records'> {
  readonly records: Iterable<RawRecord>;
}

/** What came of a chunk of records. Plain data. */
export interface ChunkOutcome {
  /** Offsets of the chunk in the input: all that stands before `end` is done with it. */
  readonly start: number;
  readonly end: number;
  /** The results that are wanted, in input order. */
  readonly text: Uint8Array;
  readonly tally: BatchTally;
  /** What people are told of, in input order. */
  readonly events: readonly ChunkEvent[];
  /** Forms that are to be put under their names. */
  readonly drafts: readonly Draft[];
  /** Why it stopped before the end of the chunk (a full disk): what a CommandError says, as plain data. */
  readonly failure?: Pick<CommandError, 'message' | 'hint'>;
}

export type ChunkEvent =
  | { readonly is: 'refused'; readonly raw: Uint8Array; readonly result: RefusedResult }
  /** Bytes of a record that is refused once it has ended. */
  | { readonly is: 'part'; readonly raw: Uint8Array }
  /** An emergency, with the rules that say so. */
  | { readonly is: 'urgent'; readonly line: number; readonly rules: readonly string[] }
  | { readonly is: 'no-form'; readonly line: number; readonly message: string }
  | { readonly is: 'said'; readonly message: string };

/** What the records of a batch are screened with and written by. */
export interface ChunkTools {
  readonly screening: Screening;
  readonly read: ReadRecord;
  /** Of plainly written records. */
  readonly screenPlain: ScreenPlain | undefined;
  readonly text: Pick<ResultText, 'add'>;
  readonly isWanted: (kind: Disposition | 'error') => boolean;
}

/** Screens the records of a chunk. Never throws. `room`: for the text of the results. */
export function screenChunk(
  tools: ChunkTools,
  { start, end, records }: ChunkToScreen,
  room?: ArrayBufferLike,
): ChunkOutcome {
  const outcome = new Outcome(tools, false, room);
  for (const record of records) {
    if (record.is === 'part') outcome.addPart(record);
    const screened = screen(tools, record);
    if (screened) outcome.add(screened, record);
  }
  return outcome.of(start, end);
}

/** What stands among the records and is none. */
interface PassedOver {
  readonly is: 'passed-over';
  readonly what: string;
}

/** Undefined for a blank record. */
function screen({ screening, read, screenPlain }: ChunkTools, raw: RawRecord): Screened | PassedOver | undefined {
  const plain = raw.is === 'whole' ? screenPlain?.(raw.line, raw.raw) : undefined;
  if (plain) return plain;
  const record = read(raw);
  if (record?.passedOver !== undefined) return { is: 'passed-over', what: record.passedOver };
  return record && screenRecord(screening, record);
}

/** The same with a consent form for each who may have one, not under its name yet. */
export async function screenWithForms(
  tools: ChunkTools,
  { start, end, records }: ChunkToScreen,
  forms: Pick<FormMaker, 'make' | 'write'>,
  room?: ArrayBufferLike,
): Promise<ChunkOutcome> {
  // One kind of work after the other: each goes faster while a processor has what it needs at hand.
  const all = Array.from(records, (record) => ({ record, screened: screen(tools, record) }));
  const made: (Making | undefined)[] = [];
  for (const { screened } of all) made.push(screened?.is === 'assessed' ? await forms.make(screened) : undefined);
  const outcome = new Outcome(tools, true, room);
  let done = start;
  for (const [index, { record, screened }] of all.entries()) {
    if (record.is === 'part') outcome.addPart(record);
    const { form, note } = made[index] ?? {};
    try {
      const written = form && 'bytes' in form ? await forms.write(form) : form;
      if (note !== undefined) outcome.say(note);
      if (screened) outcome.add(screened, record, written);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const { message, hint } = error;
      return { ...outcome.of(start, done), failure: { message, hint } };
    }
    done = record.end;
  }
  return outcome.of(start, end);
}

/** Puts together what came of records. */
class Outcome {
  readonly #tools: ChunkTools;
  readonly #tally: BatchTally;
  readonly #events: ChunkEvent[] = [];
  readonly #said = new Set<string>();
  readonly drafts: Draft[] = [];
  readonly #texts: Utf8Text;

  constructor(tools: ChunkTools, hasForms: boolean, room: ArrayBufferLike | undefined) {
    this.#tools = tools;
    this.#texts = new Utf8Text(room);
    this.#tally = new BatchTally(hasForms);
  }

  add(screened: Screened | PassedOver, { line, raw, is }: RawRecord, form?: MadeForm | ConsentRefused): void {
    const { text, isWanted } = this.#tools;
    if (screened.is === 'passed-over') {
      this.#tally.countPassedOver(screened.what);
      return;
    }
    if (screened.is === 'refused') {
      this.#tally.countRefused(screened.result);
      if (is === 'broken-list' || is === 'endless' || is === 'tangled') this.#tally.breakOff();
      if (isWanted('error')) text.add(this.#texts, screened);
      this.#events.push({ is: 'refused', raw, result: screened.result });
      return;
    }
    const { assessment } = screened;
    this.#tally.count(line, assessment, screened.absent);
    const name = form && 'draft' in form ? form.name : undefined;
    if (isWanted(assessment.disposition)) text.add(this.#texts, screened, name);
    if (assessment.disposition === 'emergency') this.#events.push(urgent(line, assessment));
    if (form !== undefined) this.#follow(line, form);
  }

  addPart({ raw }: RawRecord): void {
    this.#events.push({ is: 'part', raw });
  }

  /** Once, however often it is given. */
  say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#events.push({ is: 'said', message });
  }

  #follow(line: number, form: MadeForm | ConsentRefused): void {
    this.#tally.countForm('draft' in form);
    if ('draft' in form) {
      if (form.draft) this.drafts.push(form.draft);
      return;
    }
    this.#events.push({ is: 'no-form', line, message: `${form.message}: ${form.hint}` });
  }

  of(start: number, end: number): ChunkOutcome {
    return {
      start,
      end,
      text: this.#texts.whole(),
      tally: this.#tally,
      events: this.#events,
      drafts: this.drafts,
    };
  }
}

function urgent(line: number, { findings }: Assessment): ChunkEvent {
  const rules = findings.flatMap(({ rule, disposition }) => (disposition === 'emergency' ? [rule] : []));
  return { is: 'urgent', line, rules };
}
