import type { GroupItem, Item, QuestionItem, Questionnaire } from '../model/questionnaire.ts';

/** An item and the groups around it, outermost first. */
export interface PlacedItem {
  readonly item: Item;
  readonly groups: readonly GroupItem[];
}

const indexes = new WeakMap<Questionnaire, ReadonlyMap<string, PlacedItem>>();

/** Every item of the questionnaire by linkId, in asking order, those inside repeats too. */
export function itemsOf(questionnaire: Questionnaire): ReadonlyMap<string, PlacedItem> {
  const known = indexes.get(questionnaire);
  if (known) return known;
  const index = new Map<string, PlacedItem>();
  const place = (item: Item, groups: readonly GroupItem[]): void => {
    index.set(item.linkId, { item, groups });
    if (item.type === 'group') for (const child of item.items) place(child, [...groups, item]);
  };
  for (const section of questionnaire.items) place(section, []);
  indexes.set(questionnaire, index);
  return index;
}

/** The repeat that encloses an item, or that the item itself is. */
export function repeatOf({ item, groups }: PlacedItem): GroupItem | undefined {
  return [...groups, item].find(
    (around): around is GroupItem => around.type === 'group' && around.repeats !== undefined,
  );
}

/** The questions inside a group, those of its groups too, in asking order. */
export function questionsIn(group: GroupItem): readonly QuestionItem[] {
  return group.items.flatMap((item) => (item.type === 'group' ? questionsIn(item) : [item]));
}

/** Everything that is answered, in asking order: questions, repeats, and the questions inside repeats. */
export function answeredItems(questionnaire: Questionnaire): readonly Item[] {
  const items = [...itemsOf(questionnaire).values()].map(({ item }) => item);
  return items.filter(isAnswered);
}

/** True for a question and for a repeat. */
export function isAnswered(item: Item): boolean {
  return item.type !== 'group' || item.repeats !== undefined;
}

/** What is answered as a whole, in asking order: questions outside repeats, and repeats. */
export function wholeItems(questionnaire: Questionnaire): readonly Item[] {
  return [...itemsOf(questionnaire).values()].flatMap((placed): readonly Item[] => {
    const repeat = repeatOf(placed);
    if (repeat) return placed.item === repeat ? [repeat] : [];
    return placed.item.type === 'group' ? [] : [placed.item];
  });
}
