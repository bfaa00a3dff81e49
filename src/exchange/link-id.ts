/** A key can be anything, a patient's name too: a message repeats one of this form only. */
export function looksLikeLinkId(key: string): boolean {
  return /^[\w.[\]-]{1,64}$/.test(key);
}
