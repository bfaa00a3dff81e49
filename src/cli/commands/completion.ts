import { inputFormats } from '../../exchange/input.ts';
import { dispositions } from '../../model/disposition.ts';
import { type CommandTree, completionScript, shells } from '../../report/completion.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable, writeOut } from '../files/write-out.ts';
import type { Io } from '../io.ts';

/** A command as it was declared. */
export interface Declared {
  name(): string;
  description(): string;
  readonly options: readonly {
    readonly short?: string | undefined;
    readonly long?: string | undefined;
    readonly description: string;
    readonly required: boolean;
    readonly optional: boolean;
  }[];
  readonly commands: readonly Declared[];
}

/** Writes to stdout what makes a shell complete the commands of `program`. One that is not known is a CommandError with exit 2. */
export async function completion(shell: string, program: Declared, io: Io): Promise<number> {
  const known = shells.find((each) => each === shell);
  if (known === undefined) {
    throw new CommandError(`there is no completion for ${printable(shell)}`, Exit.cannotStart, {
      hint: `there is: ${shells.join(', ')}`,
    });
  }
  await writeOut(io.stdout, completionScript(known, treeOf(program, '', await knownValues())));
  return Exit.ok;
}

const formats = {
  check: 'text json sarif junit github',
  test: 'text json',
  diff: 'text json',
  graph: 'svg pdf mermaid',
};

/** What an option or an argument may be, by the words before it. */
async function knownValues(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { schemaNames } = await import('../../definition/json-schema.ts');
  return new Map<string, readonly string[]>([
    ...Object.entries(formats).map(([name, values]) => [`${name} --format`, values.split(' ')] as const),
    ['batch --format', inputFormats],
    ['batch --progress', ['bar', 'plain', 'json', 'none']],
    ['batch --fail-on', dispositions],
    ['convert --to', ['fhir', 'preinfuse']],
    ['diff --fail-on', ['loosened', 'tightened', 'any']],
    ['records export --format', ['ndjson', 'csv']],
    ['records list --state', ['draft', 'completed', 'cleared', 'issued', 'consented', 'declined', 'withdrawn']],
    ['schema', schemaNames],
    ['completion', shells],
  ]);
}

function treeOf(command: Declared, at: string, values: ReadonlyMap<string, readonly string[]>): CommandTree {
  const help = { names: ['-h', '--help'], description: 'display help for command', takesValue: false, values: [] };
  return {
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.map(({ short, long, description, required, optional }) => ({
        names: [short, long].filter((name) => name !== undefined),
        description,
        takesValue: required || optional,
        values: values.get(`${at} ${long}`) ?? [],
      })),
      help,
    ],
    values: values.get(at) ?? [],
    commands: command.commands.map((each) => treeOf(each, at === '' ? each.name() : `${at} ${each.name()}`, values)),
  };
}
