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
  const { get, follow, list } = objects;
  const contents = get(page.node, 'Contents');
  const streams = list(contents);
  const program = (streams.length > 0 ? streams.map(follow) : [contents]).map((each) => latin1Of(bytesOf(each)));
  const marked = new Map<number, Marked>();
  const scopes: Scope[] = [];
  const saved: { matrix: Matrix; font: Font | undefined }[] = [];
  let [matrix, line] = [unit, unit];
  let font: Font | undefined;
  const current = (): Marked | undefined => {
    const mcid = scopes.findLast((scope) => scope.mcid !== undefined)?.mcid;
    return mcid === undefined ? undefined : marked.get(mcid);
  };
  const isArtifact = (): boolean => scopes.some(({ tag }) => tag === 'Artifact');
  const begin = ({ operands: [tag, properties] }: Operation): void => {
    const of = properties?.kind === 'dictionary' ? properties.value : new Map<string, Token>();
    const [mcid, actual] = [of.get('MCID'), of.get('ActualText')];
    const scope: Scope = {
      tag: tag?.kind === 'name' ? tag.value : '',
      ...(mcid?.kind === 'number' && { mcid: mcid.value }),
      ...(actual?.kind === 'string' && { actual: textOfBytes(actual.value) }),
    };
    if (scope.mcid !== undefined) {
      if (isArtifact()) report('artifact-apart', where, `content ${scope.mcid} is in an artifact`);
      if (current()) report('artifact-apart', where, `content ${scope.mcid} is in tagged content`);
      if (marked.has(scope.mcid)) report('mcid-unique', where, `content ${scope.mcid} stands twice`);
      marked.set(scope.mcid, { tag: scope.tag, text: '' });
    } else if (scope.tag === 'Artifact' && current()) {
      report('artifact-apart', where, 'an artifact is in tagged content');
    }
    const owner = current();
    if (owner && scope.actual !== undefined && scope.mcid === undefined) owner.text += scope.actual;
    scopes.push(scope);
  };
  const show = (strings: readonly Token[]): void => {
    const owner = current();
    if (!font) {
      report('font-embedded', where, 'text without a font');
      return;
    }
    const isTold = scopes.some(({ actual }) => actual !== undefined);
    for (const token of strings) {
      if (token.kind !== 'string') continue;
      for (const code of font.codesOf(token.value)) {
        font.used.add(code);
        if (owner && !isTold) owner.text += font.textOf(code) ?? '';
      }
    }
    const [, , , , x, y] = times(line, matrix);
    if (!owner) return;
    owner.x ??= x;
    owner.y ??= y;
  };
  let untagged = 0;
  for (const operation of operationsOf(program.join('\n'))) {
    const { operator, operands } = operation;
    if (painting.has(operator) && !isArtifact() && !current()) untagged += 1;
    switch (operator) {
      case 'BDC':
      case 'BMC':
        begin(operation);
        break;
      case 'EMC':
        if (!scopes.pop()) report('content-balanced', where, 'closed without being open');
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
      case 'Tf': {
        const [name] = operands;
        const found = get(page.node.Resources(), 'Font', name?.kind === 'name' ? name.value : '');
        font = found ? fontOf(found) : undefined;
        break;
      }
      case 'Tj':
        show(operands);
        break;
      case 'TJ':
        show(operands[0]?.kind === 'list' ? operands[0].value : []);
        break;
      default:
    }
  }
  if (untagged > 0) report('content-marked', where, `${untagged} times ink outside of tags and artifacts`);
  if (scopes.length > 0) report('content-balanced', where, `${scopes.length} left open`);
  return { marked };
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
