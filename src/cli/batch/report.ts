import { extname, resolve } from 'node:path';
import type { Screening } from '../../exchange/screen.ts';
import { batchSummary, type Tally, type Unit } from '../../report/batch-summary.ts';
import { CommandError, Exit } from '../exit.ts';
import { partialPlace, writePartial } from '../files/partial-file.ts';
import type { Io } from '../io.ts';

/** Writes what a batch came to into the files that were asked for, which this process holds. */
export type WriteReport = (screening: Screening, tally: Tally, unit: Unit) => Promise<void>;

/** The files of `--summary` (JSON) and `--report` (`.pdf` or `.svg`). A report of another name, or `-`, is a CommandError with exit 2. */
export function openReport(
  { summary, report }: { readonly summary?: string; readonly report?: string },
  io: Io,
): WriteReport {
  refuseStream('--summary', summary, 'counts.json');
  refuseStream('--report', report, 'counts.pdf');
  const form = report === undefined ? undefined : formOf(report);
  const write = async (name: string, content: string | Uint8Array): Promise<void> =>
    writePartial(await partialPlace(resolve(io.cwd, name)), content);
  return async (screening, tally, unit) => {
    const { questionnaire, definitionDigest } = screening;
    if (summary !== undefined) {
      const data = batchSummary(questionnaire, definitionDigest, tally, unit);
      await write(summary, `${JSON.stringify(data, null, 2)}\n`);
    }
    if (report !== undefined && form !== undefined) await write(report, await page(form, screening, tally, unit, io));
  };
}

/** Standard output carries the results alone. */
function refuseStream(option: string, name: string | undefined, example: string): void {
  if (name !== '-') return;
  throw new CommandError(`${option} needs a file of its own`, Exit.cannotStart, {
    hint: `name one: ${option} ${example}`,
  });
}

type Form = 'pdf' | 'svg';

function formOf(name: string): Form {
  const ending = extname(name).toLowerCase();
  if (ending === '.pdf' || ending === '.svg') return ending === '.pdf' ? 'pdf' : 'svg';
  throw new CommandError('a report is a PDF or an SVG', Exit.cannotStart, { hint: 'name it .pdf or .svg' });
}

async function page(
  form: Form,
  { questionnaire, definitionDigest, visitDate }: Screening,
  tally: Tally,
  unit: Unit,
  io: Io,
): Promise<string | Uint8Array> {
  const [{ batchChart }, { renderChartPdf, renderChartSvg }, { loadFonts }, { ConsentRefused }] = await Promise.all([
    import('../../report/batch-chart.ts'),
    import('../../document/chart.ts'),
    import('../forms/fonts.ts'),
    import('../../document/refusal.ts'),
  ]);
  const chart = batchChart(questionnaire, tally, unit, visitDate);
  try {
    const fonts = loadFonts(io.cwd);
    if (form === 'svg') return await renderChartSvg(chart, fonts);
    return await renderChartPdf(chart, definitionDigest, fonts, new Date(`${visitDate}T00:00:00Z`));
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    throw new CommandError(error.message, Exit.cannotStart, { hint: error.hint, cause: error });
  }
}
