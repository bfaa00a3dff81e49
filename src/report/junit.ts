import { unprintable } from '../model/unprintable.ts';
import type { CheckReport } from './check-text.ts';
import { describe, type PlacedDiagnostic, type Texts } from './diagnostics.ts';

/**
 * The report as JUnit XML, for build servers: a suite for each file that was looked at, in it a case for each code
 * found, or `check` where there is none. Errors fail a case, warnings are told in it, and what is suppressed is skipped.
 */
export function checkJunit({ diagnostics, suppressed, texts }: CheckReport): string {
  const suites = [...texts.keys()].sort().map((path) => {
    const own = [...diagnostics, ...suppressed].filter(({ at }) => at.path === path);
    const codes = [...new Set(own.map(({ code }) => code))].sort();
    const cases = codes.map((code) =>
      caseOf(
        code,
        own.filter((each) => each.code === code),
        texts,
      ),
    );
    return suiteOf(path, cases.length === 0 ? [{ xml: '<testcase name="check" classname="preinfuse"/>' }] : cases);
  });
  const total = (of: 'tests' | 'failures' | 'skipped'): number => suites.reduce((sum, suite) => sum + suite[of], 0);
  const head = `<testsuites name="preinfuse check" tests="${total('tests')}" failures="${total('failures')}" skipped="${total('skipped')}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites.map(({ xml }) => xml), '</testsuites>', ''].join(
    '\n',
  );
}

interface TestCase {
  readonly xml: string;
  readonly is?: 'failure' | 'skipped';
}

function caseOf(code: string, found: readonly PlacedDiagnostic[], texts: Texts): TestCase {
  const open = found.filter(({ suppressed }) => suppressed === undefined);
  const [error] = open.filter(({ severity }) => severity === 'error');
  const told = content(open.flatMap((each) => describe(each, texts)).join('\n'));
  const around = (inner: string): string => `<testcase name="${code}" classname="preinfuse">${inner}</testcase>`;
  if (error) {
    const message = attribute(error.message);
    return { is: 'failure', xml: around(`<failure message="${message}" type="${code}">${told}</failure>`) };
  }
  if (open.length > 0) return { xml: around(`<system-out>${told}</system-out>`) };
  const reasons = attribute(found.map(({ suppressed }) => suppressed).join('; '));
  return { is: 'skipped', xml: around(`<skipped message="${reasons}"/>`) };
}

function suiteOf(path: string, cases: readonly TestCase[]) {
  const count = (is: TestCase['is']): number => cases.filter((each) => each.is === is).length;
  const [tests, failures, skipped] = [cases.length, count('failure'), count('skipped')];
  const head = `<testsuite name="${attribute(path)}" tests="${tests}" failures="${failures}" skipped="${skipped}">`;
  return { tests, failures, skipped, xml: [head, ...cases.map(({ xml }) => xml), '</testsuite>'].join('\n') };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML 1.0. What that may not hold becomes U+FFFD; what else a terminal would obey is a reference. */
function content(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(unprintable, (sign) => (sign === '\n' || sign === '\t' ? sign : `&#${sign.charCodeAt(0)};`));
}

/** The same in an attribute, where a parser would make spaces of line ends. */
function attribute(text: string): string {
  return content(text).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
