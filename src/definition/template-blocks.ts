import type { PhrasingContent } from 'mdast';
import { supplies } from '../model/clinic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceSpan } from '../model/questionnaire.ts';
import {
  bands,
  type Circumstance,
  type Field,
  type Inline,
  type Passage,
  type Picture,
  roles,
  slots,
  type TemplateBlock,
  type TemplateSection,
} from '../model/template.ts';
import { type Block, type DirectiveNode, isClosed, isDirective, openingOf, partsOf, spanOf } from './markdown.ts';
import { wayOut } from './suggest.ts';
import type { SourceText } from './yaml-source.ts';

/** A block with what the checks need beside the model: its texts and pictures with their places, and its `indirect` mark. */
export interface ReadBlock {
  readonly block: TemplateBlock;
  readonly opening: SourceSpan;
  readonly isMarkedIndirect: boolean;
  /** The label, then each paragraph, list item, and the words of each picture. */
  readonly texts: readonly ReadText[];
  readonly pictures: readonly ReadPicture[];
}

/** A picture with its place. */
export interface ReadPicture {
  readonly picture: Picture;
  readonly at: SourceSpan;
}

/** One paragraph, item or label: its plain text, where fields and citations are left out, and the pieces it is made of. */
export interface ReadText {
  readonly inlines: readonly Inline[];
  readonly at: SourceSpan;
  /** Where each field and citation stands, in order. */
  readonly marks: readonly SourceSpan[];
}

export interface ReadSection extends Omit<TemplateSection, 'blocks'> {
  readonly blocks: readonly ReadBlock[];
}

type Report = (problem: Omit<Diagnostic, 'severity'>) => void;

const attributes = {
  clause: {
    required: ['id'],
    flags: ['initials', 'checkboxes', 'lines', 'indirect'],
    optional: ['box', 'supply', 'evidence'],
  },
  benefit: { required: ['id', 'evidence'], flags: ['indirect'], optional: [] },
  risk: { required: ['id', 'band'], flags: ['initials', 'indirect'], optional: ['evidence'] },
  finding: { required: ['rule'], flags: ['indirect'], optional: ['evidence'] },
  signature: { required: ['role'], flags: [], optional: ['when', 'unless'] },
  'teach-back': { required: ['id'], flags: ['always'], optional: ['rule'] },
  slot: { required: ['id'], flags: [], optional: [] },
  picture: { required: ['figure', 'label'], flags: [], optional: ['beside', 'besideLabel'] },
} as const;

/** A picture stands inside a block. */
type Kind = Exclude<keyof typeof attributes, 'picture'>;

const withPictures: readonly Kind[] = ['clause', 'benefit', 'risk', 'finding'];

const choices: Readonly<Record<string, readonly string[]>> = {
  box: ['facts', 'no-driving'],
  supply: supplies,
  band: bands,
  role: roles,
};

/** The sections of a template. What does not belong there is reported and left out. */
export function readSections(nodes: readonly Block[], source: SourceText, report: Report): readonly ReadSection[] {
  const sections: { title: string; at: SourceSpan; blocks: ReadBlock[] }[] = [];
  for (const node of endedWhereMeant(nodes, source, report)) {
    const at = spanOf(node, source.path);
    if (node.type === 'heading' && node.depth === 2) {
      sections.push({ title: plainText(node.children, source, report), at, blocks: [] });
      continue;
    }
    const current = sections.at(-1);
    if (isDirective(node) && current) {
      const block = readBlock(node, source, report);
      if (block) current.blocks.push(block);
      continue;
    }
    report({
      code: 'loose-text',
      message: isDirective(node) ? 'this stands before the first section' : 'this text belongs to no clause',
      at,
      note: 'every printed sentence needs an id, so that check can tell whether it is there',
      help: 'put it inside a clause, under a heading `## ...`',
    });
  }
  return sections;
}

/**
 * The same, where a block that has no end is reported, and ends before the next heading or block: what follows is not
 * its text. The `:::` that was read as its end then is that of the last block in it (`isLastClosed`).
 */
