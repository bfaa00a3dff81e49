import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import { type FontPackSource, openFontPack, readFontPack, writeFontPack } from '../document/press/font-pack.ts';
import { openPress, type Press } from '../document/press/press.ts';
import { packageFolder } from './package.ts';
import { sha256 } from './source.ts';

const packPath = `${packageFolder}dist/fonts.bin`;

/** The faces that the form is set in. */
const files = {
  regular: 'AtkinsonHyperlegibleNext_400Regular.ttf',
  bold: 'AtkinsonHyperlegibleNext_700Bold.ttf',
} as const;

/** The press with the fonts as the build packed them; undefined where there is no pack, or it was made from other fonts. */
export async function loadPress(): Promise<Press | undefined> {
  const [pack, fonts] = await Promise.all([readPack(), readFonts()]);
  return pack?.digest === fonts.digest
    ? openPress(openFontPack(pack), { deflate, inflate: (bytes) => inflateSync(bytes), sha256 })
    : undefined;
}

/** Packs the fonts anew where they, or what packs them, have changed: part of the build. */
export async function packFonts(): Promise<void> {
  const [known, fonts, by] = await Promise.all([readPack(), readFonts(), recipe()]);
  if (known?.digest === fonts.digest && known.recipe === by) return;
  await writeFile(packPath, writeFontPack(await makePack(by)));
}

/** The pack of the fonts as they are now. */
export async function makePack(by: string): Promise<FontPackSource> {
  const { makeFontPack } = await import('../document/press/make-font-pack.ts');
  const { digest, regular, bold } = await readFonts();
  const profile = await readFile(join(pdfkitFolder(), 'js/data/sRGB_IEC61966_2_1.icc'));
  return makeFontPack({ regular, bold }, profile, { digest, recipe: by, deflate });
}

function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 6 });
}

async function readPack(): Promise<FontPackSource | undefined> {
  const bytes = await readFile(packPath).catch(() => undefined);
  return bytes && readFontPack(bytes);
}

interface FontFiles {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly digest: string;
}

async function readFonts(): Promise<FontFiles> {
  const read = (name: string): Promise<Uint8Array> => readFile(`${packageFolder}templates/fonts/${name}`);
  const [regular, bold] = await Promise.all([read(files.regular), read(files.bold)]);
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
