/** Every place in a JSON value: keys and positions that lead there. */
export function placesIn(
  value: unknown,
  at: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  const inner: readonly [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value !== null && typeof value === 'object' ? value : {});
  return [at, ...inner.flatMap(([step, each]) => placesIn(each, [...at, step]))];
}

/** A copy of `value` with something else at a place. */
export function changedAt(value: unknown, [step, ...rest]: readonly (string | number)[], put: unknown): unknown {
  if (step === undefined) return put;
  if (Array.isArray(value)) return value.map((each, index) => (index === step ? changedAt(each, rest, put) : each));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: changedAt(object[step], rest, put) };
}
