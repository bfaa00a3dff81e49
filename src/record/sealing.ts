/** What a sealed document is bound to: moved elsewhere it does not open. */
export interface Binding {
  readonly caseId: string;
  readonly version: number;
  readonly kind: 'draft' | 'record' | 'clearance' | 'form';
}

export interface SealedDocument {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** A data key as it is stored: an age file that each recipient opens. */
export interface WrappedKey {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly wrapped: Uint8Array;
}

/** Seals and opens documents. Opening rejects with a `CannotOpen` reason where no key here opens it. */
export interface Vault {
  seal(document: Uint8Array, binding: Binding): Promise<SealedDocument>;
  open(sealed: SealedDocument, binding: Binding): Promise<Uint8Array>;
  /**
   * All data keys made here. The store writes those that it lacks in each transaction that saves a document: after one that
   * was rolled back they are told again, else what is sealed next could never be opened.
   */
  newKeys(): readonly WrappedKey[];
  /** Keyed hash of a normalised chart reference. */
  lookupOf(chartReference: string): string;
}

/** Head of the audit chain; `seq` 0 and the zero hash before the first entry. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditEvent {
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly caseId?: string;
  /** `documentHash` of the sealed document. */
  readonly documentHash?: string;
  readonly note?: string;
}

export interface AuditEntry extends AuditEvent {
  readonly seq: number;
  readonly hash: string;
}
