import { isPrinted } from '../engine/printed.ts';
import { openQuestions, teachBackFor, teachBackQuestions } from '../engine/teach-back.ts';
import type { TemplateBlock, TemplateSection, WordKey } from '../model/template.ts';
import { closedKey, remembered } from './compose/alike.ts';
import { composeBlock } from './compose/blocks.ts';
import { type Desk, isReviewed, type Matter, open, paragraph, say, word } from './compose/desk.ts';
import { answerText, openRun } from './compose/open-texts.ts';
import { studiesOf } from './compose/studies.ts';
import {
  type Block,
  type Content,
  type Footer,
  openTextsOf,
  type Section,
  type Text,
  withOpenTexts,
} from './content.ts';
import { markForeign } from './foreign-words.ts';
import { formDigest, type PartDigests, partDigests } from './integrity/digests.ts';
import { ConsentRefused, refusalOf, refusalOfTeachBack } from './refusal.ts';

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

/** What is said of a translation that no translator on record stands for; nothing where one has reviewed this very wording. */
function unreviewed({ evidence, template: { language, translation }, source }: Desk): readonly string[] {
  const own = evidence.reviews.filter((each) => each.language === language);
  if (!translation || own.some(({ digest }) => digest === `sha256:${source.template}`)) return [];
  return own.length === 0 ? translation.notReviewed : translation.reviewedEarlier;
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
