/** What a form is held to: clauses of ISO 14289-1 (UA), ISO 19005-2 (A) and, where they ask for less, of our own. */
export const clauses = {
  'file-header': 'A 6.1.2: begins with %PDF-1.n and a comment of four high bytes',
  'file-end': 'A 6.1.3: nothing after %%EOF',
  'file-id': 'A 6.1.3: the trailer has two identifiers',
  'no-encryption': 'A 6.1.3: is not encrypted',
  language: 'UA 7.2: the document says its language',
  marked: 'UA 6.2: the document says that it is tagged',
  'title-shown': 'UA 7.1: the window shows the title',
  'metadata-well-formed': 'A 6.6.2.1: the metadata is well-formed XML',
  'metadata-title': 'UA 7.1: the metadata has the title',
  'metadata-ua': 'UA 5: the metadata says PDF/UA-1',
  'metadata-a': 'A 6.6.4: the metadata says PDF/A-2a',
  'metadata-extension': 'A 6.6.2.3: the metadata declares the PDF/UA property',
  'info-is-metadata': 'A 6.6.3: the Info dictionary says what the metadata says',
  'output-intent': 'A 6.2.3: colours are those of an embedded ICC profile',
  'no-need-appearances': 'A 6.4.1: no viewer is asked to draw fields',
  'no-xfa': 'A 6.4.2: no XFA form',
  'no-script': 'A 6.5.1: no JavaScript and no actions by themselves',
  'content-marked': 'UA 7.1: all ink is tagged or an artifact',
  'content-balanced': 'UA 7.1: marked content is closed where it was opened',
  'artifact-apart': 'UA 7.1: no tagged content in an artifact, no artifact in tagged content',
  'mcid-unique': 'UA 7.1: a number of marked content stands once on a page',
  'parent-tree': 'UA 7.1: the parent tree finds the element of each piece of marked content',
  'element-content': 'UA 7.1: the content an element names is on the page',
  'standard-type': 'UA 7.1: elements are of standard types',
  root: 'UA 7.1: the tree has one Document, and each element names its parent',
  'reading-order': 'UA 7.2: what is read next stands below, beside to the right, or on a later page',
  'list-nesting': 'UA 7.6: L holds LI, LI holds Lbl and LBody',
  'table-nesting': 'UA 7.5: Table holds TR, TR holds TH and TD',
  'table-regular': 'UA 7.5: rows of a table have as many cells',
  'heading-order': 'UA 7.4: headings begin with H1 and skip no level',
  'header-scope': 'UA 7.5: a header says whether of a row or a column',
  'figure-alternative': 'UA 7.3: a figure is told in words',
  'figure-box': 'A 6.7: a figure has its box',
  'form-object': 'UA 7.18.4: a Form element holds one widget',
  'object-page': 'UA 7.18: a reference to an annotation names the page it is on',
  'annotation-tagged': 'UA 7.18.1: the parent tree finds the element of each annotation',
  'annotation-flags': 'A 6.3.2: annotations print and are not hidden',
  'annotation-appearance': 'A 6.3.3: annotations have a normal appearance, check boxes both',
  'annotation-name': 'UA 7.18.1: fields have a spoken label, other annotations contents',
  'field-name': 'ours: field names are unique and listed in the form',
  'field-choice': 'ours: of boxes with one name one is ticked at most',
  'tab-order': 'UA 7.18.3: pages with annotations are tabbed in order of structure',
  'font-embedded': 'A 6.2.11.4: fonts are in the file',
  'font-unicode': 'A 6.2.11.7: all codes shown read as characters',
  'font-glyphs': 'A 6.2.11.8: no code shows the missing glyph',
  'font-widths': 'A 6.2.11.5: widths are those of the font program',
  'font-set': 'A 6.2.11.4.2: no list of characters that might be incomplete',
  'bookmark-each': 'ours: a bookmark for each heading, in order, in its words',
  'bookmark-place': 'ours: a bookmark leads to its heading',
} as const;

export type Clause = keyof typeof clauses;

export interface Finding {
  readonly clause: Clause;
  /** Page, element or object. */
  readonly where: string;
  readonly message: string;
}

export type Report = (clause: Clause, where: string, message: string) => void;
