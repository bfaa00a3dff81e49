import type { Content, Text } from './content.ts';

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

/** Blocks that are told apart at most before all are forgotten. */
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
    const open: Text[] = [];
    const made = { number: numberOf(closedText(value, open)), open };
    seen.set(value, made);
    return made;
  };
  return {
    of({ sections, footer, ...rest }) {
      const frame = {
        ...rest,
        sections: sections.map(({ blocks, ...section }) => ({ ...section, blocks: blocks.length })),
      };
      const parts = [know(frame), ...sections.flatMap(({ blocks }) => blocks.map(know)), know(footer)];
      return { shape: parts.map(({ number }) => number).join(' '), open: parts.flatMap(({ open }) => open) };
    },
  };
}

/** A value as JSON, its open runs without their text. Their texts are put into `open`. */
function closedText(value: unknown, open: Text[]): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) {
    if (value.some(isOpenRun)) open.push(value);
    return `[${value.map((each) => closedText(isOpenRun(each) ? { ...each, text: '' } : each, open)).join(',')}]`;
  }
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}:${closedText(each, open)}`)
    .join(',')}}`;
}

function isOpenRun(value: unknown): value is Text[number] {
  return typeof value === 'object' && value !== null && 'isOpen' in value && value.isOpen === true;
}
