/**
 * The content of a consent form as the input of other tools: one walk over all kinds of blocks, for each the nearest
 * thing that the tool has. A peer is `open(fonts)`, then `input(content)` once and `print(input)` as often as wanted.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A folder with `node_modules`: bench itself, or what PREINFUSE_PEERS names. */
const home = process.env.PREINFUSE_PEERS ?? join(root, 'bench');
const require = createRequire(join(home, '_'));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

const plain = (text) => text.map((run) => run.text).join('');

/** Tells a content to a tool: `on` has a function for each kind of thing, `all` puts what they give together. */
function walk(content, on) {
  const block = (each) => {
    switch (each.kind) {
      case 'paragraph':
        return [on.paragraph(each.of)];
      case 'list':
        return [on.list(each.items)];
      case 'outline':
        return each.items.map((item) => on.list([item.of, ...item.items.map(({ of }) => of)]));
      case 'item': {
        const inside = [on.heading(3, each.title), ...each.blocks.flatMap(block)];
        return each.initials ? [on.beside(inside, each.initials)] : inside;
      }
      case 'card':
        return [
          on.table(
            [0.28, 0.72],
            undefined,
            each.rows.map(({ label, value }) => [label, value]),
          ),
        ];
      case 'table':
        return [on.table(each.columns, each.head, each.rows)];
      case 'signature':
        return [on.heading(3, each.title), ...each.blocks.flatMap(block), ...each.lines.map((line) => on.blanks(line))];
      default:
        // What a later edition of the form may have beside these: its texts.
        return textsIn(each).map((text) => on.paragraph(text));
    }
  };
  return [
    on.heading(1, content.title),
    ...content.notices.map((notice) => on.paragraph(notice)),
    ...content.sections.flatMap(({ title, blocks }) => [on.heading(2, title), ...blocks.flatMap(block)]),
  ];
}

function textsIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > 0 && typeof value[0]?.text === 'string') return [value];
  return Object.values(value).flatMap(textsIn);
}

const footerOf = ({ footer }) => [footer.chart, footer.form, footer.digest].map(plain);

const typst = {
  name: 'typst',
  package: '@myriaddreamin/typst-ts-node-compiler',
  async open(fonts) {
    const { NodeCompiler } = await load(typst.package);
    const compiler = NodeCompiler.create({ fontArgs: [{ fontPaths: [dirname(fonts.regular)] }] });
    return {
      input: typstSource,
      print: (source) => compiler.pdf({ mainFileContent: source }),
    };
  },
};

