import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { type Content, runsOf, type Text } from '../../src/document/content.ts';
import { type Edition, layOut } from '../../src/document/layout.ts';
import { breakLines } from '../../src/document/lines.ts';
import { type Ink, type Layout, type Mark, type Node, paper } from '../../src/document/marks.ts';
import { openPrinter } from '../../src/document/paint.ts';
import { palette } from '../../src/document/palette.ts';
import { clearance, everyClause, evidence, fonts, found, requestWith, rulesOf, spanish, template } from './sample.ts';

const printer = openPrinter(fonts);
const editions: readonly Edition[] = ['standard', 'large-print'];

const forms: readonly (readonly [string, Content])[] = [
  ['no findings', composeConsent(requestWith())],
  ['every clause', composeConsent(requestWith({}, { assessment: everyClause, clearance }))],
  ['an interpreter', composeConsent(requestWith({ 'applicant.interpreter': 'qualified' }))],
  ['long titles and labels', withLongWords(composeConsent(requestWith()))],
  ['a long name', composeConsent(requestWith({ 'applicant.name': 'Wolfeschlegelsteinhausen'.repeat(8) }))],
];

/** The same with other words under the boxes for initials, and before the words of what is initialled. */
function withLongWords(content: Content): Content {
  const more = (text: Text): Text => text.map((run) => ({ ...run, text: `${run.text}, once you have read this` }));
  const sections = content.sections.map((section) => ({
    ...section,
    blocks: section.blocks.map((block) =>
      block.kind === 'item' && block.initials
        ? { ...block, initials: more(block.initials), title: more(block.title) }
        : block,
    ),
  }));
  return { ...content, sections };
}

const inSpanish = composeConsent(requestWith({ 'applicant.interpreter': 'qualified' }, { template: spanish }));

interface Placed {
  readonly node: Node;
  readonly path: string;
  readonly page: number;
  readonly mark: Mark;
}

function placedIn(node: Node, path = ''): readonly Placed[] {
  const here = `${path}/${node.tag}`;
  return node.children.flatMap((child: Node | Ink) =>
    'marks' in child
      ? child.marks.map((mark) => ({ node, path: here, page: child.page, mark }))
      : placedIn(child, here),
  );
}

function wordsOf(texts: readonly string[]): string {
  return texts.join('').replace(/\s+/g, '');
}

const cases = forms.flatMap(([name, content]) => editions.map((edition) => [name, edition, content] as const));

