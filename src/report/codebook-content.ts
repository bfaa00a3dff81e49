import type { GoldenCase } from '../model/cases.ts';
import { counted } from '../model/counted.ts';
import { formatDecimal } from '../model/decimal.ts';
import { type Disposition, dispositions } from '../model/disposition.ts';
import type { Expression } from '../model/expression.ts';
import type {
  CalculatedValue,
  Citation,
  GroupItem,
  Item,
  NumberItem,
  QuestionItem,
  Questionnaire,
  Rule,
} from '../model/questionnaire.ts';
import { dispositionNames } from './assessment.ts';
import { withClinicWords } from './clinic-words.ts';
import type { Changes, Chapter, Codebook, CodebookBlock, Limit } from './codebook.ts';
import { parameterInWords } from './condition-words/fixed.ts';
import { type Statement, sentence } from './condition-words/statement.ts';
import { conditionInWords, valueInWords } from './condition-words.ts';
import { absenceOf, capitalized, citationText, sourcesOf } from './plain-english.ts';
import type { CoverageReport, TestedDefinition } from './test-report.ts';
import { quantity, unitWords } from './unit-words.ts';
import { questionsOf, readsOf } from './uses.ts';

/** What a codebook is written from. */
export interface CodebookFacts {
  readonly questionnaire: Questionnaire;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly cases: readonly GoldenCase[];
  /** What `test --coverage` says of them; those that must be refused count too. */
  readonly tested: Pick<TestedDefinition, 'cases' | 'coverage'>;
  /** How many golden cases each rule is found in, by rule id; a rule that is not there is found in none. */
  readonly casesByRule: ReadonlyMap<string, number>;
  readonly limits: readonly Limit[];
  readonly changes?: Changes;
}

/** The codebook that a medical director signs: cover, questions, rules, numbers, outcomes, cases. */
export function codebookOf(facts: CodebookFacts): Codebook {
  const { questionnaire, digest } = facts;
  return {
    title: `${questionnaire.title}: codebook`,
    edition: { definition: `${questionnaire.id} ${questionnaire.version}`, digest },
    chapters: [
      cover(facts),
      ...(facts.changes ? [changesChapter(facts.changes)] : []),
      outcomesChapter(facts),
      ...questionnaire.items.map((section, index) => sectionChapter(section, index, facts)),
      rulesChapter(facts),
      limitsChapter(facts),
      valuesChapter(facts),
      parametersChapter(questionnaire),
      casesChapter(facts),
      sourcesChapter(questionnaire),
    ],
  };
}

/* Blocks */

function text(words: string, label: string): CodebookBlock {
  return labelled(label, sentence(words));
}

function labelled(label: string, statement: Statement): CodebookBlock {
  return { kind: 'text', label, statement, tone: 'plain' };
}

function quiet(words: string): CodebookBlock {
  return { kind: 'text', statement: sentence(words), tone: 'quiet' };
}

function listed(label: string, items: readonly string[]): readonly CodebookBlock[] {
  return items.length === 0 ? [] : [{ kind: 'list', label, items: items.map(sentence) }];
}

function told(label: string, words: string | undefined): readonly CodebookBlock[] {
  return words === undefined ? [] : [text(words, label)];
}

function citations(questionnaire: Questionnaire, ids: readonly string[]): readonly CodebookBlock[] {
  return listed('Sources', sourcesOf(questionnaire, ids).map(citationText));
}

/* Cover */

const statusWords: Readonly<Record<Questionnaire['status'], string>> = {
  draft: 'draft: not yet signed for use',
  active: 'active',
  retired: 'retired: no longer used',
};

function cover({ questionnaire, digest, tested, changes }: CodebookFacts): Chapter {
  const { id, version, status, items, rules, parameters } = questionnaire;
  const questions = items.flatMap(questionsOf).length;
  return {
    id: 'cover',
    title: 'What is signed',
    blocks: [
      text(`${id} ${version}`, 'Definition'),
      text(statusWords[status], 'Status'),
      text(digest, 'Digest'),
      text(
        `${counted(questions, 'question')}, ${counted(rules.length, 'rule')}, ${counted(parameters.length, 'number that decides', 'numbers that decide')}, ${counted(tested.cases.total, 'golden case')}.`,
        'Holds',
      ),
      text(
        changes
          ? `see the next chapter; compared with ${changes.against}.`
          : 'no signed version was given to compare with.',
        'Changed since the signed version',
      ),
      quiet(
        'This is written from the definition itself. The digest is of its files: one changed letter gives another. ' +
          'It is a screening aid. A licensed clinician decides.',
      ),
      {
        kind: 'signature',
        title: 'I have read this codebook, and the definition with this digest may be used for screening',
        lines: [
          [
            { label: 'Name of the medical director', width: 0.6 },
            { label: 'Licence', width: 0.4 },
          ],
          [
            { label: 'Signature', width: 0.6 },
            { label: 'Date', width: 0.4 },
          ],
        ],
      },
    ],
  };
}

