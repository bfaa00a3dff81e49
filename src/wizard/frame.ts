import type { Tone } from '../report/colour.ts';
import { hanging, printable, shortened, widthOf, wrap } from './text.ts';

/** One line of the screen. `cursor` is the column where typing goes on. */
export interface ViewLine {
  readonly text: string;
  readonly tone: Tone;
  readonly cursor?: number;
}

/**
 * A screen in three parts. The middle is paged where it is too long: the lines marked `isFocus` stay in sight, and beside
 * them its first lines where they are marked `isTitle`, unless those take more than a third of it.
 */
export interface Frame {
  readonly head: readonly ViewLine[];
  readonly middle: readonly FrameLine[];
  readonly foot: readonly ViewLine[];
}

export interface FrameLine extends ViewLine {
  readonly isFocus?: boolean;
  readonly isTitle?: boolean;
}

export function line(text: string, tone: Tone = 'plain'): ViewLine {
  return { text: printable(text), tone };
}

export const blank: ViewLine = { text: '', tone: 'plain' };

/** A paragraph of lines. */
export function paragraph(text: string, columns: number, tone: Tone = 'plain'): readonly ViewLine[] {
  return wrap(text, columns).map((each) => ({ text: each, tone }));
}

/** A paragraph behind a mark such as `1  `. */
export function marked(mark: string, text: string, columns: number, tone: Tone = 'plain'): readonly ViewLine[] {
  return hanging(mark, text, columns).map((each) => ({ text: each, tone }));
}

export function focused(lines: readonly ViewLine[]): readonly FrameLine[] {
  return lines.map((each) => ({ ...each, isFocus: true }));
}

export function titled(lines: readonly ViewLine[]): readonly FrameLine[] {
  return lines.map((each) => ({ ...each, isTitle: true }));
}

/** The line to type on, with `> ` before it; what does not fit is scrolled away to the left. */
export function editLine(text: string, cursor: number, columns: number): ViewLine {
  const letters = [...printable(text)];
  const room = Math.max(1, columns - 4);
  let from = 0;
  while (widthOf(letters.slice(from, cursor).join('')) > room) from += 1;
  let to = letters.length;
  while (widthOf(letters.slice(from, to).join('')) > room || letters.slice(from, to).join('').length > room) to -= 1;
  const shown = letters.slice(from, to).join('');
  return { text: `> ${shown}`, tone: 'chosen', cursor: 2 + widthOf(letters.slice(from, cursor).join('')) };
}

/** Hints in the order of their use, in at most three lines; those that do not fit are left out. */
export function keyLines(hints: readonly string[], columns: number): readonly ViewLine[] {
  const lines: string[] = [''];
  for (const hint of hints) {
    const at = lines.length - 1;
    const longer = lines[at] === '' ? hint : `${lines[at]}   ${hint}`;
    if (longer.length <= columns) lines[at] = longer;
    else if (lines.length < 3) lines.push(shortened(hint, columns));
  }
  return lines.map((each) => line(each, 'muted'));
}

/** The lines of a frame in at most `rows`: the blank lines go first, then the middle is paged. */
export function compose({ head, middle, foot }: Frame, rows: number, scroll: number): readonly ViewLine[] {
  const lowest = foot.slice(0, Math.max(1, rows - 3));
  const top = head.slice(0, Math.max(0, rows - lowest.length - 1));
  const room = Math.max(1, rows - top.length - lowest.length);
  const gaps = Math.max(0, Math.min(2, room - middle.length));
  const shown: readonly FrameLine[] = middle.length <= room ? middle : pagedUnderTitle(middle, room, scroll);
  const above = gaps > 0 && top.length > 0 ? [blank] : [];
  const below = gaps > above.length && lowest.length > 0 ? [blank] : [];
  return [
    ...top,
    ...above,
    ...shown.map(({ isFocus: _isFocus, isTitle: _isTitle, ...each }) => each),
    ...below,
    ...lowest,
  ];
}

function pagedUnderTitle(middle: readonly FrameLine[], room: number, scroll: number): readonly FrameLine[] {
  const end = middle.findIndex(({ isTitle }) => !isTitle);
  if (end < 1 || end > room / 3) return paged(middle, room, scroll);
  const [title, under] = [middle.slice(0, end), middle.slice(middle[end]?.text === '' ? end + 1 : end)];
  if (under.length <= room - end) return [...title, ...under];
  const { first, last } = focusOf(under);
  const hasRoom = last - first + 1 < room - end;
  return hasRoom ? [...title, ...paged(under, room - end, scroll)] : paged(middle, room, scroll);
}

/** One page of a middle that is too long, with a last line that says so. The first is the one with the focus. */
function paged(middle: readonly FrameLine[], room: number, scroll: number): readonly ViewLine[] {
  const size = Math.max(1, room - 1);
  const first = focusStart(middle, size);
  const others = pageStarts(middle.length, size).filter((each) => each !== first);
  const starts = [first, ...others.filter((each) => each > first), ...others.filter((each) => each < first)];
  const start = starts[scroll % starts.length] ?? 0;
  const page = middle.slice(start, start + size);
  if (room === 1) return page;
  const last = Math.min(middle.length, start + size);
  const where = `lines ${start + 1}-${last} of ${middle.length}`;
  return [...page, line(`-- ${where}, PageDown: ${last < middle.length ? 'more' : 'top'} --`, 'muted')];
}

function pageStarts(length: number, size: number): readonly number[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, page) => Math.min(page * size, length - size));
}

/** From the top where the focus then is in sight, else so that its last line is the last one shown. */
function focusStart(middle: readonly FrameLine[], size: number): number {
  const { first, last } = focusOf(middle);
  if (last < size) return 0;
  return Math.min(first, last - size + 1, middle.length - size) < 0 ? 0 : Math.min(first, last - size + 1);
}

/** The lines to be seen, from the first to the last; both -1 where there are none. */
function focusOf(lines: readonly FrameLine[]): { readonly first: number; readonly last: number } {
  const isFocus = lines.map((each) => each.isFocus === true);
  return { first: isFocus.indexOf(true), last: isFocus.lastIndexOf(true) };
}