describe.each(cases)('%s, %s', (_name, edition, content) => {
  const layout: Layout = layOut(content, printer, edition);
  const placed = placedIn(layout.root);
  const texts = placed.flatMap(({ mark, ...rest }) => (mark.kind === 'text' ? [{ ...rest, mark }] : []));
  const scale = edition === 'large-print' ? 1.5 : 1;

  test('every word is on a page, in reading order for lists and paragraphs, none twice', () => {
    const count = (text: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const character of text) counts[character] = (counts[character] ?? 0) + 1;
      return counts;
    };
    const footer = Object.values(content.footer).flat();
    const said = wordsOf(
      runsOf(content)
        .filter((run) => !footer.includes(run))
        .map(({ text }) => text),
    );
    const printed = wordsOf(texts.filter(({ node }) => node.tag !== 'Lbl').map(({ mark }) => mark.text));
    expect(count(printed)).toEqual(count(said));
  });

  test('nothing leaves the page or runs into the footer', () => {
    const footerTop = Math.min(...layout.footers.flat().map((mark) => mark.y - ('size' in mark ? mark.size : 0)));
    for (const { mark } of texts) {
      const right = mark.x + printer.width(mark.face, mark.size, mark.text.trimEnd());
      expect(mark.x).toBeGreaterThanOrEqual(53.9);
      expect(right).toBeLessThanOrEqual(paper.width - 53.9);
      expect(mark.y).toBeGreaterThan(36);
      expect(mark.y + 2).toBeLessThan(footerTop);
    }
  });

  test('no two texts lie on each other', () => {
    const boxes = texts.map(({ page, mark }) => {
      const width = printer.width(mark.face, mark.size, mark.text.trimEnd());
      return {
        page,
        text: mark.text,
        left: mark.x,
        right: mark.x + width,
        top: mark.y - 0.7 * mark.size,
        bottom: mark.y,
      };
    });
    const covered = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter((other) => one.page === other.page && one.left < other.right - 0.5 && other.left < one.right - 0.5)
        .filter((other) => one.top < other.bottom && other.top < one.bottom)
        .map((other) => `${one.text} / ${other.text}`),
    );
    expect(covered).toEqual([]);
  });

  test('patient text is 12 points or more; tables and footers may be smaller', () => {
    const small = texts.filter(({ mark }) => mark.size < 12 * scale);
    expect(small.filter(({ path }) => !path.includes('/Table'))).toEqual([]);
    expect(Math.min(...texts.map(({ mark }) => mark.size))).toBeGreaterThanOrEqual(9);
    const footers = layout.footers.flat().flatMap((mark) => (mark.kind === 'text' ? [mark.size] : []));
    expect(Math.min(...footers)).toBeGreaterThan(6);
  });

  test('no heading is the last thing on a page', () => {
    for (let page = 0; page < layout.pages; page += 1) {
      const here = texts.filter((each) => each.page === page);
      const last = here.toSorted((a, b) => b.mark.y - a.mark.y)[0];
      expect(last?.node.tag).not.toMatch(/^H\d$/);
    }
  });

  test('no page but the last is half empty', () => {
    const inks = [
      ...placed,
      ...layout.artifacts.flatMap((marks, page) => marks.map((mark) => ({ node: layout.root, path: '', page, mark }))),
    ];
    const ends = Array.from({ length: layout.pages }, (_, page) =>
      Math.max(...inks.filter((each) => each.page === page).map(({ mark }) => mark.y)),
    );
    // Half of what is between the margin above and the footer.
    expect(Math.min(...ends.slice(0, -1))).toBeGreaterThan(385);
  });

  test('each label of the card is the head of its own row alone', () => {
    const rows: Node[] = [];
    const walk = (node: Node): void => {
      if (node.tag === 'TR') rows.push(node);
      for (const child of node.children) if ('tag' in child) walk(child);
    };
    walk(layout.root);
    const heads = rows.map(({ children }) => children.filter((cell) => 'scope' in cell && cell.scope === 'Row').length);
    expect(Math.max(...heads)).toBe(1);
  });

  test('a box to tick reads as one', () => {
    const boxes = placed.filter(({ path, mark }) => path.endsWith('/Lbl') && mark.kind === 'rect');
    expect(new Set(boxes.map(({ node }) => node.actual))).toEqual(new Set(['\u2610']));
  });

  test('headings never skip a level', () => {
    const levels: number[] = [];
    const walk = (node: Node): void => {
      if (/^H\d$/.test(node.tag)) levels.push(Number(node.tag.slice(1)));
      for (const child of node.children) if ('tag' in child) walk(child);
    };
    walk(layout.root);
    expect(levels[0]).toBe(1);
    expect(levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });

  test('no signature stands on a page without the words that are signed', () => {
    const signed = texts.filter(({ path }) => path.includes('/Div'));
    for (const page of new Set(signed.map((each) => each.page))) {
      const here = signed.filter((each) => each.page === page);
      const blanks = here.filter(({ mark }) => mark.text.trim() === 'Signature').length;
      expect(here.filter(({ node }) => node.tag === 'H3').length).toBe(blanks);
    }
    const statements = texts.filter(({ path }) => path.includes('/Sect') && path.includes('/LI')).at(-1);
    expect(signed[0]?.page).toBe(statements?.page);
    if (edition === 'standard') expect(new Set(signed.map((each) => each.page)).size).toBe(1);
  });

  test('a picture has a figure for each person, those that count filled in, inside the page and its box', () => {
    const figures = [
      ...new Set(
        placed
          .filter(({ node }) => node.tag === 'Figure' && node.box?.width !== node.box?.height)
          .map(({ node }) => node),
      ),
    ];
    const counted = figures.map((figure) =>
      placed.flatMap(({ node, mark }) => {
        if (node !== figure || mark.kind !== 'shape') return [];
        expect(mark.x).toBeGreaterThanOrEqual(53.9);
        expect(mark.x + (node.box?.width ?? 0)).toBeLessThanOrEqual(paper.width - 53.9);
        const { width = 0, height = 0 } = node.box ?? {};
        for (const [x, y] of mark.places ?? []) {
          // A figure is ten units wide and fifteen high.
          expect((x + 10) * mark.scale).toBeLessThanOrEqual(width + 0.01);
          expect((y + 15) * mark.scale).toBeLessThanOrEqual(height + 0.01);
        }
        return [[mark.fill ?? 'outline', new Set(mark.places?.map(String)).size]];
      }),
    );
    for (const figure of figures) {
      const places = placed.flatMap(({ node, mark }) =>
        node === figure && mark.kind === 'shape' ? (mark.places ?? []).map(String) : [],
      );
      expect(new Set(places).size).toBe(100);
    }
    const array = (filled: number) => [
      [palette.heading, filled],
      ['outline', 100 - filled],
    ];
    expect(counted).toEqual([array(64), array(28), array(34), array(6), array(13)]);
    expect(figures.every(({ alt }) => /^100 small figures of people, \d+ of them filled in\. /.test(alt ?? ''))).toBe(
      true,
    );
  });

  test('every page says which chart, form and content it belongs to, and its number', () => {
    layout.footers.forEach((marks, page) => {
      const said = marks.map((mark) => (mark.kind === 'text' ? mark.text : '')).join(' ');
      expect(said).toContain('V001');
      expect(said).toMatch(/iv-ketamine-consent \d+\.\d+\.\d+ en/);
      expect(said).toMatch(/iv-ketamine \d/);
      expect(said).toMatch(/SHA-256: [0-9a-f]{64}/);
      expect(said).toContain(`Page ${page + 1} of ${layout.pages}`);
    });
  });
});

