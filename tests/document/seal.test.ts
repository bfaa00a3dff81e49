import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { PDF } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { type Run, run } from '../run.ts';
import { checkAccessibility } from './accessibility/checker.ts';
import { baseline, hasPoppler, hasQpdf, run as tool } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'preinfuse-seal-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Certificates are made when the test runs: the clinic seals an hour later. */
const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder });
  if (status !== 0) throw new Error(String(stderr));
}

/** A key with a certificate that the key signed itself. */
function certificate(name: string, subject: string, ...more: readonly string[]): void {
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`];
  openssl('req', '-x509', ...key, '-days', '365', '-subj', subject, ...more);
}

function container(name: string, certificate: string, ...more: readonly string[]): void {
  openssl('pkcs12', '-export', '-in', `${certificate}.pem`, '-out', name, '-passout', 'pass:open sesame', ...more);
}

beforeAll(() => {
  certificate('clinic', '/CN=Example Valley Clinic', '-addext', 'keyUsage=digitalSignature,keyCertSign');
  container('clinic.p12', 'clinic', '-inkey', 'clinic.key');
  container('old.p12', 'clinic', '-inkey', 'clinic.key', '-legacy');
  container('keyless.p12', 'clinic', '-nokeys');
  certificate('cipher', '/CN=For Ciphers', '-addext', 'keyUsage=keyEncipherment');
  container('cipher.p12', 'cipher', '-inkey', 'cipher.key');
  // A key on a curve, certified by another clinic's authority.
  openssl('ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', 'curve.key');
  openssl('req', '-new', '-key', 'curve.key', '-subj', '/CN=Dr. Ana Łukasiewicz', '-utf8', '-out', 'curve.csr');
  openssl('x509', '-req', '-in', 'curve.csr', '-CA', 'clinic.pem', '-CAkey', 'clinic.key', '-out', 'curve.pem');
  container('curve.p12', 'curve', '-inkey', 'curve.key', '-certfile', 'clinic.pem');
  writeFileSync(at('passphrase'), 'open sesame\n', { mode: 0o600 });
  writeFileSync(at('wrong'), 'close sesame\n', { mode: 0o600 });
  writeFileSync(at('answers.json'), JSON.stringify(baseline));
});

function preinfuse(...argv: readonly string[]): Promise<Run> {
  return run(argv, { cwd: folder, env: { XDG_STATE_HOME: at('state') }, now });
}

async function sealed(name: string, ...more: readonly string[]): Promise<Buffer> {
  const seal = ['--seal', 'clinic.p12', '--seal-passphrase-file', 'passphrase'];
  const { exit, stderr } = await preinfuse('consent', 'answers.json', '-o', name, '--force', ...seal, ...more);
  expect([exit, stderr]).toEqual([0, `Written: ${name}\n`]);
  return readFileSync(at(name));
}

async function verified(name: string): Promise<{ readonly exit: number; readonly said: Record<string, unknown> }> {
  const { exit, stdout } = await preinfuse('verify', name, '--json');
  return { exit, said: JSON.parse(stdout.toString()) };
}

describe('a sealed form', () => {
  test('is unaltered, and says whose seal it is and when it was put on', async () => {
    await sealed('form.pdf');
    const { exit, said } = await verified('form.pdf');
    expect(exit).toBe(0);
    expect(said).toMatchObject({ verdict: 'unaltered', genuine: true });
    expect(said.signatures).toEqual([
      {
        field: 'clinic-seal',
        isSeal: true,
        signer: 'Example Valley Clinic',
        at: now.toISOString().replace('.000', ''),
        isValid: true,
        isWhole: true,
      },
    ]);
    const { stdout } = await preinfuse('verify', 'form.pdf');
    expect(stdout.toString()).toMatch(/sealed +by "Example Valley Clinic".* UTC, as it says; the seal fits\n/);
  });

  test('is the same bytes at the same time', async () => {
    expect((await sealed('one.pdf')).equals(await sealed('two.pdf'))).toBe(true);
  });

  test.each(['open sesame', 'open sesame\r\n', '\ufeffopen sesame\r\n'])(
    'takes a passphrase as editors save it: %j',
    async (text) => {
      writeFileSync(at('saved'), text, { mode: 0o600 });
      await sealed('form.pdf', '--seal-passphrase-file', 'saved');
    },
  );

  test.each([
    ['flat', []],
    ['fillable, in large print', ['--fillable', '--large-print']],
    ['in Spanish', ['--language', 'es']],
  ])('%s: the seal is tagged, and nothing is found against PDF/UA-1 and PDF/A-2a', async (_which, more) => {
    const bytes = await sealed('tagged.pdf', ...more);
    expect(await checkAccessibility(bytes)).toEqual([]);
    expect(bytes.includes('<pdfuaid:part>1</pdfuaid:part>')).toBe(true);
    expect(bytes.includes('<pdfaid:conformance>A</pdfaid:conformance>')).toBe(true);
    if (hasQpdf) expect(tool('qpdf', ['--check'], bytes)).toContain('No syntax');
    const pdf = await PDF.load(bytes);
    const field = pdf.getForm()?.getSignatureField('clinic-seal')?.getDict();
    const [left = 0, , right = 0] = [...(field?.getArray('Rect') ?? [])].map((each) =>
      'value' in each ? Number(each.value) : 0,
    );
    expect(right - left).toBeGreaterThan(400);
  });

  test.skipIf(!hasPoppler).each(['clinic.p12', 'old.p12', 'curve.p12'])('with %s is valid for pdfsig', async (key) => {
    const told = tool('pdfsig', [], await sealed('form.pdf', '--seal', key));
    expect(told).toContain('Signature is Valid');
    expect(told).toContain('Total document signed');
    expect(told).toContain('Signature Type: ETSI.CAdES.detached');
    expect(told).toContain(`Common Name: ${key === 'curve.p12' ? 'Dr. Ana Łukasiewicz' : 'Example Valley Clinic'}`);
    expect((await verified('form.pdf')).exit).toBe(0);
  });

  test.each(['clinic.p12', 'curve.p12'])('with %s carries the certificate as CAdES asks, for openssl', async (key) => {
    const bytes = await sealed('form.pdf', '--seal', key);
    const [, length = 0, next = 0] = (/\/ByteRange \[([^\]]*)\]/.exec(bytes.toString('latin1'))?.[1] ?? '')
      .trim()
      .split(/ +/)
      .map(Number);
    writeFileSync(at('covered'), Buffer.concat([bytes.subarray(0, length), bytes.subarray(next)]));
    const message = Buffer.from(bytes.toString('latin1', length + 1, next - 1), 'hex');
    writeFileSync(at('message'), message);
    const files = ['-inform', 'DER', '-in', 'message', '-content', 'covered', '-out', 'again'];
    openssl(
      'cms',
      '-verify',
      '-cades',
      '-binary',
      '-CAfile',
      'clinic.pem',
      '-purpose',
      'any',
      ...files,
      '-no_check_time',
    );
    // The time of signing stands in the signature's dictionary alone: PAdES bars it from the message.
    expect(message.includes(Buffer.from('2a864886f70d010905', 'hex'))).toBe(false);
  });

  test('may be filled in: that is told, and that it came after the seal', async () => {
    const pdf = await PDF.load(await sealed('form.pdf', '--fillable'));
    pdf.getForm()?.fill({ 'patient.date': '10 March 2026' });
    writeFileSync(at('filled.pdf'), await pdf.save({ incremental: true }));
    const { exit, said } = await verified('filled.pdf');
    expect([exit, said.verdict, said.filled]).toEqual([0, 'unaltered', ['patient.date']]);
    expect(said.signatures).toMatchObject([{ isValid: true, isWhole: false }]);
  });
});

describe('a sealed form that was changed', () => {
  const changed = async (name: string, change: (bytes: Buffer) => Buffer): Promise<unknown> => {
    writeFileSync(at(name), change(Buffer.from(await sealed('form.pdf'))));
    const { exit, said } = await verified(name);
    expect([exit, said.verdict, said.genuine]).toEqual([1, 'altered', false]);
    return [said.differences, (said.signatures as { isValid: boolean }[]).map(({ isValid }) => isValid)];
  };

  test('in what was made: both the part and the seal are named', async () => {
    const told = changed('altered.pdf', (bytes) => {
      bytes.write('(Contest for IV', bytes.lastIndexOf('(Consent for IV'), 'latin1');
      return bytes;
    });
    expect(await told).toEqual([[{ part: 'metadata' }, { part: 'signature' }], [false]]);
  });

  test('in the time of the seal: the seal does not fit', async () => {
    const told = changed('redated.pdf', (bytes) => {
      bytes.write('1999', bytes.lastIndexOf('/M (D:') + '/M (D:'.length, 'latin1');
      return bytes;
    });
    expect(await told).toEqual([[{ part: 'signature' }], [false]]);
  });

  test('by taking the seal off: that is named', async () => {
    const told = changed('bare.pdf', (bytes) => bytes.subarray(0, bytes.indexOf('%%EOF') + '%%EOF\n'.length));
    expect(await told).toEqual([[{ part: 'seal' }], []]);
    const { stdout } = await preinfuse('verify', 'bare.pdf');
    expect(stdout.toString()).toMatch(
      /- the seal of the clinic: it was taken off\n[\s\S]*file +[0-9a-f]{64} {2}fits this file/,
    );
  });
});

describe('what cannot seal is said before anything is written', () => {
  const withKey = (seal: string, passphrase = 'passphrase'): readonly string[] => [
    '--seal',
    seal,
    '--seal-passphrase-file',
    passphrase,
  ];
  const years = 365 * 86_400_000;
  test.each<[string, readonly string[], string, Date?]>([
    ['another passphrase', withKey('clinic.p12', 'wrong'), 'the passphrase does not open it'],
    ['a certificate alone', withKey('clinic.pem'), 'it is no PKCS#12 file'],
    ['no private key', withKey('keyless.p12'), 'it holds no private key'],
    ['a certificate for something else', withKey('cipher.p12'), 'its certificate is not for signing'],
    ['nothing there', withKey('none.p12'), 'there is no such file'],
    ['a folder', withKey('.'), 'it is no file'],
    ['an expired certificate', withKey('clinic.p12'), 'was valid until', new Date(now.getTime() + 2 * years)],
    ['a certificate to come', withKey('clinic.p12'), 'is valid from', new Date(now.getTime() - 2 * years)],
    ['no passphrase, and nobody to ask', ['--seal', 'clinic.p12'], '--seal-passphrase-file'],
    ['a passphrase file that is not there', withKey('clinic.p12', 'none'), 'there is no file none'],
    ['a passphrase without a seal', ['--seal-passphrase-file', 'passphrase'], 'goes with --seal'],
  ])('%s', async (_what, options, said, when = now) => {
    const world = { cwd: folder, env: { XDG_STATE_HOME: at('state') }, now: when };
    const { exit, stderr } = await run(['consent', 'answers.json', '-o', 'never.pdf', ...options], world);
    expect(exit).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('sesame');
    expect(existsSync(at('never.pdf'))).toBe(false);
  });

  test('a passphrase that others may read', async () => {
    writeFileSync(at('open'), 'open sesame', { mode: 0o600 });
    chmodSync(at('open'), 0o640);
    const { exit, stderr } = await preinfuse(
      'consent',
      'answers.json',
      '-o',
      'never.pdf',
      ...withKey('clinic.p12', 'open'),
    );
    expect([exit, readdirSync(folder).includes('never.pdf')]).toEqual([2, false]);
    expect(stderr).toContain('others may read it');
  });
});

test('a passphrase that is typed is not shown', async () => {
  const terminal = (): PassThrough & { isTTY: true } => Object.assign(new PassThrough(), { isTTY: true as const });
  const [stdin, stderr] = [terminal(), terminal()];
  const shown: Buffer[] = [];
  stderr.on('data', (chunk: Buffer) => {
    shown.push(chunk);
    if (String(chunk).includes('Passphrase of')) setTimeout(() => stdin.write('open sesame\r'), 20);
  });
  const io = { stdin, stdout: new PassThrough(), stderr, env: { XDG_STATE_HOME: at('state') }, cwd: folder };
  const world = { ...io, now: () => now, onSignal: () => () => undefined };
  expect(await main(['consent', 'answers.json', '-o', 'typed.pdf', '--seal', 'clinic.p12'], world)).toBe(0);
  expect(Buffer.concat(shown).toString()).not.toContain('sesame');
  expect((await verified('typed.pdf')).exit).toBe(0);
});

describe('a seal of the clinic goes on the forms', () => {
  const seal = ['--seal', 'clinic.p12', '--seal-passphrase-file', 'passphrase'];

  test('of a batch', async () => {
    writeFileSync(at('in.ndjson'), `${JSON.stringify(baseline)}\n`);
    const { exit, stdout } = await preinfuse('batch', 'in.ndjson', '--consent-dir', 'forms', ...seal);
    expect(exit).toBe(0);
    const { form } = JSON.parse(stdout.toString());
    expect((await verified(`forms/${form}`)).said).toMatchObject({ genuine: true, signatures: [{ isSeal: true }] });
  });

  test('of a batch to its end: one that began with it does not go on without it', async () => {
    writeFileSync(at('in.ndjson'), `${JSON.stringify(baseline)}\n`);
    const begin = ['batch', 'in.ndjson', '--output', 'out.ndjson', '--consent-dir', 'begun'];
    expect((await preinfuse(...begin, ...seal, '--summary', '/dev/full')).exit).toBe(75);
    const { exit, stderr } = await preinfuse(...begin, '--resume');
    expect([exit, stderr.includes('the --seal is not what it was')]).toEqual([2, true]);
    expect((await preinfuse(...begin, ...seal, '--resume')).exit).toBe(0);
  });

  test('of a screening', async () => {
    // Everything is answered: it leaves the review, and hears the patient say it back.
    const stdin = ['', '1', '1', '1', '1', ''].map((line) => `${line}\n`).join('');
    const argv = ['screen', '--plain', '--answers', 'answers.json', '--output', 'screened.pdf', ...seal];
    const { exit } = await run(argv, { cwd: folder, stdin, env: { XDG_STATE_HOME: at('state') }, now });
    expect(exit).toBe(0);
    expect((await verified('screened.pdf')).said).toMatchObject({ genuine: true, signatures: [{ isSeal: true }] });
  });

  test.each([
    ['a batch that makes no forms', ['batch', 'in.ndjson', '--seal', 'clinic.p12'], '--consent-dir'],
    ['a batch without the passphrase', ['batch', 'in.ndjson', '--consent-dir', 'none', '--seal', 'clinic.p12'], 'file'],
    [
      'a screening without a key',
      ['screen', '--plain', '--seal', 'none.p12', '--seal-passphrase-file', 'passphrase'],
      'there is no such file',
    ],
  ])('not of %s', async (_what, argv, said) => {
    const { exit, stdout, stderr } = await preinfuse(...argv);
    expect([exit, stdout.length]).toEqual([2, 0]);
    expect(stderr).toContain(said);
  });
});
