import type { Stats } from 'node:fs';

/** Whether a file or link belongs to another account. False where the system does not say whose it is. */
export function isOthers({ uid }: Pick<Stats, 'uid'>): boolean {
  return process.getuid !== undefined && uid !== process.getuid() && uid !== 0;
}
