import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPartial, partialPlace } from '../../src/cli/files/partial-file.ts';
import { folderWith } from '../folder.ts';

/** More than is gathered before it is written. */
const much = (sign: string): string => sign.repeat(300 * 1024);

test('what is written while it is made safe comes after that, and is not counted as safe', async () => {
  const path = join(folderWith({}), 'out');
  const file = await openPartial(await partialPlace(path), 0);
  await file.write('a');
  const safe = [file.sync()];
  await file.write('b');
  safe.push(file.sync());
  await file.write(much('c'));
  await file.write('d');
  safe.push(file.sync(), file.sync());
  await file.write('e');
  expect(await Promise.all(safe)).toEqual([1, 2, 3 + 300 * 1024, 3 + 300 * 1024]);
  expect(await file.sync()).toBe(4 + 300 * 1024);
  await file.place();
  expect(readFileSync(path, 'utf8')).toBe(`ab${much('c')}de`);
});

test('what was given is in the file as it was, whatever becomes of it then', async () => {
  const path = join(folderWith({}), 'out');
  const file = await openPartial(await partialPlace(path), 0);
  const pieces = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(index * 3000));
  const given = Buffer.alloc(150_000);
  for (const piece of pieces) {
    await file.write(given.subarray(0, given.write(piece)));
    given.fill('x');
  }
  await file.sync();
  await file.place();
  expect(readFileSync(path, 'utf8')).toBe(pieces.join(''));
});
