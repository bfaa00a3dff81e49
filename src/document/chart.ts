import type { Bar, Chart, ChartSection } from '../report/batch-chart.ts';
import { oneLine } from '../report/codebook.ts';
import type { Fonts, Measure } from './faces.ts';
import { paper } from './marks.ts';
import { openPrinter, type Printer } from './paint.ts';
import { palette } from './palette.ts';
import {
  checkPicture,
  colours,
  forSvg,
  margin,
  type Pen,
  type PicturePage,
  type Piece,
  penOf,
  picturePdf,
  placed,
} from './picture.ts';
import { pictureSvg } from './picture-svg.ts';

/** A chart as SVG. Throws ConsentRefused for a character that no font has. */
export async function renderChartSvg(chart: Chart, fonts: Fonts): Promise<string> {
  const printer = openPrinter(fonts);
  await check(chart, printer);
  return pictureSvg([drawChart(chart, forSvg(printer))], oneLine(chart.title));
}

/** A chart as a tagged PDF of one page. Same chart and date, same bytes. Throws as `renderChartSvg`. */
export async function renderChartPdf(chart: Chart, digest: string, fonts: Fonts, created: Date): Promise<Uint8Array> {
  const printer = openPrinter(fonts);
  await check(chart, printer);
  return picturePdf([drawChart(chart, printer)], { ...chart, digest, created }, printer);
}

function check({ title, edition, opening, sections }: Chart, printer: Printer): Promise<void> {
  const texts = sections.flatMap((section) => [
    section.title,
    section.note ?? '',
    ...section.bars.map(({ label }) => label),
  ]);
  return checkPicture([title, edition, opening, ...texts], printer);
}

/** In points. */
const width = paper.width - 2 * margin;
const label = { width: 300, size: 8 } as const;
const track = { x: 310, width: 180 } as const;

/** Pure: the same chart and measures give the same marks. */
function drawChart({ title, edition, opening, sections }: Chart, measure: Measure): PicturePage {
  const pen = penOf(measure);
  const pieces: readonly Piece[] = [
    words(pen, 'title', title, { size: 17, bold: true, color: palette.heading }),
    words(pen, 'text', `${opening} ${edition}.`, { size: 9, color: palette.quiet }),
    ...sections.flatMap((section) => sectionPieces(section, pen, measure)),
  ];
  let height: number = margin;
  const at = pieces.map((piece) => {
    const drawn = placed(piece, margin, height);
    height += piece.height;
    return drawn;
  });
  return {
    shapes: at.flatMap(({ shapes }) => shapes),
    captions: at.flatMap(({ captions }) => captions),
    height,
  };
}

function words(pen: Pen, level: 'title' | 'section' | 'text', text: string, style: Parameters<Pen['write']>[2]): Piece {
  const { marks, height } = pen.write(text, width, style);
  return { height: height + 3, shapes: [], captions: [{ level, marks }] };
}

function sectionPieces({ title, bars, note }: ChartSection, pen: Pen, measure: Measure): readonly Piece[] {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return [
    space(9),
    words(pen, 'section', title, { size: 12, bold: true, color: palette.heading }),
    ...bars.map((bar) => barPiece(bar, most, pen, measure)),
    ...(note === undefined ? [] : [words(pen, 'text', note, { size: label.size, color: palette.quiet })]),
  ];
}

function space(height: number): Piece {
  return { height, shapes: [], captions: [] };
}

/** A label of one line, its bar as long as its share of the highest count, and the count in figures. */
function barPiece({ label: text, count, of }: Bar, most: number, pen: Pen, measure: Measure): Piece {
  const name = pen.write(shortened(text, measure), label.width, { size: label.size });
  const figures = pen.write(String(count), 60, { size: label.size, bold: true });
  const length = count === 0 ? 0 : Math.max(0.75, (count / most) * track.width);
  const fill = of === undefined ? palette.outline : colours[of];
  const beside = figures.marks.map((mark) => ({ ...mark, x: mark.x + track.x + length + 4 }));
  return {
    height: name.height + 2.5,
    shapes: length === 0 ? [] : [{ kind: 'rect', x: track.x, y: 1, width: length, height: name.height - 2, fill }],
    captions: [{ level: 'text', marks: [...name.marks, ...beside] }],
  };
}

/** As many words as fit on the line of a label. */
function shortened(text: string, measure: Measure): string {
  const fits = (part: string): boolean => measure.width('regular', label.size, part) <= label.width;
  if (fits(text)) return text;
  const parts = text.split(' ');
  while (parts.length > 1 && !fits(`${parts.join(' ')} ...`)) parts.pop();
  return `${parts.join(' ')} ...`;
}
