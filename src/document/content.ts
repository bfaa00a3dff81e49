/** A stretch of text in one weight. `origin` says where it came from: `template`, or the field or linkId it was filled from. */
export interface Run {
  readonly text: string;
  readonly strong: boolean;
  readonly origin: string;
  /** True for what differs from form to form though all else is alike: a name, a date, a digest. */
  readonly isOpen?: true;
  /** Where it is not that of the form: `en`. */
  readonly language?: string;
}

export type Text = readonly Run[];

/** What the consent form says, without a word on where it stands on the page. */
export interface Content {
  readonly title: Text;
  readonly language: string;
  readonly notices: readonly Text[];
  readonly sections: readonly Section[];
  readonly footer: Footer;
}

export interface Section {
  readonly title: Text;
  readonly blocks: readonly Block[];
  /** Stays on one page as far as a page can hold it: the agreement with its signatures. */
  readonly isAgreement: boolean;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly of: Text; readonly tone: 'plain' | 'quiet' }
  | {
      readonly kind: 'list';
      readonly items: readonly Text[];
      readonly marker: 'disc' | 'box';
      /** Where one of them is chosen, their codes: short items, as many beside each other as a line has room for. */
      readonly oneOf?: readonly string[];
    }
  /** To write on: rows of labelled lines. */
  | { readonly kind: 'blanks'; readonly lines: readonly (readonly Blank[])[] }
  | { readonly kind: 'picture'; readonly caption: Text; readonly arrays: readonly IconArray[] }
  | { readonly kind: 'outline'; readonly items: readonly OutlineItem[] }
  | {
      readonly kind: 'item';
      readonly id: string;
      readonly title: Text;
      readonly blocks: readonly Block[];
      /** Label of the box for the patient's initials, where there is one. */
      readonly initials?: Text;
      readonly look: 'plain' | 'facts' | 'no-driving';
      /** What the sign says, for those who cannot see it. */
      readonly sign?: string;
    }
  | {
      readonly kind: 'card';
      readonly rows: readonly { readonly label: Text; readonly value: Text }[];
      /** `tiles`: a few beside each other, each label above its value. */
      readonly size: 'body' | 'small' | 'tiles';
    }
  | {
      readonly kind: 'table';
      readonly head: readonly Text[];
      readonly rows: readonly (readonly Text[])[];
      /** Widths of the columns; they add up to 1. */
      readonly columns: readonly number[];
    }
  | {
      readonly kind: 'signature';
      readonly id: string;
      readonly title: Text;
      readonly blocks: readonly Block[];
      /** Lines to write on: rows of labelled blanks, widths adding up to 1. */
      readonly lines: readonly (readonly Blank[])[];
    }
  /** What says that the file carries the seal of the clinic, and where it is. */
  | { readonly kind: 'seal'; readonly of: Text };

/** One small figure for each of `of` people, the first `filled` of them filled in. */
export interface IconArray {
  readonly label: Text;
  readonly filled: number;
  readonly of: number;
  /** The same in words, for those who cannot see it. */
  readonly alt: string;
}

/** A bullet with the bullets below it. */
export interface OutlineItem {
  readonly of: Text;
  readonly items: readonly OutlineItem[];
}

export interface Blank {
  /** What it is for, the same in every language: `date`. */
  readonly id: string;
  readonly label: Text;
  readonly width: number;
  /** Already written. */
  readonly value?: Text;
}

/** On every page, so that a loose sheet can be matched. */
export interface Footer {
  readonly chart: Text;
  readonly form: Text;
  /** What is not reviewed yet, of a translation. */
  readonly review?: Text;
  readonly page: Text;
  readonly pageOf: Text;
  readonly digest: Text;
}

/** Every run of a content, in reading order; footer last. */
export function runsOf(content: Content): readonly Run[] {
  const { chart, form, review = [], page, pageOf, digest } = content.footer;
  return [
    ...content.title,
    ...content.notices.flat(),
    ...content.sections.flatMap(({ title, blocks }) => [...title, ...blocks.flatMap(runsOfBlock)]),
    ...[chart, form, review, page, pageOf, digest].flat(),
  ];
}

/** The open texts of a content, each with a run that is open, in the order of its values; the footer's are last. */
export function openTextsOf(content: Content): readonly Text[] {
  return known.get(content) ?? findOpen(content);
}

/** A closed content is asked for its open texts for each form that is made of it. */
const known = new WeakMap<Content, readonly Text[]>();

function findOpen(content: Content): readonly Text[] {
  const texts: Text[] = [];
  eachOpen(content, (text) => {
    texts.push(text);
    return text;
  });
  known.set(content, texts);
  return texts;
}

/** The content with other open texts: as many, in the order of `openTextsOf`. What is not open stays the same object. */
export function withOpenTexts(content: Content, open: readonly Text[]): Content {
  let at = 0;
  const written = eachOpen(content, (text) => {
    at += 1;
    return open[at - 1] ?? text;
  });
  return written as Content;
}

/** The content with what `use` makes of each of its texts. What stays as it was is the same object. */
export function withTexts(content: Content, use: (text: Text) => Text): Content {
  return eachText(content, isRun, use) as Content;
}

function eachOpen(content: Content, use: (text: Text) => Text): unknown {
  return eachText(content, isOpenRun, use);
}

/** `value` with what `use` makes of each text in it that has such a run. */
function eachText(value: unknown, isSuch: (each: unknown) => boolean, use: (text: Text) => Text): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.some(isSuch)
      ? use(value)
      : changed(
          value,
          value.map((each) => eachText(each, isSuch, use)),
        );
  }
  const entries = Object.entries(value);
  const written = entries.map(([key, each]) => [key, eachText(each, isSuch, use)] as const);
  return written.some(([, each], index) => each !== entries[index]?.[1]) ? Object.fromEntries(written) : value;
}

function changed(list: readonly unknown[], written: readonly unknown[]): readonly unknown[] {
  return written.some((each, index) => each !== list[index]) ? written : list;
}

function isOpenRun(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'isOpen' in value && value.isOpen === true;
}

function isRun(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'origin' in value;
}

/** All that a content says, as one text. */
export function wholeText(content: Content): string {
  return runsOf(content)
    .map(({ text }) => text)
    .join(' ');
}

function runsOfBlock(block: Block): readonly Run[] {
  switch (block.kind) {
    case 'paragraph':
    case 'seal':
      return block.of;
    case 'list':
      return block.items.flat();
    case 'blanks':
      return block.lines.flat().flatMap(runsOfBlank);
    case 'picture':
      return [...block.caption, ...block.arrays.flatMap(({ label }) => label)];
    case 'outline':
      return block.items.flatMap(runsOfOutline);
    case 'item':
      return [...block.title, ...block.blocks.flatMap(runsOfBlock), ...(block.initials ?? [])];
    case 'card':
      return block.rows.flatMap(({ label, value }) => [...label, ...value]);
    case 'table':
      return [...block.head.flat(), ...block.rows.flat(2)];
    case 'signature':
      return [...block.title, ...block.blocks.flatMap(runsOfBlock), ...block.lines.flat().flatMap(runsOfBlank)];
    default:
      return block;
  }
}

function runsOfBlank({ label, value = [] }: Blank): readonly Run[] {
  return [...label, ...value];
}

function runsOfOutline({ of, items }: OutlineItem): readonly Run[] {
  return [...of, ...items.flatMap(runsOfOutline)];
}

/** A clause, benefit, risk or finding. */
export type ItemBlock = Extract<Block, { kind: 'item' }>;
