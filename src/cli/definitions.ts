import type { Questionnaire } from '../model/questionnaire.ts';
import type { Io } from './io.ts';

/** A definition ready to screen with. `digest` is SHA-256 over its files, `sha256:` and 64 hex digits. */
export interface LoadedDefinition {
  readonly questionnaire: Questionnaire;
  readonly digest: string;
  /** Folder the definition was read from. */
  readonly folder: string;
}

/** Reads the definition in `folder` (default: the shipped IV ketamine one). An invalid one is a CommandError with exit 2 that names its problems. */
export async function loadDefinition(_folder: string | undefined, _io: Io): Promise<LoadedDefinition> {
  throw new Error('not built yet');
}
