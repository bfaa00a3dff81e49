import type { Answer } from '../../model/answers.ts';
import type { Truth } from '../../model/assessment.ts';
import type { Expression } from '../../model/expression.ts';
import type { GroupItem, Questionnaire } from '../../model/questionnaire.ts';
import type { AnswersByItem } from '../inputs.ts';
import { itemsOf, type PlacedItem, questionsIn, repeatOf } from '../items.ts';
import type { Entry, Result } from '../result.ts';

export type Value = (sheet: Sheet) => Result;
export type Condition = (sheet: Sheet) => Truth;

/**
 * The answers under one look. Each question outside repeats, each repeat, and each question of each entry of a repeat has
 * a cell of its own.
 */
export interface Sheet extends AnswersByItem {
  readonly given: (Answer | undefined)[];
  /** By cell: 1 where the answer could still be anything. */
  readonly hidden: Uint8Array;
  /** Counts looks: what was worked out at another look is not looked at. */
  look: number;
  /** By cell: the last look that read the answer. */
  read: Float64Array;
  /** The same, for looks that may come to nothing. */
  spare: Float64Array;
  /** By item: whether it is asked, and the look that worked it out. */
  readonly enabled: Truth[];
  readonly enabledAt: Float64Array;
  readonly calculated: Result[];
  readonly calculatedAt: Float64Array;
  /** What the variables stand for, each with a place of its own. */
  readonly variables: (Entry | Result | undefined)[];
}

/** An item with its cell; for one inside a repeat `step` cells for each entry. */
export interface Place {
  readonly at: number;
  readonly cell: number;
  readonly step: number;
  readonly placed: PlacedItem;
  readonly repeat: GroupItem | undefined;
}

/** Where the answers to the items of a questionnaire stand on a sheet. */
export class Places {
  readonly #byLinkId = new Map<string, Place>();
  #cells = 0;

  constructor(questionnaire: Questionnaire) {
    for (const [linkId, placed] of itemsOf(questionnaire)) this.#place(linkId, placed);
  }

  /** The entries of a repeat lie behind it, one after the other, as many as there can be. */
  #place(linkId: string, placed: PlacedItem): void {
    const repeat = repeatOf(placed);
    const at = this.#byLinkId.size;
    if (repeat && placed.item !== repeat) {
      const fields = questionsIn(repeat);
      const first = this.of(repeat.linkId).cell + 1;
      const own = fields.findIndex((field) => field.linkId === linkId);
      this.#byLinkId.set(linkId, { at, cell: first + own, step: fields.length, placed, repeat });
      return;
    }
    this.#byLinkId.set(linkId, { at, cell: this.#cells, step: 0, placed, repeat });
    this.#cells += 1 + (repeat ? questionsIn(repeat).length * (repeat.repeats?.max ?? 0) : 0);
  }

  /** Cells of a sheet. */
  get cells(): number {
    return this.#cells;
  }

  of(linkId: string): Place {
    return this.#byLinkId.get(linkId) as Place;
  }

  /** In asking order, each with its linkId. */
  all(): readonly (readonly [string, Place])[] {
    return [...this.#byLinkId];
  }

  /** What must be true for an item to be asked. */
  enablements(linkId: string): readonly Expression[] {
    const { groups, item } = this.of(linkId).placed;
    return [...groups, item].flatMap(({ enableWhen }) => (enableWhen ? [enableWhen.expression] : []));
  }
}

/** Nothing is worked out yet. */
export function lookAnew(sheet: Sheet): Sheet {
  sheet.look += 1;
  return sheet;
}

/** The path of a question in the entry at `index`, counted from 0: `trial[2].dose` for the second. */
export function entryPath(linkId: string, { linkId: repeat }: GroupItem): (index: number) => string {
  return (index) => `${repeat}[${index + 1}]${linkId.slice(repeat.length)}`;
}
