import { describe, expect, test } from 'vitest';
import { readEvidence, reviewsOfAnotherText } from '../../src/definition/evidence.ts';
import { shipped } from '../document/sample.ts';

const good = `id: ledger
version: "1.0.0"
recheckAfter: { months: 24, because: Studies appear. }
entries:
  - id: one-2020
    authors: One and others
    year: 2020
    journal: A journal
    doi: 10.1000/abc
    n: 10
    drug: ketamine
    route: iv
    dose: antidepressant
    population: Adults
    design: Trial
    relation: direct
    figures:
      - { id: response, effect: 64, of: 100, reported: "64 %", about: better }
    checked: "2026-11-24"
    how: excerpt
    by: somebody
`;

function read(text: string): readonly (readonly [string, string])[] {
  const source = { path: 'evidence.yaml', text };
  return readEvidence(source).diagnostics.map(({ code, at }) => [code, text.slice(at.start, at.end)]);
}

test('a sound ledger has no diagnostics', () => expect(read(good)).toEqual([]));

test('the shipped ledger is sound, and its indirect entries are what they say', () => {
  const { evidence, diagnostics } = readEvidence(shipped('templates/iv-ketamine/evidence.yaml'));
  expect(diagnostics).toEqual([]);
  const esketamine = evidence?.entries.filter(({ drug }) => drug === 'esketamine') ?? [];
  expect(esketamine.map(({ relation }) => relation)).not.toContain('direct');
  expect(esketamine.map(({ id }) => id)).toContain('daly-2018');
});

describe('one fault each', () => {
  test.each([
    ['an entry twice', good + good.slice(good.indexOf('  - id')), 'duplicate-evidence', 'one-2020'],
    ['spray called direct', good.replace('route: iv', 'route: nasal'), 'wrong-relation', 'direct'],
    ['direct called indirect', good.replace('relation: direct', 'relation: indirect'), 'wrong-relation', 'indirect'],
    [
      'an anaesthetic dose called direct',
      good.replace('dose: antidepressant', 'dose: anaesthetic'),
      'wrong-relation',
      'direct',
    ],
    ['a figure without a number', good.replace('effect: 64', 'effect: most people'), 'wrong-shape', 'most people'],
    ['a share of nobody', good.replace(', of: 100', ''), 'wrong-shape', 'response'],
    ['a share that is also a measure', good.replace('of: 100', 'of: 100, unit: h'), 'wrong-shape', 'response'],
    ['a DOI that is none', good.replace('10.1000/abc', 'doi.org/abc'), 'wrong-shape', 'doi.org/abc'],
    ['an unknown drug', good.replace('drug: ketamine', 'drug: ketamin'), 'wrong-shape', 'ketamin'],
    ['a date that is none', good.replace('2026-11-24', '2026-02-30'), 'wrong-shape', '"2026-02-30"'],
    ['a key too many', good.replace('    by:', '    bye: x\n    by:'), 'unknown-key', 'bye'],
    ['not YAML', 'entries: [', 'yaml-syntax', ''],
  ])('%s', (_what, text, code, at) => {
    const [first] = read(text);
    expect(first?.[0]).toBe(code);
    expect(first?.[1]).toContain(at);
  });
});

describe('a review of a translation', () => {
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const of = (letter: string, language = 'es'): string =>
    `  - { language: ${language}, who: A. B., credential: CT, date: "2026-11-01", version: "1.0.0", digest: "${digest(letter)}" }\n`;
  const ledgerWith = (...reviews: readonly string[]) => {
    const text = good.replace('entries:', `reviews:\n${reviews.join('')}entries:`);
    const { evidence, diagnostics } = readEvidence({ path: 'evidence.yaml', text });
    if (!evidence) throw new Error(JSON.stringify(diagnostics));
    return { text, evidence };
  };
  const form = { language: 'es', digest: digest('a') };

  test.each([
    ['none', good, 0],
    ['of this wording', of('a'), 0],
    ['of this wording after another', of('b') + of('a'), 0],
    ['of another language', of('b', 'fr'), 0],
    ['of another wording', of('b'), 1],
    ['of two other wordings: the last is told', of('b') + of('c'), 1],
  ])('%s', (_what, reviews, count) => {
    const { text, evidence } = reviews === good ? ledgerWith('  []\n') : ledgerWith(reviews);
    const found = reviewsOfAnotherText(evidence, form);
    expect(found.map(({ code, severity }) => [code, severity])).toEqual(
      Array.from({ length: count }, () => ['review-of-another-text', 'warning']),
    );
    for (const { at, note } of found) {
      expect(text.slice(at.start, at.end)).toContain(
        reviews.includes('c'.repeat(64)) ? 'c'.repeat(64) : 'b'.repeat(64),
      );
      expect(note).toContain(form.digest);
    }
  });

  test('names a digest', () => {
    const text = good.replace('entries:', `reviews:\n${of('a').replace(/, digest.*/, ' }')}\nentries:`);
    expect(read(text)).toEqual([['missing-key', expect.any(String)]]);
  });
});
