import { parameterText } from '../definition/parameter-text.ts';
import { itemsOf } from '../engine/items.ts';
import { isPrinted } from '../engine/printed.ts';
import { openQuestions, teachBackFor, teachBackQuestions } from '../engine/teach-back.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Clearance } from '../model/clearance.ts';
import { type Clinic, type ClinicField, costText } from '../model/clinic.ts';
import type { EvidenceEntry, EvidenceLedger, TranslatedKey } from '../model/evidence.ts';
import { formatDate, parseDate } from '../model/local-date.ts';
import type { Item, Questionnaire } from '../model/questionnaire.ts';
import type { TeachBack, TeachBackOutcome } from '../model/teach-back.ts';
import type {
  ConsentTemplate,
  Inline,
  Passage,
  Picture,
  Role,
  SignatureBlock,
  Slot,
  TeachBackBlock,
  TemplateBlock,
  TemplateSection,
  WordKey,
} from '../model/template.ts';
import {
  type Blank,
  type Block,
  type Content,
  type Footer,
  type IconArray,
  openTextsOf,
  type Run,
  type Section,
  type Text,
  withOpenTexts,
} from './content.ts';
import { markForeign } from './foreign-words.ts';
import { type Digester, formDigest, type PartDigests, partDigests } from './integrity/digests.ts';
import { ConsentRefused, refusalOf, refusalOfTeachBack } from './refusal.ts';

/** Everything a consent form is made from. */
export interface Matter extends Digester {
  readonly questionnaire: Questionnaire;
  /** `sha256:` and 64 hex digits over the files of the definition. */
  readonly definitionDigest: string;
  readonly template: ConsentTemplate;
  readonly evidence: EvidenceLedger;
  readonly clinic: Clinic;
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly clearance?: Clearance;
  /** What came of the questions to the patient; without it they are printed to be asked and ticked by hand. */
  readonly teachBack?: TeachBack;
  /** Head of the audit trail when the form was made, in short, where records are kept: the form then says it. */
  readonly auditHead?: string;
  /** Puts the seal of the clinic on the finished file; the form then says that it is there. */
  readonly seal?: (form: Uint8Array) => Promise<Uint8Array>;
}

/** What the pieces are written with: the matter, and the studies in the order in which the form names them. */
interface Desk extends Matter {
  readonly source: Omit<PartDigests, 'answers'>;
  readonly studies: readonly EvidenceEntry[];
  /** The questions that this patient is asked. */
  readonly questions: readonly TeachBackBlock[];
}

/** A content in two: what many forms say alike, and what is of one applicant alone. */
export interface Composition {
  /** With nothing in its open runs. */
  readonly closed: Content;
  /** The open texts of `closed`, in order, as they are written for this applicant. */
  readonly open: readonly Text[];
  /** In the footer of every page: 64 hex digits. */
  readonly digest: string;
}

/** What the form says. Throws ConsentRefused where none may be made. Same matter, same content. */
export function composeConsent(matter: Matter): Content {
  const { closed, open } = compose(matter, partDigests(matter, matter));
  return withOpenTexts(closed, open);
}

/**
 * As `composeConsent`, where the digests of the matter are taken already. With `isInRun` what forms before said alike is
 * the same object, and not put together again.
 */
export function compose(matter: Matter, parts: PartDigests, isInRun = false): Composition {
  const { template, clinic, assessment, teachBack } = matter;
  const questions = teachBackFor(teachBackQuestions(template), assessment);
  const refusal =
    refusalOf(assessment, matter.clearance) ??
    wrongTemplate(matter) ??
    refusalOfTeachBack(teachBack ? openQuestions(questions, teachBack) : []);
  if (refusal) throw refusal;
  const screening = { ...matter, supply: clinic.supply };
  const printed = template.sections.map(({ blocks }) => blocks.filter((block) => isPrinted(block, screening)));
  const { answers: _, ...source } = parts;
  const make = (): Content => {
    const studies = studiesOf(printed.flat(), matter.evidence);
    return composeClosed({ ...matter, source, studies, questions }, printed);
  };
  const key = isInRun ? closedKey(matter, printed, questions) : undefined;
  const closed = key === undefined ? make() : remembered(matter, key, make);
  return withDigest(matter, parts, closed);
}

