import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderCodebook } from '../../src/document/codebook.ts';
import { limitsOf } from '../../src/document/codebook-limits.ts';
import { drawSpine, pageBottom } from '../../src/document/graph-drawing.ts';
import { type Mark, paper } from '../../src/document/marks.ts';
import { openPrinter } from '../../src/document/paint.ts';
import type { Disposition } from '../../src/model/disposition.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import type { Limit } from '../../src/report/codebook.ts';
import { codebookOf } from '../../src/report/codebook-content.ts';
import { codebookHtml } from '../../src/report/codebook-html.ts';
import { codebookMarkdown } from '../../src/report/codebook-markdown.ts';
import { spineOf } from '../../src/report/graph.ts';
import { answersWith, fonts, hasPoppler, hasQpdf, questionnaire, run, textOf } from './sample.ts';

const limits = limitsOf(questionnaire, answersWith());
const none = { byRule: new Map<string, number>(), byQuestion: new Map<string, number>() };
const tested = { cases: { passed: 0, total: 0, signed: 0 } };
const facts = {
  questionnaire,
  digest: `sha256:${'a'.repeat(64)}`,
  cases: [],
  tested,
  casesByRule: none.byRule,
  limits,
};

describe('patients at the limits', () => {
  const of = (rule: string, subject: string): readonly (readonly [string, string, Disposition])[] => {
    const found = limits.find((each: Limit) => each.rules.includes(rule) && each.subject === subject);
    return (found?.patients ?? []).map(({ side, value, disposition }) => [side, value, disposition] as const);
  };

  test.each<[string, string, readonly (readonly [string, string, Disposition])[]]>([
    [
      'dnp-age',
      'Age',
      [
        ['just below', '17 years', 'do-not-proceed'],
        ['exactly at', '18 years', 'proceed-with-conditions'],
        ['just above', '19 years', 'proceed-with-conditions'],
      ],
    ],
    [
      'em-hypertensive',
      'Governing diastolic pressure',
      [
        ['just below', '119 mmHg', 'defer'],
        ['exactly at', '120 mmHg', 'emergency'],
        ['just above', '121 mmHg', 'emergency'],
      ],
    ],
    [
      'dnp-recent-mi',
      'the number of days from “When was your last heart attack?” to “Date of this screening”',
      [
        ['just below', '41 days', 'do-not-proceed'],
        ['exactly at', '42 days', 'do-not-proceed'],
        ['just above', '43 days', 'clinician-review'],
      ],
    ],
    [
      'df-heart-rate',
      '“Heart rate”',
      [
        ['just below', '49 beats a minute', 'defer'],
        ['exactly at', '50 beats a minute', 'proceed'],
        ['just above', '51 beats a minute', 'proceed'],
      ],
    ],
    [
      'cr-severity',
      'PHQ-9 total',
      [
        ['just below', '9 points', 'clinician-review'],
        ['exactly at', '10 points', 'proceed'],
        ['just above', '11 points', 'proceed'],
      ],
    ],
    [
      'cr-not-treatment-resistant',
      '“For how many days did you take that dose or more?”',
      [
        ['just below', '41 days', 'clinician-review'],
        ['exactly at', '42 days', 'proceed'],
        ['just above', '43 days', 'proceed'],
      ],
    ],
  ])('%s: %s', (rule, subject, patients) => expect(of(rule, subject)).toEqual(patients));

  test('body mass index is found exactly at its limit', () => {
    const patients = of('cr-airway', 'Body mass index');
    expect(patients.map(([side, , disposition]) => [side, disposition])).toEqual([
      ['just below', 'proceed'],
      ['exactly at', 'clinician-review'],
      ['just above', 'clinician-review'],
    ]);
    expect(patients[1]?.[1]).toBe('35 kg/m²');
  });

  test('every rule that compares a number stands among them, and most change their outcome there', () => {
    const rules = new Set(limits.flatMap((limit) => limit.rules));
    for (const id of ['df-oxygen', 'df-illness', 'df-food', 'df-fluid', 'cr-alcohol', 'cr-older', 'pc-older']) {
      expect(rules).toContain(id);
    }
    for (const limit of limits) expect(limit.patients.length).toBeGreaterThanOrEqual(2);
  });

  test('a definition without numbers has no limits', () => {
    const rules = questionnaire.rules.filter(({ id }) => id === 'df-escort');
    expect(limitsOf({ ...questionnaire, rules, items: [] }, new Map())).toEqual([]);
  });
});

