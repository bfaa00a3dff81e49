/**
 * Why a sealed document or a key stays closed. `no-key`: none of the keys here opens it. `lost-key`: its data key is not in
 * the store. `altered`: it is not as it was sealed, or not at its place. `format`: sealed by a newer version, or not sealed.
 */
export type ClosedReason = 'no-key' | 'lost-key' | 'altered' | 'format';

const words: Readonly<Record<ClosedReason, string>> = {
  'no-key': 'none of the keys here opens it',
  'lost-key': 'the key it was sealed with is not in the store',
  altered: 'it is not as it was sealed, or not in its place',
  format: 'it is nothing that this version seals or opens with',
};

/** Rejection of an opening. Carries nothing of the document. */
export class CannotOpen extends Error {
  readonly reason: ClosedReason;

  constructor(reason: ClosedReason) {
    super(words[reason]);
    this.name = 'CannotOpen';
    this.reason = reason;
  }
}