describe.each([...cases, ...editions.map((edition) => ['Spanish', edition, inSpanish] as const)])(
  '%s, %s',
  (_name, edition, content) => {
    test('what leads a list stands on the page on which it begins', () => {
      const pagesOf = (node: Node): readonly number[] => placedIn(node).map(({ page }) => page);
      const parted: string[] = [];
      const look = (node: Node): void => {
        const children = node.children.filter((child): child is Node => 'tag' in child);
        children.forEach((child, index) => {
          const next = children[index + 1];
          if (child.tag === 'P' && next?.tag === 'L' && pagesOf(child).at(-1) !== pagesOf(next)[0]) {
            parted.push(
              placedIn(child)
                .map(({ mark }) => (mark.kind === 'text' ? mark.text : ''))
                .join(''),
            );
          }
          look(child);
        });
      };
      look(layOut(content, printer, edition).root);
      expect(parted).toEqual([]);
    });
  },
);

describe.each([...cases, ...editions.map((edition) => ['Spanish', edition, inSpanish] as const)])(
  '%s, %s',
  (_name, edition, content) => {
    const sections = layOut(content, printer, edition).root.children.flatMap((child) =>
      'tag' in child && child.tag === 'Sect' ? [child.children.filter((each): each is Node => 'tag' in each)] : [],
    );
    const pagesOf = (node: Node): readonly number[] => placedIn(node).map(({ page }) => page);

    test('a picture stands on the page of the words before and after it', () => {
      const parted = sections.flatMap((nodes) =>
        nodes.flatMap((node, index) => {
          if (node.tag !== 'Figure' || node.box?.width === node.box?.height) return [];
          const [before, after] = [nodes.slice(0, index).findLast(({ tag }) => tag === 'H3'), nodes[index + 1]];
          const pages = [before, node, after].flatMap((each) => (each ? (pagesOf(each)[0] ?? []) : []));
          return new Set(pages).size === 1 ? [] : [node.alt];
        }),
      );
      expect(parted).toEqual([]);
    });

    test('what begins at the end of a page ends there too: it would have been whole on the next', () => {
      const cut = sections.flatMap((nodes) =>
        nodes.flatMap((node, index) => {
          // A heading above it holds to it: then the room is measured from there.
          if (node.tag !== 'H3' || nodes[index - 1]?.tag === 'H2') return [];
          const end = nodes.findIndex(({ tag }, at) => at > index && tag === 'H3');
          const parts = nodes.slice(index, end < 0 ? undefined : end).flatMap((each) => placedIn(each));
          const [first] = parts;
          const isLate = first !== undefined && first.mark.y > 592;
          return isLate && parts.at(-1)?.page !== first.page ? [first.mark] : [];
        }),
      );
      expect(cut).toEqual([]);
    });
  },
);

