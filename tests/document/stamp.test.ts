import { type PDFDict, PDFDocument, PDFName, PDFRawStream, PDFRef } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { type ConsentRequest, renderConsent } from '../../src/document/consent.ts';
import { plainText } from '../../src/document/faces.ts';
import { noDigest } from '../../src/document/integrity/form-record.ts';
import { currentPieces, fileDigest, findRecord, type PlacedRecord, stamp } from '../../src/document/integrity/stamp.ts';
import {
  answersWith,
  clearance,
  clinic,
  everyClause,
  evidence,
  questionnaire,
  requestWith,
  sha256,
  template,
  tools,
} from './sample.ts';

const plain = await renderConsent(requestWith());

function recordIn(bytes: Uint8Array): PlacedRecord {
  const found = findRecord(bytes);
  if (!found) throw new Error('no record');
  return found;
}

/** The digest in the footer. */
function footerOf(request: ConsentRequest): string {
  return plainText(composeConsent(request).footer.digest).split(' ').at(-1) ?? '';
}

describe('the stamp', () => {
  const found = recordIn(plain);

  test('the file digest is that of the bytes with the two marks as zeros', () => {
    const text = Buffer.from(plain).toString('latin1');
    const { file, mac } = found.record;
    const before = text.replaceAll(`file=sha256:${file}`, `file=sha256:${noDigest}`).replaceAll(mac, noDigest);
    expect(sha256(Buffer.from(before, 'latin1'))).toBe(file);
    expect(fileDigest(plain, found, tools)).toBe(file);
  });

  test('the mark of the clinic depends on its key', async () => {
    const other = await renderConsent(requestWith({}, { mac: (text) => sha256(`other ${text}`) }));
    expect(recordIn(other).record.mac).not.toBe(found.record.mac);
    expect(recordIn(other).record.answers).not.toBe(found.record.answers);
  });

  test('Info and XMP say the same', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    const xmp = pdf.catalog.lookup(PDFName.of('Metadata')) as PDFRawStream;
    expect(xmp).toBeInstanceOf(PDFRawStream);
    expect(new TextDecoder().decode(xmp.contents)).toContain(`<pdf:Keywords>${pdf.getKeywords()}</pdf:Keywords>`);
    expect(pdf.getKeywords()).toContain(`mac=hmac-sha256:${found.record.mac}`);
  });

  test('Info holds its texts itself: a program that copies it alone keeps them', async () => {
    const pdf = await PDFDocument.load(plain, { updateMetadata: false });
    const info = pdf.context.lookup(pdf.context.trailerInfo.Info) as PDFDict;
    const referred = info.entries().filter(([, value]) => value instanceof PDFRef);
    expect(referred.map(([key]) => key.asString())).toEqual([]);
  });

  test('every part has its digest, each page one of its own', () => {
    const { pieces } = found.record;
    const pages = pieces.filter(({ name }) => name.startsWith('page'));
    expect(pages.map(({ name }) => name)).toEqual(pages.map((_, page) => `page${page + 1}`));
    expect(new Set(pages.map(({ digest }) => digest)).size).toBe(pages.length);
    expect(pieces.filter(({ digest }) => /^0+$/.test(digest))).toEqual([]);
    expect(currentPieces(plain, found, tools)).toEqual(pieces);
  });

  test('what carries no record is a bug, not a form', () => {
    expect(() => stamp(new TextEncoder().encode('%PDF-1.7\n'), tools)).toThrow('no record');
  });
});

describe('the digest in the footer', () => {
  const cleared = { assessment: everyClause, clearance };
  const before = footerOf(requestWith({}, cleared));

  test('is the same for the same, and in both editions', () => {
    expect(footerOf(requestWith({}, cleared))).toBe(before);
    expect(footerOf(requestWith({}, { ...cleared, edition: 'large-print' }))).toBe(before);
  });

  test('stands in the record of the file', () => {
    expect(recordIn(plain).record.content).toBe(footerOf(requestWith()));
  });

  test.each<[string, Partial<ConsentRequest>]>([
    ['who cleared it', { clearance: { ...clearance, name: 'Dr. Ana Kowalska' } }],
    ['the licence', { clearance: { ...clearance, licence: 'CO-12346' } }],
    ['when', { clearance: { ...clearance, when: '2026-03-10 09:31' } }],
    ['why', { clearance: { ...clearance, why: 'Looked at the chart.' } }],
    ['the rules looked at', { clearance: { ...clearance, rules: everyClause.findings.map(({ rule }) => rule) } }],
    ['the definition', { definitionDigest: `sha256:${'b'.repeat(64)}` }],
    ['the ledger', { evidence: { ...evidence, entries: [...evidence.entries].reverse() } }],
    ['the wording', { template: { ...template, version: '1.0.1' } }],
    ['the clinic', { clinic: { ...clinic, phone: '(303) 555-0101' } }],
    ['the key', { mac: (text: string) => sha256(text) }],
    ['an answer that is printed', { answers: answersWith({ 'applicant.name': 'Another Applicant' }) }],
  ])('changes with %s', (_what, changes) =>
    expect(footerOf(requestWith({}, { ...cleared, ...changes }))).not.toBe(before),
  );

  test('changes with an answer that is not printed', () => {
    const item = questionnaire.items.flatMap(({ items }) => items).find(({ type }) => type === 'integer');
    if (item?.type !== 'integer') throw new Error('no number is asked');
    const answers = new Map(answersWith());
    const value = answers.get(item.linkId);
    if (typeof value !== 'number') throw new Error(item.linkId);
    answers.set(item.linkId, value + 1);
    expect(footerOf(requestWith({}, { ...cleared, answers }))).not.toBe(before);
  });
});
