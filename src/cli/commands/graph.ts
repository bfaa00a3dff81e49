import { extname, resolve } from 'node:path';
import type { Spine } from '../../report/graph.ts';
import { loadDefinition } from '../definitions/definitions.ts';
import { countCases, loadCases } from '../definitions/golden-cases.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable, tellWritten, writeOut } from '../files/write-out.ts';
import { writeWhole } from '../files/write-whole.ts';
import { loadFonts } from '../forms/fonts.ts';
import type { Io } from '../io.ts';

export interface GraphOptions {
  readonly format?: string;
  /** A file, or `-` for standard output. */
  readonly output?: string;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly quiet?: boolean;
}

const formats = ['svg', 'pdf', 'mermaid'] as const;
type Format = (typeof formats)[number];

/**
 * Draws the questionnaire as a spine with exits to `output` (default standard output), in `format`: else by the name of
 * the file, else SVG. A format that there is not, a file name that tells another, or a PDF to a terminal: CommandError
 * with exit 2.
 */
export async function graph(options: GraphOptions, io: Io): Promise<number> {
  const { output = '-' } = options;
  const format = formatOf(options);
  if (format === 'pdf' && output === '-' && io.stdout.isTTY) {
    throw new CommandError('a PDF does not belong on a terminal', Exit.cannotStart, {
      hint: 'name a file with --output',
    });
  }
  const definition = await loadDefinition(options.questionnaire, io);
  const { questionnaire, digest } = definition;
  const { cases } = await loadCases(questionnaire, definition.folder, io);
  const { spineOf } = await import('../../report/graph.ts');
  const spine = spineOf(
    questionnaire,
    countCases(
      questionnaire,
      cases.map(({ sheet }) => sheet),
    ),
  );
  const content = await written(format, spine, digest, options, io);
  if (output === '-') await writeOut(io.stdout, content);
  else {
    await writeWhole(resolve(io.cwd, output), content);
    await tellWritten([output], options, io);
  }
  return Exit.ok;
}

function formatOf({ format, output }: GraphOptions): Format {
  const byName = { '.svg': 'svg', '.pdf': 'pdf', '.mmd': 'mermaid', '.mermaid': 'mermaid' } as const;
  const extension = output === undefined ? '' : extname(output).toLowerCase();
  const asked = format ?? (extension === '' ? 'svg' : (byName[extension as keyof typeof byName] ?? extension));
  const known = formats.find((each) => each === asked);
  if (known !== undefined) return known;
  throw new CommandError(`there is no format \`${printable(asked)}\``, Exit.cannotStart, {
    hint: `there is: ${formats.join(', ')}; by file name .svg, .pdf, .mmd`,
  });
}

async function written(
  format: Format,
  spine: Spine,
  digest: string,
  { on }: GraphOptions,
  io: Io,
): Promise<string | Uint8Array> {
  if (format === 'mermaid') return (await import('../../report/graph-mermaid.ts')).graphMermaid(spine);
  const [{ renderGraphPdf, renderGraphSvg }, { ConsentRefused }] = await Promise.all([
    import('../../document/graph.ts'),
    import('../../document/refusal.ts'),
  ]);
  try {
    const fonts = loadFonts(io.cwd);
    if (format === 'svg') return await renderGraphSvg(spine, fonts);
    return await renderGraphPdf(spine, digest, fonts, on === undefined ? new Date(0) : new Date(`${on}T00:00:00Z`));
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    throw new CommandError(error.message, Exit.cannotStart, { hint: error.hint, cause: error });
  }
}
