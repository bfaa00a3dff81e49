import type { Role, SignatureBlock, TemplateBlock, WordKey } from '../../model/template.ts';
import type { Blank, Block } from '../content.ts';
import { type Desk, paragraph, say, word } from './desk.ts';
import { answerText } from './open-texts.ts';
import { composePassage } from './passages.ts';
import { composeSlot } from './slots.ts';
import { sourceLine } from './studies.ts';
import { composeQuestion } from './teach-back.ts';

/** A block of a template as the form prints it; a slot can be several, or none. */
export function composeBlock(desk: Desk, block: TemplateBlock): readonly Block[] {
  switch (block.kind) {
    case 'slot':
      return composeSlot(desk, block.slot);
    case 'signature':
      return [composeSignature(desk, block)];
    case 'clause': {
      const { id, title, body, initials, box } = block;
      const blocks = [
        ...body.map((passage) =>
          composePassage(desk, passage, block.checkboxes ? 'box' : block.lines ? 'line' : 'disc'),
        ),
        ...sourceLine(desk, block.evidence),
      ];
      const look = box ?? 'plain';
      return [
        {
          kind: 'item',
          id,
          title: say(title, true),
          blocks,
          look,
          ...(initials && { initials: word(desk, 'initials') }),
          ...(look === 'no-driving' && { sign: desk.template.words.noDrivingSign }),
        },
      ];
    }
    case 'teach-back':
      return [composeQuestion(desk, block)];
    case 'risk':
      return [
        {
          kind: 'item',
          id: block.id,
          title: say(block.title, true),
          blocks: [
            paragraph(say(desk.template.bands[block.band], true)),
            ...block.body.map((passage) => composePassage(desk, passage)),
            ...sourceLine(desk, block.evidence),
          ],
          look: 'plain',
          ...(block.initials && { initials: word(desk, 'initials') }),
        },
      ];
    case 'benefit':
    case 'finding':
      return [
        {
          kind: 'item',
          id: block.kind === 'finding' ? block.rule : block.id,
          title: say(block.title, true),
          blocks: [...block.body.map((passage) => composePassage(desk, passage)), ...sourceLine(desk, block.evidence)],
          look: 'plain',
        },
      ];
    default:
      return block;
  }
}

function composeSignature(desk: Desk, block: SignatureBlock): Block {
  const { template } = desk;
  const blank = (key: WordKey, width: number): Blank => ({ id: key, label: word(desk, key), width });
  const name: Blank = {
    ...blank('printedName', 0.6),
    ...(block.role === 'patient' && { value: answerText(desk, template.card.name) }),
  };
  const extra = extraBlank[block.role];
  return {
    kind: 'signature',
    id: block.role,
    title: say(block.title, true),
    blocks: block.body.map((passage) => composePassage(desk, passage)),
    lines: [
      [name, ...(extra ? [blank(extra, 0.4)] : [])],
      [blank('signature', 0.6), blank('date', 0.22), blank('time', 0.18)],
    ],
  };
}

const extraBlank: Readonly<Partial<Record<Role, WordKey>>> = {
  surrogate: 'relationship',
  interpreter: 'languageSpoken',
  clinician: 'licence',
};
