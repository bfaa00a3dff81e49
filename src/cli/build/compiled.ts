import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { packageFolder } from '../package.ts';

/* Shipped files as the build read them: a start then needs neither YAML nor Markdown, zod nor CEL. */

const folder = `${packageFolder}dist/compiled`;

interface Compiled<T> {
  /** Of the texts that it was read from. */
  readonly digest: string;
  readonly value: T;
}

/** What the build read from the texts that `digest` names; undefined where there is nothing of them. */
export function readCompiled<T>(name: string, digest: string): T | undefined {
  const text = readIfThere(`${folder}/${name}.json`)?.toString();
  if (text === undefined || !text.includes(digest)) return undefined;
  const compiled = JSON.parse(text) as Compiled<T>;
  return compiled.digest === digest ? compiled.value : undefined;
}

/** A file that the build made; undefined where there is none that can be read. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Keeps a value for `readCompiled`. It must be plain data: what JSON gives back is the same. */
export async function writeCompiled<T>(name: string, digest: string, value: T): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/${name}.json`, JSON.stringify({ digest, value } satisfies Compiled<T>));
}
