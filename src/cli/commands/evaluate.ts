import type { Readable } from 'node:stream';
import { errorText } from '../../exchange/error-text.ts';
import { readJsonRecord } from '../../exchange/ndjson.ts';
import { badRecord, type InputRecord, isResource, longestRecord, tooLong, unmarked } from '../../exchange/records.ts';
import type { RefusedResult } from '../../exchange/result.ts';
import { screenRecord } from '../../exchange/screen.ts';
import { joined } from '../../model/bytes.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { describeAssessment } from '../../report/assessment.ts';
import type { ClinicWords } from '../../report/clinic-words.ts';
import { paintFor } from '../../report/colour.ts';
import { loadDefinition } from '../definitions/definitions.ts';
import { Exit, exitOfDisposition } from '../exit.ts';
import { bytesOf, openSource, sha256, visitDay } from '../files/source.ts';
import { printable, writeOut } from '../files/write-out.ts';
import type { Io } from '../io.ts';

export interface EvaluateOptions {
  readonly json?: boolean;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

/**
 * Screens one answer sheet, JSON or a FHIR QuestionnaireResponse (`-` is standard input), and writes what came of it to standard output: text, or one JSON
 * object with `--json`. The exit code is that of the disposition; 1 where the answers are not accepted.
 */
export async function evaluate(source: string, options: EvaluateOptions, io: Io): Promise<number> {
  const { questionnaire, digest } = await loadDefinition(options.questionnaire, io);
  const record = await readAnswersOf(await readSheet(source, await openSource(source, io)), questionnaire);
  const screening = { questionnaire, definitionDigest: digest, visitDate: visitDay(options.on, io), sha256 };
  const screened = screenRecord(screening, record);
  if (options.json === true) await writeOut(io.stdout, `${JSON.stringify(screened.result)}\n`);
  if (screened.is === 'refused') return refuse(screened.result, io);
  const { answers, assessment } = screened;
  if (options.json !== true) {
    const isTerminal = io.stdout.isTTY === true;
    const paint = paintFor({ env: io.env, isTerminal, isWanted: options.color !== false });
    const columns = Math.max(40, Math.min(io.stdout.columns ?? 80, 100));
    const clinic = assessment.disposition === 'emergency' ? await clinicWords(io, options.questionnaire) : {};
    const lines = describeAssessment(questionnaire, answers, assessment, { paint, columns, clinic });
    await writeOut(io.stdout, `${lines.join('\n')}\n`);
  }
  return exitOfDisposition[assessment.disposition];
}

/** Read only where there are steps to name somebody in. */
async function clinicWords(io: Io, folder: string | undefined): Promise<ClinicWords> {
  return (await import('../forms/templates.ts')).loadClinicWords(io, folder);
}

/** The one record of an input. */
async function readSheet(source: string, input: Readable): Promise<InputRecord> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const { bytes } of unmarked(bytesOf(source, input))) {
    size += bytes.length;
    if (size > longestRecord) return tooLong({ line: 1, raw: bytes, is: 'too-long', end: size });
    parts.push(bytes);
  }
  const raw = joined(parts);
  return (
    readJsonRecord({ line: 1, raw, is: 'whole', end: size }) ??
    badRecord(1, raw, { code: 'not-json', message: 'there are no answers in it' })
  );
}

/** The same where it is a FHIR resource: a QuestionnaireResponse says its answers. */
async function readAnswersOf(record: InputRecord, questionnaire: Questionnaire): Promise<InputRecord> {
  if (!isResource(record.sheet)) return record;
  const { fhirRecord } = await import('../../exchange/fhir/input.ts');
  const read = fhirRecord(questionnaire, record);
  const message = `expected a QuestionnaireResponse: this is of type ${read.passedOver}`;
  return read.passedOver === undefined ? read : badRecord(1, record.raw, { code: 'not-a-record', message });
}

async function refuse({ errors }: RefusedResult, io: Io): Promise<number> {
  const lines = errors.map((error) => printable(`  ${errorText(error)} [${error.code}]`));
  await writeOut(io.stderr, `The answers are not accepted, and nothing was decided:\n${lines.join('\n')}\n`);
  return Exit.findings;
}
