import type { Expression } from '../../model/expression.ts';
import { type Element, type Entry, isList, noValue, type Result, unknown } from '../result.ts';
import { both } from '../truth.ts';
import type { Expressions, Scope } from './expressions.ts';
import type { Sheet, Value } from './sheet.ts';

/** Is handed the elements of a list, one after the other. */
type Sink = (sheet: Sheet, element: Entry | Result, isIn: Element['isIn']) => void;

/** Hands on the elements of a list; what there is instead where there is no list. */
type Source = (sheet: Sheet) => Result | undefined;

/** As `sizeOf` of the list, which is not put together for it: the search for what a rule needs counts again and again. */
export function sizeCompiled(expressions: Expressions, list: Expression, scope: Scope): Value {
  let [min, max] = [0, 0];
  const source = sourceOf(expressions, list, scope, (_, __, isIn) => {
    max += 1;
    if (isIn === true) min += 1;
  });
  return (sheet) => {
    min = 0;
    max = 0;
    const instead = source(sheet);
    if (instead !== undefined) return instead;
    return min === max ? min : { min, max };
  };
}

function sourceOf(expressions: Expressions, list: Expression, scope: Scope, sink: Sink): Source {
  switch (list.kind) {
    case 'list': {
      const parts = list.of.map((part) => expressions.value(part, scope));
      return (sheet) => {
        for (const part of parts) sink(sheet, part(sheet), true);
        return undefined;
      };
    }
    case 'filter': {
      const { at, inner } = expressions.bound(list.variable, scope);
      const condition = expressions.ofEach(list.body, list.variable, inner);
      return sourceOf(expressions, list.list, scope, (sheet, element, isIn) => {
        sheet.variables[at] = element;
        const isKept = both(isIn, condition(sheet));
        if (isKept !== false) sink(sheet, element, isKept);
      });
    }
    case 'map': {
      const { at, inner } = expressions.bound(list.variable, scope);
      const value = expressions.value(list.body, inner);
      return sourceOf(expressions, list.list, scope, (sheet, element, isIn) => {
        sheet.variables[at] = element;
        sink(sheet, value(sheet), isIn);
      });
    }
    case 'distinct':
      return distinctSource((into) => sourceOf(expressions, list.list, scope, into), sink);
    default: {
      const value = expressions.value(list, scope);
      return (sheet) => {
        const result = value(sheet);
        if (!isList(result)) return result;
        for (const { element, isIn } of result) sink(sheet, element, isIn);
        return undefined;
      };
    }
  }
}

/** As `distinct` does it. */
function distinctSource(from: (sink: Sink) => Source, sink: Sink): Source {
  const known: (Entry | Result)[] = [];
  const isKnownIn: Element['isIn'][] = [];
  let open = 0;
  const source = from((_, element, isIn) => {
    if (element === noValue) return;
    if (element === unknown) {
      open += 1;
      return;
    }
    const at = known.indexOf(element);
    if (at < 0) {
      known.push(element);
      isKnownIn.push(isIn);
    } else if (isIn === true) isKnownIn[at] = true;
  });
  return (sheet) => {
    known.length = 0;
    isKnownIn.length = 0;
    open = 0;
    const instead = source(sheet);
    if (instead !== undefined) return instead;
    known.forEach((element, at) => sink(sheet, element, isKnownIn[at] as Element['isIn']));
    for (let count = 0; count < open; count += 1) sink(sheet, unknown, 'unknown');
    return undefined;
  };
}
