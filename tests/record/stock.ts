import { spawnSync } from 'node:child_process';

/** Whether a program of the system is here. Where one cannot be installed, what needs it is left out, and the report says so. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Runs a program of the system. */
export function stock(
  program: string,
  args: readonly string[],
  { input, cwd }: { readonly input?: string | Uint8Array; readonly cwd?: string } = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const done = spawnSync(program, args, { ...(input !== undefined && { input }), ...(cwd !== undefined && { cwd }) });
  return { status: done.status, stdout: String(done.stdout), stderr: String(done.stderr) };
}