function changesChapter({ against, lists }: Changes): Chapter {
  return {
    id: 'changes',
    title: 'Changed since the signed version',
    blocks: [
      text(against, 'Compared with'),
      ...lists.flatMap(({ title, items }): readonly CodebookBlock[] =>
        items.length === 0 ? [text('none', title)] : [{ kind: 'list', label: title, items }],
      ),
    ],
  };
}

/* Questions */

function sectionChapter(section: GroupItem, index: number, facts: CodebookFacts): Chapter {
  return {
    id: `section-${section.linkId}`,
    title: `Section ${index + 1}: ${section.text}`,
    blocks: [...about(section, facts), ...section.items.flatMap((item) => itemBlocks(item, facts))],
  };
}

function itemBlocks(item: Item, facts: CodebookFacts): readonly CodebookBlock[] {
  if (item.type !== 'group') return [questionEntry(item, facts)];
  return [groupEntry(item, facts), ...item.items.flatMap((child) => itemBlocks(child, facts))];
}

function groupEntry(group: GroupItem, facts: CodebookFacts): CodebookBlock {
  const { repeats, credit } = group;
  return {
    kind: 'entry',
    id: `question-${group.linkId}`,
    title: group.text,
    blocks: [
      text(group.linkId, repeats ? 'Repeated questions' : 'Group of questions'),
      ...(repeats ? [text(`${repeats.min} to ${repeats.max} times: ${repeats.entry}`, 'Asked')] : []),
      ...about(group, facts),
      ...told('Credit', credit),
    ],
  };
}

function questionEntry(item: QuestionItem, facts: CodebookFacts): CodebookBlock {
  const { questionnaire } = facts;
  return {
    kind: 'entry',
    id: `question-${item.linkId}`,
    title: item.text,
    blocks: [
      text(item.linkId, 'Question'),
      ...answerBlocks(item, questionnaire),
      ...about(item, facts),
      ...usedBy(item, questionnaire),
    ],
  };
}

/** When an item is asked, why, what counts, and on what it rests. */
function about(
  { enableWhen, help, sources, validFor }: Item,
  { questionnaire }: CodebookFacts,
): readonly CodebookBlock[] {
  const condition = enableWhen && conditionInWords(questionnaire, enableWhen.expression);
  return [
    ...(condition ? [labelled('Asked only if', condition)] : []),
    ...told('Why we ask', help.why),
    ...told('What counts', help.counts),
    ...told('Holds for', validFor === undefined ? undefined : holdsFor(questionnaire, validFor)),
    ...told('Staff may say', help.say && `“${help.say}”`),
    ...citations(questionnaire, sources),
  ];
}

/** For how long after the visit an answer holds. */
function holdsFor({ parameters }: Questionnaire, name: string): string {
  const days = parameters.find((parameter) => parameter.name === name)?.value ?? 0;
  return days === 0 ? 'the day of the visit alone' : `the day of the visit and ${counted(days, 'day')} after it`;
}

function answerBlocks(item: QuestionItem, questionnaire: Questionnaire): readonly CodebookBlock[] {
  const absence = item.mayBeAbsent
    ? '“Not known” and “declined” are taken too.'
    : '“Not known” and “declined” are not taken.';
  const required = item.required ? '' : ' It may be left out.';
  const words = answerWords(item, questionnaire);
  const statement: Statement =
    item.type === 'choice'
      ? { text: `${item.repeats ? 'any of these' : 'one of these'}:`, parts: item.options.map(optionWords) }
      : sentence(words);
  return [labelled('Answer', statement), quiet(`${absence}${required}`)];
}

function optionWords({
  text: words,
  score,
  exclusive,
}: {
  text: string;
  score?: number;
  exclusive: boolean;
}): Statement {
  const scored = score === undefined ? '' : ` (${score})`;
  return sentence(`${words}${scored}${exclusive ? ', and nothing else' : ''}`);
}

function answerWords(item: QuestionItem, questionnaire: Questionnaire): string {
  switch (item.type) {
    case 'boolean':
      return 'yes or no';
    case 'integer':
    case 'decimal':
      return numberWords(item, questionnaire);
    case 'date':
      return `a date of the calendar${item.initial === 'visit' ? '; the day of the visit stands there already' : ''}`;
    case 'string':
      return `text of at most ${item.maxLength} characters${item.table === undefined ? '' : `; names of the ${item.table} table are suggested`}`;
    case 'choice':
      return '';
  }
}

