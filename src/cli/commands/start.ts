import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedDefinition } from '../definitions/definitions.ts';
import { Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { batch } from './batch.ts';
import { screen } from './screen.ts';

/** The main job on shipped defaults: the wizard in a terminal; without one the sample applicants, their consent forms going to `out/`. */
export async function start(options: { readonly on?: string; readonly color?: boolean }, io: Io): Promise<number> {
  if (io.stdin.isTTY && io.stderr.isTTY) return screen(options, io);
  const folder = join(io.cwd, 'out');
  await mkdir(folder, { recursive: true });
  io.stderr.write('No terminal here, so the sample applicants are screened. Results and consent forms go to out/.\n\n');
  const samples = join(shippedDefinition, 'samples', 'applicants.ndjson');
  const exit = await batch(samples, { ...options, output: join(folder, 'results.ndjson'), consentDir: folder }, io);
  if (exit === Exit.ok) io.stderr.write('\nType an applicant yourself: run the same command in a terminal.\n');
  return exit;
}
