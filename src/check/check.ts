import { readCases } from '../definition/cases.ts';
import { type ClinicReading, missingCosts, readClinic } from '../definition/clinic.ts';
import { readEvidence, reviewsOfAnotherText, staleEvidence, untranslatedStudies } from '../definition/evidence.ts';
import { readQuestionnaire } from '../definition/read.ts';
import { originalLanguage, readTemplate, type TemplateReading } from '../definition/template.ts';
import type { SourceText } from '../definition/yaml-source.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { EvidenceLedger } from '../model/evidence.ts';
import type { DayNumber } from '../model/local-date.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { ConsentTemplate } from '../model/template.ts';
import type { CheckSummary } from '../report/check-text.ts';
import { parityProblems } from './parity.ts';
import { type Places, placesOf } from './places.ts';
import { proofsOf } from './proofs.ts';
import type { ProvenForm } from './prove/form.ts';
import type { Outcome } from './prove/prove.ts';
import { hardToRead, readingLines } from './readability.ts';
import { replayCases } from './replay.ts';
import { diagnosticsOf } from './rule.ts';
import { checkRules } from './rules.ts';
import { suppress } from './suppress.ts';
import { untestedRules } from './untested.ts';

/** Every file that belongs to one definition. */
export interface DefinitionTexts {
  readonly main: SourceText;
  readonly tables: readonly SourceText[];
  readonly cases: readonly SourceText[];
  readonly templates: readonly SourceText[];
  /** `questions.<language>.yaml` beside the templates. */
  readonly questionTexts?: readonly SourceText[];
  readonly evidence?: SourceText;
  readonly clinic?: SourceText;
  /** The day by which evidence must not be stale; none: it is not looked at. */
  readonly on?: DayNumber;
  /** `sha256:` and 64 hex digits of a form's wording, as reviews name it; none: reviews are not looked at. */
  readonly wordingDigest?: (template: ConsentTemplate) => string;
}

export interface CheckOutcome {
  readonly diagnostics: readonly Diagnostic[];
  /** What a comment beside it gives the reason for. */
  readonly suppressed: readonly Diagnostic[];
  readonly summary: CheckSummary;
  /** What was set out to be proved of a definition that reads, and what became of it. */
  readonly proof?: { readonly questionnaire: Questionnaire; readonly outcomes: readonly Outcome[] };
}

/**
 * Everything that can be found wrong in a definition, its cases, its templates and the clinic's settings. Where the
 * definition itself does not read, what leans on it is left for later: one cause, one message. Never throws.
 */
export function checkDefinition(texts: DefinitionTexts): CheckOutcome {
  const { questionnaire, yaml, tables, diagnostics } = readQuestionnaire(texts.main, texts.tables);
  const others = texts.clinic ? clinicProblems(readClinic(texts.clinic), texts) : [];
  const inner = questionnaire && yaml && checkQuestionnaire(questionnaire, placesOf(yaml, tables), texts);
  const all = [...diagnostics, ...others, ...(inner?.diagnostics ?? readEvidenceOf(texts).diagnostics)];
  const { open, suppressed } = suppress(all, yamlFilesOf(texts), inner !== undefined);
  return {
    diagnostics: open,
    suppressed,
    summary: inner?.summary ?? { ...nothingReplayed, files: filesOf(texts).length },
    ...(inner?.proof && { proof: inner.proof }),
  };
}

function clinicProblems(reading: ClinicReading, { templates }: DefinitionTexts): readonly Diagnostic[] {
  const languages = templates.flatMap(({ path }) => languageOf(path) ?? []);
  return [...reading.diagnostics, ...missingCosts(reading, languages)];
}

/** `es` of `consent.es.md`. */
function languageOf(path: string): string | undefined {
  return /consent\.([^./\\]+)\.md$/.exec(path)?.[1];
}

/** The files of a definition, the questionnaire first. */
export function filesOf(texts: DefinitionTexts): readonly SourceText[] {
  return [...yamlFilesOf(texts), ...texts.templates];
}

function yamlFilesOf({
  main,
  tables,
  cases,
  evidence,
  clinic,
  questionTexts = [],
}: DefinitionTexts): readonly SourceText[] {
  return [main, ...tables, ...cases, ...questionTexts, ...(evidence ? [evidence] : []), ...(clinic ? [clinic] : [])];
}

const nothingReplayed: Omit<CheckSummary, 'files'> = {
  definitions: 1,
  read: 0,
  cases: { passed: 0, total: 0 },
  proofs: { settled: 0, goals: 0 },
  reading: [],
};

