import { resolve } from 'node:path';
import { counted } from '../../model/counted.ts';
import { faultWords, shortHead } from '../../record/chain.ts';
import { type CheckpointVerdict, checkpointOf, judgeCheckpoint, originOf } from '../../record/checkpoint.ts';
import type { Head } from '../../record/sealing.ts';
import type { Store } from '../../record/store.ts';
import { type StoreVerdict, verifyHistory, verifyStore } from '../../record/verify.ts';
import { CommandError, Exit } from '../exit.ts';
import { jsonLine, printable, writeOut } from '../files/write-out.ts';
import { loadClinic } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import {
  type CheckpointFile,
  readCheckpointFile,
  refuseTaken,
  signatureFile,
  writeCheckpoint,
} from '../records/checkpoints.ts';
import { withStore, withStoreAsIs } from '../records/desk.ts';
import { openKeyring, readSigners } from '../records/keyring.ts';
import { noHistory } from '../records/store-problems.ts';

/* What shows that the history of a store was not changed. */

export interface AuditOptions {
  readonly store?: string;
  readonly questionnaire?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/* checkpoint */

export interface CheckpointOptions extends AuditOptions {
  readonly force?: boolean;
}

/**
 * Signs the head of the history with the key of this desk and writes it to a file, the signature beside it. A history that does
 * not hold, or is not the one this desk knows, is not signed: a CommandError with exit 1 or 2.
 */
export async function checkpoint(file: string, options: CheckpointOptions, io: Io): Promise<number> {
  if (file === '-') {
    throw new CommandError('a checkpoint is two files, not standard output', Exit.cannotStart, { hint: 'name a file' });
  }
  if (options.force !== true) await refuseTaken(file, io);
  const place = await loadClinic(io, options.questionnaire);
  const { auditKey } = await openKeyring(place, io);
  const allowedSigners = await readSigners(place, io);
  return withStore(place, options.store, io, async (store) => {
    const origin = originOf(store.id);
    const content = { origin, head: await headThatHolds(store), at: io.now().toISOString() };
    const made = checkpointOf(content, auditKey);
    const judged = judgeCheckpoint(made, content, { allowedSigners, origin });
    if (judged.is !== 'known') throw notAllowed(judged);
    await writeCheckpoint(resolve(io.cwd, file), made);
    await say(content.head, file, options, io);
    if (options.json === true) {
      const { head, at } = content;
      await writeOut(io.stdout, jsonLine({ origin, ...head, at, signer: judged.signer }));
    }
    return Exit.ok;
  });
}

async function headThatHolds(store: Store): Promise<Head> {
  const chain = await verifyHistory(store, remembered(store));
  if (chain.is === 'whole' && chain.head.seq > 0) return chain.head;
  if (chain.is === 'whole') throw noHistory('signed');
  throw new CommandError(`the history is ${faultWords(chain.fault)}; nothing was signed`, Exit.findings, {
    hint: 'see what else is wrong: preinfuse records verify',
  });
}

function remembered({ memory }: Store): readonly Head[] {
  const head = memory.read();
  return head.seq === 0 ? [] : [head];
}

function notAllowed(verdict: CheckpointVerdict): CommandError {
  const key = verdict.is === 'unknown-signer' ? ` (${verdict.publicKey})` : '';
  return new CommandError(`the audit key of this desk is not in allowed_signers${key}`, Exit.cannotStart, {
    hint: 'add its line there, as docs/recovery.md tells; nothing was written',
  });
}

async function say(head: Head, file: string, { quiet }: AuditOptions, io: Io): Promise<void> {
  if (quiet === true) return;
  const [body, signature] = [file, signatureFile(file)].map(printable);
  await writeOut(
    io.stderr,
    `Signed: ${shortHead(head)}, in ${body} and ${signature}. Keep both away from this desk.\n`,
  );
}

/* verify */

export interface VerifyOptions extends AuditOptions {
  /** Files of checkpoints that the history has to hold. */
  readonly checkpoint?: readonly string[];
}

/** A checkpoint, and what it is worth for the store. */
interface Judged {
  readonly file: string;
  readonly verdict: CheckpointVerdict;
}

/**
 * Reads the store from end to end: whether its history holds, also against what this desk remembers and against checkpoints,
 * and each document is as it was written. Needs no key. Exit 1 where something speaks against it, a checkpoint too; a store without any
 * history is taken for the wrong one.
 */
export async function verify(options: VerifyOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const files = await Promise.all((options.checkpoint ?? []).map((file) => readCheckpointFile(file, io)));
  const allowedSigners = files.length === 0 ? '' : await readSigners(place, io);
  return withStoreAsIs(place, options.store, io, async (store) => {
    const judged = files.map((file) => judge(file, allowedSigners, store));
    const heads = judged.flatMap(({ verdict }) => (verdict.is === 'known' ? [verdict.content.head] : []));
    const found = await verifyStore(store, [...remembered(store), ...heads]);
    const problems = problemsIn(found, judged, store);
    const isWhole = problems.length === 0;
    if (isWhole && found.chain.is === 'whole' && found.chain.head.seq === 0) throw noHistory('verified');
    if (options.json === true) await writeOut(io.stdout, jsonLine(resultOf(found, judged, isWhole)));
    else await print(isWhole ? wholeLines(found, judged) : problems, io);
    return isWhole ? Exit.ok : Exit.findings;
  });
}

async function print(lines: readonly string[], io: Io): Promise<void> {
  await writeOut(io.stdout, `${lines.map(printable).join('\n')}\n`);
}

function judge({ file, content, ...signed }: CheckpointFile, allowedSigners: string, { id }: Store): Judged {
  return { file, verdict: judgeCheckpoint(signed, content, { allowedSigners, origin: originOf(id) }) };
}

function problemsIn(
  { chain, altered, restated, missing }: StoreVerdict,
  judged: readonly Judged[],
  store: Store,
): readonly string[] {
  return [
    ...(chain.is === 'broken' ? [`the history is ${faultWords(chain.fault)}`] : []),
    ...altered.map((id) => `${id}: a document is not as it was written`),
    ...restated.map((id) => `${id}: its state is not the one that its history gives it`),
    ...missing.map((id) => `${id}: a document is missing, or the key it was sealed with`),
    ...judged.flatMap(({ file, verdict }) => {
      const problem = problemOf(verdict, file, store);
      return problem === undefined ? [] : [`${file}: ${problem}`];
    }),
  ];
}

function problemOf(verdict: CheckpointVerdict, file: string, { id }: Store): string | undefined {
  switch (verdict.is) {
    case 'known':
      return undefined;
    case 'altered':
      return `it is not as it was signed, or ${signatureFile(file)} is not its signature`;
    case 'unknown-signer':
      return `who signed it is not in allowed_signers: ${verdict.publicKey}`;
    case 'other-store':
      return `it is of another store, ${verdict.origin}; this one is ${originOf(id)}`;
  }
}

function wholeLines({ chain, documents }: StoreVerdict, judged: readonly Judged[]): readonly string[] {
  const heads = chain.is === 'whole' ? [chain.head] : [];
  return [
    ...heads.map(
      (head) =>
        `whole: ${counted(head.seq, 'entry', 'entries')}, ${counted(documents, 'document')}, head ${shortHead(head)}`,
    ),
    ...judged.flatMap(({ file, verdict }) =>
      verdict.is === 'known'
        ? [`${file}: holds, ${shortHead(verdict.content.head)} of ${verdict.content.at}, signed by ${verdict.signer}`]
        : [],
    ),
  ];
}

/** The same as data. */
function resultOf(
  { chain, altered, restated, missing, documents }: StoreVerdict,
  judged: readonly Judged[],
  isWhole: boolean,
): object {
  return {
    whole: isWhole,
    ...(chain.is === 'whole' ? { head: chain.head } : { fault: chain.fault }),
    documents,
    altered,
    restated,
    missing,
    checkpoints: judged.map(({ file, verdict }) => ({ file, ...verdict })),
  };
}
