import { PDFDict, PDFName, PDFNumber, type PDFObject, PDFRef } from 'pdf-lib';
import type { Report } from './clauses.ts';
import type { PageContent } from './content.ts';
import { nameOf, numberOf, type Objects, stringOf } from './objects.ts';

/** An element of the structure tree. */
export interface Element {
  readonly ref: PDFRef | undefined;
  readonly dict: PDFDict;
  readonly tag: string;
  readonly where: string;
  readonly kids: readonly (Element | Content | ObjectKid)[];
}

interface Content {
  readonly page: number;
  readonly mcid: number;
}

interface ObjectKid {
  readonly object: PDFObject | undefined;
  readonly page: number;
}

export interface Tree {
  readonly roots: readonly Element[];
  readonly all: readonly Element[];
}

/** Elements of ISO 32000-1, 14.8.4. */
const standard = new Set(
  (
    'Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl ' +
    'LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu ' +
    'WT WP Figure Formula Form'
  ).split(' '),
);

export function readTree(objects: Objects, pageOf: (ref: PDFObject | undefined) => number, report: Report): Tree {
  const { get, dict, follow, list } = objects;
  const all: Element[] = [];
  const root = get(objects.pdf.catalog, 'StructTreeRoot');
  const kidsOf = (of: PDFDict): readonly PDFObject[] => {
    const kids = of.get(PDFName.of('K'));
    const found = follow(kids);
    return found === undefined
      ? []
      : list(found).length > 0
        ? list(found)
        : found instanceof PDFDict || found instanceof PDFNumber
          ? [kids ?? found]
          : [];
  };
  const element = (object: PDFObject, parent: PDFObject | undefined, path: string): Element | undefined => {
    const own = dict(object);
    const tag = nameOf(get(own, 'S'));
    if (!own || tag === undefined) return undefined;
    const where = `${path}/${tag}`;
    if (parent && dict(own.get(PDFName.of('P'))) !== dict(parent)) report('root', where, 'names another parent');
    const kids: (Element | Content | ObjectKid)[] = [];
    const made: Element = { ref: object instanceof PDFRef ? object : undefined, dict: own, tag, where, kids };
    all.push(made);
    const page = pageOf(own.get(PDFName.of('Pg')));
    kidsOf(own).forEach((kid, index) => {
      const found = follow(kid);
      if (found instanceof PDFNumber) kids.push({ page, mcid: found.asNumber() });
      else if (nameOf(get(found, 'Type')) === 'MCR')
        kids.push({
          page: pageOr(pageOf(dict(found)?.get(PDFName.of('Pg'))), page),
          mcid: numberOf(get(found, 'MCID')) ?? -1,
        });
      else if (nameOf(get(found, 'Type')) === 'OBJR')
        kids.push({
          object: dict(found)?.get(PDFName.of('Obj')),
          page: pageOr(pageOf(dict(found)?.get(PDFName.of('Pg'))), page),
        });
      else {
        const inner = element(kid, object, `${where}[${index + 1}]`);
        if (inner) kids.push(inner);
      }
    });
    return made;
  };
  const rootDict = dict(root);
  const roots = rootDict ? kidsOf(rootDict).flatMap((kid) => element(kid, root, '') ?? []) : [];
  return { roots, all };
}

function pageOr(page: number, otherwise: number): number {
  return page < 0 ? otherwise : page;
}

/** What the tree says of itself: types, nesting, headings, tables, figures. */
export function checkTree({ roots, all }: Tree, objects: Objects, report: Report): void {
  if (roots.length !== 1 || roots[0]?.tag !== 'Document') report('root', '/', 'no single Document');
  for (const element of all) {
    if (!standard.has(element.tag)) report('standard-type', element.where, `no standard type: ${element.tag}`);
    checkNesting(element, report);
    checkAttributes(element, objects, report);
  }
  let last = 0;
  for (const { tag, where } of all) {
    const level = Number(/^H([1-6])$/.exec(tag)?.[1] ?? 0);
    if (level === 0) continue;
    if (level > last + 1) report('heading-order', where, `${tag} follows ${last === 0 ? 'nothing' : `H${last}`}`);
    last = level;
  }
  if (last === 0) report('heading-order', '/', 'no headings');
}

const children: Readonly<Record<string, readonly string[]>> = {
  L: ['LI', 'L', 'Caption'],
  LI: ['Lbl', 'LBody'],
  Table: ['TR', 'THead', 'TBody', 'TFoot', 'Caption'],
  THead: ['TR'],
  TBody: ['TR'],
  TFoot: ['TR'],
  TR: ['TH', 'TD'],
};

const parents: Readonly<Record<string, readonly string[]>> = {
  LI: ['L'],
  LBody: ['LI'],
  TR: ['Table', 'THead', 'TBody', 'TFoot'],
  TH: ['TR'],
  TD: ['TR'],
};

