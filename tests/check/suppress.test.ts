import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { pages } from '../../src/check/pages.ts';
import { suppress } from '../../src/check/suppress.ts';
import { commentsIn } from '../../src/definition/comments.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';

const path = 'q/questionnaire.yaml';

/** An unread parameter found at the word `youngest` of a text. */
function unread(text: string): Diagnostic {
  const start = text.indexOf('youngest');
  const at = { path, start, end: start + 'youngest'.length };
  return { code: 'unread-parameter', severity: 'warning', message: 'nothing reads it', at };
}

/** What is left of an unread parameter in a text, and what is let be with its reason. */
function sorted(text: string, isWhole = true): { readonly open: string[]; readonly suppressed: string[] } {
  const { open, suppressed } = suppress([unread(text)], [{ path, text }], isWhole);
  return {
    open: open.map(({ code, at }) => `${code} at ${text.slice(at.start, at.end)}`),
    suppressed: suppressed.map((each) => `${each.code}: ${each.suppressed}`),
  };
}

const comment = '# preinfuse-ignore unread-parameter: for 1.1, Dr. A 2026-05-02';
const letBe = { open: [], suppressed: ['unread-parameter: for 1.1, Dr. A 2026-05-02'] };
const found = 'unread-parameter at youngest';

describe('a reason beside the line lets a problem be', () => {
  test.each([
    ['on its line', `youngest: 18 ${comment}\n`],
    ['on the line above', `a: 1\n  ${comment}\nyoungest: 18\n`],
    ['above, at the top of the file', `${comment}\nyoungest: 18\n`],
    ['above, with another comment between', `${comment}\n# What it is.\nyoungest: 18\n`],
    ['with Windows line ends', `a: 1\r\n${comment}\r\nyoungest: 18\r\n`],
    ['without a line end after it', `youngest: 18 ${comment}`],
    ['above the first entry of a list', `list:\n  ${comment}\n  - youngest\n`],
  ])('%s', (_where, text) => expect(sorted(text)).toEqual(letBe));
});

describe('what is no such comment lets nothing be', () => {
  test.each([
    ['in a quoted text', `youngest: "18 ${comment}"\n`],
    ['in a text of two lines', `a: "x\n  ${comment}"\nyoungest: 18\n`],
    ['in a block of text', `a: |\n  ${comment}\nyoungest: 18\n`],
    ['in a folded block', `a: >-\n  ${comment}\n\nyoungest: 18\n`],
    ['glued to a word', `youngest: 18${comment}\n`],
    ['another word', `youngest: 18 ${comment.replace('ignore', 'ignored')}\n`],
  ])('%s', (_where, text) => expect(sorted(text)).toEqual({ open: [found], suppressed: [] }));
});

describe('a comment that lets nothing be is reported', () => {
  const unused = `unused-suppression at ${comment}`;
  test.each([
    ['after the line', `youngest: 18\n${comment}\n`],
    ['with an empty line between', `${comment}\n\nyoungest: 18\n`],
    ['at the end of the line before', `a: 1 ${comment}\nyoungest: 18\n`],
  ])('%s', (_where, text) => expect(sorted(text)).toEqual({ open: [found, unused], suppressed: [] }));

  test('but not where the definition does not read: then not everything was looked for', () => {
    expect(sorted(`a: 1 ${comment}\nyoungest: 18\n`, false)).toEqual({ open: [found], suppressed: [] });
  });
});

describe('a comment that is not sound is an error, and lets nothing be', () => {
  test.each([
    ['without a reason', '# preinfuse-ignore unread-parameter', 'suppression-without-reason'],
    ['with an empty reason', '# preinfuse-ignore unread-parameter:', 'suppression-without-reason'],
    ['of what decides', '# preinfuse-ignore invariant-broken: it is rare', 'not-suppressible'],
    ['of itself', '# preinfuse-ignore unused-suppression: why not', 'not-suppressible'],
    ['of no code', '# preinfuse-ignore unread-paramter: later', 'unknown-code'],
    ['of nothing', '# preinfuse-ignore', 'unknown-code'],
  ])('%s', (_what, written, code) => {
    expect(sorted(`youngest: 18 ${written}\n`)).toEqual({ open: [found, `${code} at ${written}`], suppressed: [] });
  });

  test('an unknown code is told the one that was meant', () => {
    const { open } = suppress([], [{ path, text: '# preinfuse-ignore unread-paramter: later' }], true);
    expect(open.map(({ help }) => help)).toEqual(['write `unread-parameter`']);
  });
});

test('no error but of a unit, and no code of a proof, case, form or reading, can be let be', () => {
  const errors = pages.filter(({ suppressible, severity }) => suppressible && severity === 'error');
  expect(errors.map(({ code }) => code)).toEqual(['unknown-unit']);
});

test('comments are found where they are, and nowhere else', () => {
  const text = completed('title: "a # b" # one\n# two\nversion: "1.0.0"');
  expect(commentsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(['# one', '# two']);
});