function numberWords(
  { min, max, decimals, plausible, unit, unitText, alternatives }: NumberItem,
  questionnaire: Questionnaire,
): string {
  const words = unitText === unit ? unitWords(questionnaire, unit) : unitText;
  const range = (limits: { min: number; max: number }): string =>
    quantity(`${formatDecimal(limits.min, decimals)} to ${formatDecimal(limits.max, decimals)}`, words);
  const kind = decimals === 0 ? 'a whole number' : `a number with at most ${counted(decimals, 'decimal')}`;
  const others = alternatives.map(({ names }) => names.at(-1) ?? '').filter((name) => name !== '');
  return [
    `${kind}, ${range({ min, max })}`,
    ...(plausible ? [`outside ${range(plausible)} it has to be confirmed`] : []),
    ...(others.length > 0 ? [`also taken in ${others.join(', ')}`] : []),
  ].join('; ');
}

/** What reads the answer: rules, calculated values, and questions that are asked because of it. */
function usedBy({ linkId }: Item, questionnaire: Questionnaire): readonly CodebookBlock[] {
  const reads = (expression: Expression): boolean => readsOf(questionnaire, expression).has(linkId);
  const rules = questionnaire.rules.filter(({ when }) => reads(when.expression));
  const values = questionnaire.calculated.filter(({ value }) => reads(value.expression));
  const gates = questionnaire.items
    .flatMap(everyItem)
    .filter(({ enableWhen }) => enableWhen !== undefined && reads(enableWhen.expression));
  const all = [
    ...rules.map(({ id, disposition, reason }) => `${id} (${dispositionNames[disposition]}): ${reason}`),
    ...values.map(({ title }) => `the calculated value ${title}`),
    ...gates.map(({ text: words }) => `whether “${words}” is asked`),
  ];
  return all.length === 0 ? [text('nothing; it is for the record alone', 'Used by')] : listed('Used by', all);
}

function everyItem(item: Item): readonly Item[] {
  return [item, ...(item.type === 'group' ? item.items.flatMap(everyItem) : [])];
}

/* Rules and outcomes */

function rulesChapter(facts: CodebookFacts): Chapter {
  const { rules } = facts.questionnaire;
  return {
    id: 'rules',
    title: 'Rules',
    blocks: dispositions.flatMap((disposition) =>
      rules.filter((rule) => rule.disposition === disposition).map((rule) => ruleEntry(rule, facts)),
    ),
  };
}

function ruleEntry(rule: Rule, { questionnaire, casesByRule }: CodebookFacts): CodebookBlock {
  const count = casesByRule.get(rule.id) ?? 0;
  return {
    kind: 'entry',
    id: `rule-${rule.id}`,
    title: `${rule.id}: ${dispositionNames[rule.disposition]}`,
    blocks: [
      text(rule.reason, 'Found'),
      labelled('When', capitalized(conditionInWords(questionnaire, rule.when.expression))),
      text(rule.action, 'What to do'),
      ...listed(
        'Steps, first thing first',
        rule.steps.map((step) => withClinicWords(step, {})),
      ),
      ...told('Staff may say', rule.say && `“${rule.say}”`),
      text(
        absenceOf(rule)
          .map(([when, what]) => `${when}: ${what}`)
          .join('; '),
        'Where an answer that it needs is missing',
      ),
      text(count === 0 ? 'none' : `${count}`, 'Golden cases in which it is found'),
      ...citations(questionnaire, rule.sources),
    ],
  };
}

function outcomesChapter({ questionnaire, casesByRule }: CodebookFacts): Chapter {
  const table = (disposition: Disposition): readonly CodebookBlock[] => {
    const rules = questionnaire.rules.filter((rule) => rule.disposition === disposition);
    const rows = rules.map(({ id, reason }) => [id, reason, String(casesByRule.get(id) ?? 0)]);
    if (rows.length === 0)
      return [text('no rule; it is what remains where no rule is found.', dispositionNames[disposition])];
    return [
      text(counted(rows.length, 'rule leads to it', 'rules lead to it'), dispositionNames[disposition]),
      { kind: 'table', head: ['Rule', 'What was found', 'Cases'], rows, columns: [0.34, 0.54, 0.12] },
    ];
  };
  return {
    id: 'outcomes',
    title: 'Outcomes, worst first',
    blocks: [
      quiet(
        'The worst finding is the outcome, whatever the order of the rules. A rule that a missing answer leaves open is a ' +
          'finding too; each rule says what it then comes to. “Cases” counts the golden cases in which the rule is found.',
      ),
      ...dispositions.flatMap(table),
    ],
  };
}

