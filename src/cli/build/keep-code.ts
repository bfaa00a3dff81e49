import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Script } from 'node:vm';
import { shippedDefinition } from '../definitions/definitions.ts';
import type { Io } from '../io.ts';
import type { main } from '../main.ts';
import { packageFolder } from '../package.ts';

/** `bin/pieces.js`. */
interface Pieces {
  load(
    codeOf: (path: string, bytes: Uint8Array) => object | undefined,
    onScript: (path: string, bytes: Uint8Array, script: Script) => void,
  ): (name: string) => unknown;
  keptCode(bytes: Uint8Array, script: Script): Uint8Array;
}

/**
 * Runs the common commands on the sample applicants and keeps the code that V8 made of each piece beside it: the last
 * part of the build. What none of them runs is compiled when it is needed.
 */
export async function keepCode(): Promise<void> {
  const { load, keptCode } = createRequire(import.meta.url)(`${packageFolder}bin/pieces.js`) as Pieces;
  const scripts: Parameters<Parameters<Pieces['load']>[1]>[] = [];
  const piece = load(
    () => ({}),
    (...script) => scripts.push(script),
  );
  const program = piece('main.cjs') as { readonly main: typeof main };
  piece('process-io.cjs');
  await runSamples(program.main);
  await Promise.all(scripts.map(([path, bytes, script]) => writeFile(`${path}.code`, keptCode(bytes, script))));
}

async function runSamples(run: typeof main): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'preinfuse-build-'));
  try {
    const samples = join(shippedDefinition, 'samples/applicants.ndjson');
    const lines = (await readFile(samples, 'utf8')).trim().split('\n');
    const io = quietIo(folder);
    await run(['--help'], io);
    await run(['batch', samples, '--output', 'results.ndjson', '--consent-dir', 'forms'], io);
    for (const [at, line] of lines.entries()) {
      if (at % 4 !== 0) continue;
      const [sheet, form] = [`${at}.json`, `${at}.pdf`];
      await writeFile(join(folder, sheet), line);
      await run(['evaluate', sheet], io);
      await run(['evaluate', sheet, '--json'], io);
      await run(['consent', sheet, '--output', form], io);
      await run(['verify', form, '--answers', sheet], io);
    }
    await run(['evaluate', '0.json', '--questionnaire', shippedDefinition], io);
    await run(['screen', '--plain'], io);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A world where nobody types and nobody reads, in a folder that is thrown away. */
function quietIo(cwd: string): Io {
  const nobody = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    stdin: Object.assign(Readable.from([]), { isTTY: true }),
    stdout: nobody(),
    stderr: Object.assign(nobody(), { isTTY: true, columns: 80, rows: 24 }),
    env: { HOME: cwd, XDG_STATE_HOME: cwd },
    cwd,
    now: () => new Date(),
    onSignal: () => () => undefined,
  };
}
