/** What a terminal would obey, and what turns or hides letters: control characters, half surrogates, separators of lines, direction marks, byte order marks. */
export const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Such a sign as JSON and YAML write it in double quotes. */
export function escapedSign(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
