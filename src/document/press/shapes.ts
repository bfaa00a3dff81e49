import type { Content, Section, Text } from '../content.ts';

/** A content but for its open texts. */
export interface Shaped {
  /** The same for contents that differ in nothing but their open texts. */
  readonly shape: string;
  /** The open texts in order. */
  readonly open: readonly Text[];
}

interface Known {
  readonly number: number;
  readonly open: readonly Text[];
}

/** Blocks and sections that are told apart at most before all are forgotten. */
const mostBlocks = 10_000;

/** Tells contents apart. A block that was seen before is known at once. */
export function openShapes(): { of(content: Content): Shaped } {
  const seen = new WeakMap<object, Known>();
  const numbers = new Map<string, number>();
  let count = 0;
  const numberOf = (closed: string): number => {
    const known = numbers.get(closed);
    if (known !== undefined) return known;
    if (numbers.size >= mostBlocks) numbers.clear();
    count += 1;
    numbers.set(closed, count);
    return count;
  };
  const know = (value: object): Known => {
    const known = seen.get(value);
    if (known) return known;
    const open = openTexts(value);
    const made = { number: numberOf(closedText(value, open)), open };
    seen.set(value, made);
    return made;
  };
  const knowSection = (section: Section): Known => {
    const known = seen.get(section);
    if (known) return known;
    const { blocks, ...frame } = section;
    const parts = [know(frame), ...blocks.map(know)];
    const made = { number: numberOf(numbersOf(parts)), open: parts.flatMap(({ open }) => open) };
    seen.set(section, made);
    return made;
  };
  return {
    of({ sections, footer, ...frame }) {
      const parts = [know(frame), ...sections.map(knowSection), know(footer)];
      return { shape: numbersOf(parts), open: parts.flatMap(({ open }) => open) };
    },
  };
}

function numbersOf(parts: readonly Known[]): string {
  return parts.map(({ number }) => number).join(' ');
}

/** A value as JSON, its open runs without their text. */
function closedText(value: object, open: readonly Text[]): string {
  const text = JSON.stringify(value);
  if (open.length === 0) return text;
  let count = 0;
  const closed = text.replace(openRun, (_run, rest: string) => {
    count += 1;
    return `"text":""${rest}`;
  });
  if (count === open.flat().filter(isOpenRun).length) return closed;
  // A run with more to it than these four: slower, for any order.
  return JSON.stringify(value, (_key, each: unknown) => (isOpenRun(each) ? { ...each, text: '' } : each));
}

/** An open run in JSON. Inside of a text its quotes would be escaped. */
const openRun = /"text":"(?:[^"\\]|\\.)*"(,"strong":(?:true|false),"origin":"(?:[^"\\]|\\.)*","isOpen":true)/g;

function openTexts(value: unknown): readonly Text[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.some(isOpenRun)) return [value];
  const texts: Text[] = [];
  for (const each of Object.values(value)) if (typeof each === 'object') texts.push(...openTexts(each));
  return texts;
}

function isOpenRun(value: unknown): value is Text[number] {
  return typeof value === 'object' && value !== null && 'isOpen' in value && value.isOpen === true;
}