function endedWhereMeant(
  nodes: readonly Block[],
  source: SourceText,
  report: Report,
  isLastClosed = false,
): readonly Block[] {
  return nodes.flatMap((node, index): readonly Block[] => {
    if (node.type !== 'containerDirective') return [node];
    const isEnded = isClosed(node, source) || (isLastClosed && index === nodes.length - 1);
    const end = node.children.findIndex(
      (each) => each.type === 'heading' || (isDirective(each) && each.name !== 'picture'),
    );
    if (end === -1 && isEnded) return [node];
    report({
      code: 'unclosed-block',
      message: 'the block has no end',
      at: openingOf(node, source),
      ...(end === -1 && { note: 'was the file cut off in it?' }),
      help: 'write `:::` on a line of its own after its text',
    });
    if (end === -1) return [node];
    const rest = endedWhereMeant(node.children.slice(end), source, report, isEnded);
    return [{ ...node, children: node.children.slice(0, end) }, ...rest];
  });
}

function readBlock(node: DirectiveNode, source: SourceText, report: Report): ReadBlock | undefined {
  const opening = openingOf(node, source);
  if (!Object.hasOwn(attributes, node.name) || node.name === 'picture') {
    const known = Object.keys(attributes).filter((each) => each !== 'picture');
    report({
      code: 'unknown-directive',
      message:
        node.name === 'picture' ? 'a picture belongs to no block here' : `there is no directive \`${node.name}\``,
      at: opening,
      help:
        node.name === 'picture' ? 'put it inside a benefit, a risk, a finding or a clause' : wayOut(node.name, known),
    });
    return undefined;
  }
  const kind = node.name as Kind;
  const given = readAttributes(kind, node, opening, source, report);
  if (!given) return undefined;
  const { label, content } = partsOf(node);
  const title = label ? readInlines(label.children, spanOf(label, source.path), source, report) : undefined;
  if (title === undefined && kind !== 'slot') {
    report({
      code: 'missing-title',
      message: 'the block has no title',
      at: opening,
      help: `write \`:::${kind}[A short title]{...}\``,
    });
  }
  const passages = content.flatMap((each) => readPassage(each, source, report));
  if (passages.length === 0 && kind !== 'slot') {
    report({
      code: 'empty-block',
      message: 'the block says nothing',
      at: opening,
      help: 'write its text, or remove it',
    });
  }
  if (kind === 'teach-back') checkQuestion(given, passages, opening, report);
  const texts = [...(title ? [title] : []), ...passages.flatMap(({ texts: each }) => each)];
  const body = passages.map(({ passage }) => passage);
  const pictures = passages.flatMap(({ passage, at }) =>
    passage.kind === 'picture' ? [{ picture: passage, at }] : [],
  );
  if (!withPictures.includes(kind)) {
    for (const { at } of pictures) unsupported(`a picture in a \`${kind}\``, at, report);
  }
  const block = build(kind, given, titleText(title), body, evidenceOf(given, texts), opening);
  return { block, opening, isMarkedIndirect: given.has('indirect'), texts, pictures };
}

function titleText(title: ReadText | undefined): string {
  return plain(title?.inlines ?? []);
}

/** The words alone. */
function plain(inlines: readonly Inline[]): string {
  return inlines.map((each) => (each.kind === 'text' ? each.text : '')).join('');
}