function limitsChapter({ limits }: CodebookFacts): Chapter {
  const entry = ({ subject, limit, rules, patients }: Limit, index: number): CodebookBlock => ({
    kind: 'entry',
    id: `limit-${index + 1}`,
    title: capitalized(sentence(`${subject}: ${limit}`)).text,
    blocks: [
      text(rules.join(', '), 'Compared in'),
      {
        kind: 'table',
        head: ['Patient', 'Value', 'Comes to', 'Rules found', 'Answers that differ from the baseline'],
        rows: patients.map(({ side, value, disposition, findings, changes }) => [
          side,
          value,
          dispositionNames[disposition],
          findings.length === 0 ? 'none' : findings.join(', '),
          changes.length === 0 ? 'none' : changes.join('; '),
        ]),
        columns: [0.11, 0.13, 0.18, 0.25, 0.33],
      },
    ],
  });
  return {
    id: 'limits',
    title: 'At every limit',
    blocks: [
      quiet(
        limits.length === 0
          ? 'No rule compares a number with a limit, or there is no baseline case to start from.'
          : 'Each patient is the baseline golden case with the answers that are named changed, put through the engine that screens.',
      ),
      ...limits.map(entry),
    ],
  };
}

/* Numbers */

function valuesChapter({ questionnaire }: CodebookFacts): Chapter {
  return {
    id: 'values',
    title: 'Calculated values',
    blocks: questionnaire.calculated.map((value) => valueEntry(value, questionnaire)),
  };
}

function valueEntry(
  { linkId, title, unit, decimals, value, sources }: CalculatedValue,
  questionnaire: Questionnaire,
): CodebookBlock {
  const words = unitWords(questionnaire, unit);
  const shown = decimals === 0 ? '' : `shown with ${counted(decimals, 'decimal')}, rounded down`;
  return {
    kind: 'entry',
    id: `value-${linkId}`,
    title,
    blocks: [
      text([linkId, words, shown].filter((part) => part !== '').join('; '), 'Value'),
      labelled(
        value.expression.type.is === 'boolean' ? 'True where' : 'Is',
        valueInWords(questionnaire, value.expression),
      ),
      ...citations(questionnaire, sources),
    ],
  };
}

function parametersChapter(questionnaire: Questionnaire): Chapter {
  const rows = questionnaire.parameters.map((parameter) => [
    parameter.title,
    parameterInWords(questionnaire, parameter),
    parameter.because,
    sourcesOf(questionnaire, parameter.sources)
      .map(({ id }) => id)
      .join(', '),
  ]);
  return {
    id: 'parameters',
    title: 'Numbers that decide',
    blocks: [
      quiet(
        'A clinic changes a number here and signs the new version. The sources are told in full in the last chapter.',
      ),
      { kind: 'table', head: ['Number', 'Value', 'Because', 'Sources'], rows, columns: [0.28, 0.15, 0.37, 0.2] },
    ],
  };
}

/* Cases and sources */

function casesChapter({ questionnaire, cases, casesByRule, tested }: CodebookFacts): Chapter {
  const rows = cases.map(({ id, title, expect, signedBy }) => [
    id,
    title,
    dispositionNames[expect.disposition],
    expect.rules.join(', '),
    signedBy === undefined ? 'not signed' : `signed by ${signedBy}`,
  ]);
  const never = questionnaire.rules.filter(({ id }) => !casesByRule.has(id)).map(({ id }) => id);
  return {
    id: 'cases',
    title: 'Golden cases',
    blocks: [
      quiet(`${cases.length} answer sheets with the outcome that each must come to. They are run with every check.`),
      text(casesInWords(tested.cases, cases.length), 'Run for this codebook'),
      ...coverageBlocks(tested.coverage),
      ...(cases.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              head: ['Case', 'Who', 'Must come to', 'Rules that must be found', 'Signed'],
              rows,
              columns: [0.15, 0.28, 0.2, 0.24, 0.13],
            },
          ]),
      text(never.length === 0 ? 'none' : never.join(', '), 'Rules that no golden case finds'),
    ],
  };
}

function casesInWords({ passed, total, signed }: TestedDefinition['cases'], sheets: number): string {
  const refused = total === sheets ? '' : `, ${total - sheets} of them answers that must be refused`;
  return `${passed} of ${total} came out as they must${refused}; ${signed} signed by a reviewer`;
}

/** What the cases reach; what no answers can reach is proved and left out. */
function coverageBlocks(coverage: CoverageReport | undefined): readonly CodebookBlock[] {
  if (!coverage) return [];
  const rows = coverage.measures.map(({ name, covered, total, percent, missing }) => [
    name,
    `${percent} % (${covered} of ${total})`,
    missing.map(({ words }) => words).join('; ') || 'none',
  ]);
  return [
    { kind: 'table', head: ['The cases reach', 'Share, rounded down', 'Missing'], rows, columns: [0.2, 0.25, 0.55] },
  ];
}

function sourcesChapter({ sources }: Questionnaire): Chapter {
  const rows = sources.map((source: Citation) => [source.id, citationText(source)]);
  return {
    id: 'sources',
    title: 'Sources',
    blocks: [{ kind: 'table', head: ['Name', 'Source, and how it was seen'], rows, columns: [0.28, 0.72] }],
  };
}
