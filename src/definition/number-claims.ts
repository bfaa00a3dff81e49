import type { EvidenceEntry, Figure, Qualifier } from '../model/evidence.ts';
import { wholeWord } from './whole-word.ts';

/** How a language says numbers: `per` joins the parts of a share ("64 in 100"), `or` two numbers ("3 or 4"). */
export interface NumberWords {
  readonly per: readonly string[];
  readonly or: readonly string[];
  /** What stands before a number that is rounded or a bound. */
  readonly qualifiers: Readonly<Partial<Record<Qualifier, readonly string[]>>>;
  /** Words for units by UCUM code. */
  readonly measures: Readonly<Record<string, readonly string[]>>;
}

/** A number that a text tells, with the words that belong to it; `digits` as written, without separators. */
export interface Claim {
  readonly amounts: readonly Digits[];
  readonly of?: Digits;
  readonly qualifier?: Qualifier;
  /** UCUM code of the word that follows, where it is the name of a unit. */
  readonly unit?: string;
  readonly start: number;
  readonly end: number;
}

export interface Digits {
  readonly digits: string;
  readonly start: number;
}

const number = '\\d+(?:,\\d{3})*(?:\\.\\d+)?';

/** The numbers of a text, in order: shares whole, two numbers that are joined together. */
export function claimsIn(text: string, words: NumberWords): readonly Claim[] {
  const joined = words.or.length === 0 ? '' : `(?: (?:${anyOf(words.or)}) (${number}))?`;
  const share = words.per.length === 0 ? '()' : `(?: (?:${anyOf(words.per)}) (${number}))?`;
  const pattern = new RegExp(`(${number})${joined}${share}`, 'gdu');
  return [...text.matchAll(pattern)].map((match): Claim => {
    const places = (match.indices ?? []).slice(1);
    const groups = match.slice(1).map((digits, index) => ({
      digits: (digits ?? '').replaceAll(',', ''),
      start: places[index]?.[0] ?? match.index,
    }));
    const of = groups.at(-1);
    const [start, end] = [match.index, match.index + match[0].length];
    const qualifier = qualifierBefore(text.slice(0, start), words);
    const unit = unitAfter(text.slice(end), words);
    return {
      amounts: groups.slice(0, -1).filter(({ digits }) => digits !== ''),
      ...(of && of.digits !== '' && { of }),
      ...(qualifier && { qualifier }),
      ...(unit !== undefined && { unit }),
      start,
      end,
    };
  });
}

/** The share of 1 that a claim tells at most; undefined where it tells none. */
export function shareOf({ amounts, of }: Claim): number | undefined {
  return of && Math.max(...amounts.map(({ digits }) => Number(digits))) / Number(of.digits);
}

/** A figure of these entries that a claim may tell; an entry's number of people is one too. */
export function figuresFor(claim: Claim, entries: readonly EvidenceEntry[]): readonly Figure[] {
  return entries.flatMap(({ figures, n }) => [...figures, ...peopleOf(n)]).filter((figure) => tells(claim, figure));
}

function tells({ amounts, of, unit }: Claim, figure: Figure): boolean {
  if (amounts.length !== figure.effect.length) return false;
  if (!amounts.every(({ digits }, index) => Number(digits) === figure.effect[index])) return false;
  if ((of === undefined ? undefined : Number(of.digits)) !== figure.of) return false;
  return unit === undefined || figure.unit === undefined || unit === figure.unit || figure.unit === people;
}

const people = 'people';

function peopleOf(n: string | undefined): readonly Figure[] {
  const effect = n?.match(/\d+/g)?.map(Number);
  return effect ? [{ id: 'n', effect, unit: people, reported: n ?? '', about: 'people studied' }] : [];
}

/** Whether the word before a number is the one that the figure needs: "about" may stand before any that is no bound. */
export function isQualified({ qualifier }: Claim, figure: Figure): boolean {
  return qualifier === figure.qualifier || (qualifier === 'about' && figure.qualifier === undefined);
}

function qualifierBefore(before: string, { qualifiers }: NumberWords): Qualifier | undefined {
  const found = Object.entries(qualifiers).flatMap(([qualifier, each]) =>
    each.filter((word) => endsWith(before, word)).map((word) => ({ qualifier: qualifier as Qualifier, word })),
  );
  return found.sort((a, b) => b.word.length - a.word.length)[0]?.qualifier;
}

function endsWith(text: string, word: string): boolean {
  const trimmed = text.trimEnd();
  const at = trimmed.length - word.length;
  return trimmed.length < text.length && [...trimmed.matchAll(wholeWord(word))].some(({ index }) => index === at);
}

function unitAfter(after: string, { measures }: NumberWords): string | undefined {
  const [, next] = /^ (\p{L}+)/u.exec(after) ?? [];
  if (next === undefined) return undefined;
  return Object.entries(measures).find(([, names]) => names.includes(next.toLowerCase()))?.[0];
}

function anyOf(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
