import type { Text } from '../content.ts';
import type { Measure } from '../faces.ts';
import type { Setting } from '../marks.ts';
import type { Lines } from './text.ts';

/** What everything is set with. */
export interface Pen {
  readonly measure: Measure;
  readonly linesOf: (text: Text, setting: Setting) => Lines;
  /** 1 in the standard edition. */
  readonly scale: number;
  /** From line to line, as part of the size of the letters. */
  readonly leading: number;
  readonly isFillable: boolean;
}
