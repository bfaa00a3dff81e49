import { counted } from '../model/counted.ts';
import { type Disposition, dispositions } from '../model/disposition.ts';
import type { Item, Questionnaire } from '../model/questionnaire.ts';
import { mostFirst, placesOf, type Tally, type Unit } from './batch-summary.ts';
import { oneLine } from './codebook.ts';

/** Counts to be drawn as bars. */
export interface Chart {
  readonly title: string;
  /** Which definition. */
  readonly edition: string;
  readonly opening: string;
  readonly sections: readonly ChartSection[];
}

export interface ChartSection {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** What stands below: what is left out, or that there is nothing. */
  readonly note?: string;
}

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** What it is coloured for. */
  readonly of?: Disposition;
}

/** How many bars a list has, so that all fit on one page. */
const mostBars = { findings: 9, absent: 9, errors: 6 } as const;

/** A batch as one page: dispositions, the most frequent findings, questions without an answer, errors. Nothing of a patient. */
export function batchChart(questionnaire: Questionnaire, tally: Tally, unit: Unit, visitDate: string): Chart {
  const { id, version, title, rules } = questionnaire;
  const reasons = new Map(rules.map((rule) => [rule.id, rule] as const));
  const questions = new Map(questionnaire.items.flatMap(textsIn));
  const emergencies = tally.dispositions.get('emergency') ?? 0;
  const notes = [
    ...(tally.isBrokenOff ? ['Not complete: part of the list was not screened.'] : []),
    ...(emergencies > 0 ? [`Emergencies: ${placesOf(tally.emergencies, emergencies, unit)}.`] : []),
  ];
  return {
    title: 'What a batch came to',
    edition: `${id} ${version}`,
    opening: `${oneLine(title)}. ${counted(tally.records, 'record')}, visit day ${visitDate} where a record has none.`,
    sections: [
      {
        title: 'Dispositions',
        bars: [
          ...dispositions.map((of) => ({ label: of, count: tally.dispositions.get(of) ?? 0, of })),
          { label: 'in error: nothing decided', count: tally.refused },
        ],
        ...(notes.length > 0 && { note: notes.join(' ') }),
      },
      section('Most frequent findings', tally.rules, mostBars.findings, (rule) => {
        const known = reasons.get(rule);
        return { label: `${rule}: ${oneLine(known?.reason ?? '')}`, ...(known && { of: known.disposition }) };
      }),
      section('Without an answer, in how many records', tally.absent, mostBars.absent, (question) => ({
        label: `${question}: ${questions.get(question) ?? ''}`,
      })),
      section('Errors, in how many records', tally.errors, mostBars.errors, (code) => ({ label: code })),
    ],
  };
}

function section(
  title: string,
  counts: ReadonlyMap<string, number>,
  most: number,
  named: (name: string) => Omit<Bar, 'count'>,
): ChartSection {
  const all = mostFirst(counts);
  const bars = all.slice(0, most).map(([name, count]) => ({ ...named(name), count }));
  const rest = all.length - bars.length;
  const note = all.length === 0 ? 'None.' : `And ${rest} more, each less often or as often.`;
  return { title, bars, ...((all.length === 0 || rest > 0) && { note }) };
}

function textsIn(item: Item): readonly (readonly [string, string])[] {
  const inside = item.type === 'group' ? item.items.flatMap(textsIn) : [];
  return [[item.linkId, oneLine(item.text)], ...inside];
}
