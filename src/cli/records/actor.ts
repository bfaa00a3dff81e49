import { userInfo } from 'node:os';
import type { Clinic } from '../../model/clinic.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';

/** Accounts that several people use, or that a system comes with: they say nothing of who worked. */
const shared = new Set(
  (
    'root admin administrator superuser system user guest kiosk shared public default test demo nobody ' +
    'desk frontdesk front-desk reception intake clinic staff nurse nurses doctor office ubuntu debian pi ec2-user vagrant node docker'
  ).split(' '),
);

/**
 * Who works here, as the audit trail names them: the account of the operating system. One that several people share is a
 * CommandError with exit 2, unless `PREINFUSE_USER` says who it is; both are then named. At the example clinic any will do.
 */
export function actorOf({ demo }: Clinic, { env }: Io): string {
  const account = accountName();
  const named = env.PREINFUSE_USER?.trim() || undefined;
  if (named !== undefined && !isName(named)) {
    throw new CommandError('PREINFUSE_USER does not hold a name', Exit.cannotStart, {
      hint: 'a name has 2 to 64 letters, digits, spaces, dots or hyphens',
    });
  }
  const who = named ?? account;
  if (!demo && shared.has(who.toLowerCase())) {
    throw new CommandError(`the audit trail names who works here, and \`${who}\` can be anybody`, Exit.cannotStart, {
      hint: 'work under an account of your own, or put your name in PREINFUSE_USER',
    });
  }
  return named === undefined || named === account ? account : `${named} (account ${account})`;
}

function isName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .'@_-]{1,63}$/u.test(text);
}

/** Without an entry in the system's list of users, its number. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
