/**
 * `make`, with what it made remembered by its key. Holds at most `most` of them: once there are more, it forgets all and
 * begins anew.
 */
export function remembering<Key, Value>(most: number, make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Made<Key, Value>>();
  /** What was asked for last: mostly the same as this time. */
  let last: Made<Key, Value> | undefined;
  return (key) => {
    if (last !== undefined && last.key === key) return last.value;
    last = known.get(key);
    if (last !== undefined) return last.value;
    if (known.size >= most) known.clear();
    last = { key, value: make(key) };
    known.set(key, last);
    return last.value;
  };
}

interface Made<Key, Value> {
  readonly key: Key;
  readonly value: Value;
}
