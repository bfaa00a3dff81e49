/**
 * `make`, with what it made remembered by its key. Holds at most `most` of them: once there are more, it forgets all and
 * begins anew.
 */
export function remembering<Key, Value>(most: number, make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const met = known.get(key);
    if (met !== undefined || known.has(key)) return met as Value;
    if (known.size >= most) known.clear();
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