function composeClosed(desk: Desk, printed: readonly (readonly TemplateBlock[])[]): Content {
  const { template, clinic } = desk;
  const notices = [
    ...(clinic.demo ? [word(desk, 'sampleNotice')] : []),
    ...(template.status === 'draft' ? [word(desk, 'draftNotice')] : []),
  ];
  const sections = template.sections.map((section, index) => composeSection(desk, section, printed[index] ?? []));
  const content = {
    title: say(template.title),
    language: template.language,
    notices,
    sections: withSeal(desk, sections),
    footer: composeFooter(desk),
  };
  return markForeign(content, template.foreignWords);
}

/** The words about the seal stand below the signatures. */
function withSeal(desk: Desk, sections: readonly Section[]): readonly Section[] {
  if (!desk.seal) return sections;
  const last = sections.findLastIndex(({ isAgreement }) => isAgreement);
  const seal: Block = { kind: 'seal', of: word(desk, 'clinicSeal') };
  return sections.map((section, index) =>
    index === (last < 0 ? sections.length - 1 : last) ? { ...section, blocks: [...section.blocks, seal] } : section,
  );
}

function wrongTemplate({ template, questionnaire }: Matter): ConsentRefused | undefined {
  if (template.questionnaire === questionnaire.id) return undefined;
  return new ConsentRefused(
    'wrong-template',
    `the form belongs to ${template.questionnaire}, the screening to ${questionnaire.id}`,
    'use the template of that definition',
  );
}

function studiesOf(blocks: readonly TemplateBlock[], { entries }: EvidenceLedger): readonly EvidenceEntry[] {
  const ids = new Set(blocks.flatMap((block) => (block.kind === 'slot' ? [] : block.evidence)));
  const cited = entries.filter(({ id }) => ids.has(id));
  return [...ids].flatMap((id) => cited.filter((entry) => entry.id === id));
}

function composeFooter(desk: Desk): Footer {
  const { template, questionnaire } = desk;
  const form = `${template.id} ${template.version} ${template.language}`;
  const definition = `${questionnaire.id} ${questionnaire.version}`;
  const notReviewed = unreviewed(desk);
  return {
    chart: [...say(`${template.words.chart}: `), ...answerText(desk, template.card.chart)],
    form: say(`${template.words.form}: ${form} · ${template.words.definition}: ${definition}`),
    ...(notReviewed.length > 0 && { review: say(notReviewed.join(' · ')) }),
    page: word(desk, 'page'),
    pageOf: word(desk, 'pageOf'),
    digest: open('digest'),
  };
}

/** The open texts written. The digest in the footer is taken over everything else that the form prints, and is the last. */
function withDigest(matter: Matter, parts: PartDigests, closed: Content): Composition {
  const write = (texts: readonly Text[], digest: string): readonly Text[] =>
    texts.map((text) => text.map((run) => (run.isOpen ? openRun(matter, parts, run.origin, digest) : run)));
  const texts = openTextsOf(closed);
  const open = write(texts.slice(0, -1), '');
  const { clearance, template } = matter;
  const digest = formDigest(
    { parts, language: template.language, closed, open, ...(clearance && { clearance }) },
    matter,
  );
  return { closed, open: [...open, ...write(texts.slice(-1), digest)], digest };
}

/** What is said of a translation that no translator on record stands for; nothing where one has reviewed this very wording. */
function unreviewed({ evidence, template: { language, translation }, source }: Desk): readonly string[] {
  const own = evidence.reviews.filter((each) => each.language === language);
  if (!translation || own.some(({ digest }) => digest === `sha256:${source.template}`)) return [];
  return own.length === 0 ? translation.notReviewed : translation.reviewedEarlier;
}