/** Titles of what is initialled, with the pages of the title and of the box. */
function initialled(content: Content, edition: Edition): readonly (readonly [string, number, number])[] {
  const label = content.language === 'es' ? spanish.words.initials : template.words.initials;
  const nodes = layOut(content, printer, edition).root.children.flatMap((child) =>
    'tag' in child && child.tag === 'Sect' ? child.children.filter((each): each is Node => 'tag' in each) : [],
  );
  const said = (node: Node): string =>
    placedIn(node)
      .flatMap(({ mark }) => ('text' in mark ? [mark.text] : []))
      .join('');
  const pageOf = (node: Node): number => placedIn(node)[0]?.page ?? -1;
  return nodes.flatMap((node, index) => {
    const title = nodes.slice(0, index).findLast(({ tag }) => tag === 'H3');
    return said(node) === label && title ? [[said(title), pageOf(title), pageOf(node)] as const] : [];
  });
}

test.each([
  ['English', composeConsent(requestWith())],
  ['English, every clause', composeConsent(requestWith({}, { assessment: everyClause, clearance }))],
  ['Spanish', inSpanish],
  ['Spanish, every clause', composeConsent(requestWith({}, { assessment: everyClause, clearance, template: spanish }))],
] as const)(
  'a clause that is initialled is on one page with its box, but for risks with pictures: %s',
  (_, content) => {
    for (const edition of editions) {
      const all = initialled(content, edition);
      expect(all).toHaveLength(6);
      const risks = all.slice(3, 5);
      expect(all.filter(([, title, box]) => title !== box).filter((each) => !risks.includes(each))).toEqual([]);
    }
  },
);

test('the boxes of a question to the patient stand in one row, or one below the other', () => {
  for (const form of [template, spanish])
    for (const edition of editions) {
      const layout = layOut(composeConsent(requestWith({}, { template: form })), printer, edition);
      const listsIn = (node: Node): readonly Node[] =>
        node.children.flatMap((child) => ('marks' in child ? [] : child.isToTick ? [child] : listsIn(child)));
      const asked = listsIn(layout.root).filter(({ children }) => children.length === 3);
      expect(asked).toHaveLength(4);
      for (const list of asked) {
        const boxes = placedIn(list).flatMap(({ mark }) => (mark.kind === 'rect' ? [mark] : []));
        const [across, down] = [boxes.map(({ x }) => x), boxes.map(({ y }) => y)].map((places) => new Set(places).size);
        expect([across, down]).toEqual(edition === 'standard' ? [3, 1] : [1, 3]);
      }
    }
});

