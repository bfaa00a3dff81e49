import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';

/** Writes the JSON Schema of a file to stdout, for editors. */
export async function schema(name: string, io: Io): Promise<number> {
  const { jsonSchema, schemaNames } = await import('../../definition/json-schema.ts');
  const known = schemaNames.find((each) => each === name);
  if (known === undefined)
    throw new CommandError(`there is no schema \`${name}\``, Exit.cannotStart, {
      hint: `there is: ${schemaNames.join(', ')}`,
    });
  io.stdout.write(jsonSchema(known));
  return Exit.ok;
}
