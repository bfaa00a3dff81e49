/** How the names of a table are matched: without regard to case, accents written apart, runs of spaces, hyphens for them, and trademark signs. */
export function normalizedName(name: string): string {
  const letters = name
    .normalize('NFC')
    .replace(/[®™]/g, '')
    .replace(/[\s-]+/g, ' ');
  return letters.trim().toLowerCase();
}