/** A question is put to everybody or to those with a finding, in plain words, and staff are told what a good answer holds. */
function checkQuestion(
  given: ReadonlyMap<string, string>,
  passages: readonly ReadPassage[],
  opening: SourceSpan,
  report: Report,
): void {
  const isForEverybody = given.has('always');
  if (isForEverybody === given.has('rule')) {
    report({
      code: isForEverybody ? 'wrong-attribute' : 'missing-attribute',
      message: isForEverybody ? '`always` and `rule` do not go together' : 'nothing says whom this question is for',
      at: opening,
      help: 'write `always` for everybody, or `rule="..."` for those with that finding',
    });
  }
  for (const kind of ['paragraph', 'list'] as const) {
    if (passages.length === 0 || passages.some(({ passage }) => passage.kind === kind)) continue;
    report({
      code: 'empty-block',
      message: kind === 'paragraph' ? 'there is no question here' : 'nothing says what a good answer holds',
      at: opening,
      help: kind === 'paragraph' ? 'write the question as a paragraph' : 'write each point as a line `- ...`',
    });
  }
  for (const { inlines, at } of passages.flatMap(({ texts }) => texts)) {
    if (inlines.every(({ kind }) => kind === 'text')) continue;
    report({
      code: 'unsupported-markdown',
      message: 'a question to the patient is words alone',
      at,
      help: 'leave out the field or citation',
    });
  }
}

function wordsOf(list = ''): readonly string[] {
  return list.split(/[\s,]+/).filter((word) => word !== '');
}

/** Attributes by name; undefined where a wrong or missing one leaves the block without meaning. */
function readAttributes(
  kind: keyof typeof attributes,
  node: DirectiveNode,
  opening: SourceSpan,
  source: SourceText,
  report: Report,
): ReadonlyMap<string, string> | undefined {
  const { required, flags, optional } = attributes[kind];
  const known: readonly string[] = [...required, ...flags, ...optional];
  const given = new Map(Object.entries(node.attributes ?? {}).map(([name, value]) => [name, value ?? '']));
  let isSound = true;
  for (const [name, value] of given) {
    const at = wordSpan(name, opening, source);
    if (!known.includes(name)) {
      const help = wayOut(name, known);
      report({ code: 'unknown-attribute', message: `\`${kind}\` takes no attribute \`${name}\``, at, help });
    } else if (!(flags as readonly string[]).includes(name) && value === '') {
      report({ code: 'wrong-attribute', message: `\`${name}\` has no value`, at, help: `write \`${name}="..."\`` });
      isSound = false;
    } else if (choices[name]?.includes(value) === false) {
      const help = wayOut(value, choices[name]);
      report({ code: 'wrong-attribute', message: `\`${value}\` is no ${name}`, at, help });
      isSound = false;
    } else if (kind === 'slot' && !(slots as readonly string[]).includes(value)) {
      report({ code: 'unknown-slot', message: `there is no slot \`${value}\``, at, help: wayOut(value, slots) });
      isSound = false;
    } else if ((name === 'when' || name === 'unless') && !value.includes('=')) {
      const help = 'write it as "linkId=code", or "linkId=code,code"';
      report({ code: 'wrong-attribute', message: `\`${value}\` is no condition`, at, help });
      isSound = false;
    }
  }
  for (const name of required.filter((each) => !given.has(each))) {
    report({
      code: 'missing-attribute',
      message: `\`${kind}\` has no \`${name}\``,
      at: opening,
      help: `write \`${name}="..."\` between its braces`,
    });
    isSound = false;
  }
  return isSound ? given : undefined;
}

function build(
  kind: Kind,
  given: ReadonlyMap<string, string>,
  title: string,
  body: readonly Passage[],
  evidence: readonly string[],
  at: SourceSpan,
): TemplateBlock {
  const base = { title, body, evidence, at };
  const value = (name: string): string => given.get(name) ?? '';
  switch (kind) {
    case 'clause': {
      const [box, supply] = [given.get('box'), given.get('supply')];
      return {
        ...base,
        kind,
        id: value('id'),
        initials: given.has('initials'),
        checkboxes: given.has('checkboxes'),
        lines: given.has('lines'),
        ...(box !== undefined && { box: box as 'facts' | 'no-driving' }),
        ...(supply !== undefined && { supply: supply as (typeof supplies)[number] }),
      };
    }
    case 'benefit':
      return { ...base, kind, id: value('id') };
    case 'risk':
      return {
        ...base,
        kind,
        id: value('id'),
        band: value('band') as (typeof bands)[number],
        initials: given.has('initials'),
      };
    case 'finding':
      return { ...base, kind, rule: value('rule') };
    case 'signature': {
      const circumstance = circumstanceOf(given);
      return { ...base, kind, role: value('role') as (typeof roles)[number], ...(circumstance && { circumstance }) };
    }
    case 'teach-back': {
      const points = body.flatMap((passage) => (passage.kind === 'list' ? passage.items.map(plain) : []));
      const question = body.filter((passage) => passage.kind === 'paragraph');
      return { ...base, kind, body: question, id: value('id'), rules: wordsOf(given.get('rule')), points };
    }
    case 'slot':
      return { kind, slot: value('id') as (typeof slots)[number], at };
    default:
      return kind;
  }
}

