import { parameterText } from '../../definition/parameter-text.ts';
import { type ClinicField, costText } from '../../model/clinic.ts';
import type { Inline, Passage, Picture } from '../../model/template.ts';
import type { Blank, Block, IconArray, Text } from '../content.ts';
import { type Desk, paragraph, say } from './desk.ts';

/** What stands before each item of a list; `line` makes lines to write on of them. */
export type Marker = 'disc' | 'box' | 'line';

export function composePassage(desk: Desk, passage: Passage, marker: Marker = 'disc'): Block {
  if (passage.kind === 'paragraph') return paragraph(composeText(desk, passage.of));
  if (passage.kind === 'picture') return composePicture(desk, passage);
  const items = passage.items.map((item) => composeText(desk, item));
  return marker === 'line' ? blanks(items) : { kind: 'list', items, marker };
}

/** A line for each, two beside each other; the last of an odd number has a row of its own. */
function blanks(labels: readonly Text[]): Block {
  const all = labels.map((label, index): Blank => {
    const isAlone = index === labels.length - 1 && index % 2 === 0;
    return { id: String(index + 1), label, width: isAlone ? 1 : 0.5 };
  });
  const rows = Array.from({ length: Math.ceil(all.length / 2) }, (_, row) => all.slice(2 * row, 2 * row + 2));
  return { kind: 'blanks', lines: rows };
}

/** Drawn from the ledger alone. */
function composePicture({ evidence, template }: Desk, { caption, shares }: Picture): Block {
  const { numberWords, qualifiers, words } = template;
  const arrays = shares.map(({ label, entry, figure }): IconArray => {
    const own = evidence.entries.find(({ id }) => id === entry)?.figures.find(({ id }) => id === figure);
    const [filled] = own?.effect ?? [];
    if (!own || filled === undefined || own.of === undefined) {
      throw new Error(`the template was not checked: ${entry}.${figure}`);
    }
    const before = own.qualifier ? `${qualifiers[own.qualifier][0]} ` : '';
    const number = `${before}${filled} ${numberWords.per[0]} ${own.of}`;
    const alt = words.pictureAlt
      .replace('{of}', String(own.of))
      .replace('{filled}', String(filled))
      .replace('{label}', () => label)
      .replace('{number}', number);
    return { label: [...say(`${label}: `), ...say(number, true)], filled, of: own.of, alt };
  });
  return { kind: 'picture', caption: say(caption), arrays };
}

function composeText(desk: Desk, inlines: readonly Inline[]): Text {
  return inlines.flatMap((inline): Text => {
    switch (inline.kind) {
      case 'text':
        return say(inline.text, inline.strong);
      case 'citation':
        return say(`[${desk.studies.findIndex(({ id }) => id === inline.evidence) + 1}]`);
      case 'field': {
        const { from, name } = inline.field;
        return say(fieldText(desk, from, name), inline.strong, `${from}.${name}`);
      }
      default:
        return inline;
    }
  });
}

function fieldText({ clinic, questionnaire, template }: Desk, from: 'clinic' | 'params', name: string): string {
  if (from === 'clinic') {
    const text = name === 'cost' ? costText(clinic, template.language) : clinic[name as ClinicField];
    if (text === undefined) throw new Error(`no cost in the language ${template.language}`);
    return text;
  }
  const parameter = questionnaire.parameters.find((each) => each.name === name);
  const text = parameter && parameterText(parameter, template.units);
  if (text === undefined) throw new Error(`the template was not checked: params.${name}`);
  return text;
}