/** Text in composed characters. Line breaks in what a clinic or a clinician wrote are spaces; in an answer they are refused later. */
function say(text: string, strong = false, origin = 'template'): Text {
  const isProse = ['clinic.', 'clearance.', 'teachBack.'].some((start) => origin.startsWith(start));
  const run: Run = { text: (isProse ? text.replace(/\s+/g, ' ') : text).normalize('NFC'), strong, origin };
  return [run];
}

/** A text that the next applicant's form has otherwise: of an answer, by its linkId, or of what is named here. */
function open(origin: string): Text {
  return [{ text: '', strong: false, origin, isOpen: true }];
}

function openRun(matter: Matter, parts: PartDigests, origin: string, digest: string): Run {
  return { text: openText(matter, parts, origin, digest).normalize('NFC'), strong: false, origin, isOpen: true };
}

function openText(matter: Matter, parts: PartDigests, origin: string, digest: string): string {
  switch (origin) {
    case 'digest':
      return `${matter.template.words.content} SHA-256: ${digest}`;
    case 'digestOfAnswers':
      return parts.answers;
    case 'auditHead':
      return matter.auditHead ?? '';
    case matter.template.card.condition:
      return answerKnown(matter, origin) ?? matter.template.words.notRecorded;
    default:
      return answerShown(matter, origin);
  }
}

function word({ template }: Matter, key: WordKey, strong = false): Text {
  return say(template.words[key], strong);
}

function paragraph(of: Text, tone: 'plain' | 'quiet' = 'plain'): Block {
  return { kind: 'paragraph', of, tone };
}

/**
 * What the closed part of a form depends on beside what is installed; undefined where it is not one of a run: a clearance,
 * answers to the questions, a seal or an audit trail are of one form alone.
 */
function closedKey(
  matter: Matter,
  printed: readonly (readonly TemplateBlock[])[],
  questions: readonly TeachBackBlock[],
): string | undefined {
  const { template, answers, assessment, definitionDigest } = matter;
  if (matter.clearance || matter.teachBack || matter.seal || matter.auditHead !== undefined) return undefined;
  let blocks = '';
  template.sections.forEach((section, index) => {
    let next = 0;
    for (const block of section.blocks) {
      const isThere = printed[index]?.[next] === block;
      blocks += isThere ? 1 : 0;
      if (isThere) next += 1;
    }
  });
  const { condition: _, ...told } = template.card;
  const card = Object.values(told).map((linkId) =>
    itemOf(matter, linkId)?.type === 'choice' ? answers.get(linkId) : '',
  );
  const absent = absentPaths(answers).map(({ path, reason }) => `${path}=${reason}`);
  const asked = questions.map(({ id }) => id);
  return JSON.stringify([
    `${definitionDigest} ${blocks} ${isReviewed(assessment)}`,
    card,
    asked,
    assessment.notAsked,
    absent,
  ]);
}

/** What is installed, and the closed parts of forms that were made from it, the one that was asked for last behind all others. */
interface Remembered extends Pick<Matter, 'clinic' | 'questionnaire' | 'evidence'> {
  readonly contents: Map<string, Content>;
}

const remembering = new WeakMap<ConsentTemplate, Remembered>();
/** Closed parts of forms that are kept at most for a template. */
const mostRemembered = 64;

function remembered({ template, clinic, questionnaire, evidence }: Matter, key: string, make: () => Content): Content {
  const known = remembering.get(template);
  const isSame = known?.clinic === clinic && known.questionnaire === questionnaire && known.evidence === evidence;
  const contents = isSame ? known.contents : new Map<string, Content>();
  if (!isSame) remembering.set(template, { clinic, questionnaire, evidence, contents });
  const content = contents.get(key) ?? make();
  contents.delete(key);
  if (contents.size >= mostRemembered) contents.delete(contents.keys().next().value ?? '');
  contents.set(key, content);
  return content;
}

