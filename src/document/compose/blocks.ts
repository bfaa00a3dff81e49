import type { Passage, Role, SignatureBlock, TemplateBlock, WordKey } from '../../model/template.ts';
import type { Blank, Block, Text } from '../content.ts';
import { type Desk, paragraph, say, word } from './desk.ts';
import { answerText } from './open-texts.ts';
import { composePassage, type Marker } from './passages.ts';
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
    case 'teach-back':
      return [composeQuestion(desk, block)];
    case 'clause':
      return [composeClause(desk, block)];
    case 'risk': {
      const { id, body, evidence, initials } = block;
      const blocks = [
        paragraph(say(desk.template.bands[block.band], true)),
        ...composeBody(desk, body),
        ...sourceLine(desk, evidence),
      ];
      return [
        { kind: 'item', id, title: say(block.title, true), blocks, look: 'plain', ...initialsLabel(desk, initials) },
      ];
    }
    case 'benefit':
    case 'finding': {
      const id = block.kind === 'finding' ? block.rule : block.id;
      const blocks = [...composeBody(desk, block.body), ...sourceLine(desk, block.evidence)];
      return [{ kind: 'item', id, title: say(block.title, true), blocks, look: 'plain' }];
    }
    default:
      return block;
  }
}

function composeClause(desk: Desk, clause: Extract<TemplateBlock, { kind: 'clause' }>): Block {
  const { id, title, body, evidence, initials, checkboxes, lines, box: look = 'plain' } = clause;
  return {
    kind: 'item',
    id,
    title: say(title, true),
    blocks: [...composeBody(desk, body, checkboxes ? 'box' : lines ? 'line' : 'disc'), ...sourceLine(desk, evidence)],
    look,
    ...initialsLabel(desk, initials),
    ...(look === 'no-driving' && { sign: desk.template.words.noDrivingSign }),
  };
}

function composeBody(desk: Desk, body: readonly Passage[], marker?: Marker): readonly Block[] {
  return body.map((passage) => composePassage(desk, passage, marker));
}

/** The label of a box for initials, where there is one. */
function initialsLabel(desk: Desk, initials: boolean): { readonly initials?: Text } {
  return initials ? { initials: word(desk, 'initials') } : {};
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
    blocks: composeBody(desk, block.body),
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
