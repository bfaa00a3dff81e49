import type { Assessed } from '../../src/exchange/screen.ts';
import { Utf8Text } from '../../src/exchange/utf8-text.ts';

/** The result as JSON. */
export function jsonOf(assessed: Assessed, form?: string): string {
  const text = new Utf8Text();
  assessed.addJson(text, form);
  return new TextDecoder().decode(text.whole());
}
