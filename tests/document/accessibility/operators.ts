/** An operand of a page's program, or an operator (`word`). Strings are bytes, one a character. */
export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name' | 'string' | 'word'; readonly value: string }
  | { readonly kind: 'list'; readonly value: readonly Token[] }
  | { readonly kind: 'dictionary'; readonly value: ReadonlyMap<string, Token> };

export interface Operation {
  readonly operator: string;
  readonly operands: readonly Token[];
}

/** The operations of a content stream, in order. Latin-1 text in; inline images are not read. */
export function operationsOf(text: string): readonly Operation[] {
  const operations: Operation[] = [];
  let operands: Token[] = [];
  for (const token of tokensOf(text)) {
    if (token.kind !== 'word' || /^(?:true|false|null)$/.test(token.value)) operands.push(token);
    else {
      operations.push({ operator: token.value, operands });
      operands = [];
    }
  }
  return operations;
}

const pattern =
  /%[^\r\n]*|[\0\t\n\f\r ]+|<<|>>|\[|\]|\/[^\0\t\n\f\r ()<>[\]{}/%]*|<[0-9A-Fa-f\s]*>|\(|[^\0\t\n\f\r ()<>[\]{}/%]+|[{}]/y;

/** The tokens of PDF syntax. */
function tokensOf(text: string): readonly Token[] {
  const stack: Token[][] = [[]];
  const put = (token: Token): void => {
    stack.at(-1)?.push(token);
  };
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) throw new Error(`no PDF syntax at ${at}`);
    at += found.length;
    if (found === '(') {
      const { value, end } = literal(text, at);
      put({ kind: 'string', value });
      at = end;
    } else if (found === '[' || found === '<<') stack.push([]);
    else if (found === ']') put({ kind: 'list', value: stack.pop() ?? [] });
    else if (found === '>>') put({ kind: 'dictionary', value: dictionaryOf(stack.pop() ?? []) });
    else if (!/^[%\0\t\n\f\r ]/.test(found)) put(simpleToken(found));
  }
  return stack[0] ?? [];
}

function simpleToken(found: string): Token {
  if (found.startsWith('<')) return { kind: 'string', value: fromHex(found.slice(1, -1)) };
  if (found.startsWith('/')) return { kind: 'name', value: found.slice(1) };
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(found)) return { kind: 'number', value: Number(found) };
  return { kind: 'word', value: found };
}

function dictionaryOf(tokens: readonly Token[]): ReadonlyMap<string, Token> {
  return new Map(
    tokens.flatMap((token, index): readonly [string, Token][] => {
      const value = tokens[index + 1];
      return index % 2 === 0 && token.kind === 'name' && value ? [[token.value, value]] : [];
    }),
  );
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function literal(text: string, from: number): { readonly value: string; readonly end: number } {
  let value = '';
  let depth = 1;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
      const next = text[at + 1] ?? '';
      if (octal !== undefined) value += String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      else if (next !== '\n' && next !== '\r') value += escapes[next] ?? next;
      at += octal?.length ?? 1;
      continue;
    }
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) break;
    value += character;
  }
  return { value, end: at + 1 };
}

function fromHex(digits: string): string {
  const whole = digits.replace(/\s/g, '');
  return (whole.length % 2 === 0 ? whole : `${whole}0`).replace(/../g, (pair) =>
    String.fromCharCode(Number.parseInt(pair, 16)),
  );
}

/** Bytes of a text string (UTF-16 with its mark, else taken as Latin-1) as text. */
export function textOfBytes(bytes: string): string {
  if (!bytes.startsWith('\xfe\xff')) return bytes;
  return bytes
    .slice(2)
    .replace(/[\s\S]{2}/g, (pair) => String.fromCharCode((pair.charCodeAt(0) << 8) | pair.charCodeAt(1)));
}
