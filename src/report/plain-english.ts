import type { Expression } from '../model/expression.ts';
import { partsOf } from '../model/expression.ts';
import type { CalculatedValue, Citation, Questionnaire, Rule } from '../model/questionnaire.ts';
import { dispositionNames, wrapped } from './assessment.ts';
import { withClinicWords } from './clinic-words.ts';
import type { Statement } from './condition-words/statement.ts';
import { conditionInWords, valueInWords } from './condition-words.ts';

const columns = 80;

/**
 * A rule in plain English for a terminal, lines of at most 80 columns: id, disposition, what was found, what to do, when
 * it holds, what the values in it mean, what an absent answer comes to, and the sources. Ends with a line break. Throws
 * for an id that no rule has.
 */
export function explainRule(questionnaire: Questionnaire, ruleId: string): string {
  const rule = questionnaire.rules.find(({ id }) => id === ruleId);
  if (!rule) throw new Error(`no rule ${ruleId}`);
  const values = calculatedIn(questionnaire, rule.when.expression);
  const lines = [
    `${rule.id}: ${dispositionNames[rule.disposition]}`,
    ...section('Found', wrapped(rule.reason, indent, columns)),
    ...section('What to do', actionLines(rule)),
    ...section('When', statementLines(capitalized(conditionInWords(questionnaire, rule.when.expression)))),
    ...values.flatMap((value) =>
      section(`${value.title} is`, statementLines(capitalized(valueInWords(questionnaire, value.value.expression)))),
    ),
    ...section('Where an answer that it needs is missing', absenceLines(rule)),
    ...section(
      'Sources',
      sourcesOf(questionnaire, rule.sources).flatMap((source) => bullet(citationText(source), indent)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const indent = '  ';

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...wrapped(title, '', columns), ...lines];
}

function actionLines({ action, steps, say }: Rule): readonly string[] {
  const numbered = steps.flatMap((step, index) => marked(`${index + 1}. `, withClinicWords(step, {}), indent));
  const spoken = say === undefined ? [] : wrapped(`You may say: “${say}”`, indent, columns);
  return [...wrapped(action, indent, columns), ...numbered, ...spoken];
}

function absenceLines(rule: Rule): readonly string[] {
  return absenceOf(rule).flatMap(([when, what]) => bullet(`${when}: ${what}`, indent));
}

/** What an absent answer comes to, by how it is absent. */
export function absenceOf({ absence }: Rule): readonly (readonly [string, string])[] {
  return [
    ['not known', dispositionNames[absence.unknown]],
    ['declined', dispositionNames[absence.declined]],
    ['left out', dispositionNames[absence.leftOut]],
  ];
}

/** A statement as lines of a terminal, its parts as bullets below it. */
function statementLines(statement: Statement): readonly string[] {
  return [...wrapped(statement.text, indent, columns), ...partLines(statement.parts, indent)];
}

function partLines(parts: readonly Statement[], at: string): readonly string[] {
  return parts.flatMap(({ text, parts: inner }) => [...bullet(text, at), ...partLines(inner, `${at}  `)]);
}

function bullet(text: string, at: string): readonly string[] {
  return marked('- ', text, at);
}

/** A text behind a mark, its further lines under its first word. */
function marked(mark: string, text: string, at: string): readonly string[] {
  const within = `${at}${' '.repeat(mark.length)}`;
  return wrapped(text, within, columns).map((line, index) =>
    index === 0 ? `${at}${mark}${line.slice(within.length)}` : line,
  );
}

/** A statement that begins a paragraph. */
export function capitalized({ text, parts }: Statement): Statement {
  return { text: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`, parts };
}

/** The calculated values that a condition names, and those that they name, each once, in the order they are met. */
export function calculatedIn(questionnaire: Questionnaire, expression: Expression): readonly CalculatedValue[] {
  const found = new Set<CalculatedValue>();
  const visit = (part: Expression): void => {
    const value =
      part.kind === 'calculated' ? questionnaire.calculated.find(({ linkId }) => linkId === part.linkId) : undefined;
    if (value && !found.has(value)) {
      found.add(value);
      visit(value.value.expression);
    }
    partsOf(part).forEach(visit);
  };
  visit(expression);
  return [...found];
}

/** The citations that ids name, in their order. */
export function sourcesOf({ sources }: Questionnaire, ids: readonly string[]): readonly Citation[] {
  return ids.flatMap((id) => sources.find((source) => source.id === id) ?? []);
}

const checkedWords: Readonly<Record<Citation['checked'], string>> = {
  'full-text': 'read in full',
  excerpt: 'read in part',
  'not-verified': 'not looked up',
};

/** A citation on one line, with its DOI or address and how its author saw it. */
export function citationText({ text, doi, url, checked }: Citation): string {
  const where = doi === undefined ? url : `doi:${doi}`;
  return `${text}${where === undefined ? '' : `. ${where}`} (${checkedWords[checked]})`;
}
