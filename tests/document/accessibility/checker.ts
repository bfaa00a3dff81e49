import { PDFDocument, type PDFObject, type PDFPage } from 'pdf-lib';
import type { Clause, Finding, Report } from './clauses.ts';
import { type PageContent, readPage } from './content.ts';
import { checkFields } from './fields.ts';
import { checkFile } from './file.ts';
import { type Font, type OpenFont, openFont } from './fonts.ts';
import { bytesOf, nameOf, numberOf, type Objects, openObjects, stringOf } from './objects.ts';
import { checkContent, checkOrder, checkTree, isContent, readTree, type Tree, wordsOf } from './structure.ts';

/** What a PDF has of the faults in `clauses`, in no order; none for a sound one. A net, not a certificate. */
export async function checkAccessibility(bytes: Uint8Array): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report: Report = (clause, where, message) => findings.push({ clause, where, message });
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false, ignoreEncryption: true });
  const objects = openObjects(pdf);
  checkFile(bytes, objects, report);
  if (findings.some(({ clause }) => clause === 'no-encryption')) return findings;
  const fonts = new Map<PDFObject, OpenFont>();
  const fontOf = (object: PDFObject): Font => {
    const known = fonts.get(object) ?? openFont(object, objects);
    fonts.set(object, known);
    return known;
  };
  const pdfPages = pdf.getPages();
  const pages = pdfPages.map((page, index) => readPage(page, `page ${index + 1}`, objects, fontOf, report));
  const places = new Map(pdfPages.map((page: PDFPage, index): [unknown, number] => [page.node, index]));
  const pageOf = (object: PDFObject | undefined): number => places.get(objects.dict(object)) ?? -1;
  const tree = readTree(objects, pageOf, report);
  checkTree(tree, objects, report);
  checkContent(tree, pages, objects, report);
  checkOrder(tree, pages, report);
  checkFields(tree, objects, report);
  checkFormFonts(objects, report);
  for (const font of fonts.values()) font.check(report);
  checkBookmarks(tree, pages, objects, pageOf, report);
  return findings;
}

/** The clauses of the findings, each once, sorted. */
export function clausesOf(findings: readonly Finding[]): readonly Clause[] {
  return [...new Set(findings.map(({ clause }) => clause))].sort();
}

/** Fonts that viewers set typed text in. */
function checkFormFonts({ pdf, get, dict, list }: Objects, report: Report): void {
  for (const [key] of dict(get(pdf.catalog, 'AcroForm', 'DR', 'Font'))?.entries() ?? []) {
    const font = get(pdf.catalog, 'AcroForm', 'DR', 'Font', key.decodeText());
    const program = list(get(font, 'DescendantFonts'))[0] ?? font;
    const isEmbedded = ['FontFile', 'FontFile2', 'FontFile3'].some(
      (file) => bytesOf(get(program, 'FontDescriptor', file)).length > 0,
    );
    if (!isEmbedded) report('font-embedded', `form, ${nameOf(get(font, 'BaseFont'))}`, 'no font program');
  }
}

interface Bookmark {
  readonly title: string;
  readonly page: number;
  readonly top: number;
}

function checkBookmarks(
  tree: Tree,
  pages: readonly PageContent[],
  objects: Objects,
  pageOf: (object: PDFObject | undefined) => number,
  report: Report,
): void {
  const bookmarks = bookmarksUnder(objects.get(objects.pdf.catalog, 'Outlines'), objects, pageOf);
  const headings = tree.all.filter(({ tag }) => /^H[2-6]$/.test(tag));
  const count = Math.max(bookmarks.length, headings.length);
  for (let index = 0; index < count; index += 1) {
    const [heading, bookmark] = [headings[index], bookmarks[index]];
    if (!heading || !bookmark || wordsOf(heading, pages) !== bookmark.title.replace(/\s+/g, ' ').trim()) {
      report('bookmark-each', heading?.where ?? 'bookmarks', `${bookmark?.title ?? 'none'} is not the heading's words`);
      return;
    }
    const first = heading.kids.find(isContent);
    const y = first && pages[first.page]?.marked.get(first.mcid)?.y;
    const isThere = first?.page === bookmark.page && y !== undefined && bookmark.top >= y && bookmark.top - y < 60;
    if (!isThere) report('bookmark-place', heading.where, `${bookmark.title} leads elsewhere`);
  }
}

function bookmarksUnder(
  item: PDFObject | undefined,
  objects: Objects,
  pageOf: (object: PDFObject | undefined) => number,
): readonly Bookmark[] {
  const { get, list } = objects;
  const found: Bookmark[] = [];
  for (let each = get(item, 'First'); each; each = get(each, 'Next')) {
    const [page, , , top] = list(get(each, 'Dest'));
    found.push({ title: stringOf(get(each, 'Title')) ?? '', page: pageOf(page), top: numberOf(top) ?? -1 });
    found.push(...bookmarksUnder(each, objects, pageOf));
  }
  return found;
}