function circumstanceOf(given: ReadonlyMap<string, string>): Circumstance | undefined {
  for (const kind of ['when', 'unless'] as const) {
    const [linkId, codes] = given.get(kind)?.split('=') ?? [];
    if (linkId !== undefined && codes !== undefined) {
      return { kind, linkId: linkId.trim(), codes: codes.split(',').map((code) => code.trim()) };
    }
  }
  return undefined;
}

function evidenceOf(given: ReadonlyMap<string, string>, texts: readonly ReadText[]): readonly string[] {
  const named = wordsOf(given.get('evidence'));
  const cited = texts.flatMap(({ inlines }) =>
    inlines.flatMap((each) => (each.kind === 'citation' ? [each.evidence] : [])),
  );
  return [...new Set([...named, ...cited])];
}

interface ReadPassage {
  readonly passage: Passage;
  readonly at: SourceSpan;
  readonly texts: readonly ReadText[];
}

function readPassage(node: Block, source: SourceText, report: Report): readonly ReadPassage[] {
  const at = spanOf(node, source.path);
  if (node.type === 'paragraph') {
    const text = readInlines(node.children, at, source, report);
    return [{ passage: { kind: 'paragraph', of: text.inlines }, at, texts: [text] }];
  }
  if (node.type === 'list' && node.ordered !== true) {
    const texts = node.children.flatMap((item) => {
      const [first, ...rest] = item.children;
      if (first?.type === 'paragraph' && rest.length === 0) {
        return [readInlines(first.children, spanOf(first, source.path), source, report)];
      }
      unsupported('a list item with more than one paragraph', spanOf(item, source.path), report);
      return [];
    });
    return [{ passage: { kind: 'list', items: texts.map(({ inlines }) => inlines) }, at, texts }];
  }
  if (node.type === 'leafDirective' && node.name === 'picture') return readPicture(node, source, report);
  unsupported(node.type === 'containerDirective' ? 'a directive inside another' : nameOf(node.type), at, report);
  return [];
}

/** Its caption, and one figure of the ledger, or two of one study beside each other, as `entry.figure`. */
function readPicture(node: DirectiveNode, source: SourceText, report: Report): readonly ReadPassage[] {
  const at = openingOf(node, source);
  const given = readAttributes('picture', node, at, source, report);
  if (!given) return [];
  const { label } = partsOf(node);
  if (!label) {
    report({
      code: 'missing-title',
      message: 'the picture has no caption',
      at,
      help: 'write `::picture[What it counts]{...}`',
    });
    return [];
  }
  if (given.has('beside') !== given.has('besideLabel')) {
    const [is, lacks] = given.has('beside') ? ['beside', 'besideLabel'] : ['besideLabel', 'beside'];
    report({
      code: 'missing-attribute',
      message: `\`${is}\` stands without \`${lacks}\``,
      at,
      help: `write \`${lacks}="..."\` between its braces`,
    });
    return [];
  }
  const caption = readInlines(label.children, at, source, report);
  const shares = (
    [
      ['figure', 'label'],
      ['beside', 'besideLabel'],
    ] as const
  ).flatMap(([name, words]) => {
    const [entry = '', figure = ''] = (given.get(name) ?? '').split('.');
    return given.has(name) ? [{ label: given.get(words) ?? '', entry, figure }] : [];
  });
  const labels = shares.map(
    ({ label: text }): ReadText => ({ inlines: [{ kind: 'text', text, strong: false }], at, marks: [] }),
  );
  return [{ passage: { kind: 'picture', caption: plain(caption.inlines), shares }, at, texts: [caption, ...labels] }];
}