/** Without the escapes of HTML and Markdown. */
function unescaped(text: string): string {
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\\([\\`*_{}[\]<>#|~&$+=.)-])/g, '$1');
}

/** The shipped definition with `text` for the words of its first question and its title. */
function withText(text: string): Questionnaire {
  const [section, ...rest] = questionnaire.items;
  const [first] = section?.items ?? [];
  if (!section || !first) throw new Error('no question');
  return { ...questionnaire, title: text, items: [{ ...section, items: [{ ...first, text }] }, ...rest] };
}

describe('the three forms', () => {
  const book = codebookOf(facts);
  const html = codebookHtml(book);
  const markdown = codebookMarkdown(book);

  test.each([
    ['HTML', html],
    ['Markdown', markdown],
  ])('%s has every rule, number, value and source', (_form, written) => {
    const text = unescaped(written);
    const { rules, parameters, sources, calculated } = questionnaire;
    const expected = [
      ...rules.flatMap(({ id, reason, action }) => [id, reason, action]),
      ...parameters.map(({ because }) => because),
      ...sources.flatMap((source) => [source.text, source.doi ?? '']),
      ...calculated.map(({ title }) => title),
    ];
    expect(expected.filter((part) => !text.includes(part))).toEqual([]);
  });

  test('the page is whole in itself: no script, nothing fetched, each entry folds', () => {
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|javascript:|\son\w+=/i);
    expect(html).toContain('@media print');
    expect(html.match(/<details /g)?.length).toBe(html.match(/<summary>/g)?.length);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('nothing that a definition says is obeyed', () => {
    const hostile = `<script>alert(1)</script> "><img src=x onerror=alert(1)> | *x* [y](javascript:z) \`q\` \u001b[31m &lt;`;
    const written = codebookOf({ ...facts, limits: [], questionnaire: withText(hostile) });
    const page = codebookHtml(written);
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    const text = codebookMarkdown(written);
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)\[y\]|(?<!\\)\*x\*|(?<!\\)`q`/);
    for (const each of [page, text]) expect(each).not.toContain('\u001b');
  });

  test('one of something is spoken of as one', () => {
    const rules = questionnaire.rules.filter(({ id }) => id === 'df-escort');
    const text = codebookMarkdown(codebookOf({ ...facts, limits: [], questionnaire: { ...questionnaire, rules } }));
    expect(text).toContain('1 rule leads to it');
    expect(text).not.toMatch(/\b1 (rules|decimals|days|rule lead) /);
  });

  test('changes stand in a chapter of their own', () => {
    const changes = {
      against: 'iv-ketamine 0.9.0',
      lists: [
        { title: 'Loosened', items: [{ text: 'df-blood-pressure', parts: [{ text: '179 mmHg', parts: [] }] }] },
        { title: 'Tightened', items: [] },
      ],
    };
    const text = codebookMarkdown(codebookOf({ ...facts, changes }));
    expect(text).toContain('**Loosened:**\n\n- df-blood-pressure\n  - 179 mmHg\n\n**Tightened:** none');
  });
});

describe('the PDF', () => {
  const small = { ...questionnaire, items: questionnaire.items.slice(0, 2), rules: questionnaire.rules.slice(0, 6) };
  const book = codebookOf({ ...facts, limits: limits.slice(0, 2), questionnaire: small });

  test('is the same bytes every time', async () => {
    const [one, other] = await Promise.all([
      renderCodebook(book, fonts, new Date(0)),
      renderCodebook(book, fonts, new Date(0)),
    ]);
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash(one)).toBe(hash(other));
  });

  test.skipIf(!hasPoppler)('says what the book says, with definition, digest and page on every page', async () => {
    const text = textOf(await renderCodebook(book, fonts, new Date(0)));
    for (const { reason } of small.rules) expect(text).toContain(reason);
    const pages = Number(/Page 1 of (\d+)/.exec(text)?.[1]);
    expect(pages).toBeGreaterThan(3);
    expect(text.match(/a{64}/g)?.length).toBe(pages + 1);
    for (let page = 1; page <= pages; page += 1) expect(text).toContain(`Page ${page} of ${pages}`);
    expect(text).toMatch(/Signature\s+Date/);
  });

  test.skipIf(!hasQpdf)('is sound', async () => {
    expect(run('qpdf', ['--check'], await renderCodebook(book, fonts, new Date(0)))).toContain('No syntax');
  });

  test('refuses a character that no font has', async () => {
    const odd = codebookOf({ ...facts, limits: [], questionnaire: { ...small, title: 'Tsalagi Ꮳ' } });
    await expect(renderCodebook(odd, fonts, new Date(0))).rejects.toThrow('no font on hand has the character U+13E3');
  });
});