function typstSource(content) {
  const text = (of) => of.map((run) => `#${run.strong ? 'strong' : 'text'}(${JSON.stringify(run.text)})`).join('');
  const cells = (texts) => texts.map((each) => `[${text(each)}]`).join(', ');
  const body = walk(content, {
    heading: (level, of) => `#heading(level: ${level})[${text(of)}]`,
    paragraph: (of) => text(of),
    list: (items) => items.map((item) => `#list.item[${text(item)}]`).join('\n'),
    beside: (inside, label) =>
      `#grid(columns: (1fr, 70pt), column-gutter: 14pt, [${inside.join('\n\n')}], [#rect(width: 70pt, height: 34pt) ${text(label)}])`,
    table: (columns, head, rows) =>
      `#table(columns: (${columns.map((each) => `${each}fr`).join(', ')}), stroke: (bottom: 0.75pt), ` +
      `${head ? `table.header(${cells(head)}), ` : ''}${rows.map(cells).join(', ')})`,
    blanks: (line) =>
      `#grid(columns: (${line.map(({ width }) => `${width}fr`).join(', ')}), column-gutter: 12pt, ` +
      `${line.map(({ label, value }) => `[${value ? text(value) : ''} #v(16pt) #line(length: 100%) ${text(label)}]`).join(', ')})`,
  });
  const [chart, form, digest] = footerOf(content).map((each) => `#text(${JSON.stringify(each)})`);
  return [
    `#set document(title: ${JSON.stringify(plain(content.title))})`,
    `#set text(font: "Atkinson Hyperlegible Next", size: 12pt, lang: "${content.language}")`,
    `#set page(paper: "us-letter", margin: (x: 54pt, top: 50pt, bottom: 64pt), footer: [#set text(size: 9pt)
      ${chart} #h(1fr) #context counter(page).display("1 / 1", both: true) \\ ${form} \\ ${digest}])`,
    ...body,
  ].join('\n\n');
}

const pdfmake = {
  name: 'pdfmake',
  package: 'pdfmake',
  async open({ regular, bold }) {
    const { default: maker } = await load(pdfmake.package);
    // Said once, it does not say so with each form.
    maker.setUrlAccessPolicy(() => false);
    maker.setLocalAccessPolicy(() => true);
    maker.addFonts({ Form: { normal: regular, bold } });
    return {
      input: (content) => content,
      // It writes into its input: each form needs its own.
      print: (content) => maker.createPdf(pdfmakeDefinition(content)).getBuffer(),
    };
  },
};

function pdfmakeDefinition(content) {
  const text = (of) => of.map((run) => ({ text: run.text, bold: run.strong }));
  const line = { canvas: [{ type: 'line', x1: 0, y1: 16, x2: 100, y2: 16, lineWidth: 0.75 }] };
  const [chart, form, digest] = footerOf(content);
  return {
    pageSize: 'LETTER',
    pageMargins: [54, 50, 54, 64],
    language: content.language,
    tagged: true,
    displayTitle: true,
    subset: 'PDF/A-2a',
    info: { title: plain(content.title) },
    defaultStyle: { font: 'Form', fontSize: 12 },
    footer: (page, pages) => ({ margin: [54, 4], fontSize: 9, stack: [`${chart}   ${page} / ${pages}`, form, digest] }),
    content: walk(content, {
      heading: (level, of) => ({
        text: plain(of),
        bold: true,
        fontSize: [23, 16, 12.5][level - 1],
        margin: [0, 6, 0, 2],
      }),
      paragraph: (of) => ({ text: text(of) }),
      list: (items) => ({ ul: items.map((item) => ({ text: text(item) })) }),
      beside: (inside, label) => ({
        columns: [
          { width: '*', stack: inside },
          { width: 70, stack: [{ canvas: [{ type: 'rect', x: 0, y: 0, w: 70, h: 34 }] }, plain(label)] },
        ],
        columnGap: 14,
      }),
      table: (columns, head, rows) => ({
        layout: 'lightHorizontalLines',
        table: {
          headerRows: head ? 1 : 0,
          widths: columns.map((each) => `${each * 92}%`),
          body: [...(head ? [head] : []), ...rows].map((cells) => cells.map((each) => ({ text: text(each) }))),
        },
      }),
      blanks: (of) => ({
        columns: of.map(({ label, value, width }) => ({
          width: `${width * 100}%`,
          stack: [value ? { text: text(value) } : '', line, plain(label)],
        })),
      }),
    }),
  };
}

const reactPdf = {
  name: '@react-pdf/renderer',
  package: '@react-pdf/renderer',
  async open({ regular, bold }) {
    const [pdf, { default: React }] = await Promise.all([load(reactPdf.package), load('react')]);
    pdf.Font.register({ family: 'Form', fonts: [{ src: regular }, { src: bold, fontWeight: 700 }] });
    return {
      input: (content) => content,
      print: (content) => pdf.renderToBuffer(reactDocument(content, pdf, React.createElement)),
    };
  },
};

function reactDocument(content, { Document, Page, Text, View }, create) {
  const text = (of, style = {}) =>
    create(
      Text,
      { style },
      ...of.map((run) => create(Text, { style: { fontWeight: run.strong ? 700 : 400 } }, run.text)),
    );
  const row = (children) => create(View, { style: { flexDirection: 'row' } }, ...children);
  const footer = footerOf(content).map((each) => create(Text, {}, each));
  const number = create(Text, { render: ({ pageNumber, totalPages }) => `${pageNumber} / ${totalPages}` });
  const body = walk(content, {
    heading: (level, of) => text(of, { fontSize: [23, 16, 12.5][level - 1], fontWeight: 700, marginTop: 6 }),
    paragraph: (of) => text(of),
    list: (items) => create(View, {}, ...items.map((item) => row([create(Text, {}, '•  '), text(item, { flex: 1 })]))),
    beside: (inside, label) =>
      row([
        create(View, { style: { flex: 1, marginRight: 14 } }, ...inside),
        create(
          View,
          { style: { width: 70 } },
          create(View, { style: { height: 34, border: '1 solid black' } }),
          text(label),
        ),
      ]),
    table: (columns, head, rows) =>
      create(
        View,
        {},
        ...[...(head ? [head] : []), ...rows].map((cells) =>
          row(
            cells.map((each, at) => text(each, { width: `${columns[at] * 100}%`, borderBottom: '0.75 solid black' })),
          ),
        ),
      ),
    blanks: (of) =>
      row(
        of.map(({ label, value, width }) =>
          create(
            View,
            { style: { width: `${width * 100}%` } },
            value ? text(value) : create(Text, {}, ' '),
            create(View, { style: { borderTop: '0.75 solid black', marginRight: 12 } }),
            text(label),
          ),
        ),
      ),
  });
  const style = { fontFamily: 'Form', fontSize: 12, paddingHorizontal: 54, paddingTop: 50, paddingBottom: 64 };
  const bottom = create(
    View,
    { fixed: true, style: { position: 'absolute', bottom: 16, left: 54, right: 54, fontSize: 9 } },
    ...footer,
    number,
  );
  return create(
    Document,
    { title: plain(content.title), language: content.language },
    create(Page, { size: 'LETTER', style }, ...body, bottom),
  );
}

export const peers = [typst, pdfmake, reactPdf];

/** True where somebody has put the tool. */
export function isThere(peer) {
  try {
    require.resolve(peer.package);
    return true;
  } catch {
    return false;
  }
}
