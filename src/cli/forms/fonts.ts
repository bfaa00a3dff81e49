import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Family, Fonts, Weight } from '../../document/faces.ts';
import { CommandError, Exit } from '../exit.ts';
import { packageFolder } from '../package.ts';

/** Paths of the files of one family. */
type Files = Readonly<Partial<Record<Weight, string>>>;

/** Where a package of fonts has its files, and which characters it is there for. */
interface Pack {
  readonly name: string;
  readonly package: string;
  readonly files: Files;
  readonly serves: RegExp;
}

/** Too large to ship, or too seldom needed. The first that serves a character is the one that a refusal names. */
const packs: readonly Pack[] = [
  noto('Armenian', /\p{sc=Armn}/u),
  noto('Bengali', /\p{sc=Beng}/u),
  noto('Ethiopic', /\p{sc=Ethi}/u),
  noto('Georgian', /\p{sc=Geor}/u),
  noto('Gujarati', /\p{sc=Gujr}/u),
  noto('Gurmukhi', /\p{sc=Guru}/u),
  noto('Kannada', /\p{sc=Knda}/u),
  noto('Khmer', /\p{sc=Khmr}/u),
  noto('Lao', /\p{sc=Laoo}/u),
  noto('Malayalam', /\p{sc=Mlym}/u),
  noto('Tamil', /\p{sc=Taml}/u),
  noto('Telugu', /\p{sc=Telu}/u),
  noto('Thai', /\p{sc=Thai}/u),
  eastAsian('jp', 'NotoSansJP', /[\p{sc=Hira}\p{sc=Kana}]/u),
  eastAsian('kr', 'NotoSansKR', /\p{sc=Hang}/u),
  eastAsian('sc', 'NotoSansHans', /[\p{sc=Han}\p{sc=Bopo}]/u),
  eastAsian('tc', 'NotoSansHant', /[\p{sc=Han}\p{sc=Bopo}]/u),
];

function noto(script: string, serves: RegExp): Pack {
  const name = `noto-sans-${script.toLowerCase()}`;
  const file = `NotoSans${script}`;
  return {
    name,
    package: `@expo-google-fonts/${name}`,
    files: { regular: `400Regular/${file}_400Regular.ttf`, bold: `700Bold/${file}_700Bold.ttf` },
    serves,
  };
}

function eastAsian(code: string, file: string, serves: RegExp): Pack {
  return {
    name: `noto-sans-${code}`,
    package: `@embedpdf/fonts-${code}`,
    files: { regular: `fonts/${file}-Regular.otf`, bold: `fonts/${file}-Bold.otf` },
    serves,
  };
}

/**
 * The families that PDFs are set in: the shipped ones, those in the folder that a clinic named, then the packages of
 * fonts that are installed in the working folder `cwd`, in one above it, or beside the program. Nothing is read before
 * a text needs it. A folder that cannot be read is a CommandError with exit 2.
 */
export function loadFonts(cwd: string, folder?: string): Fonts {
  return [
    shipped('atkinson-hyperlegible-next', 'AtkinsonHyperlegibleNext'),
    shipped('vazirmatn', 'Vazirmatn', /\p{sc=Arab}/u),
    shipped('noto-sans-hebrew', 'NotoSansHebrew', /\p{sc=Hebr}/u),
    shipped('noto-sans', 'NotoSans'),
    ...(folder === undefined ? [] : familiesIn(folder)),
    ...packs.map((pack) => packFamily(pack, cwd)),
  ];
}

function shipped(name: string, file: string, serves?: RegExp): Family {
  const path = `${packageFolder}templates/fonts/${file}`;
  const files = { regular: `${path}_400Regular.ttf`, bold: `${path}_700Bold.ttf` };
  return { name, ...(serves && { serves }), read: (weight) => readFileSync(files[weight]) };
}

function packFamily({ name, package: pack, files, serves }: Pack, cwd: string): Family {
  return {
    name,
    serves,
    pack,
    read(weight) {
      const file = files[weight];
      const path = file === undefined ? undefined : findInPackage(pack, file, cwd);
      return path === undefined ? undefined : readFileSync(path);
    },
  };
}

function findInPackage(pack: string, file: string, cwd: string): string | undefined {
  const folders = [cwd, packageFolder].flatMap((from) => createRequire(join(from, '_')).resolve.paths(pack) ?? []);
  return folders.map((folder) => join(folder, pack, file)).find((path) => existsSync(path));
}

/** Every TrueType or OpenType file of a folder; `Name-Bold.ttf` is the bold weight of `Name-Regular.ttf` or `Name.ttf`. */
function familiesIn(folder: string): Fonts {
  const families = new Map<string, Files>();
  for (const file of list(folder)) {
    const [, name = file, weight = 'regular'] =
      /^(.+?)(?:[-_ ]?(?:\d00)?(regular|bold))?\.(?:ttf|otf)$/i.exec(file) ?? [];
    families.set(name, { ...families.get(name), [weight.toLowerCase()]: join(folder, file) });
  }
  return [...families].map(([name, files]) => ({
    name: `clinic-${name}`,
    read(weight) {
      const path = files[weight] ?? files.bold;
      return path === undefined ? undefined : readFileSync(path);
    },
  }));
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => /\.(ttf|otf)$/i.test(file))
      .sort();
  } catch {
    throw new CommandError('the folder that `fonts` names in preinfuse.yaml cannot be read', Exit.cannotStart, {
      hint: 'name a folder of TrueType or OpenType files, or take the line out',
    });
  }
}
