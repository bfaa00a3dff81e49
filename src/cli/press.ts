import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import { type FontPackSource, openFontPack, readFontPack, writeFontPack } from '../document/press/font-pack.ts';
import { openPress, type Press } from '../document/press/press.ts';
import { readIfThere } from './compiled.ts';
import { packageFolder } from './package.ts';
import { sha256 } from './source.ts';

const packPath = `${packageFolder}dist/fonts.bin`;

/** The faces that the form is set in. */
const files = {
  regular: 'AtkinsonHyperlegibleNext_400Regular.ttf',
  bold: 'AtkinsonHyperlegibleNext_700Bold.ttf',
} as const;

/** The press with the fonts as the build packed them; undefined where there is no pack, or it was made from other fonts. */
export function loadPress(): Press | undefined {
  const pack = readPack();
  return pack?.digest === readFonts().digest
    ? openPress(openFontPack(pack), { deflate: deflateSync, inflate: inflateSync, sha256 })
    : undefined;
}

/** Packs the fonts anew where they, or what packs them, have changed: part of the build. */
export async function packFonts(): Promise<void> {
  const [known, by] = [readPack(), await recipe()];
  if (known?.digest === readFonts().digest && known.recipe === by) return;
  await writeFile(packPath, writeFontPack(await makePack(by)));
}

/** The pack of the fonts as they are now. */
export async function makePack(by: string): Promise<FontPackSource> {
  const { makeFontPack } = await import('../document/press/make-font-pack.ts');
  const { digest, regular, bold } = readFonts();
  const profile = await readFile(join(pdfkitFolder(), 'js/data/sRGB_IEC61966_2_1.icc'));
  return makeFontPack({ regular, bold }, profile, { digest, recipe: by, deflate });
}

/** Once, at the build: as small as it gets. */
function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

function readPack(): FontPackSource | undefined {
  const bytes = readIfThere(packPath);
  return bytes && readFontPack(bytes);
}

interface FontFiles {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly digest: string;
}

function readFonts(): FontFiles {
  const read = (name: string): Uint8Array => readFileSync(`${packageFolder}templates/fonts/${name}`);
  const [regular, bold] = [read(files.regular), read(files.bold)];
  const digest = createHash('sha256').update(regular).update(bold).digest('hex');
  return { regular, bold, digest };
}

/** SHA-256 over what packs: its code, and the version of the font engine. */
async function recipe(): Promise<string> {
  const code = ['../document/press/make-font-pack.js', '../document/press/font-pack.js'];
  const paths = code.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const texts = await Promise.all(
    [...paths, join(pdfkitFolder(), 'package.json')].map((path) => readFile(path, 'utf8')),
  );
  return sha256(texts.join('\n'));
}

function pdfkitFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('pdfkit')));
}