test('what leads the questions to the patient stands on the page of the first', () => {
  const partsOf = (
    form: typeof template,
    rules: readonly string[],
    edition: Edition,
  ): readonly (number | undefined)[] => {
    const request = requestWith({}, { template: form, assessment: found('clinician-review', rules), clearance });
    const nodes = layOut(composeConsent(request), printer, edition).root.children.flatMap((child) =>
      'tag' in child && child.tag === 'Sect' ? child.children.filter((each): each is Node => 'tag' in each) : [],
    );
    const said = (node: Node): string =>
      placedIn(node)
        .flatMap(({ mark }) => ('text' in mark ? [mark.text] : []))
        .join('');
    const at = nodes.findIndex((node) => said(node) === form.words.teachBackByHand);
    const [lead, first] = nodes.slice(at, at + 2).map((node) => placedIn(node).map(({ page }) => page));
    return [lead?.at(-1), first?.[0]];
  };
  const reviews = rulesOf('clinician-review');
  for (const form of [template, spanish])
    for (const edition of editions)
      for (let count = 1; count < reviews.length; count += 2) {
        const [lead, first] = partsOf(form, reviews.slice(0, count), edition);
        expect(lead, `${form.language}, ${edition}, ${count}`).toBe(first);
      }
});

test.each([
  [
    template,
    [
      'Consent for IV ketamine treatment',
      'has not approved ketamine',
      'Main risks.',
      'Do not drive',
      'Other treatments, or no treatment',
      'stop at any time',
      'You may feel fine and still',
      'Initials',
    ],
  ],
  [
    spanish,
    [
      'Consentimiento: ketamina intravenosa (IV)',
      'no ha aprobado la ketamina',
      'Riesgos principales.',
      'No maneje',
      'Otros tratamientos, o ninguno',
      'parar en cualquier momento',
      'Puede sentirse bien y aun',
      'Iniciales',
    ],
  ],
])('the first page has the title, the patient, the main points and the whole driving rule', (form, words) => {
  for (const cleared of [{}, { clearance }]) {
    const layout = layOut(composeConsent(requestWith({}, { template: form, ...cleared })), printer, 'standard');
    const first = placedIn(layout.root).flatMap(({ page, mark }) =>
      page === 0 && mark.kind === 'text' ? [mark.text] : [],
    );
    const said = first.join('');
    for (const each of ['Test Applicant', ...words]) expect(said).toContain(each);
  }
});

describe('what is in another language than the form', () => {
  const marked = (content: Content): readonly string[] => {
    const texts = new Map<Node, string>();
    for (const { node, mark } of placedIn(layOut(content, printer, 'standard').root)) {
      if (node.tag !== 'Span' || mark.kind !== 'text') continue;
      expect(node.language).toBe('en');
      texts.set(node, `${texts.get(node) ?? ''}${mark.text}`);
    }
    return [...texts.values()];
  };

  test('is marked, word by word, in an element of its own', () => {
    const cleared = composeConsent(requestWith({}, { assessment: everyClause, clearance, template: spanish }));
    const words = new Set(marked(cleared));
    for (const word of ['off-label', 'Am J Psychiatry', 'BMJ', 'N Engl J Med']) expect(words).toContain(word);
    expect([...words].filter((word) => /ketamin[ae]|estudio|study|others|label\b(?<!off-label)/i.test(word))).toEqual(
      [],
    );
    expect(marked(inSpanish).filter((word) => word === 'off-label')).toHaveLength(3);
  });

  test('is nothing in the original', () => expect(marked(composeConsent(requestWith()))).toEqual([]));

  test('is the whole study where nothing is said of it in the language of the form', () => {
    const entries = evidence.entries.map(({ in: _, ...entry }) => entry);
    const untold = composeConsent(requestWith({}, { template: spanish, evidence: { ...evidence, entries } }));
    expect(marked(untold).join()).toMatch(/Murrough and others, 2013\. Am J Psychiatry/);
  });
});