function checkNesting(element: Element, report: Report): void {
  const inner = element.kids.filter(isElement);
  const clause = /^L/.test(element.tag) ? 'list-nesting' : 'table-nesting';
  const allowed = children[element.tag];
  if (allowed) {
    if (inner.length < element.kids.length) report(clause, element.where, 'holds ink of its own');
    for (const { tag } of inner) if (!allowed.includes(tag)) report(clause, element.where, `holds ${tag}`);
  }
  for (const { tag, where } of inner) {
    const above = parents[tag];
    if (above && !above.includes(element.tag) && !allowed)
      report(/^L/.test(tag) ? 'list-nesting' : 'table-nesting', where, `stands in ${element.tag}`);
  }
  if (element.tag === 'LI' && !inner.some(({ tag }) => tag === 'LBody'))
    report('list-nesting', element.where, 'no LBody');
  if (element.tag !== 'Table') return;
  const rows = inner.filter(({ tag }) => tag === 'TR').map(({ kids }) => kids.length);
  if (new Set(rows).size > 1)
    report('table-regular', element.where, `rows of ${[...new Set(rows)].join(' and ')} cells`);
}

function checkAttributes({ tag, dict, where }: Element, { get }: Objects, report: Report): void {
  const alternative = stringOf(get(dict, 'Alt')) ?? stringOf(get(dict, 'ActualText')) ?? '';
  if (tag === 'TH' && !/^(?:Row|Column|Both)$/.test(nameOf(get(dict, 'A', 'Scope')) ?? ''))
    report('header-scope', where, 'no scope');
  if (tag !== 'Figure') return;
  if (alternative.trim() === '') report('figure-alternative', where, 'no alternative text');
  if (!get(dict, 'A', 'BBox')) report('figure-box', where, 'no box');
}

function isElement(kid: Element['kids'][number]): kid is Element {
  return 'tag' in kid;
}

export function isContent(kid: Element['kids'][number]): kid is Content {
  return 'mcid' in kid;
}

/** The parent tree and the elements against what is on the pages. */
export function checkContent(tree: Tree, pages: readonly PageContent[], objects: Objects, report: Report): void {
  const { get, list, dict, pdf } = objects;
  const parentTree = numbersIn(get(pdf.catalog, 'StructTreeRoot', 'ParentTree'), objects);
  const owners = new Map<string, Element[]>();
  for (const element of tree.all)
    for (const kid of element.kids.filter(isContent)) {
      const key = `${kid.page} ${kid.mcid}`;
      owners.set(key, [...(owners.get(key) ?? []), element]);
      if (!pages[kid.page]?.marked.has(kid.mcid))
        report('element-content', element.where, `content ${kid.mcid} is not on page ${kid.page + 1}`);
    }
  pages.forEach(({ marked }, page) => {
    const key = numberOf(get(pdf.getPage(page).node, 'StructParents'));
    const entries = key === undefined ? [] : list(parentTree.get(key));
    for (const mcid of marked.keys()) {
      const [owner, ...others] = owners.get(`${page} ${mcid}`) ?? [];
      const found = dict(entries[mcid]);
      const where = `page ${page + 1}, content ${mcid}`;
      if (!owner) report('element-content', where, 'belongs to no element');
      else if (others.length > 0) report('element-content', where, 'belongs to several elements');
      else if (found !== owner.dict) report('parent-tree', where, 'the parent tree has another element or none');
    }
  });
}

/** A number tree as a map. */
export function numbersIn(tree: PDFObject | undefined, objects: Objects): ReadonlyMap<number, PDFObject> {
  const { get, list } = objects;
  const numbers = list(get(tree, 'Nums'));
  const own = numbers.flatMap((each, at): readonly [number, PDFObject][] => {
    const [key, value] = [numberOf(each), numbers[at + 1]];
    return at % 2 === 0 && key !== undefined && value ? [[key, value]] : [];
  });
  return new Map([...own, ...list(get(tree, 'Kids')).flatMap((kid) => [...numbersIn(kid, objects)])]);
}

/** The words of an element and the elements in it. */
export function wordsOf(element: Element, pages: readonly PageContent[]): string {
  return textIn(element, pages).replace(/\s+/g, ' ').trim();
}

function textIn(element: Element, pages: readonly PageContent[]): string {
  const texts = element.kids.map((kid) =>
    isElement(kid) ? textIn(kid, pages) : isContent(kid) ? (pages[kid.page]?.marked.get(kid.mcid)?.text ?? '') : '',
  );
  // A span stands inside a text.
  return texts.join(element.kids.some((kid) => isElement(kid) && kid.tag === 'Span') ? '' : ' ');
}

/** The order of the tree against that of the page: what is read next stands below, to the right, or on a later page. */
export function checkOrder({ roots }: Tree, pages: readonly PageContent[], report: Report): void {
  const contents = (element: Element): readonly (Content & { readonly where: string })[] =>
    element.kids.flatMap((kid) =>
      isElement(kid) ? contents(kid) : isContent(kid) ? [{ ...kid, where: element.where }] : [],
    );
  const placed = roots.flatMap(contents).flatMap(({ page, mcid, where }) => {
    const { x, y } = pages[page]?.marked.get(mcid) ?? {};
    return x === undefined || y === undefined ? [] : [{ page, x, y, where }];
  });
  placed.forEach((next, index) => {
    const last = placed[index - 1];
    if (!last || next.page > last.page) return;
    const isOnward = next.page === last.page && (next.y <= last.y + 1 || next.x > last.x + 20);
    if (!isOnward) report('reading-order', next.where, `stands before ${last.where}`);
  });
}
