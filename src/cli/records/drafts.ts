import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DraftDocument } from '../../record/draft.ts';

/** Without letters that are read for others. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new id by chance, not by patient, day or count. */
export function newDraftId(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The id that was typed, `7f3k20qx` too; undefined for what cannot be one. */
export function readDraftId(text: string): string | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '');
  return /^[0-9A-Z]{8}$/.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined;
}

/** The drafts that an earlier version kept as files in the state folder. Those that cannot be read stay where they are. */
export function oldDrafts(state: string): readonly DraftDocument[] {
  const folder = join(state, 'drafts');
  return namesIn(folder).flatMap((name) => {
    const file = readFile(join(folder, name));
    return file && `${file.id}.json` === name ? [file] : [];
  });
}

export function removeOldDraft(state: string, id: string): void {
  rmSync(join(state, 'drafts', `${id}.json`), { force: true });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9A-Z]{4}-[0-9A-Z]{4}\.json$/.test(name));
  } catch {
    return [];
  }
}

function readFile(path: string): DraftDocument | undefined {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isDraft(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isDraft(file: unknown): file is DraftDocument {
  if (typeof file !== 'object' || file === null) return false;
  const { format, id, answers, setAside, skipped, closed, told, saved, started, section, digest, questionnaire } =
    file as Record<string, unknown>;
  const isText = [id, saved, started, section, digest, questionnaire].every((each) => typeof each === 'string');
  const isList = [skipped, closed, told].every(Array.isArray);
  return (
    format === 1 && isText && isList && [answers, setAside].every((each) => typeof each === 'object' && each !== null)
  );
}
