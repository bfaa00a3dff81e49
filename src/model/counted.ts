/** A count with its noun: `1 line`, `2 lines`. With `many` for what is more than a noun, or has another plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
