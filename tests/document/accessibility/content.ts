import type { PDFObject, PDFPage } from 'pdf-lib';
import type { Report } from './clauses.ts';
import type { Font } from './fonts.ts';
import { bytesOf, latin1Of, type Objects } from './objects.ts';
import { type Operation, operationsOf, type Token, textOfBytes } from './operators.ts';

/** A piece of marked content on a page. */
export interface Marked {
  readonly tag: string;
  /** As it is read aloud. */
  text: string;
  /** Where its first text stands, in points from the left and from the foot of the page. */
  x?: number;
  y?: number;
}

/** Marked content by number; reports what the page's program does wrong. */
export interface PageContent {
  readonly marked: ReadonlyMap<number, Marked>;
}

interface Scope {
  readonly tag: string;
  readonly mcid?: number;
  readonly actual?: string;
}

type Matrix = readonly [number, number, number, number, number, number];

const unit: Matrix = [1, 0, 0, 1, 0, 0];

const painting = new Set(['S', 's', 'f', 'F', 'f*', 'B', 'B*', 'b', 'b*', 'sh', 'Do', 'Tj', 'TJ', "'", '"', 'BI']);

export function readPage(
  page: PDFPage,
  where: string,
  objects: Objects,
  fontOf: (font: PDFObject) => Font,
  report: Report,
): PageContent {
  const tags = openTags(where, report);
  const showing = (font: Font | undefined, at: Matrix, strings: readonly Token[]): void => {
    if (font) tags.show(font, at, strings);
    else report('font-embedded', where, 'text without a font');
  };
  const saved: { matrix: Matrix; font: Font | undefined }[] = [];
  let [matrix, line] = [unit, unit];
  let font: Font | undefined;
  let untagged = 0;
  for (const operation of programOf(page, objects)) {
    const { operator, operands } = operation;
    if (painting.has(operator) && !tags.areOpen()) untagged += 1;
    switch (operator) {
      case 'BDC':
      case 'BMC':
        tags.begin(operation);
        break;
      case 'EMC':
        tags.end();
        break;
      case 'q':
        saved.push({ matrix, font });
        break;
      case 'Q':
        ({ matrix, font } = saved.pop() ?? { matrix, font });
        break;
      case 'cm':
        matrix = times(matrixOf(operands), matrix);
        break;
      case 'BT':
        line = unit;
        break;
      case 'Tm':
        line = matrixOf(operands);
        break;
      case 'Td':
      case 'TD':
        line = times([1, 0, 0, 1, ...pair(operands)], line);
        break;
      case 'Tf':
        font = fontNamed(page, operands[0], objects, fontOf);
        break;
      case 'Tj':
        showing(font, times(line, matrix), operands);
        break;
      case 'TJ':
        showing(font, times(line, matrix), operands[0]?.kind === 'list' ? operands[0].value : []);
        break;
      default:
    }
  }
  if (untagged > 0) report('content-marked', where, `${untagged} times ink outside of tags and artifacts`);
  tags.close();
  return { marked: tags.marked };
}

function programOf(page: PDFPage, { get, follow, list }: Objects): readonly Operation[] {
  const contents = get(page.node, 'Contents');
  const streams = list(contents);
  const parts = (streams.length > 0 ? streams.map(follow) : [contents]).map((each) => latin1Of(bytesOf(each)));
  return operationsOf(parts.join('\n'));
}

function fontNamed(
  page: PDFPage,
  name: Token | undefined,
  { get }: Objects,
  fontOf: (font: PDFObject) => Font,
): Font | undefined {
  const found = get(page.node.Resources(), 'Font', name?.kind === 'name' ? name.value : '');
  return found ? fontOf(found) : undefined;
}

/** The marked content that is open where a page's program stands. */
interface Tags {
  readonly marked: ReadonlyMap<number, Marked>;
  begin(operation: Operation): void;
  end(): void;
  /** Inside of tagged content or of an artifact. */
  areOpen(): boolean;
  show(font: Font, at: Matrix, strings: readonly Token[]): void;
  /** The program is at its end. */
  close(): void;
}

function openTags(where: string, report: Report): Tags {
  const marked = new Map<number, Marked>();
  const scopes: Scope[] = [];
  const current = (): Marked | undefined => {
    const mcid = scopes.findLast((scope) => scope.mcid !== undefined)?.mcid;
    return mcid === undefined ? undefined : marked.get(mcid);
  };
  const isArtifact = (): boolean => scopes.some(({ tag }) => tag === 'Artifact');
  const mark = (mcid: number, tag: string): void => {
    if (isArtifact()) report('artifact-apart', where, `content ${mcid} is in an artifact`);
    if (current()) report('artifact-apart', where, `content ${mcid} is in tagged content`);
    if (marked.has(mcid)) report('mcid-unique', where, `content ${mcid} stands twice`);
    marked.set(mcid, { tag, text: '' });
  };
  return {
    marked,
    areOpen: () => isArtifact() || current() !== undefined,
    begin(operation) {
      const scope = scopeOf(operation);
      const owner = current();
      if (scope.mcid !== undefined) mark(scope.mcid, scope.tag);
      else if (scope.tag === 'Artifact' && owner) report('artifact-apart', where, 'an artifact is in tagged content');
      if (owner && scope.actual !== undefined && scope.mcid === undefined) owner.text += scope.actual;
      scopes.push(scope);
    },
    end() {
      if (!scopes.pop()) report('content-balanced', where, 'closed without being open');
    },
    show(font, [, , , , x, y], strings) {
      const owner = current();
      const isTold = scopes.some(({ actual }) => actual !== undefined);
      const codes = strings.flatMap((token) => (token.kind === 'string' ? font.codesOf(token.value) : []));
      for (const code of codes) font.used.add(code);
      if (!owner) return;
      if (!isTold) owner.text += codes.map((code) => font.textOf(code) ?? '').join('');
      owner.x ??= x;
      owner.y ??= y;
    },
    close() {
      if (scopes.length > 0) report('content-balanced', where, `${scopes.length} left open`);
    },
  };
}

function scopeOf({ operands: [tag, properties] }: Operation): Scope {
  const of = properties?.kind === 'dictionary' ? properties.value : new Map<string, Token>();
  const [mcid, actual] = [of.get('MCID'), of.get('ActualText')];
  return {
    tag: tag?.kind === 'name' ? tag.value : '',
    ...(mcid?.kind === 'number' && { mcid: mcid.value }),
    ...(actual?.kind === 'string' && { actual: textOfBytes(actual.value) }),
  };
}

function numbersOf(operands: readonly Token[]): readonly number[] {
  return operands.map((each) => (each.kind === 'number' ? each.value : 0));
}

function pair(operands: readonly Token[]): readonly [number, number] {
  const [x = 0, y = 0] = numbersOf(operands);
  return [x, y];
}

function matrixOf(operands: readonly Token[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbersOf(operands);
  return [a, b, c, d, e, f];
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}