function composeSection(desk: Desk, section: TemplateSection, printed: readonly TemplateBlock[]): Section {
  const blocks = printed.flatMap((block) => composeBlock(desk, block));
  const hasFindings = section.blocks.some(({ kind }) => kind === 'finding');
  return {
    title: say(section.title),
    blocks: blocks.length === 0 && hasFindings ? [paragraph(word(desk, nothingFound(desk)))] : blocks,
    isAgreement: printed.some(({ kind }) => kind === 'signature'),
  };
}

/** No clause of a finding may mean that there is none, or that answers are missing which could have led to one. */
function nothingFound({ assessment }: Desk): WordKey {
  return isReviewed(assessment) ? 'openFindings' : 'noFindings';
}

function composeBlock(desk: Desk, block: TemplateBlock): readonly Block[] {
  switch (block.kind) {
    case 'slot':
      return composeSlot(desk, block.slot);
    case 'signature':
      return [composeSignature(desk, block)];
    case 'clause': {
      const { id, title, body, initials, box } = block;
      const blocks = [
        ...body.map((passage) =>
          composePassage(desk, passage, block.checkboxes ? 'box' : block.lines ? 'line' : 'disc'),
        ),
        ...sourceLine(desk, block.evidence),
      ];
      const look = box ?? 'plain';
      return [
        {
          kind: 'item',
          id,
          title: say(title, true),
          blocks,
          look,
          ...(initials && { initials: word(desk, 'initials') }),
          ...(look === 'no-driving' && { sign: desk.template.words.noDrivingSign }),
        },
      ];
    }
    case 'teach-back':
      return [composeQuestion(desk, block)];
    case 'risk':
      return [
        {
          kind: 'item',
          id: block.id,
          title: say(block.title, true),
          blocks: [
            paragraph(say(desk.template.bands[block.band], true)),
            ...block.body.map((passage) => composePassage(desk, passage)),
            ...sourceLine(desk, block.evidence),
          ],
          look: 'plain',
          ...(block.initials && { initials: word(desk, 'initials') }),
        },
      ];
    case 'benefit':
    case 'finding':
      return [
        {
          kind: 'item',
          id: block.kind === 'finding' ? block.rule : block.id,
          title: say(block.title, true),
          blocks: [...block.body.map((passage) => composePassage(desk, passage)), ...sourceLine(desk, block.evidence)],
          look: 'plain',
        },
      ];
    default:
      return block;
  }
}

function composePassage(desk: Desk, passage: Passage, marker: 'disc' | 'box' | 'line' = 'disc'): Block {
  if (passage.kind === 'paragraph') return paragraph(composeText(desk, passage.of));
  if (passage.kind === 'picture') return composePicture(desk, passage);
  const items = passage.items.map((item) => composeText(desk, item));
  return marker === 'line' ? blanks(items) : { kind: 'list', items, marker };
}

/** A line for each, two beside each other; the last of an odd number has a row of its own. */
function blanks(labels: readonly Text[]): Block {
  const all = labels.map((label, index): Blank => {
    const isAlone = index === labels.length - 1 && index % 2 === 0;
    return { id: String(index + 1), label, width: isAlone ? 1 : 0.5 };
  });
  const rows = Array.from({ length: Math.ceil(all.length / 2) }, (_, row) => all.slice(2 * row, 2 * row + 2));
  return { kind: 'blanks', lines: rows };
}

