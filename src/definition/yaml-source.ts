import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceSpan } from '../model/questionnaire.ts';

/** A file as read: its path as the user named it, with forward slashes, and its text. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** Where something stands in a YAML document: keys and indexes from the top. */
export type YamlPath = readonly PropertyKey[];

/** A YAML document with the position of everything in it. */
export interface YamlSource {
  readonly source: SourceText;
  readonly value: unknown;
  /** The span of the value at `path`; of the nearest value around it where there is none. */
  at(path: YamlPath): SourceSpan;
  /** The span of the key at the end of `path`; of the value where it has none. */
  atKey(path: YamlPath): SourceSpan;
  /** The span in the file of `start` to `end` of the text that the scalar at `path` comes to. */
  within(path: YamlPath, start: number, end: number): SourceSpan;
}

/** Reads strict YAML 1.2: anything but plain maps, lists and scalars is a diagnostic. */
export function readYaml(source: SourceText): {
  readonly yaml?: YamlSource;
  readonly diagnostics: readonly Diagnostic[];
} {
  const document = parseDocument(source.text, {
    version: '1.2',
    merge: false,
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
  });
  const diagnostics = [...syntaxProblems(document, source), ...unwantedFeatures(document, source)];
  if (diagnostics.length > 0) return { diagnostics };
  return { yaml: yamlSource(document, source), diagnostics };
}

function span({ path, text }: SourceText, start: number, end: number): SourceSpan {
  const from = Math.min(start, text.length);
  return { path, start: from, end: Math.max(from, Math.min(end, text.length)) };
}

/** The first fault of syntax alone, what follows it is mostly of its making; without one, every key that stands twice. */
function syntaxProblems(document: Document, source: SourceText): readonly Diagnostic[] {
  const problems = [...document.errors, ...document.warnings];
  const fault = problems.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (!fault) return problems.map(({ pos }) => twice(keySpan(source, pos[0])));
  return [
    {
      code: 'yaml-syntax',
      severity: 'error',
      message: lowerFirst(firstLine(fault.message)),
      at: span(source, fault.pos[0], fault.pos[1]),
      help: 'mend the YAML; a text with `: `, `#` or a leading sign wants quotes',
    },
  ];
}

function twice(at: SourceSpan): Diagnostic {
  const message = 'this key stands twice in one map';
  return { code: 'duplicate-key', severity: 'error', message, at, help: 'keep one of them' };
}

/** The key that starts at `start`; the parser gives its first character alone. */
function keySpan(source: SourceText, start: number): SourceSpan {
  const [key = ''] = /^(?:"[^"]*"|'[^']*'|[^\s:]+)/.exec(source.text.slice(start)) ?? [];
  return span(source, start, start + Math.max(1, key.length));
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function unwantedFeatures(document: Document, source: SourceText): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (node: Node, what: string): void => {
    const [start, end] = node.range ?? [0, 0];
    found.push({
      code: 'yaml-feature',
      severity: 'error',
      message: `${what} is not part of a definition`,
      at: span(source, start, end),
      help: 'write the value out where it is used',
    });
  };
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) report(node, 'an alias');
      else if (node.anchor !== undefined) report(node, 'an anchor');
      else if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) report(node, 'a tag');
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '<<') report(pair.key, 'a merge key');
    },
  });
  return found;
}

function yamlSource(document: Document, source: SourceText): YamlSource {
  const spanOf = (node: unknown): SourceSpan | undefined => {
    const range = isNode(node) ? node.range : undefined;
    return range ? span(source, range[0], range[1]) : undefined;
  };
  const nodeAt = (path: YamlPath): unknown => (path.length === 0 ? document.contents : document.getIn(path, true));
  const at = (path: YamlPath): SourceSpan => {
    const found = spanOf(nodeAt(path));
    if (found) return found;
    return path.length === 0 ? span(source, 0, 0) : at(path.slice(0, -1));
  };
  return {
    source,
    value: document.toJS(),
    at,
    atKey(path) {
      const around = nodeAt(path.slice(0, -1));
      const key = isMap(around) ? keyNode(around, path.at(-1)) : undefined;
      return spanOf(key) ?? at(path);
    },
    within(path, start, end) {
      const node = nodeAt(path);
      if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return at(path);
      const offsets = offsetsOf(node.value, source.text, node.range[0], node.range[1]);
      const last = offsets[Math.max(start, end - 1)];
      return span(source, offsets[start] ?? node.range[1], last === undefined ? node.range[1] : last + 1);
    },
  };
}

function keyNode(map: YAMLMap, key: PropertyKey | undefined): unknown {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key)?.key;
}

/**
 * For each character of a scalar's text its offset in the file. White space of the text stands for any run of it in the
 * file (folding, indentation); every other character is found again in order (escapes and quotes are passed over).
 */
function offsetsOf(value: string, text: string, start: number, end: number): readonly number[] {
  let at = start;
  if (/[|>]/.test(text.charAt(start))) at = text.indexOf('\n', start) + 1;
  const skip = (isSkipped: (character: string) => boolean): void => {
    while (at < end && isSkipped(text.charAt(at))) at += 1;
  };
  return [...value].flatMap((character) => {
    if (/\s/.test(character)) {
      const here = at;
      skip((each) => /\s/.test(each));
      return new Array<number>(character.length).fill(here);
    }
    skip((each) => each !== character.charAt(0));
    const here = at;
    at += character.length;
    return new Array<number>(character.length).fill(here);
  });
}
