import { deflateSync } from 'node:zlib';
import {
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from 'pdf-lib';
import type { Clause } from './clauses.ts';
import { bytesOf, latin1Of, nameOf, type Objects, openObjects } from './objects.ts';

/** A sound form with exactly one thing broken, and the clause that has to tell. */
export interface Fault {
  readonly name: string;
  readonly clause: Clause;
  /** Breaks the objects of the file. */
  readonly break?: (objects: Objects) => void;
  /** Breaks its bytes. */
  readonly spoil?: (bytes: Uint8Array) => Uint8Array;
}

/** A copy of `form` with the fault. */
export async function faulty(form: Uint8Array, fault: Fault): Promise<Uint8Array> {
  const pdf = await PDFDocument.load(form, { updateMetadata: false });
  fault.break?.(openObjects(pdf));
  const bytes = await pdf.save({ useObjectStreams: false, updateFieldAppearances: false });
  return fault.spoil?.(bytes) ?? bytes;
}

const key = (name: string): PDFName => PDFName.of(name);

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the form has no such thing to break');
  return value;
}

/** Dictionaries and those of streams, in the order of their numbers. */
function dicts({ pdf }: Objects): readonly PDFDict[] {
  return pdf.context
    .enumerateIndirectObjects()
    .flatMap(([, object]) =>
      object instanceof PDFDict ? [object] : object instanceof PDFRawStream ? [object.dict] : [],
    );
}

function where(objects: Objects, entry: string, value: string, at = 0): PDFDict {
  return must(dicts(objects).filter((dict) => nameOf(objects.follow(dict.get(key(entry)))) === value)[at]);
}

const element = (objects: Objects, tag: string, at = 0): PDFDict => where(objects, 'S', tag, at);

function kids(objects: Objects, dict: PDFDict): PDFArray {
  return objects.follow(dict.get(key('K'))) as PDFArray;
}

/** Changes the decoded text of a stream. */
function rewrite(objects: Objects, ref: PDFObject | undefined, change: (text: string) => string): void {
  if (!(ref instanceof PDFRef)) throw new Error('no stream');
  const stream = objects.follow(ref) as PDFRawStream;
  const text = latin1Of(bytesOf(stream));
  const changed = change(text);
  if (changed === text) throw new Error('nothing was changed');
  const dict = stream.dict.clone();
  dict.set(key('Filter'), key('FlateDecode'));
  objects.pdf.context.assign(ref, PDFRawStream.of(dict, deflateSync(Buffer.from(changed, 'latin1'))));
}

function page(change: (text: string) => string): (objects: Objects) => void {
  return (objects) => {
    const contents = objects.pdf.getPage(0).node.get(key('Contents'));
    rewrite(objects, contents instanceof PDFArray ? contents.get(0) : contents, change);
  };
}

function metadata(change: (text: string) => string): (objects: Objects) => void {
  return (objects) => rewrite(objects, objects.pdf.catalog.get(key('Metadata')), change);
}

function without(entry: string): (objects: Objects) => void {
  return ({ pdf }) => {
    if (!pdf.catalog.delete(key(entry))) throw new Error(`no ${entry}`);
  };
}

const widget = (objects: Objects, at = 0): PDFDict => where(objects, 'Subtype', 'Widget', at);

function fontOf(objects: Objects, entry: string, at = 0): PDFDict {
  return must(dicts(objects).filter((dict) => dict.has(key(entry)))[at]);
}

function bookmark(objects: Objects): PDFDict {
  return must(objects.dict(objects.get(objects.pdf.catalog, 'Outlines', 'First')));
}