function checkQuestionnaire(
  questionnaire: Questionnaire,
  places: Places,
  texts: DefinitionTexts,
): Omit<CheckOutcome, 'suppressed'> {
  const reading = readCases(questionnaire, texts.cases);
  const { replays, passed, total, diagnostics } = replayCases(questionnaire, reading);
  const baseline = replays.find(({ sheet }) => sheet.id === reading.baseline?.sheet.id);
  const templates = checkTemplates(questionnaire, texts);
  const proofs = proofsOf(questionnaire, baseline?.answers ?? new Map(), replays, places, templates.forms);
  const linted = checkRules.flatMap((rule) => diagnosticsOf(rule, questionnaire, places));
  return {
    proof: { questionnaire, outcomes: proofs.outcomes },
    diagnostics: [
      ...linted,
      ...reading.diagnostics,
      ...diagnostics,
      ...untestedRules(questionnaire, replays),
      ...unsaid(proofs.diagnostics, linted),
      ...templates.diagnostics,
    ],
    summary: {
      files: filesOf(texts).length,
      definitions: 1,
      read: 1,
      cases: { passed, total },
      proofs: { settled: proofs.settled, goals: proofs.goals },
      reading: templates.forms.flatMap(({ template }) => readingLines(template, questionnaire)),
    },
  };
}

/** Without what a rule already says of the same line: one cause, one message. */
function unsaid(diagnostics: readonly Diagnostic[], said: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ code, at }) => !said.some((each) => each.code === code && overlaps(each.at, at)));
}

function overlaps(a: SourceSpan, b: SourceSpan): boolean {
  return a.path === b.path && a.start <= b.end && b.start <= a.end;
}

function readEvidenceOf({ evidence }: DefinitionTexts): ReturnType<typeof readEvidence> {
  return evidence ? readEvidence(evidence) : { diagnostics: [] };
}

/** The forms that read well, to be proved with the definition, and what is wrong with the others. */
function checkTemplates(
  questionnaire: Questionnaire,
  texts: DefinitionTexts,
): { readonly forms: readonly ProvenForm[]; readonly diagnostics: readonly Diagnostic[] } {
  const { evidence, diagnostics } = readEvidenceOf(texts);
  const [first] = texts.templates;
  if (!texts.evidence && first) return { forms: [], diagnostics: [noEvidence(first)] };
  if (!evidence) return { forms: [], diagnostics };
  const readings = texts.templates.map((source) => ({
    at: { path: source.path, start: 0, end: 3 },
    ...readTemplate(source, { questionnaire, evidence, ...questionsFor(source, texts) }),
  }));
  const forms = readings.flatMap(({ template, at }) => (template ? [{ template, at }] : []));
  return {
    forms,
    diagnostics: [
      ...diagnostics,
      ...(texts.on === undefined ? [] : staleEvidence(evidence, texts.on)),
      ...readings.flatMap((reading) => reading.diagnostics),
      ...forms.flatMap((form) => hardToRead(form, questionnaire)),
      ...forms.flatMap(({ template }) => reviewProblems(template, evidence, texts)),
      ...forms.flatMap(({ template }) => untoldStudies(template, evidence)),
      ...translationProblems(readings, questionnaire),
    ],
  };
}

function reviewProblems(
  template: ConsentTemplate,
  evidence: EvidenceLedger,
  { wordingDigest }: DefinitionTexts,
): readonly Diagnostic[] {
  if (!wordingDigest) return [];
  return reviewsOfAnotherText(evidence, { language: template.language, digest: wordingDigest(template) });
}

/** What a translation cites and the ledger, which is written in the language of the original, does not tell in its own. */
function untoldStudies({ language, sections }: ConsentTemplate, evidence: EvidenceLedger): readonly Diagnostic[] {
  if (language === originalLanguage) return [];
  const blocks = sections.flatMap((section) => section.blocks);
  const cited = new Set(blocks.flatMap((block) => (block.kind === 'slot' ? [] : block.evidence)));
  return untranslatedStudies(evidence, { language, cited });
}

/** `questions.es.yaml` for `consent.es.md`. */
function questionsFor(
  { path }: SourceText,
  { questionTexts = [] }: DefinitionTexts,
): { readonly questions?: SourceText } {
  const wanted = path.replace(/consent\.([^./\\]+)\.md$/, 'questions.$1.yaml');
  const questions = questionTexts.find((each) => each.path === wanted);
  return questions ? { questions } : {};
}

/** Each translation that reads well against its original. */
function translationProblems(
  readings: readonly TemplateReading[],
  questionnaire: Questionnaire,
): readonly Diagnostic[] {
  const read = readings.flatMap((each) => (each.read ? [each.read] : []));
  const original = read.find(({ frontMatter }) => frontMatter.language === originalLanguage);
  if (!original) return [];
  return read.flatMap((each) => (each === original ? [] : parityProblems(original, each, questionnaire)));
}

function noEvidence({ path }: SourceText): Diagnostic {
  return {
    code: 'missing-file',
    severity: 'error',
    message: 'there is no file `evidence.yaml` beside the template',
    at: { path, start: 0, end: 0 },
    note: 'no figure that the form gives to a patient can be checked',
    help: 'add the evidence ledger',
  };
}
