import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { canaryOf, tracesIn } from './traces.ts';

/* The searcher that other tests take for a judge: it must find what is there. */

const canary = canaryOf('applicant.name');
const [first = '', second = ''] = canary.split(' ');
const noise = randomBytes(5000);
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each<[string, string | Buffer]>([
  ['as it is', canary],
  ['its first word', first],
  ['its second word', second],
  ['without the mark of its field', first.slice(0, -4)],
  ['in capitals', canary.toUpperCase()],
  ['in small letters', canary.toLowerCase()],
  ['in UTF-16, low byte first', Buffer.from(second, 'utf16le')],
  ['in UTF-16, high byte first', swapped(second)],
  ['in hex', Buffer.from(canary).toString('hex')],
  ['in hex capitals', Buffer.from(canary.toUpperCase()).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(first).toString('base64')],
  ['in base64 after one byte more', Buffer.from(`"${first}`).toString('base64')],
  ['in base64 after two bytes more', Buffer.from(`: ${first.toUpperCase()}`).toString('base64')],
  ['in base64 of UTF-16', Buffer.from(`x${second}`, 'utf16le').toString('base64')],
  ['in base64 of JSON', Buffer.from(JSON.stringify({ 'applicant.name': canary })).toString('base64url')],
  ['in hex of UTF-16', Buffer.from(first, 'utf16le').toString('hex')],
])('a canary %s is found amid noise', (_how, planted) => {
  expect(tracesIn(Buffer.concat([noise, Buffer.from(planted), noise]))).not.toEqual([]);
});

test('a word that is no canary is found where it is asked for, and the noise is clean', () => {
  const birthDate = '1951-07-23';
  expect(tracesIn(Buffer.concat([noise, Buffer.from(birthDate, 'utf16le')]), [birthDate])).not.toEqual([]);
  expect(tracesIn(Buffer.from(`born ${birthDate}`))).toEqual([]);
  expect(tracesIn(noise, [birthDate])).toEqual([]);
});

test('each field has a canary of its own', () => {
  expect(new Set(['applicant.name', 'applicant.id', 'clearance.why'].map(canaryOf)).size).toBe(3);
});
