import type { EvidenceEntry } from '../../model/evidence.ts';
import type { SourceSpan } from '../../model/questionnaire.ts';
import { type Band, bands, leastOfBand, mostDrawn, type TemplateBlock } from '../../model/template.ts';
import { claimsIn, shareOf } from '../number-claims.ts';
import { wayOut } from '../suggest.ts';
import type { FrontMatter } from '../template.ts';
import type { ReadBlock, ReadPicture, ReadText } from '../template-blocks.ts';
import { type Problem, plain, type TemplateDesk } from './desk.ts';
import { numberWordsOf } from './numbers.ts';

/** What a block names is in the ledger. */
export function checkEvidence(
  { evidence }: TemplateDesk,
  { texts, opening }: ReadBlock,
  ids: readonly string[],
): readonly Problem[] {
  const known = evidence.entries.map(({ id }) => id);
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => ({
      code: 'unknown-evidence',
      message: `the evidence ledger has no entry \`${id}\``,
      at: citationSpan(id, texts) ?? opening,
      help: wayOut(id, known),
    }));
}

function citationSpan(id: string, texts: readonly ReadText[]): SourceSpan | undefined {
  for (const { inlines, marks } of texts) {
    const marked = inlines.filter((each) => each.kind !== 'text');
    const index = marked.findIndex((each) => each.kind === 'citation' && each.evidence === id);
    if (index !== -1) return marks[index];
  }
  return undefined;
}

/** A block says of indirect evidence that it is that, and of no other. */
export function checkIndirect(
  { opening, isMarkedIndirect }: ReadBlock,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const indirect = entries.find(({ relation }) => relation === 'indirect');
  if (indirect && !isMarkedIndirect) {
    return [
      {
        code: 'unmarked-indirect',
        message: `\`${indirect.id}\` is indirect evidence and the block does not say so`,
        at: opening,
        note: 'it comes from another drug, route or dose',
        help: 'write `indirect` between the braces, and say in the text where the numbers come from',
      },
    ];
  }
  if (!isMarkedIndirect || indirect) return [];
  return [
    {
      code: 'unmarked-indirect',
      message: 'the block is marked `indirect` and rests on no indirect evidence',
      at: opening,
      help: 'remove `indirect`, or name the entry it rests on with `evidence=`',
    },
  ];
}

/** Whose numbers a block may print: a benefit those of direct evidence alone. */
export function withinReach({ kind }: TemplateBlock, entries: readonly EvidenceEntry[]): readonly EvidenceEntry[] {
  return kind === 'benefit' ? entries.filter(({ relation }) => relation === 'direct') : entries;
}

/** A benefit is claimed for ketamine into a vein: evidence from elsewhere alone does not reach that far. */
export function checkReach({ block, opening }: ReadBlock, entries: readonly EvidenceEntry[]): readonly Problem[] {
  const [first] = entries;
  if (block.kind !== 'benefit' || !first || entries.some(({ relation }) => relation === 'direct')) return [];
  return [
    {
      code: 'beyond-its-source',
      message: `this benefit rests on \`${first.id}\`, which says nothing about ketamine into a vein at this dose`,
      at: opening,
      note: `${first.drug}, route ${first.route}, dose ${first.dose}: ${first.population}`,
      help: 'name a study of ketamine into a vein, or move the sentence to a clause about the other treatment',
    },
  ];
}

/** The largest frequency that a risk tells lies in the band that stands above it. */
export function checkBand(band: Band, { texts, opening }: ReadBlock, frontMatter: FrontMatter): readonly Problem[] {
  const told = texts
    .flatMap((text) => claimsIn(plain(text), numberWordsOf(frontMatter)))
    .flatMap((claim) => shareOf(claim) ?? []);
  if (band === 'unknown') return [];
  if (told.length === 0) {
    return [
      {
        code: 'wrong-band',
        message: `the band is \`${band}\`, and no number in the text says so`,
        at: opening,
        note: 'a band is a number too',
        help: 'tell the figure it comes from, or write `band=unknown`',
      },
    ];
  }
  const largest = Math.max(...told);
  const fitting = bands.find((each) => each !== 'unknown' && largest >= leastOfBand[each]);
  if (fitting === band) return [];
  return [
    {
      code: 'wrong-band',
      message: `the band is \`${band}\`, the largest number in the text is \`${fitting}\``,
      at: opening,
      note: 'whoever reads only the bold line is told another risk',
      help: `write \`band=${fitting}\`, or mend the number`,
    },
  ];
}

/** A picture draws shares of the studies its block names: of 100 people at most, and beside each other those of one study. */
export function checkPicture({ picture, at }: ReadPicture, entries: readonly EvidenceEntry[]): readonly Problem[] {
  const known = entries
    .filter(({ how }) => how !== 'not-verified')
    .flatMap(({ id, figures }) => figures.map((figure) => ({ name: `${id}.${figure.id}`, figure })));
  const names = picture.shares.map(({ entry, figure }) => `${entry}.${figure}`);
  const drawn = names.map((name) => known.find((each) => each.name === name));
  const problems = names.flatMap((name, index): readonly Problem[] => {
    const found = drawn[index];
    if (!found) {
      return [
        {
          code: 'unknown-figure',
          message: `no study that this block names has a figure \`${name}\``,
          at,
          note: 'a picture is drawn from the ledger alone',
          help: wayOut(
            name,
            known.map((each) => each.name),
          ),
        },
      ];
    }
    const { of, effect } = found.figure;
    return of !== undefined && of <= mostDrawn && effect.length === 1
      ? []
      : [undrawable(`\`${name}\` is no single share of ${mostDrawn} people or fewer`, at)];
  });
  const [first, second] = drawn;
  const isPair = first !== undefined && second !== undefined;
  const isAlike =
    isPair && first.figure.of === second.figure.of && picture.shares[0]?.entry === picture.shares[1]?.entry;
  return isPair && !isAlike
    ? [...problems, undrawable('the two shares are not of one study and one denominator', at)]
    : problems;
}

function undrawable(message: string, at: SourceSpan): Problem {
  return {
    code: 'undrawable-figure',
    message,
    at,
    note: 'two pictures beside each other are compared at a glance, and so must be comparable',
    help: 'tell the number in words, or draw another figure',
  };
}