/** Drawn from the ledger alone. */
function composePicture({ evidence, template }: Desk, { caption, shares }: Picture): Block {
  const { numberWords, qualifiers, words } = template;
  const arrays = shares.map(({ label, entry, figure }): IconArray => {
    const own = evidence.entries.find(({ id }) => id === entry)?.figures.find(({ id }) => id === figure);
    const [filled] = own?.effect ?? [];
    if (!own || filled === undefined || own.of === undefined) {
      throw new Error(`the template was not checked: ${entry}.${figure}`);
    }
    const before = own.qualifier ? `${qualifiers[own.qualifier][0]} ` : '';
    const number = `${before}${filled} ${numberWords.per[0]} ${own.of}`;
    const alt = words.pictureAlt
      .replace('{of}', String(own.of))
      .replace('{filled}', String(filled))
      .replace('{label}', () => label)
      .replace('{number}', number);
    return { label: [...say(`${label}: `), ...say(number, true)], filled, of: own.of, alt };
  });
  return { kind: 'picture', caption: say(caption), arrays };
}

function composeText(desk: Desk, inlines: readonly Inline[]): Text {
  return inlines.flatMap((inline): Text => {
    switch (inline.kind) {
      case 'text':
        return say(inline.text, inline.strong);
      case 'citation':
        return say(`[${desk.studies.findIndex(({ id }) => id === inline.evidence) + 1}]`);
      case 'field': {
        const { from, name } = inline.field;
        return say(fieldText(desk, from, name), inline.strong, `${from}.${name}`);
      }
      default:
        return inline;
    }
  });
}

function fieldText({ clinic, questionnaire, template }: Desk, from: 'clinic' | 'params', name: string): string {
  if (from === 'clinic') {
    const text = name === 'cost' ? costText(clinic, template.language) : clinic[name as ClinicField];
    if (text === undefined) throw new Error(`no cost in the language ${template.language}`);
    return text;
  }
  const parameter = questionnaire.parameters.find((each) => each.name === name);
  const text = parameter && parameterText(parameter, template.units);
  if (text === undefined) throw new Error(`the template was not checked: params.${name}`);
  return text;
}

/** Which studies stand behind a block, with drug, route and the mark of indirect evidence: "Studies 1, 2: ketamine, into a vein." */
function sourceLine(desk: Desk, ids: readonly string[]): readonly Block[] {
  if (ids.length === 0) return [];
  const groups = new Map<string, number[]>();
  desk.studies.forEach((entry, index) => {
    if (!ids.includes(entry.id)) return;
    const kind = sourceKind(desk, entry);
    groups.set(kind, [...(groups.get(kind) ?? []), index + 1]);
  });
  const { source, study, studies } = desk.template.words;
  const parts = [...groups].map(
    ([kind, numbers]) => `${numbers.length === 1 ? study : studies} ${numbers.join(', ')} (${kind})`,
  );
  return [paragraph(say(`${source} ${parts.join('; ')}.`), 'quiet')];
}

function sourceKind({ template }: Desk, entry: EvidenceEntry): string {
  const mark = entry.relation === 'indirect' ? `${template.words.indirect}: ` : '';
  return `${mark}${treatmentIn(template, entry)}`;
}

/** "ketamine, into a vein" */
function treatmentIn({ drugs, routes }: ConsentTemplate, { drug, route }: EvidenceEntry): string {
  return drug === 'any' ? drugs.any : `${drugs[drug]}, ${routes[route]}`;
}

function composeSignature(desk: Desk, block: SignatureBlock): Block {
  const { template } = desk;
  const blank = (key: WordKey, width: number): Blank => ({ id: key, label: word(desk, key), width });
  const name: Blank = {
    ...blank('printedName', 0.6),
    ...(block.role === 'patient' && { value: answerText(desk, template.card.name) }),
  };
  const extra = extraBlank[block.role];
  return {
    kind: 'signature',
    id: block.role,
    title: say(block.title, true),
    blocks: block.body.map((passage) => composePassage(desk, passage)),
    lines: [
      [name, ...(extra ? [blank(extra, 0.4)] : [])],
      [blank('signature', 0.6), blank('date', 0.22), blank('time', 0.18)],
    ],
  };
}