test.each(editions)('a reason as long as a page goes on over the next, %s', (edition) => {
  const why = Array.from({ length: 400 }, (_, index) => `reason${index}`).join(' ');
  const request = requestWith(
    {},
    { assessment: found('clinician-review', ['cr-older']), clearance: { ...clearance, why } },
  );
  const layout = layOut(composeConsent(request), printer, edition);
  const said = placedIn(layout.root).flatMap(({ mark, page }) =>
    mark.kind === 'text' && mark.text.startsWith('reason') ? [{ page, ...mark }] : [],
  );
  expect(
    said
      .map(({ text }) => text)
      .join('')
      .trim(),
  ).toBe(why);
  expect(new Set(said.map(({ page }) => page)).size).toBeGreaterThan(1);
  expect(Math.max(...said.map(({ y }) => y))).toBeLessThan(paper.height - 55);
});

test('any set of findings and any Latin name keeps every word inside the page', () => {
  const rules = [...rulesOf('clinician-review'), ...rulesOf('proceed-with-conditions')];
  const name = fc.string({ unit: fc.constantFrom(...'abcdefgWijlm Łóżễẹ-'), minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.subarray(rules), name, fc.constantFrom(...editions), (chosen, who, edition) => {
      const request = requestWith(
        { 'applicant.name': `A${who}` },
        { assessment: found('clinician-review', chosen), clearance },
      );
      const layout = layOut(composeConsent(request), printer, edition);
      for (const { mark } of placedIn(layout.root)) {
        if (mark.kind !== 'text') continue;
        const right = mark.x + printer.width(mark.face, mark.size, mark.text.trimEnd());
        if (right > paper.width - 53.9 || mark.y > paper.height - 55) throw new Error(`outside: ${mark.text}`);
      }
    }),
    { numRuns: 25 },
  );
});

describe('lines', () => {
  const lines = (text: string, width: number) =>
    breakLines([{ text, strong: false, origin: 'template' }], 12, width, printer).map((line) =>
      line.map((piece) => piece.text).join(''),
    );

  test('a frequency is never torn apart', () => {
    const text = 'About 64 in 100 people and 28 in 100 people and 3 or 4 in 1,000 people';
    for (let width = 80; width < 300; width += 7) {
      for (const line of lines(text, width)) expect(line).not.toMatch(/\b(in|or)$|^(in|or)\b|\d in$/);
    }
  });

  test('nor is one in Spanish', () => {
    const text = 'Unas 64 de cada 100 personas, 28 de cada 100 y unas 3 o 4 de cada 1,000 personas';
    for (let width = 110; width < 300; width += 7) {
      for (const line of lines(text, width)) expect(line.trimEnd()).not.toMatch(/\b(de|cada|o|64|28|3|4)$/);
    }
  });

  test.each(['(303) 555-0100', '+34 91 555 01 00'])('nor is the telephone number %s', (number) => {
    for (let width = 110; width < 300; width += 7)
      expect(lines(`Questions: call the clinic, ${number}. 100 Example Street`, width).join('\n')).toContain(number);
  });

  test('a word wider than the line is broken after a slash or between letters', () => {
    expect(lines('10.1016/j.genhosppsych.2024.07.001', 110)[0]).toMatch(/[/._-]$/);
    expect(lines('W'.repeat(40), 100).join('')).toBe('W'.repeat(40));
  });

  test('an empty text is one empty line', () => expect(lines('', 100)).toEqual(['']));
});

describe('contrast', () => {
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string): number => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const grounds = ['paper', 'tint', 'warningTint'] as const;

  test.each(
    (['text', 'heading', 'quiet', 'warning'] as const).flatMap((ink) =>
      grounds.map((ground) => [ink, ground] as const),
    ),
  )('%s on %s is 7:1', (ink, ground) => expect(contrast(palette[ink], palette[ground])).toBeGreaterThanOrEqual(7));

  test.each((['outline', 'rule'] as const).flatMap((ink) => grounds.map((ground) => [ink, ground] as const)))(
    '%s on %s is 3:1',
    (ink, ground) => expect(contrast(palette[ink], palette[ground])).toBeGreaterThanOrEqual(3),
  );
});
