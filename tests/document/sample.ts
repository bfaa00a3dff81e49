import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import { loadFonts } from '../../src/cli/forms/fonts.ts';
import { readClinic } from '../../src/definition/clinic.ts';
import { readEvidence } from '../../src/definition/evidence.ts';
import { readTemplate } from '../../src/definition/template.ts';
import type { SourceText } from '../../src/definition/yaml-source.ts';
import type { ConsentRequest } from '../../src/document/consent.ts';
import type { Fonts } from '../../src/document/faces.ts';
import { assess } from '../../src/engine/assess.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Assessment } from '../../src/model/assessment.ts';
import type { Clearance } from '../../src/model/clearance.ts';
import type { Disposition } from '../../src/model/disposition.ts';
import type { ConsentTemplate } from '../../src/model/template.ts';
import { shippedBaselineSheet, shippedQuestionnaire } from '../shipped.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the project as a source text. */
export function shipped(path: string): SourceText {
  return { path, text: readFileSync(`${root}${path}`, 'utf8') };
}

function must<T>(value: T | undefined, problems: unknown): T {
  if (value === undefined) throw new Error(JSON.stringify(problems, null, 2));
  return value;
}

export const questionnaire = shippedQuestionnaire();

const evidenceReading = readEvidence(shipped('templates/iv-ketamine/evidence.yaml'));
export const evidence = must(evidenceReading.evidence, evidenceReading.diagnostics);

/** The template at `path`, with the questions in its language where a file beside it has them. */
export function templateAt(path: string): ConsentTemplate {
  const beside = path.replace(/consent\.([^.]+)\.md$/, 'questions.$1.yaml');
  const questions = existsSync(`${root}${beside}`) ? { questions: shipped(beside) } : {};
  const { template: found, diagnostics } = readTemplate(shipped(path), { questionnaire, evidence, ...questions });
  return must(found, diagnostics);
}

export const templateText = shipped('templates/iv-ketamine/consent.en.md');
export const template = templateAt('templates/iv-ketamine/consent.en.md');
export const spanish = templateAt('templates/iv-ketamine/consent.es.md');

const clinicReading = readClinic(shipped('preinfuse.yaml'));
export const clinic = must(clinicReading.clinic, clinicReading.diagnostics);

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** What a form's digests are taken with, with the key of a clinic of its own. */
export const tools = {
  sha256,
  mac: (text: string): string => createHmac('sha256', 'the key of the tests').update(text).digest('hex'),
  inflate: (data: Uint8Array): Uint8Array => inflateSync(data),
};

export const fonts: Fonts = loadFonts(root);

type Sheet = Readonly<Record<string, unknown>>;
export const baseline: Sheet = shippedBaselineSheet;

/** The unremarkable applicant with some answers changed. */
export function answersWith(changes: Sheet = {}): Answers {
  const { answers, errors } = readAnswers(questionnaire, { ...baseline, ...changes });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return answers;
}

export const clearance: Clearance = {
  name: 'Dr. Ana Łukasiewicz',
  licence: 'CO-12345',
  when: '2026-03-10 09:30',
  why: 'Looked at the chart and talked with the patient.',
};

/** A request for the unremarkable applicant; what is given replaces what would be worked out. */
export function requestWith(changes: Sheet = {}, more: Partial<ConsentRequest> = {}): ConsentRequest {
  const answers = answersWith(changes);
  const assessment = assess(questionnaire, answers);
  const definitionDigest = `sha256:${'a'.repeat(64)}`;
  const files = { questionnaire, definitionDigest, template, evidence, clinic, fonts };
  return { ...files, answers, assessment, edition: 'standard', ...tools, ...more };
}

export function rulesOf(disposition: Disposition): readonly string[] {
  return questionnaire.rules.filter((rule) => rule.disposition === disposition).map(({ id }) => id);
}

/** An assessment that found these rules and nothing else. */
export function found(disposition: Disposition, rules: readonly string[]): Assessment {
  const dispositionOf = (id: string): Disposition =>
    must(
      questionnaire.rules.find((rule) => rule.id === id),
      id,
    ).disposition;
  const findings = rules.map((rule) => ({ rule, disposition: dispositionOf(rule), because: [], absent: [] }));
  return { disposition, findings, values: new Map(), notAsked: [] };
}

export const everyClause = found('clinician-review', [
  ...rulesOf('clinician-review'),
  ...rulesOf('proceed-with-conditions'),
]);

export const hasPoppler = spawnSync('pdftotext', ['-v']).error === undefined;
export const hasQpdf = spawnSync('qpdf', ['--version']).error === undefined;

/** Output of a program that is given the PDF as its last argument but those in `after`. */
export function run(
  command: string,
  args: readonly string[],
  pdf: Uint8Array,
  after: readonly string[] = [],
  encoding: BufferEncoding = 'utf8',
): string {
  const folder = mkdtempSync(join(tmpdir(), 'preinfuse-test-'));
  try {
    const file = join(folder, 'form.pdf');
    writeFileSync(file, pdf);
    const { stdout, stderr, status } = spawnSync(command, [...args, file, ...after], { maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout.toString(encoding);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A form with an empty colour profile, everything else where it was: for reading text alone, which has no colour. Poppler
 * turns the curves of the profile round for every page, and for every element of the structure: nearly all of its time.
 */
export function withoutProfile(pdf: Uint8Array): Uint8Array {
  const bytes = Buffer.from(pdf);
  // Not the number of objects in a stream of objects.
  const entry = bytes.toString('latin1').search(/\/N 3[\s/](?!First)/);
  if (entry < 0) return bytes;
  const from = bytes.indexOf('stream', entry) + 'stream\n'.length;
  bytes.fill(0, from, bytes.indexOf('endstream', from));
  deflateSync('').copy(bytes, from);
  return bytes;
}

/** The text of a PDF as a reader meets it, white space made single. */
export function textOf(pdf: Uint8Array): string {
  return run('pdftotext', ['-q', '-raw', '-enc', 'UTF-8'], withoutProfile(pdf), ['-']).replace(/\s+/g, ' ');
}
