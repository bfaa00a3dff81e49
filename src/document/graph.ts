import { oneLine } from '../report/codebook.ts';
import type { Spine } from '../report/graph.ts';
import type { Fonts } from './faces.ts';
import { drawSpine, pageBottom } from './graph-drawing.ts';
import { openPrinter, type Printer } from './paint.ts';
import { checkPicture, forSvg, picturePdf } from './picture.ts';
import { pictureSvg } from './picture-svg.ts';

/** A spine as SVG: all sections below each other in one picture. Throws ConsentRefused for a character that no font has. */
export async function renderGraphSvg(spine: Spine, fonts: Fonts): Promise<string> {
  const printer = openPrinter(fonts);
  await check(spine, printer);
  return pictureSvg(drawSpine(spine, forSvg(printer), Number.POSITIVE_INFINITY), oneLine(spine.title));
}

/**
 * A spine as a PDF of lines and words, tagged, a page or more a section. `digest` stands on every page. Same spine, same
 * bytes. Throws ConsentRefused for a character that no font has.
 */
export async function renderGraphPdf(spine: Spine, digest: string, fonts: Fonts, created: Date): Promise<Uint8Array> {
  const printer = openPrinter(fonts);
  await check(spine, printer);
  return picturePdf(drawSpine(spine, printer, pageBottom), { ...spine, digest, created }, printer);
}

async function check(spine: Spine, printer: Printer): Promise<void> {
  const { title, edition, stretches } = spine;
  const texts = stretches.flatMap((stretch) => [
    stretch.title,
    ...stretch.stops.flatMap(({ text, onlyIf, exits }) => [text, ...onlyIf, ...exits.flatMap(({ when }) => when)]),
  ]);
  await checkPicture([title, edition, ...texts], printer);
}
