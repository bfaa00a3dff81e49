import { reference } from '../../exchange/result.ts';
import type { DayNumber } from '../../model/local-date.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { StoredCase } from '../../record/cases.ts';
import { type DraftDocument, type FoundDraft, readDraft } from '../../record/draft.ts';
import { CommandError, Exit } from '../exit.ts';
import { stateFolder } from '../files/state-folder.ts';
import type { Io } from '../io.ts';
import { oldDrafts, readDraftId, removeOldDraft } from './drafts.ts';
import type { Records } from './record-store.ts';
import { changedElsewhere, telling } from './store-problems.ts';

/** Makes the data key of this desk's drafts and loads what a save needs, so that none waits for it later. */
export async function readyToSave({ vault }: Records): Promise<void> {
  await Promise.all([
    vault.seal(new Uint8Array(), { caseId: '', version: 0, kind: 'draft' }),
    import('../../record/cases.ts'),
    import('../../record/life.ts'),
  ]);
}

/** Saves the draft of one screening in the background, in order; changes while a save is under way are saved together. */
export interface DraftKeeper {
  save(document: DraftDocument): void;
  /** Resolves when what was given is saved, or could not be; undefined where nothing is under way. */
  underWay(): Promise<void> | undefined;
  /** Resolves when nothing is left to save, with the version that stands there; tries once more what failed. */
  settled(): Promise<KeptDraft>;
}

export interface KeptDraft {
  readonly version: number;
  /** Another desk changed the draft: nothing more was saved here. */
  readonly changed?: { readonly now: StoredCase | undefined };
  /** Why the last change is not saved. */
  readonly failure?: unknown;
}

/** A keeper for a case at the version that was read. `failed` and `changed` are called when they happen. */
export function draftKeeper(
  records: Records,
  { id, version }: { readonly id: string; readonly version: number },
  on: { failed(): void; changed(): void },
): DraftKeeper {
  const at: {
    kept: KeptDraft;
    pending?: DraftDocument | undefined;
    work?: Promise<void> | undefined;
  } = { kept: { version } };
  const saveOne = async (document: DraftDocument): Promise<void> => {
    try {
      const saved = await putDraft(records, id, at.kept.version, document);
      if (saved.is === 'saved') at.kept = { version: saved.version };
      else {
        at.kept = { ...at.kept, changed: saved };
        on.changed();
      }
    } catch (failure) {
      at.pending ??= document;
      at.kept = { version: at.kept.version, failure };
      on.failed();
    }
  };
  const work = async (): Promise<void> => {
    for (let document = at.pending; document && !at.kept.changed; document = at.pending) {
      delete at.pending;
      await saveOne(document);
      if (at.kept.failure !== undefined) break;
    }
    delete at.work;
  };
  return {
    save(document) {
      at.pending = document;
      at.work ??= work();
    },
    underWay: () => at.work,
    async settled() {
      await at.work;
      if (at.pending && !at.kept.changed) await work();
      return at.kept;
    },
  };
}

async function putDraft(
  { store, vault }: Records,
  id: string,
  version: number,
  document: DraftDocument,
  event?: string,
) {
  const [{ save }, { toSeal }] = await Promise.all([import('../../record/cases.ts'), import('../../record/life.ts')]);
  const chart = document.answers[reference];
  return save(store, vault, {
    caseId: id,
    version,
    state: 'draft',
    kind: 'draft',
    document: toSeal(document),
    facts: {
      definition: document.questionnaire,
      definitionDigest: document.digest,
      section: document.section,
      started: document.started,
      ...(typeof chart === 'string' && { lookup: vault.lookupOf(chart) }),
    },
    event: event ?? (version === 0 ? 'draft-started' : 'draft-saved'),
  });
}

/** Keeps a draft beside one that another desk changed. */
export async function putBeside(records: Records, id: string, document: DraftDocument): Promise<void> {
  await putDraft(records, id, 0, { ...document, id }, 'draft-kept-beside');
}

/** The drafts there are, last saved first. */
export async function listDrafts({ store }: Records, lookup?: string): Promise<readonly StoredCase[]> {
  const { listCases } = await import('../../record/cases.ts');
  const drafts: StoredCase[] = [];
  for await (const each of listCases(store, { states: ['draft'], ...(lookup !== undefined && { lookup }) })) {
    drafts.push(each);
  }
  return drafts;
}

/** A draft that this desk goes on with, and the version it has now. */
export interface TakenDraft extends FoundDraft {
  readonly version: number;
}

/**
 * Takes a draft over: whoever has it open elsewhere is told at their next answer. One that is not there or cannot be read is a
 * CommandError.
 */
export async function takeDraft(
  records: Records,
  typed: string,
  questionnaire: Questionnaire,
  digest: string,
  today: DayNumber,
): Promise<TakenDraft> {
  const id = readDraftId(typed);
  if (id === undefined)
    throw noDraft('that is no id of a draft', 'an id looks like 7F3K-20QX; see them with: preinfuse screen --resume');
  const [{ documentsOf, findCase }, { readSealed }] = await Promise.all([
    import('../../record/cases.ts'),
    import('../../record/life.ts'),
  ]);
  const found = await findCase(records.store, id);
  if (found?.state !== 'draft') {
    const hint = found
      ? `it is finished: preinfuse records show ${id}`
      : 'see the drafts with: preinfuse screen --resume';
    throw noDraft(`there is no draft ${id}`, hint);
  }
  const opened = await documentsOf(records.store, records.vault, id);
  const document = readSealed<DraftDocument>(opened.find(({ kind }) => kind === 'draft')?.document ?? new Uint8Array());
  const saved = await putDraft(records, id, found.version, { ...document, id }, 'draft-resumed');
  if (saved.is === 'changed') throw changedElsewhere(id, saved.now);
  // Whoever writes to the store could have sealed another id, and files are named by it.
  return { ...readDraft({ ...document, id }, questionnaire, digest, today), version: saved.version };
}

function noDraft(message: string, hint: string): CommandError {
  return new CommandError(message, Exit.cannotStart, { hint });
}

/** Moves drafts that an earlier version kept as files into the store; says how many. A file goes once its draft is kept. */
export async function takeOverOldDrafts(records: Records, io: Io): Promise<number> {
  const folder = stateFolder(io.env);
  const drafts = oldDrafts(folder);
  for (const draft of drafts) {
    await telling(() => putDraft(records, draft.id, 0, draft, 'draft-taken-over-from-file'));
    removeOldDraft(folder, draft.id);
  }
  return drafts.length;
}
