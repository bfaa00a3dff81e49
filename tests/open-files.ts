import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ofThisProcess = '/proc/self/fd';

/** Whether the system says which files a process has open. */
export const saysOpenFiles = existsSync(ofThisProcess);

/** The files in `folder` that this process has open, by name. */
export function openFilesIn(folder: string): readonly string[] {
  const places = readdirSync(ofThisProcess).flatMap((each) => {
    const place = join(ofThisProcess, each);
    return existsSync(place) ? [readlinkSync(place)] : [];
  });
  return places.filter((place) => dirname(place) === folder).map((place) => basename(place));
}
