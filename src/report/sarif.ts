import type { Code, Diagnostic } from '../model/diagnostic.ts';
import type { CheckReport } from './check-text.ts';
import type { PlacedDiagnostic, Region, Texts } from './diagnostics.ts';
import { jsonText } from './json-text.ts';

/** What a program that shows the report says of a code. */
export interface SarifRule {
  readonly severity: Diagnostic['severity'];
  /** What could follow for a patient or a reader. */
  readonly why: string;
  /** The whole page, in Markdown. */
  readonly page: string;
}

/** What the report has to be told. `digest` makes a short, stable word of a text. */
export interface SarifContext {
  readonly version: string;
  readonly pageOf: (code: Code) => SarifRule;
  readonly digest: (text: string) => string;
}

/**
 * The report as SARIF 2.1.0, for code hosts and editors. A fingerprint is made of the code, the file, the marked text
 * and which of several alike it is: it stays the same where lines move.
 */
export function checkSarif({ diagnostics, suppressed, texts }: CheckReport, context: SarifContext): string {
  const all = [...diagnostics, ...suppressed];
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const fingerprints = fingerprintsOf(all, texts, context.digest);
  const run = {
    tool: {
      driver: {
        name: 'preinfuse',
        semanticVersion: context.version,
        rules: codes.map((code) => ruleObject(code, context.pageOf(code))),
      },
    },
    columnKind: 'utf16CodeUnits',
    results: all.map((each, index) => resultOf(each, codes.indexOf(each.code), fingerprints[index] ?? '')),
  };
  return jsonText({ version: '2.1.0', runs: [run] });
}

function ruleObject(code: Code, { severity, why, page }: SarifRule) {
  return {
    id: code,
    shortDescription: { text: messageText(code.replaceAll('-', ' ')) },
    fullDescription: { text: messageText(why) },
    help: { text: messageText(page), markdown: markdownText(page) },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(diagnostic: PlacedDiagnostic, ruleIndex: number, fingerprint: string) {
  const { code, severity, message, note, help, related, suppressed } = diagnostic;
  const text = [message, ...(note === undefined ? [] : [`note: ${note}`]), ...(help === undefined ? [] : [help])];
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: messageText(text.join('\n')) },
    locations: [{ physicalLocation: physical(diagnostic) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((each) => ({
        physicalLocation: physical(each),
        message: { text: messageText(each.message) },
      })),
    }),
    partialFingerprints: { 'preinfuse/v1': fingerprint },
    ...(suppressed !== undefined && {
      suppressions: [{ kind: 'inSource', status: 'accepted', justification: suppressed }],
    }),
  };
}

function physical({ at, line, column, endLine, endColumn }: Pick<PlacedDiagnostic, 'at' | keyof Region>) {
  return {
    artifactLocation: { uri: uriOf(at.path) },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** A path with forward slashes as a URI: relative where the path is. */
function uriOf(path: string): string {
  const encoded = path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  if (/^[A-Za-z]:\//.test(path)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}

/** Braces stand for arguments there, and `[...](...)` for a link: what people wrote is neither. */
function messageText(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}

/** A page of ours; what is in it stands in code, where Markdown reads no HTML and no links. */
function markdownText(page: string): string {
  return page.replace(/[{}]/g, '$&$&');
}

function fingerprintsOf(
  all: readonly PlacedDiagnostic[],
  texts: Texts,
  digest: SarifContext['digest'],
): readonly string[] {
  const seen = new Map<string, number>();
  return all.map(({ code, at: { path, start, end } }) => {
    const marked = (texts.get(path) ?? '').slice(start, end).replace(/\s+/g, ' ').trim();
    const key = JSON.stringify([code, path, marked]);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return digest(`${key} ${before}`);
  });
}
