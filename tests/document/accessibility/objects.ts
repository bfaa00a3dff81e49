import {
  decodePDFRawStream,
  PDFArray,
  PDFBool,
  PDFDict,
  type PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from 'pdf-lib';

/** The low-level objects of a file, references followed. */
export interface Objects {
  readonly pdf: PDFDocument;
  follow(object: PDFObject | undefined): PDFObject | undefined;
  dict(object: PDFObject | undefined): PDFDict | undefined;
  list(object: PDFObject | undefined): readonly PDFObject[];
  get(object: PDFObject | undefined, ...path: readonly string[]): PDFObject | undefined;
}

export function openObjects(pdf: PDFDocument): Objects {
  const follow = (object: PDFObject | undefined): PDFObject | undefined =>
    object instanceof PDFRef ? pdf.context.lookup(object) : object;
  const dict = (object: PDFObject | undefined): PDFDict | undefined => {
    const found = follow(object);
    return found instanceof PDFDict ? found : found instanceof PDFRawStream ? found.dict : undefined;
  };
  return {
    pdf,
    follow,
    dict,
    list(object) {
      const found = follow(object);
      return found instanceof PDFArray ? found.asArray() : [];
    },
    get: (object, ...path) =>
      path.reduce<PDFObject | undefined>((at, key) => follow(dict(at)?.get(PDFName.of(key))), follow(object)),
  };
}

export function nameOf(object: PDFObject | undefined): string | undefined {
  return object instanceof PDFName ? object.decodeText() : undefined;
}

export function numberOf(object: PDFObject | undefined): number | undefined {
  return object instanceof PDFNumber ? object.asNumber() : undefined;
}

export function stringOf(object: PDFObject | undefined): string | undefined {
  return object instanceof PDFString || object instanceof PDFHexString ? object.decodeText() : undefined;
}

export function isTrue(object: PDFObject | undefined): boolean {
  return object instanceof PDFBool && object.asBoolean();
}

/** Bytes of a stream, decoded; none for what is no stream. */
export function bytesOf(object: PDFObject | undefined): Uint8Array {
  return object instanceof PDFRawStream ? decodePDFRawStream(object).decode() : new Uint8Array();
}

export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