const extraBlank: Readonly<Partial<Record<Role, WordKey>>> = {
  surrogate: 'relationship',
  interpreter: 'languageSpoken',
  clinician: 'licence',
};

function composeSlot(desk: Desk, slot: Slot): readonly Block[] {
  switch (slot) {
    case 'patient':
      return [patientCard(desk)];
    case 'not-known':
      return notKnown(desk);
    case 'review':
      return review(desk);
    case 'teach-back':
      return teachBackBlocks(desk);
    case 'evidence':
      return evidenceTable(desk);
    case 'record':
      return [recordCard(desk)];
    default:
      return slot;
  }
}

function patientCard(desk: Desk): Block {
  const { condition, ...card } = desk.template.card;
  const rows = (['name', 'chart', 'birthDate', 'visitDate', 'language', 'interpreter'] as const).map((key) => ({
    label: word(desk, key, true),
    value: answerText(desk, card[key]),
  }));
  // It has many answers, and a form says no other word because of it: the forms of a run are alike but for this one.
  const treated = { label: word(desk, 'condition', true), value: open(condition) };
  return { kind: 'card', rows: [...rows, treated], size: 'tiles' };
}

/** The answer to a question of the card. A choice is one of few: it is closed. */
function answerText(desk: Desk, linkId: string): Text {
  return itemOf(desk, linkId)?.type === 'choice' ? say(answerShown(desk, linkId), false, linkId) : open(linkId);
}

/** An answer as a reader understands it. Throws ConsentRefused where the card's answer is not there. */
function answerShown(matter: Matter, linkId: string): string {
  const text = answerKnown(matter, linkId);
  if (text !== undefined) return text;
  throw new ConsentRefused('missing-detail', `the form needs an answer to ${linkId}`, `answer ${linkId} and try again`);
}

function answerKnown(matter: Matter, linkId: string): string | undefined {
  const answer = matter.answers.get(linkId);
  const item = itemOf(matter, linkId);
  const text = item && answer !== undefined && !isAbsent(answer) ? shown(matter, item, answer) : undefined;
  return text?.trim() === '' ? undefined : text;
}

function itemOf({ questionnaire }: Matter, linkId: string): Item | undefined {
  return itemsOf(questionnaire).get(linkId)?.item;
}

function shown({ template }: Matter, item: Item, answer: Answer): string | undefined {
  if (item.type === 'date' && typeof answer === 'number') return dateText(template, answer);
  if (item.type === 'choice') {
    const own = template.questions?.options[item.linkId]?.[String(answer)];
    return own ?? item.options.find(({ code }) => code === answer)?.text;
  }
  return typeof answer === 'string' ? answer : undefined;
}

function dateText({ months, dateFormat }: ConsentTemplate, day: number): string {
  const [year = '', month = '', date = ''] = formatDate(day).split('-');
  return dateFormat
    .replace('{day}', String(Number(date)))
    .replace('{month}', months[Number(month) - 1] ?? month)
    .replace('{year}', String(Number(year)));
}

/** A day as the form writes it, with the time where one is given: `2026-11-24 09:30`. */
function momentText(template: ConsentTemplate, moment: string): string {
  const [date = '', time] = moment.split(/[ T]/);
  const day = parseDate(date);
  if (day === undefined) return moment;
  return [dateText(template, day), ...(time === undefined ? [] : [time])].join(', ');
}

