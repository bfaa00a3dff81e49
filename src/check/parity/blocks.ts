import type { Passage } from '../../model/template.ts';
import { original, type Pair, type Placed, type Problem, type Side, same } from './sides.ts';

/** What stands in the front matter of both and belongs to neither language. */
export function frontMatterProblems(first: Side, second: Side): readonly Problem[] {
  return (['id', 'version', 'questionnaire', 'card', 'requires'] as const).flatMap((key) => {
    if (same(first.frontMatter[key], second.frontMatter[key])) return [];
    return [
      {
        code: 'translation-attribute' as const,
        message: `\`${key}\` is not what it is in the original`,
        at: second.yaml.at([key]),
        note: 'the translation would be of another form',
        help: 'see what changed in the original, translate it, and write the same here',
        related: [original(first.yaml.at([key]))],
      },
    ];
  });
}

export function orderProblems(first: Side, second: Side): readonly Problem[] {
  const [here, there] = [new Set(second.blocks.map(({ key }) => key)), new Set(first.blocks.map(({ key }) => key))];
  const missing = first.blocks.flatMap(({ key, opening }, index): readonly Problem[] => {
    if (here.has(key)) return [];
    const before = first.blocks.slice(0, index).findLast((each) => here.has(each.key))?.key;
    const at = second.blocks.find((each) => each.key === before)?.opening ?? second.yaml.at(['id']);
    const message = `\`${key}\` is not translated`;
    return [{ code: 'translation-order', message, at, ...whole, related: [original(opening)] }];
  });
  const added = second.blocks
    .filter(({ key }) => !there.has(key))
    .map(
      ({ key, opening }): Problem => ({
        code: 'translation-order',
        message: `the original has no \`${key}\``,
        at: opening,
        ...whole,
        related: [original(first.yaml.at(['id']))],
      }),
    );
  const [left, right] = [
    first.blocks.filter(({ key }) => here.has(key)),
    second.blocks.filter(({ key }) => there.has(key)),
  ];
  const index = left.findIndex(({ key, section }, place) => {
    const twin = right[place];
    return twin?.key !== key || twin.section !== section;
  });
  const [expected, found] = [left[index], right[index]];
  if (!expected || !found) return [...missing, ...added];
  const message =
    expected.key === found.key
      ? `\`${found.key}\` stands in section ${found.section + 1}, in the original in section ${expected.section + 1}`
      : `\`${found.key}\` stands where the original has \`${expected.key}\``;
  const moved: Problem = {
    code: 'translation-order',
    message,
    at: found.opening,
    ...whole,
    related: [original(expected.opening)],
  };
  return [...missing, ...added, moved];
}

const whole = {
  note: 'two patients with the same answers would not read the same form',
  help: 'have the same blocks in the same order in both files',
};

function attributesOf({ block, isMarkedIndirect }: Placed): Readonly<Record<string, unknown>> {
  if (block.kind === 'slot') return {};
  return {
    evidence: block.evidence,
    indirect: isMarkedIndirect,
    initials: 'initials' in block && block.initials,
    checkboxes: 'checkboxes' in block && block.checkboxes,
    lines: 'lines' in block && block.lines,
    box: 'box' in block ? block.box : undefined,
    band: 'band' in block ? block.band : undefined,
    rules: 'rules' in block ? block.rules : undefined,
    when: 'circumstance' in block ? block.circumstance : undefined,
  };
}

export function attributeProblems([first, second]: Pair): readonly Problem[] {
  const [left, right] = [attributesOf(first), attributesOf(second)];
  return Object.keys(left)
    .filter((name) => !same(left[name], right[name]))
    .map((name) => ({
      code: 'translation-attribute' as const,
      message: `\`${name}\` of \`${second.key}\` is not what it is in the original`,
      at: second.opening,
      note: 'the two forms would not be initialed, ticked or sourced alike',
      help: 'write the same attributes between the braces',
      related: [original(first.opening)],
    }));
}

function shapeOf({ block }: Placed): readonly string[] {
  if (block.kind === 'slot') return [];
  const body = block.body.map(shapeOfPassage);
  return block.kind === 'teach-back' ? [...body, `a list of ${block.points.length}`] : body;
}

function shapeOfPassage(passage: Passage): string {
  switch (passage.kind) {
    case 'paragraph':
      return 'a paragraph';
    case 'list':
      return `a list of ${passage.items.length}`;
    case 'picture':
      return `a picture of ${passage.shares.map(({ entry, figure }) => `${entry}.${figure}`).join(' and ')}`;
    default:
      return passage;
  }
}

export function haveSameShape([first, second]: Pair): boolean {
  return same(shapeOf(first), shapeOf(second)) && first.texts.length === second.texts.length;
}

export function shapeProblems(pair: Pair): readonly Problem[] {
  if (haveSameShape(pair)) return [];
  const [first, second] = pair;
  return [
    {
      code: 'translation-shape',
      message: `\`${second.key}\` is ${shapeOf(second).join(', ')}; in the original ${shapeOf(first).join(', ')}`,
      at: second.opening,
      note: 'a sentence may be lost or added',
      help: 'have a paragraph for each paragraph and an item for each item',
      related: [original(first.opening)],
    },
  ];
}
