import type { EvidenceEntry, EvidenceLedger, TranslatedKey } from '../../model/evidence.ts';
import type { ConsentTemplate, TemplateBlock } from '../../model/template.ts';
import type { Block, Run } from '../content.ts';
import { type Desk, paragraph, say, word } from './desk.ts';

/** The studies that blocks name, in the order in which they name them first. */
export function studiesOf(blocks: readonly TemplateBlock[], { entries }: EvidenceLedger): readonly EvidenceEntry[] {
  const ids = new Set(blocks.flatMap((block) => (block.kind === 'slot' ? [] : block.evidence)));
  const cited = entries.filter(({ id }) => ids.has(id));
  return [...ids].flatMap((id) => cited.filter((entry) => entry.id === id));
}

/** Which studies stand behind a block, with drug, route and the mark of indirect evidence: "Studies 1, 2: ketamine, into a vein." */
export function sourceLine(desk: Desk, ids: readonly string[]): readonly Block[] {
  if (ids.length === 0) return [];
  const groups = new Map<string, number[]>();
  desk.studies.forEach((entry, index) => {
    if (!ids.includes(entry.id)) return;
    const kind = sourceKind(desk, entry);
    groups.set(kind, [...(groups.get(kind) ?? []), index + 1]);
  });
  const { source, study, studies } = desk.template.words;
  const parts = [...groups].map(
    ([kind, numbers]) => `${numbers.length === 1 ? study : studies} ${numbers.join(', ')} (${kind})`,
  );
  return [paragraph(say(`${source} ${parts.join('; ')}.`), 'quiet')];
}

function sourceKind({ template }: Desk, entry: EvidenceEntry): string {
  const mark = entry.relation === 'indirect' ? `${template.words.indirect}: ` : '';
  return `${mark}${treatmentIn(template, entry)}`;
}

/** "ketamine, into a vein" */
function treatmentIn({ drugs, routes }: ConsentTemplate, { drug, route }: EvidenceEntry): string {
  return drug === 'any' ? drugs.any : `${drugs[drug]}, ${routes[route]}`;
}

/** In which the ledger is written. */
const ledgerLanguage = 'en';

/** What the ledger says of a study in the language of the form, else in its own, which is marked. */
function ledgerText(
  { language, words }: ConsentTemplate,
  entry: EvidenceEntry,
  key: TranslatedKey,
  after = '',
): readonly Run[] {
  const own = language === ledgerLanguage ? entry[key] : entry.in?.[language]?.[key];
  const text = own ?? entry[key];
  if (text === undefined) return say(words.notRecorded);
  const said = say(`${text}${after}`);
  return own === undefined ? said.map((run) => ({ ...run, language: ledgerLanguage })) : said;
}

export function evidenceTable(desk: Desk): readonly Block[] {
  const { template, studies } = desk;
  const { words } = template;
  const head = (['studyHead', 'where', 'people', 'drugAndRoute'] as const).map((key) => word(desk, key, true));
  const rows = studies.map((entry, index) => [
    [
      ...say(`${index + 1}. `),
      ...ledgerText(template, entry, 'authors', entry.year === undefined ? '. ' : `, ${entry.year}. `),
      ...ledgerText(template, entry, 'journal'),
    ],
    entry.doi === undefined ? ledgerText(template, entry, 'locator') : say(entry.doi),
    say(entry.n ?? words.notRecorded),
    say(`${words[entry.relation]}: ${treatmentIn(template, entry)}${unverified(entry, words)}`),
  ]);
  return [paragraph(word(desk, 'evidenceNote')), { kind: 'table', head, rows, columns: [0.36, 0.22, 0.145, 0.275] }];
}

function unverified({ how }: EvidenceEntry, { notVerified }: ConsentTemplate['words']): string {
  return how === 'not-verified' ? ` (${notVerified})` : '';
}
