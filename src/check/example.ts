const rest: Readonly<Record<string, string>> = {
  id: 'id: example',
  version: 'version: "1.0.0"',
  title: 'title: Example',
  status: 'status: draft',
  sources: 'sources: [{ id: label, text: A label, checked: excerpt }]',
  safety: 'safety: { title: Safety, steps: [Call the clinician.] }',
  items: `items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: willing, type: boolean, text: Do you want to go on?, why: It is the person's choice. }]`,
  rules: `rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }`,
};

/** An example of a check rule as a whole definition: the top-level keys it leaves out are added below it. */
export function completed(example: string): string {
  const isThere = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(example);
  const added = Object.entries(rest).flatMap(([key, text]) => (isThere(key) ? [] : [text]));
  return `${[example.trimEnd(), ...added].join('\n')}\n`;
}
