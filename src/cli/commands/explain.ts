import { loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';

export interface ExplainOptions {
  /** The definition whose rules may be named; default the shipped one. */
  readonly questionnaire?: string;
}

/** Writes to stdout what a check code means, or a rule in plain English. A code comes before a rule of the same name. */
export async function explain(name: string, { questionnaire: folder }: ExplainOptions, io: Io): Promise<number> {
  const { markdownOf, pageOf, pages, suppressionOf } = await import('../../check/pages.ts');
  const page = pageOf(name);
  if (page) {
    io.stdout.write(`${markdownOf(page)}${suppressionOf(page)}\n`);
    return Exit.ok;
  }
  const { questionnaire } = await loadDefinition(folder, io);
  const rules = questionnaire.rules.map(({ id }) => id);
  if (!rules.includes(name)) throw await unknown(name, [...rules, ...pages.map(({ code }) => code)]);
  const { explainRule } = await import('../../report/plain-english.ts');
  io.stdout.write(explainRule(questionnaire, name));
  return Exit.ok;
}

async function unknown(name: string, known: readonly string[]): Promise<CommandError> {
  const { suggestion } = await import('../../definition/suggest.ts');
  const meant = suggestion(name, known);
  return new CommandError(`there is no code and no rule \`${printable(name)}\``, Exit.cannotStart, {
    hint:
      meant === undefined
        ? 'a code stands in brackets in the report of `preinfuse check`, a rule id beside each finding'
        : `write \`${meant}\``,
  });
}