describe('the picture', () => {
  const printer = openPrinter(fonts);
  const spine = spineOf(questionnaire, none);
  const pages = drawSpine(spine, printer, pageBottom);

  test('every question stands on the spine, and every rule leaves it once', () => {
    const stops = spine.stretches.flatMap((stretch) => stretch.stops);
    expect(stops.map(({ number }) => number)).toEqual(stops.map((_, index) => index + 1));
    const exits = stops.flatMap((stop) => stop.exits.map(({ rule }) => rule));
    expect([...exits].sort()).toEqual(questionnaire.rules.map(({ id }) => id).sort());
  });

  type Word = Extract<Mark, { kind: 'text' }>;
  type Box = Extract<Mark, { kind: 'rect' }>;
  const rightOf = ({ x, face, size, text }: Word): number => x + printer.width(face, size, text.trimEnd());
  const wordsOf = (marks: readonly Mark[]): readonly Word[] => marks.filter((mark) => mark.kind === 'text');
  const boxesOf = (marks: readonly Mark[]): readonly Box[] => marks.filter((mark) => mark.kind === 'rect');
  const isWithin = (word: Word, { x, y, width, height }: Box): boolean =>
    word.x >= x && rightOf(word) <= x + width + 0.01 && word.y - 0.8 * word.size >= y && word.y <= y + height;

  test('no word leaves the page', () => {
    const words = pages.flatMap(({ captions }) => captions.flatMap(({ marks }) => wordsOf(marks)));
    expect(words.filter((word) => rightOf(word) > paper.width - 36 + 0.01)).toEqual([]);
    for (const { height } of pages) expect(height).toBeLessThanOrEqual(pageBottom);
  });

  test('every word of a question or rule stands in its box', () => {
    const outside = pages.flatMap(({ captions, shapes }, page) => {
      const said = captions.filter(({ level }) => level === 'text').slice(page === 0 ? 1 : 0);
      const boxes = boxesOf(shapes);
      const words = said.flatMap(({ marks }) => wordsOf(marks));
      return words.filter((word) => !boxes.some((box) => isWithin(word, box)));
    });
    expect(outside.map(({ text }) => text)).toEqual([]);
  });

  test('no two boxes of a page overlap', () => {
    for (const { shapes } of pages) {
      const boxes = boxesOf(shapes).filter(({ width }) => width > 4);
      for (const [index, a] of boxes.entries()) {
        for (const b of boxes.slice(index + 1)) {
          const isApart =
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(isApart).toBe(true);
        }
      }
    }
  });

  test('a condition longer than a page is cut with a word on where to read it', () => {
    const rule = questionnaire.rules.find(({ id }) => id === 'df-escort');
    if (!rule) throw new Error('df-escort');
    const { expression } = rule.when;
    const long = {
      ...rule,
      when: {
        ...rule.when,
        expression: { ...expression, kind: 'or' as const, of: Array.from({ length: 120 }, () => expression) },
      },
    };
    const drawn = drawSpine(spineOf({ ...questionnaire, rules: [long] }, none), printer, pageBottom);
    for (const { height } of drawn) expect(height).toBeLessThanOrEqual(pageBottom);
    const words = drawn.flatMap(({ captions }) =>
      captions.flatMap(({ marks }) => marks.map((mark) => (mark.kind === 'text' ? mark.text : ''))),
    );
    expect(words.join(' ')).toContain('and more: see the codebook');
  });
});
