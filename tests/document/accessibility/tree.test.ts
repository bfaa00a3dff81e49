import { expect, test } from 'vitest';
import type { Content, Text } from '../../../src/document/content.ts';
import { layOut } from '../../../src/document/layout.ts';
import { openPrinter } from '../../../src/document/paint.ts';
import { fonts, hasPoppler, run } from '../sample.ts';

const say = (text: string, strong = false): Text => [{ text, strong, origin: 'template' }];

/** One of each block, on one page: the tree of the shipped form changes with its wording, that of this one does not. */
const content: Content = {
  title: say('A form'),
  language: 'en',
  notices: [say('Sample.')],
  sections: [
    {
      title: say('Details'),
      isAgreement: false,
      blocks: [
        { kind: 'card', size: 'body', rows: [{ label: say('Name', true), value: say('Test Applicant') }] },
        {
          kind: 'item',
          id: 'driving',
          title: say('Do not drive', true),
          look: 'no-driving',
          sign: 'A car, crossed out',
          initials: say('Initials'),
          blocks: [{ kind: 'list', marker: 'disc', items: [say('Not today.')] }],
        },
        {
          kind: 'picture',
          caption: say('Much better'),
          arrays: [
            { label: say('With: 64 in 100'), filled: 64, of: 100, alt: '64 of 100 filled in' },
            { label: say('Without: 28 in 100'), filled: 28, of: 100, alt: '28 of 100 filled in' },
          ],
        },
        {
          kind: 'table',
          head: [say('Study'), say('People')],
          rows: [
            [
              [...say('1. Uno. '), { text: 'Am J Psychiatry', strong: false, origin: 'template', language: 'en' }],
              say('73'),
            ],
          ],
          columns: [0.5, 0.5],
        },
      ],
    },
    {
      title: say('Agreement'),
      isAgreement: true,
      blocks: [
        {
          kind: 'item',
          id: 'agreed',
          title: say('Tick', true),
          look: 'plain',
          blocks: [
            { kind: 'list', marker: 'box', items: [say('I read it.')] },
            { kind: 'list', marker: 'box', oneOf: ['said', 'not-yet'], items: [say('Said it.'), say('Not yet.')] },
          ],
        },
        {
          kind: 'signature',
          id: 'patient',
          title: say('Patient', true),
          blocks: [{ kind: 'paragraph', of: say('I agree.'), tone: 'plain' }],
          lines: [
            [
              { id: 'signature', label: say('Signature'), width: 0.6 },
              { id: 'date', label: say('Date'), width: 0.4 },
            ],
          ],
        },
      ],
    },
  ],
  footer: {
    chart: say('Chart: 1'),
    form: say('Form: 1'),
    page: say('Page'),
    pageOf: say('of'),
    digest: say('Digest: 1'),
  },
};

test.skipIf(!hasPoppler).each(['flat', 'fillable'] as const)(
  'the tree of a %s form, as poppler reads it',
  async (filling) => {
    const printer = openPrinter(fonts);
    const layout = layOut(content, printer, 'standard', filling);
    const facts = { title: 'A form', author: 'A clinic', keywords: '', language: 'en', created: new Date(0) };
    const tree = run('pdfinfo', ['-struct-text'], await printer.paint(layout, facts));
    await expect(tree.replace(/Object \d+ 0/g, 'Object')).toMatchFileSnapshot(`tree-${filling}.txt`);
  },
);