export const faults: readonly Fault[] = [
  {
    name: 'no comment of high bytes',
    clause: 'file-header',
    spoil: (bytes) => replaced(bytes, /^(%PDF-1.7\n)%..../s, '$1%abcd'),
  },
  { name: 'bytes after the end', clause: 'file-end', spoil: (bytes) => Buffer.concat([bytes, Buffer.from('more')]) },
  {
    name: 'no identifiers',
    clause: 'file-id',
    break: ({ pdf }) => {
      delete (pdf.context.trailerInfo as { ID?: unknown }).ID;
    },
  },
  { name: 'no language', clause: 'language', break: without('Lang') },
  { name: 'not marked as tagged', clause: 'marked', break: without('MarkInfo') },
  { name: 'the title is not shown', clause: 'title-shown', break: without('ViewerPreferences') },
  { name: 'a bare ampersand', clause: 'metadata-well-formed', break: metadata((text) => text.replace('Valley', '&')) },
  {
    name: 'no title in the metadata',
    clause: 'metadata-title',
    break: (objects) => {
      metadata((text) => text.replace(/<dc:title>[\s\S]*?<\/dc:title>/, ''))(objects);
      objects.dict(objects.pdf.context.trailerInfo.Info)?.delete(key('Title'));
    },
  },
  {
    name: 'another part of PDF/UA',
    clause: 'metadata-ua',
    break: metadata((text) => text.replace('<pdfuaid:part>1', '<pdfuaid:part>2')),
  },
  { name: 'PDF/A-2b', clause: 'metadata-a', break: metadata((text) => text.replace(/(<pdfaid:conformance>)A/, '$1B')) },
  {
    name: 'PDF/UA is not declared',
    clause: 'metadata-extension',
    break: metadata((text) => text.replace('<pdfaProperty:name>part', '<pdfaProperty:name>port')),
  },
  {
    name: 'another author in Info',
    clause: 'info-is-metadata',
    break: ({ dict, pdf }) => dict(pdf.context.trailerInfo.Info)?.set(key('Author'), PDFString.of('Somebody')),
  },
  { name: 'no colour profile', clause: 'output-intent', break: without('OutputIntents') },
  {
    name: 'viewers are to draw fields',
    clause: 'no-need-appearances',
    break: ({ get, pdf }) =>
      (get(pdf.catalog, 'AcroForm') as PDFDict).set(key('NeedAppearances'), pdf.context.obj(true)),
  },
  {
    name: 'an XFA form',
    clause: 'no-xfa',
    break: ({ get, pdf }) => (get(pdf.catalog, 'AcroForm') as PDFDict).set(key('XFA'), PDFString.of('x')),
  },
  {
    name: 'a script at opening',
    clause: 'no-script',
    break: ({ pdf }) => pdf.catalog.set(key('OpenAction'), pdf.context.obj({ S: 'JavaScript', JS: PDFString.of('0') })),
  },
  { name: 'ink outside of tags', clause: 'content-marked', break: page((text) => `${text}\n0 0 5 5 re f`) },
  { name: 'an artifact left open', clause: 'content-balanced', break: page((text) => `${text}\n/Artifact BMC`) },
  {
    name: 'an artifact in a paragraph',
    clause: 'artifact-apart',
    break: page((text) => text.replace(/(MCID 3\s*>>\s*BDC)/, '$1\n/Artifact BMC EMC')),
  },
  { name: 'a number used twice', clause: 'mcid-unique', break: page((text) => `${text}\n/P <</MCID 0>> BDC EMC`) },
  {
    name: 'two entries of the parent tree swapped',
    clause: 'parent-tree',
    break: (objects) => {
      const nums = objects.get(objects.pdf.catalog, 'StructTreeRoot', 'ParentTree', 'Nums') as PDFArray;
      const first = objects.follow(nums.get(1)) as PDFArray;
      const [one, other] = [first.get(0), first.get(2)];
      first.set(0, other);
      first.set(2, one);
    },
  },
  {
    name: 'an element names content that is not there',
    clause: 'element-content',
    break: (objects) => kids(objects, element(objects, 'H1')).push(objects.pdf.context.obj(999)),
  },
  {
    name: 'a type of its own',
    clause: 'standard-type',
    break: (objects) => element(objects, 'Div').set(key('S'), key('Chapter')),
  },
  {
    name: 'an element names another parent',
    clause: 'root',
    break: (objects) =>
      element(objects, 'H1').set(key('P'), must(objects.pdf.context.getObjectRef(element(objects, 'Sect')))),
  },
  {
    name: 'two paragraphs read the other way round',
    clause: 'reading-order',
    break: (objects) => {
      const of = kids(objects, element(objects, 'Document'));
      const [one, other] = [of.get(1), of.get(2)];
      of.set(1, other);
      of.set(2, one);
    },
  },
  {
    name: 'a paragraph for a list item',
    clause: 'list-nesting',
    break: (objects) => element(objects, 'LI').set(key('S'), key('P')),
  },
  {
    name: 'a division for a row',
    clause: 'table-nesting',
    break: (objects) => element(objects, 'TR').set(key('S'), key('Div')),
  },
  {
    name: 'a row with a cell more',
    clause: 'table-regular',
    break: (objects) => {
      const row = element(objects, 'TR');
      const { context } = objects.pdf;
      const cell = context.register(context.obj({ S: 'TD', P: must(context.getObjectRef(row)), K: [] }));
      kids(objects, row).push(cell);
    },
  },
  {
    name: 'a level is skipped',
    clause: 'heading-order',
    break: (objects) => element(objects, 'H3').set(key('S'), key('H5')),
  },
  {
    name: 'a header without a scope',
    clause: 'header-scope',
    break: (objects) => element(objects, 'TH').delete(key('A')),
  },
  {
    name: 'a figure without words',
    clause: 'figure-alternative',
    break: (objects) => element(objects, 'Figure').delete(key('Alt')),
  },
  {
    name: 'a figure without its box',
    clause: 'figure-box',
    break: (objects) => element(objects, 'Figure').delete(key('A')),
  },
  {
    name: 'a Form of two widgets',
    clause: 'form-object',
    break: (objects) => {
      const form = kids(objects, element(objects, 'Form'));
      form.push(form.get(0));
    },
  },
  {
    name: 'a widget said to be on another page',
    clause: 'object-page',
    break: (objects) => {
      const form = element(objects, 'Form');
      const elsewhere = objects.pdf.getPages().at(-1)?.ref;
      form.set(key('Pg'), must(elsewhere));
      objects.dict(kids(objects, form).get(0))?.set(key('Pg'), must(elsewhere));
    },
  },
  {
    name: 'a widget without its key',
    clause: 'annotation-tagged',
    break: (objects) => widget(objects).delete(key('StructParent')),
  },
  {
    name: 'a hidden widget',
    clause: 'annotation-flags',
    break: (objects) => widget(objects).set(key('F'), objects.pdf.context.obj(6)),
  },
  {
    name: 'a widget that nothing draws',
    clause: 'annotation-appearance',
    break: (objects) => widget(objects).delete(key('AP')),
  },
  {
    name: 'a check box that cannot be off',
    clause: 'annotation-appearance',
    break: (objects) => {
      const box = where(objects, 'AS', 'Off');
      (objects.get(box, 'AP', 'N') as PDFDict).delete(key('Off'));
    },
  },
  { name: 'a field without a label', clause: 'annotation-name', break: (objects) => widget(objects).delete(key('TU')) },
  {
    name: 'two fields of one name',
    clause: 'field-name',
    break: (objects) => widget(objects, 1).set(key('T'), must(widget(objects).get(key('T')))),
  },
  {
    name: 'a choice of which all boxes can be ticked',
    clause: 'field-choice',
    break: (objects) => {
      const choices = objects.list(objects.get(objects.pdf.catalog, 'AcroForm', 'Fields'));
      must(objects.dict(choices.find((field) => objects.get(field, 'Kids')))).delete(key('Ff'));
    },
  },
  {
    name: 'no tab order',
    clause: 'tab-order',
    break: ({ pdf }) => must(pdf.getPages().find(({ node }) => node.has(key('Annots')))).node.delete(key('Tabs')),
  },
  {
    name: 'a font left out',
    clause: 'font-embedded',
    break: (objects) => fontOf(objects, 'FontFile2').delete(key('FontFile2')),
  },
  {
    name: 'codes that read as nothing',
    clause: 'font-unicode',
    break: (objects) => fontOf(objects, 'ToUnicode', 1).delete(key('ToUnicode')),
  },
  {
    name: 'the missing glyph',
    clause: 'font-glyphs',
    break: page((text) => text.replace(/\[<[0-9a-f]{4}/, '[<0000')),
  },
  {
    name: 'another width',
    clause: 'font-widths',
    break: (objects) => {
      const widths = objects.follow(
        (objects.follow(fontOf(objects, 'W').get(key('W'))) as PDFArray).get(1),
      ) as PDFArray;
      for (let index = 0; index < widths.size(); index += 1) widths.set(index, objects.pdf.context.obj(77));
    },
  },
  {
    name: 'a list of characters',
    clause: 'font-set',
    break: (objects) =>
      fontOf(objects, 'FontFile2').set(
        key('CIDSet'),
        objects.pdf.context.register(objects.pdf.context.flateStream('x')),
      ),
  },
  { name: 'no bookmarks', clause: 'bookmark-each', break: without('Outlines') },
  {
    name: 'a bookmark in other words',
    clause: 'bookmark-each',
    break: (objects) => bookmark(objects).set(key('Title'), PDFHexString.fromText('Elsewhere')),
  },
  {
    name: 'a bookmark to another page',
    clause: 'bookmark-place',
    break: (objects) => {
      (objects.get(bookmark(objects), 'Dest') as PDFArray).set(0, must(objects.pdf.getPages().at(-1)?.ref));
    },
  },
];

function replaced(bytes: Uint8Array, pattern: RegExp, by: string): Uint8Array {
  const text = latin1Of(bytes);
  const changed = text.replace(pattern, by);
  if (changed === text) throw new Error('nothing was changed');
  return Buffer.from(changed, 'latin1');
}