/** Questions without an answer: none of them decided anything, or a clinician looked at them. */
function notKnown(desk: Desk): readonly Block[] {
  const { assessment, questionnaire } = desk;
  const absent = absentPaths(desk.answers);
  const lists: readonly (readonly [WordKey, readonly string[]])[] = [
    ['notAsked', assessment.notAsked],
    ['answeredUnknown', absent.filter(({ reason }) => reason === 'unknown').map(({ path }) => path)],
    ['answeredDeclined', absent.filter(({ reason }) => reason === 'declined').map(({ path }) => path)],
  ];
  const filled = lists.filter(([, paths]) => paths.length > 0);
  if (filled.length === 0) return [paragraph(word(desk, 'nothingUnknown'))];
  const order = [...itemsOf(questionnaire).keys()];
  const place = (path: string): number => order.indexOf(path.replace(/\[\d+\]/g, ''));
  return [
    ...filled.flatMap(([key, paths]): readonly Block[] => [
      paragraph(word(desk, key)),
      {
        kind: 'list',
        marker: 'disc',
        items: [...paths].sort((a, b) => place(a) - place(b)).map((path) => say(questionText(desk, path), false, path)),
      },
    ]),
    ...(isReviewed(assessment) ? [paragraph(word(desk, 'reviewedAbsence'))] : []),
  ];
}

/** A finding by absence that there is a form for all the same: a clinician looked at it. */
function isReviewed({ findings }: Assessment): boolean {
  return findings.some(({ absent }) => absent.length > 0);
}

interface AbsentPath {
  readonly path: string;
  readonly reason: 'unknown' | 'declined';
}

function absentPaths(answers: Answers): readonly AbsentPath[] {
  const found: AbsentPath[] = [];
  // No iterator: every form of a run comes through here.
  answers.forEach((answer, linkId) => {
    if (typeof answer !== 'object') return;
    if (isAbsent(answer)) found.push({ path: linkId, reason: answer.absent });
    else for (let at = 0; at < answer.length; at += 1) addInside(answer[at] as string | Answers, linkId, at, found);
  });
  return found;
}

/** What is absent in an entry of a repeat. No repeat is inside another. */
function addInside(entry: string | Answers, repeat: string, index: number, found: AbsentPath[]): void {
  if (typeof entry === 'string') return;
  entry.forEach((answer, linkId) => {
    if (!isAbsent(answer)) return;
    found.push({ path: `${repeat}[${index + 1}]${linkId.slice(repeat.length)}`, reason: answer.absent });
  });
}

function questionText({ questionnaire, template }: Desk, path: string): string {
  const items = itemsOf(questionnaire);
  const linkId = path.replace(/\[\d+\]/g, '');
  const text = template.questions?.questions[linkId] ?? items.get(linkId)?.item.text ?? path;
  const [, repeat = '', number] = /^(.+)\[(\d+)\]/.exec(path) ?? [];
  const group = items.get(repeat)?.item;
  const entry = template.questions?.entries[repeat] ?? (group?.type === 'group' ? group.repeats?.entry : undefined);
  return `${entry === undefined ? '' : `${entry} ${number}: `}${text}`;
}

function review(desk: Desk): readonly Block[] {
  const { clearance, template } = desk;
  if (!clearance) return [paragraph(word(desk, 'noReview'))];
  const row = (key: WordKey, text: string, origin: string) => ({
    label: word(desk, key, true),
    value: say(text, false, origin),
  });
  return [
    {
      kind: 'card',
      size: 'body',
      rows: [
        row('reviewedBy', clearance.name, 'clearance.name'),
        row('licence', clearance.licence, 'clearance.licence'),
        row('reviewedWhen', momentText(template, clearance.when), 'clearance.when'),
        row('reviewedWhy', clearance.why, 'clearance.why'),
      ],
    },
  ];
}

const saidWords: Readonly<Record<TeachBackOutcome, WordKey>> = {
  'first-time': 'saidFirstTime',
  'after-explaining': 'saidAfterExplaining',
  'not-yet': 'saidNotYet',
};

