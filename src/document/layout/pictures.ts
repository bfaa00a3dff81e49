import type { Block, IconArray } from '../content.ts';
import { arrayShape, figurePath, figurePlaces } from '../icon-array.ts';
import type { Mark, Node } from '../marks.ts';
import type { Strip } from '../pages.ts';
import { palette } from '../palette.ts';
import type { Pen } from './pen.ts';
import { besideEachOther, joined, node, spacedOut } from './strips.ts';
import { textStrips } from './text.ts';

const mostPitch = 11;
const leastPitch = 9;

/** Its caption, and the arrays beside each other where both have room, else below each other. */
export function pictureStrip(block: Extract<Block, { kind: 'picture' }>, parent: Node, width: number, pen: Pen): Strip {
  const { scale } = pen;
  const gap = 20 * scale;
  const across = Math.max(...block.arrays.map(({ of }) => arrayShape(of, width, leastPitch).width));
  const beside = (width - gap) / 2 >= across;
  const room = beside ? (width - gap) / 2 : width;
  const caption = textStrips(block.caption, node(parent, 'P'), pen, { width, color: palette.quiet });
  const labelled = block.arrays.map((array) => {
    const { scale: own, ...box } = arrayShape(array.of, room, mostPitch * scale);
    const words = joined(textStrips(array.label, node(parent, 'P'), pen, { width: room }));
    return { array, words, scale: own, box, owner: node(parent, 'Figure', { alt: array.alt, box }) };
  });
  const rise = Math.max(...labelled.map(({ words }) => words.height));
  const arrays = labelled.map(({ array, words, box, owner, scale: own }): Strip => {
    const y = (beside ? rise : words.height) + 2 * scale;
    const figures = { node: owner, marks: figureMarks(array, y, own) };
    return { ...words, height: y + box.height, strokes: [...words.strokes, figures] };
  });
  const below = beside ? besideEachOther(arrays, room + gap) : joined(spacedOut(arrays, 6 * scale));
  const whole = joined([...caption, { ...below, before: 2 * scale }]);
  return { ...whole, height: whole.height + 5 * scale, before: 3 * scale };
}

/** The figures that are filled in, and those that are not. */
function figureMarks({ filled, of }: IconArray, y: number, scale: number): readonly Mark[] {
  const shape = { kind: 'shape', x: 0, y, scale, lineWidth: 0.7, path: figurePath } as const;
  const marks = [
    { ...shape, places: figurePlaces(0, filled), fill: palette.heading, stroke: palette.heading },
    { ...shape, places: figurePlaces(filled, of), stroke: palette.outline },
  ];
  return marks.filter(({ places }) => places.length > 0);
}

/** A car in a ring with a bar across it, `size` points wide. */
export function noDrivingSign(x: number, y: number, size: number): readonly Mark[] {
  const shape = { kind: 'shape', x, y, scale: size / 48 } as const;
  return [
    {
      ...shape,
      path: 'M12 22 L15.5 15.5 Q16 14.5 17.2 14.5 L30.8 14.5 Q32 14.5 32.5 15.5 L36 22 Q38 22.6 38 25 L38 31 L10 31 L10 25 Q10 22.6 12 22 Z',
      fill: palette.text,
    },
    { ...shape, path: 'M11.5 31 H16.5 V34.5 H11.5 Z M31.5 31 H36.5 V34.5 H31.5 Z', fill: palette.text },
    { ...shape, path: 'M15 21.5 L17.6 16.8 H30.4 L33 21.5 Z', fill: palette.warningTint },
    { ...shape, path: 'M13 25 H17 V27.5 H13 Z M31 25 H35 V27.5 H31 Z', fill: palette.warningTint },
    { ...shape, path: 'M24 3.5 A20.5 20.5 0 1 1 23.99 3.5 Z', stroke: palette.warning, lineWidth: 5 },
    { ...shape, path: 'M9.5 9.5 L38.5 38.5', stroke: palette.warning, lineWidth: 5 },
  ];
}
