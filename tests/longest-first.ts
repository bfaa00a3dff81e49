import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first. */
const longest = [
  'document/press',
  'document/completeness',
  'check/prove/prove',
  'check/pages',
  'check/prove/compare',
  'check/seeded-faults',
  'check/prove/form',
  'document/accessibility/forms',
  'terminal/screen',
  'exchange/batch-failure',
  'cli/docs',
  'definition/template',
  'exchange/batch-rejects',
  'engine/properties',
  'document/names',
  'cli/hostile-names',
];

/** Begins with the long files, so that no core waits at the end while another has one of them before it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
