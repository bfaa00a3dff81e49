import { DOMParser } from '@xmldom/xmldom';
import { PDFArray, PDFDict, PDFHexString, PDFName, PDFRawStream, PDFString } from 'pdf-lib';
import type { Report } from './clauses.ts';
import { bytesOf, isTrue, latin1Of, nameOf, type Objects, stringOf } from './objects.ts';

/** Bytes, trailer, catalogue and metadata. */
export function checkFile(bytes: Uint8Array, objects: Objects, report: Report): void {
  checkFrame(bytes, objects, report);
  checkCatalog(objects, report);
  checkScripts(objects, report);
  checkMetadata(objects, report);
}

function checkFrame(bytes: Uint8Array, { pdf, list }: Objects, report: Report): void {
  const [head, tail] = [latin1Of(bytes.subarray(0, 20)), latin1Of(bytes.subarray(-32))];
  if (!/^%PDF-1\.[4-7]\r?\n%[\x80-\xff]{4}/.test(head)) report('file-header', 'header', 'not as it must be');
  if (!/%%EOF(?:\r?\n|\r)?$/.test(tail)) report('file-end', 'end', 'something follows');
  const { ID, Encrypt } = pdf.context.trailerInfo;
  const identifiers = list(ID).filter((each) => each instanceof PDFHexString || each instanceof PDFString);
  if (identifiers.length !== 2 || identifiers.some((each) => each.asBytes().length < 16))
    report('file-id', 'trailer', 'no two identifiers');
  if (Encrypt) report('no-encryption', 'trailer', 'is encrypted');
}

function checkCatalog({ pdf, get, list }: Objects, report: Report): void {
  const { catalog } = pdf;
  if (!/^[a-z]{2,3}(?:-[A-Za-z0-9]+)*$/.test(stringOf(get(catalog, 'Lang')) ?? ''))
    report('language', 'catalogue', 'no language');
  if (!isTrue(get(catalog, 'MarkInfo', 'Marked')) || isTrue(get(catalog, 'MarkInfo', 'Suspects')))
    report('marked', 'catalogue', 'not said to be tagged');
  if (!isTrue(get(catalog, 'ViewerPreferences', 'DisplayDocTitle')))
    report('title-shown', 'catalogue', 'the window shows the file name');
  if (get(catalog, 'AcroForm', 'NeedAppearances')) report('no-need-appearances', 'form', 'asks viewers to draw');
  if (get(catalog, 'AcroForm', 'XFA')) report('no-xfa', 'form', 'has XFA');
  const intents = list(get(catalog, 'OutputIntents'));
  const profile = intents.map((each) => bytesOf(get(each, 'DestOutputProfile'))).find(({ length }) => length > 128);
  if (!profile || latin1Of(profile.subarray(36, 40)) !== 'acsp' || nameOf(get(intents[0], 'S')) !== 'GTS_PDFA1')
    report('output-intent', 'catalogue', 'no embedded profile');
}

function checkScripts({ pdf, get }: Objects, report: Report): void {
  for (const [ref, object] of pdf.context.enumerateIndirectObjects()) {
    const dict = object instanceof PDFDict ? object : object instanceof PDFRawStream ? object.dict : undefined;
    if (!dict) continue;
    const isScript =
      nameOf(get(dict, 'S')) === 'JavaScript' || dict.has(PDFName.of('JS')) || dict.has(PDFName.of('AA'));
    if (isScript) report('no-script', String(ref), 'runs by itself');
  }
  const action = get(pdf.catalog, 'OpenAction');
  if (get(pdf.catalog, 'Names', 'JavaScript') || (action && !(action instanceof PDFArray)))
    report('no-script', 'catalogue', 'runs by itself');
}

const space = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  dc: 'http://purl.org/dc/elements/1.1/',
  ua: 'http://www.aiim.org/pdfua/ns/id/',
  a: 'http://www.aiim.org/pdfa/ns/id/',
  schema: 'http://www.aiim.org/pdfa/ns/schema#',
  property: 'http://www.aiim.org/pdfa/ns/property#',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  pdf: 'http://ns.adobe.com/pdf/1.3/',
} as const;

function checkMetadata({ pdf, get, list }: Objects, report: Report): void {
  const text = new TextDecoder().decode(bytesOf(get(pdf.catalog, 'Metadata')));
  let document: ReturnType<DOMParser['parseFromString']>;
  try {
    // The parser lets a bare ampersand pass.
    if (/&(?!#?\w+;)/.test(text)) throw new Error('a bare ampersand');
    const onError = (_level: string, message: string): never => {
      throw new Error(message);
    };
    document = new DOMParser({ onError }).parseFromString(text.trim(), 'text/xml');
  } catch {
    report('metadata-well-formed', 'metadata', 'is no well-formed XML');
    return;
  }
  const values = (of: keyof typeof space, name: string): readonly string[] =>
    Array.from(document.getElementsByTagNameNS(space[of], name), (each) => (each.textContent ?? '').trim());
  const value = (of: keyof typeof space, name: string): string | undefined => values(of, name)[0];
  if ((value('dc', 'title') ?? '') === '') report('metadata-title', 'metadata', 'no title');
  if (value('ua', 'part') !== '1') report('metadata-ua', 'metadata', 'not said to be PDF/UA-1');
  // A file inside is what PDF/A-3 is for.
  const part = list(get(pdf.catalog, 'AF')).length > 0 ? '3' : '2';
  if (value('a', 'part') !== part || value('a', 'conformance') !== 'A')
    report('metadata-a', 'metadata', `not PDF/A-${part}a`);
  const isDeclared = values('schema', 'namespaceURI').includes(space.ua) && values('property', 'name').includes('part');
  if (!isDeclared) report('metadata-extension', 'metadata', 'the PDF/UA property is not declared');
  const info = pdf.context.trailerInfo.Info;
  const pairs = [
    ['Title', value('dc', 'title')],
    ['Author', value('dc', 'creator')],
    ['Keywords', value('pdf', 'Keywords')],
    ['Producer', value('pdf', 'Producer')],
    ['Creator', value('xmp', 'CreatorTool')],
    ['CreationDate', value('xmp', 'CreateDate')],
    ['ModDate', value('xmp', 'ModifyDate')],
  ] as const;
  for (const [key, said] of pairs) {
    const own = stringOf(get(info, key));
    const isDate = key.endsWith('Date');
    const [one, other] = isDate ? [digitsOf(own), digitsOf(said)] : [own, said];
    if (own !== undefined && one !== other) report('info-is-metadata', `Info, ${key}`, 'the metadata says another');
  }
}

function digitsOf(date: string | undefined): string {
  return (date ?? '').replace(/\D/g, '').slice(0, 14);
}
