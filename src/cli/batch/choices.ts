import { type Disposition, dispositions } from '../../model/disposition.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable } from '../files/write-out.ts';

/** What `--only` may name: a disposition, or `error` for a record that nothing was decided for. */
const kinds = [...dispositions, 'error'] as const;

/** Whether a result is to be written, by `--only`: names joined by commas. Undefined: all are. An unknown name is a CommandError. */
export function wantedResults(only: string | undefined): (kind: Disposition | 'error') => boolean {
  if (only === undefined) return () => true;
  const wanted = new Set<Disposition | 'error'>(only.split(',').map((name) => known(name.trim(), kinds, '--only')));
  return (kind) => wanted.has(kind);
}

/** The dispositions that make the exit code 1, by `--fail-on`: the one that is named and all that are worse. */
export function failingDispositions(failOn: string | undefined): readonly Disposition[] {
  if (failOn === undefined) return [];
  return dispositions.slice(0, dispositions.indexOf(known(failOn, dispositions, '--fail-on')) + 1);
}

function known<Name extends string>(name: string, names: readonly Name[], option: string): Name {
  const found = names.find((each) => each === name);
  if (found !== undefined) return found;
  throw new CommandError(`${option} does not know ${printable(name)}`, Exit.cannotStart, {
    hint: `there is: ${names.join(', ')}`,
  });
}
