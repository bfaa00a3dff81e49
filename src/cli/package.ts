import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder the program was installed to, with a slash at its end: what ships beside the code is below it. */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(`${packageFolder}package.json`, 'utf8')) as { version: string }).version;
}
