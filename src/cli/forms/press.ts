import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Weight } from '../../document/faces.ts';
import {
  type FontPackSource,
  openFontPack,
  type PackName,
  packNames,
  readFontPack,
  writeFontPack,
} from '../../document/press/font-pack.ts';
import { openPress, type Press, type PressTools } from '../../document/press/press.ts';
import { readIfThere } from '../build/compiled.ts';
import { sha256 } from '../files/source.ts';
import { packageFolder } from '../package.ts';

/** The families of the packs, by the names of their files. */
const families: Readonly<Record<PackName, string>> = {
  form: 'AtkinsonHyperlegibleNext',
  latin: 'NotoSans',
  greek: 'NotoSans',
  cyrillic: 'NotoSans',
};

function packPath(name: PackName): string {
  return `${packageFolder}dist/fonts/${name}.bin`;
}

/** The press with the fonts as the build packed them; undefined where there is no pack, or it was made from other fonts. */
export function loadPress(): Press | undefined {
  const form = freshPack('form');
  return form && openPress(openFontPack(form, freshPack), pressTools);
}

export const pressTools: PressTools = {
  sha256,
  sha256After,
  deflate: deflateSync,
  inflate: inflateSync,
  latin1: (text) => Buffer.from(text, 'latin1'),
};

/** What was gone through once is known from then on. */
function sha256After(start: Uint8Array): (rest: Uint8Array) => string {
  const begun = createHash('sha256').update(start);
  return (rest) => begun.copy().update(rest).digest('hex');
}

/** Packs the fonts anew where they, or what packs them, have changed: part of the build. */
export async function packFonts(): Promise<void> {
  const by = await recipe();
  await mkdir(dirname(packPath('form')), { recursive: true });
  for (const name of packNames) {
    if (freshPack(name)?.recipe !== by) await writeFile(packPath(name), writeFontPack(await makePack(name, by)));
  }
}

/** A pack of the fonts as they are now. */
async function makePack(name: PackName, by: string): Promise<FontPackSource> {
  const { makeFontPack } = await import('../../document/press/make-font-pack.ts');
  const { digest, ...files } = readFonts(name);
  const profile =
    name === 'form' ? await readFile(join(pdfkitFolder(), 'js/data/sRGB_IEC61966_2_1.icc')) : new Uint8Array();
  return makeFontPack(files, { name, digest, recipe: by, profile, deflate });
}

/** Once, at the build: as small as it gets. */
function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

/** A pack as the build made it; undefined where there is none, or it was made from other fonts. */
export function freshPack(name: PackName): FontPackSource | undefined {
  const bytes = readIfThere(packPath(name));
  const pack = bytes && readFontPack(bytes);
  return pack?.digest === readFonts(name).digest ? pack : undefined;
}

interface FontFiles extends Readonly<Record<Weight, Uint8Array>> {
  readonly digest: string;
}

function readFonts(name: PackName): FontFiles {
  const read = (weight: string): Uint8Array =>
    readFileSync(`${packageFolder}templates/fonts/${families[name]}_${weight}.ttf`);
  const [regular, bold] = [read('400Regular'), read('700Bold')];
  const digest = createHash('sha256').update(regular).update(bold).digest('hex');
  return { regular, bold, digest };
}

/** SHA-256 over what packs: its code, and the version of the font engine. */
async function recipe(): Promise<string> {
  const code = ['../../document/press/make-font-pack.js', '../../document/press/font-pack.js'];
  const paths = code.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const texts = await Promise.all(
    [...paths, join(pdfkitFolder(), 'package.json')].map((path) => readFile(path, 'utf8')),
  );
  return sha256(texts.join('\n'));
}

function pdfkitFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('pdfkit')));
}
