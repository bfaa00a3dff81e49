import type { CheckRule } from './rule.ts';

/** A rule as a page of Markdown: why it is there, and its examples. */
export function pageOf({ code, severity, why, bad, marked, good }: CheckRule): string {
  return `### ${code}

${why} (${severity})

Wrong, at \`${marked}\`:

${block(bad)}

Mended:

${block(good)}
`;
}

function block(yaml: string): string {
  return `\`\`\`yaml\n${yaml.trim()}\n\`\`\``;
}
