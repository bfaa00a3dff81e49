/** A sentence, or the head of a list that its `parts` complete. Plain text: whoever prints it escapes it. */
export interface Statement {
  readonly text: string;
  readonly parts: readonly Statement[];
}

/** A statement without parts. */
export function sentence(text: string): Statement {
  return { text, parts: [] };
}

/** A statement with its parts, a colon before them; without parts the text alone. */
export function list(text: string, parts: readonly Statement[]): Statement {
  return { text: parts.length === 0 ? text : `${text}:`, parts };
}

/** Heads of lists that are joined by and, or by or. */
export const headOfAll = 'all of these hold';
export const headOfAny = 'at least one of these holds';

/** A list joined by and, or by or. One part stands for itself. */
export function together(head: typeof headOfAll | typeof headOfAny, parts: readonly Statement[]): Statement {
  const flat = parts.flatMap((part) => (part.text === `${head}:` ? part.parts : [part]));
  const [only] = flat;
  return only && flat.length === 1 ? only : list(head, flat);
}

/** Puts words before a statement: `at least one trial where` and `all of these hold:`. */
export function after(words: string, { text, parts }: Statement): Statement {
  return { text: `${words} ${text}`, parts };
}
