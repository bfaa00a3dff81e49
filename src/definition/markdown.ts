import type { Paragraph, Root, RootContent } from 'mdast';
import type { ContainerDirective, LeafDirective } from 'mdast-util-directive';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { directive } from 'micromark-extension-directive';
import type { SourceSpan } from '../model/questionnaire.ts';
import type { SourceText } from './yaml-source.ts';

export type Block = RootContent;
export type DirectiveNode = ContainerDirective | LeafDirective;

/** A Markdown file in two parts. Offsets in both are offsets in the file. */
export interface MarkdownSource {
  /** YAML between the leading `---` lines; undefined where the file does not begin with such a block. */
  readonly frontMatter: SourceText | undefined;
  readonly root: Root;
}

/** Splits off the front matter and reads the rest as CommonMark with block directives. Never throws. */
export function readMarkdown({ path, text }: SourceText): MarkdownSource {
  const [fence = ''] = /^---\r?\n(?:[\s\S]*?\r?\n)?---(?:\r?\n|$)/.exec(text) ?? [];
  const yaml = fence.replace(/---(?:\r?\n)?$/, '');
  const blank = fence.replace(/[^\r\n]/g, ' ');
  return {
    frontMatter: fence === '' ? undefined : { path, text: yaml },
    root: parse(blank + text.slice(fence.length)),
  };
}

/** Only block directives: a colon in running text stays a colon. */
function parse(text: string): Root {
  const { flow } = directive();
  return fromMarkdown(text, {
    extensions: [flow ? { flow } : {}],
    mdastExtensions: [directiveFromMarkdown()],
  });
}

export function isDirective(node: Block): node is DirectiveNode {
  return node.type === 'containerDirective' || node.type === 'leafDirective';
}

/** The bracketed label of a directive, and what stands inside it. */
export function partsOf(node: DirectiveNode): {
  readonly label: Paragraph | undefined;
  readonly content: readonly Block[];
} {
  if (node.type === 'leafDirective') {
    const label: Paragraph | undefined =
      node.children.length === 0
        ? undefined
        : { type: 'paragraph', children: node.children, ...(node.position && { position: node.position }) };
    return { label, content: [] };
  }
  const [first, ...rest] = node.children;
  const hasLabel = first?.type === 'paragraph' && first.data !== undefined && 'directiveLabel' in first.data;
  return hasLabel ? { label: first, content: rest } : { label: undefined, content: node.children };
}

interface Positioned {
  readonly position?:
    | {
        readonly start: { readonly offset?: number | undefined };
        readonly end: { readonly offset?: number | undefined };
      }
    | undefined;
}

/** Where a node stands in the file. */
export function spanOf(node: Positioned, path: string): SourceSpan {
  return { path, start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** False for a directive with a body whose closing `:::` is missing: it ends where the file, or what is around it, does. */
export function isClosed(node: DirectiveNode, { text }: SourceText): boolean {
  if (node.type === 'leafDirective') return true;
  const { start, end } = spanOf(node, '');
  const last = text.slice(start, end).trimEnd().split('\n').slice(1).at(-1) ?? '';
  return /^\s*:{3,}$/.test(last);
}

/** The line that opens a directive. */
export function openingOf(node: Positioned, { path, text }: SourceText): SourceSpan {
  const { start, end } = spanOf(node, path);
  const line = text.indexOf('\n', start);
  const stop = line === -1 ? end : Math.min(line, end);
  return { path, start, end: text.charAt(stop - 1) === '\r' ? stop - 1 : stop };
}
