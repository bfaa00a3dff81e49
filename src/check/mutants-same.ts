import { type Expression, partsOf } from '../model/expression.ts';
import type { EncodedDefinition } from './prove/definition.ts';
import type { EncodedBoolean } from './prove/encode/encoded.ts';
import { solve } from './prove/search.ts';

/**
 * Proves of a slip inside a condition on the entries of a repeat that the condition comes to the same for every entry,
 * whatever is answered. Then nothing around it differs either. False where the slip is elsewhere or that is not proved:
 * entries are counted together, and to prove the same of the count can be out of reach.
 */
export function isSameForEveryEntry(encoded: EncodedDefinition, before: Expression, after: Expression): boolean {
  const found = changedCondition(before, after);
  if (!found) return false;
  const { list, variable, body } = found.of;
  if (list.kind !== 'answer' || list.type.is !== 'list' || list.type.of.is !== 'entry') return false;
  const { circuit, encoder } = encoded;
  return Array.from({ length: list.type.max }, (_, index) => {
    const entry = new Map([[variable, { is: 'entry', repeat: list.linkId, index } as const]]);
    const [a, b] = [encoder.condition(body, entry), encoder.condition(found.to, entry)];
    return circuit.or(...pairsOf(a, b).map(([x, y]) => circuit.xor(x, y)));
  }).every((goal) => solve(circuit, [goal]).is === 'unsatisfiable');
}

function pairsOf(a: EncodedBoolean, b: EncodedBoolean): readonly (readonly [number, number])[] {
  return [
    [a.true, b.true],
    [a.false, b.false],
    [a.kinds.unknown, b.kinds.unknown],
    [a.kinds.declined, b.kinds.declined],
    [a.kinds.leftOut, b.kinds.leftOut],
  ];
}

type OverEntries = Extract<Expression, { list: Expression; body: Expression }>;

/** The condition on entries that holds the one place where two expressions differ, and what it is changed to. */
function changedCondition(
  before: Expression,
  after: Expression,
): { readonly of: OverEntries; readonly to: Expression } | undefined {
  if (before.kind !== after.kind) return undefined;
  const isCondition = 'body' in before && before.kind !== 'map';
  if (isCondition && 'body' in after && before.list === after.list) return { of: before, to: after.body };
  const [old, next] = [partsOf(before), partsOf(after)];
  const at = old.findIndex((part, index) => part !== next[index]);
  const [from, to] = [old[at], next[at]];
  const isAlone = old.length === next.length && old.every((part, index) => index === at || part === next[index]);
  return from && to && isAlone ? changedCondition(from, to) : undefined;
}