/** The questions to the patient with what came of each, or to be asked and ticked by hand. */
function teachBackBlocks(desk: Desk): readonly Block[] {
  const { teachBack, questions, template } = desk;
  if (!teachBack) {
    return [paragraph(word(desk, 'teachBackByHand')), ...questions.flatMap((question) => composeBlock(desk, question))];
  }
  const { by, when, outcomes } = teachBack;
  const row = (key: WordKey, origin: string, text: string | undefined) =>
    text === undefined ? [] : [{ label: word(desk, key, true), value: say(text, false, origin) }];
  const asked = when === undefined ? undefined : momentText(template, when);
  const rows = [...row('askedBy', 'teachBack.by', by), ...row('askedWhen', 'teachBack.when', asked)];
  return [
    paragraph(word(desk, 'teachBackAsked')),
    ...questions.map((question) =>
      composeQuestion(desk, question, outcomes.find((each) => each.question === question.id)?.outcome),
    ),
    ...(rows.length > 0 ? [{ kind: 'card', size: 'body', rows } as const] : []),
  ];
}

/** A question with its outcome, or with a box for each, of which one is ticked. */
function composeQuestion(desk: Desk, { id, title, body }: TeachBackBlock, outcome?: TeachBackOutcome): Block {
  const boxes = Object.values(saidWords).map((key) => word(desk, key));
  const oneOf = Object.keys(saidWords);
  return {
    kind: 'item',
    id: `teach-back-${id}`,
    title: say(title, true),
    blocks: [
      ...body.map((passage) => composePassage(desk, passage)),
      outcome ? paragraph(word(desk, saidWords[outcome], true)) : { kind: 'list', items: boxes, marker: 'box', oneOf },
    ],
    look: 'plain',
  };
}

/** In which the ledger is written. */
const ledgerLanguage = 'en';

/** What the ledger says of a study in the language of the form, else in its own, which is marked. */
function ledgerText(
  { language, words }: ConsentTemplate,
  entry: EvidenceEntry,
  key: TranslatedKey,
  after = '',
): readonly Run[] {
  const own = language === ledgerLanguage ? entry[key] : entry.in?.[language]?.[key];
  const text = own ?? entry[key];
  if (text === undefined) return say(words.notRecorded);
  const said = say(`${text}${after}`);
  return own === undefined ? said.map((run) => ({ ...run, language: ledgerLanguage })) : said;
}

function evidenceTable(desk: Desk): readonly Block[] {
  const { template, studies } = desk;
  const { words } = template;
  const head = (['studyHead', 'where', 'people', 'drugAndRoute'] as const).map((key) => word(desk, key, true));
  const rows = studies.map((entry, index) => [
    [
      ...say(`${index + 1}. `),
      ...ledgerText(template, entry, 'authors', entry.year === undefined ? '. ' : `, ${entry.year}. `),
      ...ledgerText(template, entry, 'journal'),
    ],
    entry.doi === undefined ? ledgerText(template, entry, 'locator') : say(entry.doi),
    say(entry.n ?? words.notRecorded),
    say(`${words[entry.relation]}: ${treatmentIn(template, entry)}${unverified(entry, words)}`),
  ]);
  return [paragraph(word(desk, 'evidenceNote')), { kind: 'table', head, rows, columns: [0.36, 0.22, 0.145, 0.275] }];
}

function unverified({ how }: EvidenceEntry, { notVerified }: ConsentTemplate['words']): string {
  return how === 'not-verified' ? ` (${notVerified})` : '';
}

function recordCard(desk: Desk): Block {
  const { template, questionnaire, source, auditHead } = desk;
  const row = (key: WordKey, text: string) => ({ label: word(desk, key, true), value: say(text) });
  return {
    kind: 'card',
    size: 'small',
    rows: [
      row('form', `${template.id} ${template.version} ${template.language}`),
      row('definition', `${questionnaire.id} ${questionnaire.version}`),
      row('digestOfDefinition', source.definition),
      row('digestOfTemplate', source.template),
      row('digestOfEvidence', source.evidence),
      { label: word(desk, 'digestOfAnswers', true), value: open('digestOfAnswers') },
      ...(auditHead === undefined ? [] : [{ label: word(desk, 'auditHead', true), value: open('auditHead') }]),
    ],
  };
}