function unsupported(what: string, at: SourceSpan, report: Report): void {
  report({
    code: 'unsupported-markdown',
    message: `${what} has no place in a consent form`,
    at,
    help: 'write paragraphs, lists with `-`, and **bold**; nothing else is printed',
  });
}

function nameOf(type: string): string {
  const names: Readonly<Record<string, string>> = {
    emphasis: 'text in italics',
    html: 'HTML',
    list: 'a numbered list',
    heading: 'a heading inside a block',
    code: 'code',
    inlineCode: 'code',
  };
  return names[type] ?? `Markdown of the kind \`${type}\``;
}

function plainText(children: readonly PhrasingContent[], source: SourceText, report: Report): string {
  return children
    .map((each) => {
      if (each.type === 'text') return each.value;
      unsupported(nameOf(each.type), spanOf(each, source.path), report);
      return '';
    })
    .join('');
}

function readInlines(
  children: readonly PhrasingContent[],
  at: SourceSpan,
  source: SourceText,
  report: Report,
): ReadText {
  const inlines: Inline[] = [];
  const marks: SourceSpan[] = [];
  const walk = (nodes: readonly PhrasingContent[], strong: boolean): void => {
    for (const node of nodes) {
      if (node.type === 'strong') walk(node.children, true);
      else if (node.type === 'text')
        readText(node.value, spanOf(node, source.path), strong, { source, report, inlines, marks });
      else unsupported(nameOf(node.type), spanOf(node, source.path), report);
    }
  };
  walk(children, false);
  return { inlines, at, marks };
}

interface TextDesk {
  readonly source: SourceText;
  readonly report: Report;
  readonly inlines: Inline[];
  readonly marks: SourceSpan[];
}

function readText(value: string, at: SourceSpan, strong: boolean, { source, report, inlines, marks }: TextDesk): void {
  let done = 0;
  let cursor = at.start;
  const push = (text: string): void => {
    if (text !== '') inlines.push({ kind: 'text', text: text.replace(/\s+/g, ' '), strong });
  };
  for (const match of value.matchAll(/\{\{([^{}]*)\}\}|\[@([^\]]*)\]/g)) {
    const [whole, fieldText, citation] = match;
    const found = source.text.indexOf(whole, cursor);
    const start = found === -1 ? at.start : found;
    const span = { path: at.path, start, end: found === -1 ? at.end : start + whole.length };
    cursor = span.end;
    push(value.slice(done, match.index));
    done = match.index + whole.length;
    if (citation !== undefined) {
      inlines.push({ kind: 'citation', evidence: citation.trim() });
      marks.push(span);
      continue;
    }
    const field = fieldOf((fieldText ?? '').trim());
    if (field) {
      inlines.push({ kind: 'field', field, strong });
      marks.push(span);
    } else {
      report({
        code: 'unknown-field',
        message: `there is no field \`${(fieldText ?? '').trim()}\``,
        at: span,
        help: 'write a clinic fact such as {{clinic.phone}} or a parameter such as {{params.name}}',
      });
    }
  }
  push(value.slice(done));
}

function fieldOf(text: string): Field | undefined {
  const [, from, name] = /^(clinic|params)\.([A-Za-z0-9]+)$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return from === 'clinic' ? { from: 'clinic', name } : { from: 'params', name };
}

function wordSpan(word: string, within: SourceSpan, { text }: SourceText): SourceSpan {
  const start = text.indexOf(word, text.indexOf('{', within.start));
  return start === -1 || start > within.end ? within : { path: within.path, start, end: start + word.length };
}
