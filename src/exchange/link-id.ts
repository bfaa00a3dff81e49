/** A key can be anything, a patient's name or number too: a message repeats one of this form only. */
export function looksLikeLinkId(key: string): boolean {
  return /^[a-z_][\w.[\]]{0,63}$/.test(key);
}
