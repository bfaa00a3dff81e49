/** Marks a file of SQLite as a store, in the place that SQLite has for that. */
export const applicationId = 0x70_72_69_6e;

/** How many bytes of a file tell whether it is a store. */
export const markedBytes = 72;

/** Whether a file that starts with these bytes is a store. */
export function isStore(start: Buffer): boolean {
  return (
    start.toString('latin1', 0, 16) === 'SQLite format 3\0' && start.readUInt32BE(markedBytes - 4) === applicationId
  );
}
