import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFArray, PDFDict, PDFDocument, PDFName } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectsOf } from '../../src/document/integrity/file-parts.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import { readQuestionnaireResponse } from '../fhir-answers.ts';
import { run } from '../run.ts';
import { checkAccessibility } from './accessibility/checker.ts';
import { baseline, hasPoppler, questionnaire, shipped, run as tool } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'preinfuse-embed-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const sheet = { ...baseline, 'applicant.name': 'Ana Łukasiewicz' };
beforeAll(() => writeFileSync(at('answers.json'), JSON.stringify(sheet)));

const world = { cwd: folder, env: { XDG_STATE_HOME: at('state') } };

async function made(name: string, ...more: readonly string[]): Promise<Buffer> {
  const { exit } = await run(['consent', 'answers.json', '-o', name, '--force', ...more], world);
  expect(exit).toBe(0);
  return readFileSync(at(name));
}

async function told(name: string): Promise<{ readonly exit: number; readonly said: Record<string, unknown> }> {
  const { exit, stdout } = await run(['verify', name, '--json'], world);
  return { exit, said: JSON.parse(stdout.toString()) };
}

/** The bytes with those of the answers inside changed. */
function withOther(bytes: Buffer): Buffer {
  const file = objectsOf(bytes).find(({ head }) => head.includes('/Type /EmbeddedFile'));
  const [start = 0] = file?.stream ?? [];
  const changed = Buffer.from(bytes);
  changed[start + 100] = (changed[start + 100] ?? 0) ^ 0xff;
  return changed;
}

describe('without --embed', () => {
  test('no answers are inside', async () => {
    const pdf = await PDFDocument.load(await made('plain.pdf'), { updateMetadata: false });
    expect(pdf.catalog.has(PDFName.of('AF'))).toBe(false);
    expect((await told('plain.pdf')).said).not.toHaveProperty('embedded');
  });
});

describe('--embed', () => {
  test('puts the answers inside as the data of the form, and says PDF/A-3a', async () => {
    const bytes = await made('form.pdf', '--embed');
    expect(bytes.includes('<pdfaid:part>3</pdfaid:part>')).toBe(true);
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
    const file = pdf.catalog.lookup(PDFName.of('AF'), PDFArray).lookup(0, PDFDict);
    expect(String(file.get(PDFName.of('AFRelationship')))).toBe('/Data');
    expect(await checkAccessibility(bytes)).toEqual([]);
  });

  test.skipIf(!hasPoppler)('another program gets out of it what went in', async () => {
    const form = await made('form.pdf', '--embed');
    expect(tool('pdfdetach', ['-list'], form)).toContain('answers.fhir.json');
    tool('pdfdetach', ['-save', '1', '-o', at('out.json')], form);
    const resource = JSON.parse(readFileSync(at('out.json'), 'utf8'));
    const { answers, errors } = readQuestionnaireResponse(questionnaire, resource);
    expect(errors).toEqual([]);
    expect(answers).toEqual(readAnswers(questionnaire, sheet).answers);
  });

  test('verify says that the answers inside are those of the form', async () => {
    await made('form.pdf', '--embed');
    expect(await told('form.pdf')).toMatchObject({ exit: 0, said: { verdict: 'unaltered', embedded: 'same' } });
    const { stdout } = await run(['verify', 'form.pdf'], world);
    expect(stdout.toString()).toMatch(/inside +the answers are in the file, and they belong to this form/);
    expect(stdout.toString()).not.toContain('Łukasiewicz');
  });

  test('without the key they cannot be compared', async () => {
    writeFileSync(at('preinfuse.yaml'), shipped('preinfuse.yaml').text.replace('demo: true', 'demo: false'));
    try {
      await made('own.pdf', '--embed');
      expect((await told('own.pdf')).said.embedded).toBe('same');
      rmSync(at('state'), { recursive: true });
      expect(await told('own.pdf')).toMatchObject({ exit: 0, said: { embedded: 'untold' } });
    } finally {
      rmSync(at('preinfuse.yaml'));
    }
  });

  test('other bytes inside are named', async () => {
    writeFileSync(at('other.pdf'), withOther(await made('form.pdf', '--embed')));
    const { exit, said } = await told('other.pdf');
    expect([exit, said.verdict, said.embedded]).toEqual([1, 'altered', 'unreadable']);
    expect(said.differences).toEqual([{ part: 'attachments' }]);
  });

  test('is the same bytes again, and the same page content as without', async () => {
    const form = await made('one.pdf', '--embed');
    expect(form.equals(await made('two.pdf', '--embed'))).toBe(true);
    await made('plain.pdf');
    const contentOf = async (name: string): Promise<unknown> =>
      ((await told(name)).said.digests as Record<string, { digest: string }>).content?.digest;
    expect(await contentOf('one.pdf')).toBe(await contentOf('plain.pdf'));
  });
});
