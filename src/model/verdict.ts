/** What of a form's file is not as it was made. `field`: it shows something, though nothing was filled in. */
export type Difference =
  | { readonly part: 'page' | 'annotation'; readonly page: number }
  | { readonly part: 'field'; readonly field: string }
  | { readonly part: FilePart };

/**
 * Parts of a file beside its pages. `frame`: list of pages, catalogue, cross-references. `after-end`: bytes behind the
 * file's end that belong to nothing. `end`: the end is missing. `seal`: it was made with the clinic's seal, and has none.
 * `signature`: one does not fit what it covers, or is itself not whole. `unreadable`: no longer a PDF that can be read.
 */
export type FilePart =
  | 'fonts'
  | 'structure'
  | 'metadata'
  | 'fields'
  | 'attachments'
  | 'frame'
  | 'after-end'
  | 'end'
  | 'seal'
  | 'signature'
  | 'unreadable';

/** An electronic signature in a file. Who stands behind the certificate is not looked at. */
export interface SignatureFound {
  readonly field: string;
  /** Name in the certificate; undefined where it cannot be read. */
  readonly signer?: string;
  /** When, by the clock of whoever signed: `2026-11-24T09:30:00Z`; undefined where it does not say. */
  readonly at?: string;
  /** The signature fits the bytes that it covers. */
  readonly isValid: boolean;
  /** It covers the file to its end. */
  readonly isWhole: boolean;
  /** It is the clinic's seal, by its field. */
  readonly isSeal: boolean;
}

/** What came to a file after it was made, in the way that PDF has for it. */
export interface Later {
  /** Something stands behind the file's end, whatever it does. */
  readonly isThere: boolean;
  /** Names of the fields that were filled in. */
  readonly filled: readonly string[];
  readonly signatures: readonly SignatureFound[];
}

/** `rewritten`: another program wrote the file anew. `pages`: how many of the pages are printed as they were made. */
export type FileState =
  | { readonly is: 'unaltered'; readonly later: Later }
  | {
      readonly is: 'altered' | 'rewritten';
      readonly differences: readonly Difference[];
      readonly pages: { readonly intact: number; readonly of: number };
      readonly later: Later;
    };
