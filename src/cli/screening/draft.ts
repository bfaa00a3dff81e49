import { earlierThanVisit } from '../../engine/validity.ts';
import { type DraftDocument, writeDraft } from '../../record/draft.ts';
import type { WizardState } from '../../wizard/state.ts';
import { standingOf } from '../../wizard/steps.ts';
import { sectionReached } from '../../wizard/view-ask.ts';
import type { LoadedDefinition } from '../definitions/definitions.ts';
import type { Seal } from '../forms/seal.ts';
import type { Io } from '../io.ts';
import type { SessionEnd } from '../prompts.ts';
import type { Records } from '../records/record-store.ts';
import type { DraftKeeper } from '../records/stored-drafts.ts';
import type { Opening, ScreenOptions } from './opening.ts';
import type { Mode } from './terminal-mode.ts';

/** How a conversation ended; `signal` or `closed` where something outside ended it. */
export interface Conversation extends SessionEnd {
  /** `idle`: nobody typed for too long. `changed`: another desk changed the draft. */
  readonly closed?: 'idle' | 'changed';
}

/** What the end of a screening needs beside its answers. */
export interface Ending {
  readonly opening: Opening;
  readonly definition: LoadedDefinition;
  readonly records: Records;
  readonly keeper: DraftKeeper;
  readonly mode: Mode;
  /** For the consent form. */
  readonly seal?: Seal | undefined;
  readonly options: ScreenOptions;
}

/** The draft of a screening as it stands. */
export function draftOf(state: WizardState, { opening, definition }: Ending, io: Io): DraftDocument {
  const { answers, skipped, closed, told, outcomes } = state;
  const { questionnaire, digest } = definition;
  const { id, started, edits } = opening;
  const { used, setAside } = standingOf(questionnaire, answers);
  const earlier = earlierThanVisit(questionnaire, used, opening.earlier, opening.beginning.today);
  const aside = new Map([...answers].filter(([linkId]) => setAside.includes(linkId)));
  const section = sectionReached(state);
  return writeDraft(
    { id, started, earlier, edits, saved: io.now(), section, used, setAside: aside, skipped, closed, told, outcomes },
    questionnaire,
    digest,
  );
}
