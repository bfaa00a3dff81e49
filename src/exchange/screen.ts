import { assessorOf, type Given } from '../engine/compile.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { readAnswers, sheetFields } from './answers.ts';
import type { InputRecord, ReadPlain } from './records.ts';
import {
  idOf,
  type RefusedResult,
  type Result,
  refusedResult,
  resultOf,
  type Sha256,
  screeningDigest,
  visitDate,
  withVisitDate,
  writtenSheetDigester,
} from './result.ts';
import { resultWriter } from './result-json.ts';
import { sheetWriter } from './sheet-text.ts';
import type { Utf8Text } from './utf8-text.ts';

/** What every record of an input is screened with. */
export interface Screening {
  readonly questionnaire: Questionnaire;
  readonly definitionDigest: string;
  /** `YYYY-MM-DD`: the day of the visit for a sheet that has none. */
  readonly visitDate: string;
  readonly sha256: Sha256;
}

/** What came of a record: an assessment, or errors and nothing decided. */
export type Screened = Assessed | { readonly is: 'refused'; readonly result: RefusedResult };

export interface Assessed {
  readonly is: 'assessed';
  /** The line it starts on, from 1; in a JSON list, which one it is. */
  readonly line: number;
  /** The applicant's reference; undefined where there is none. */
  readonly id: string | undefined;
  readonly answers: Answers;
  readonly assessment: Assessment;
  /** Questions that were not known or declined, by linkId, each once; one in a repeat without its position. */
  readonly absent: readonly string[];
  readonly result: Result;
  /** That of the result. */
  readonly digest: string;
  /** Adds the result as JSON; with the file name of its consent form where one was made. */
  addJson(text: Utf8Text, form?: string): void;
}

/** Screens one record of an input. Never throws. */
export function screenRecord(screening: Screening, { line, sheet, errors, place }: InputRecord): Screened {
  const { questionnaire, definitionDigest, visitDate: date, sha256 } = screening;
  const read = readAnswers(questionnaire, withVisitDate(questionnaire, sheet, date), place);
  const { answers } = read;
  const refused = errors.length > 0 ? errors : read.errors;
  if (refused.length > 0) return { is: 'refused', result: refusedResult(line, answers, refused) };
  const assessment = assessorOf(questionnaire).assess(answers);
  const digest = screeningDigest(questionnaire, definitionDigest, answers, sha256);
  const absent = new AbsentQuestions();
  for (const [linkId, answer] of answers) absent.add(linkId, answer);
  const result = resultOf(line, questionnaire, answers, assessment, digest);
  const addJson = (text: Utf8Text, form?: string): void => text.add(JSON.stringify({ ...result, form }));
  return {
    is: 'assessed',
    line,
    id: result.id,
    answers,
    assessment,
    absent: absent.linkIds,
    result,
    digest,
    addJson,
  };
}

/** Collects questions without an answer, each once. A plain loop and no iterator: every record comes through here. */
class AbsentQuestions {
  readonly linkIds: string[] = [];
  readonly #addEach = (answer: Answer, linkId: string): void => this.add(linkId, answer);

  add(linkId: string, answer: Answer): void {
    if (typeof answer !== 'object') return;
    if (isAbsent(answer)) {
      if (!this.linkIds.includes(linkId)) this.linkIds.push(linkId);
      return;
    }
    for (let at = 0; at < answer.length; at += 1) {
      const entry = answer[at] as string | Answers;
      if (typeof entry !== 'string') entry.forEach(this.#addEach);
    }
  }
}

/** Screens a record from its bytes; undefined for one that is not written the plain way, or not accepted. */
export type ScreenPlain = (line: number, raw: Uint8Array) => Assessed | undefined;

/** Screens plainly written records. What it says is what `screenRecord` says of them; it only says it sooner. */
export function plainScreener(screening: Screening, read: ReadPlain): ScreenPlain {
  const { questionnaire, definitionDigest, sha256 } = screening;
  const fields = sheetFields(questionnaire);
  const places = new Map([...fields.byKey.values()].map(({ item }, place) => [item.linkId, place]));
  const tools: PlainTools = { questionnaire, places, linkIds: [...places.keys()], write: resultWriter(questionnaire) };
  const assessor = assessorOf(questionnaire);
  const write = sheetWriter(fields);
  const digestOf = writtenSheetDigester(definitionDigest, sha256);
  const visitPlace = places.get(visitDate);
  const visit = readAnswers(questionnaire, { [visitDate]: screening.visitDate }).answers.get(visitDate);
  return (line, raw) => {
    const record = read(raw);
    if (record === undefined) return undefined;
    const { given } = record;
    const hasVisitDate = visitPlace === undefined || given[visitPlace] !== undefined;
    if (visitPlace !== undefined && given[visitPlace] === undefined) {
      if (visit === undefined) return undefined;
      given[visitPlace] = visit;
    }
    const look = assessor.look(given);
    if (look.strayAnswers().length > 0 || look.brokenConstraints().length > 0) return undefined;
    const assessment = look.assess();
    const isWritten = record.isAsWritten && hasVisitDate;
    const digest = digestOf((sheet) => (isWritten ? sheet.addBytes(raw) : write(given, sheet)));
    return new PlainlyAssessed(tools, line, given, assessment, digest);
  };
}

interface PlainTools {
  readonly questionnaire: Questionnaire;
  /** By linkId, in asking order: the place of its answer among those given. */
  readonly places: ReadonlyMap<string, number>;
  /** By place. */
  readonly linkIds: readonly string[];
  readonly write: ReturnType<typeof resultWriter>;
}

/** Puts together what somebody asks for: mostly nobody asks for all of it. */
class PlainlyAssessed implements Assessed {
  readonly is = 'assessed';
  readonly assessment: Assessment;
  readonly line: number;
  readonly #tools: PlainTools;
  readonly #given: Given;
  readonly digest: string;

  constructor(tools: PlainTools, line: number, given: Given, assessment: Assessment, digest: string) {
    this.assessment = assessment;
    this.line = line;
    this.#tools = tools;
    this.#given = given;
    this.digest = digest;
  }

  get id(): string | undefined {
    return idOf(this);
  }

  get answers(): Answers {
    const answers = new Map<string, Answer>();
    for (const [linkId, place] of this.#tools.places) {
      const answer = this.#given[place];
      if (answer !== undefined) answers.set(linkId, answer);
    }
    return answers;
  }

  get absent(): readonly string[] {
    const { linkIds } = this.#tools;
    const absent = new AbsentQuestions();
    for (let place = 0; place < linkIds.length; place += 1) {
      const answer = this.#given[place];
      if (answer !== undefined) absent.add(linkIds[place] as string, answer);
    }
    return absent.linkIds;
  }

  get result(): Result {
    return resultOf(this.line, this.#tools.questionnaire, this, this.assessment, this.digest);
  }

  addJson(text: Utf8Text, form?: string): void {
    this.#tools.write(text, this.line, this, this.assessment, this.digest, form);
  }

  /** The answer to one question. */
  get(linkId: string): Answer | undefined {
    return this.#given[this.#tools.places.get(linkId) ?? -1];
  }
}
