import { spawnSync } from 'node:child_process';

/** Seconds of a whole process: on the clock, and of the processor (what the shell says its children took). */
export function measured(name, command, env = process.env) {
  const start = performance.now();
  const { status, stdout } = spawnSync('sh', ['-c', '"$@"; status=$?; times; exit $status', 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  // A batch exits with 1: some records are in error.
  if (status !== 0 && status !== 1) throw new Error(`${name}: exit ${status}`);
  const wall = (performance.now() - start) / 1000;
  const children = stdout.toString().trimEnd().split('\n').at(-1) ?? '';
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { wall, cpu };
}
