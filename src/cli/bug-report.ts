/** What is said of a bug: its kind and place. Its message is left out, it could hold what a patient said. */
export function bugReport(error: unknown): string {
  return `preinfuse: this is a bug in preinfuse, and nothing was decided.\n${withoutData(error)}\n`;
}

function withoutData(error: unknown): string {
  if (!(error instanceof Error)) return '  thrown: not an error';
  const { name, message, stack = '' } = error;
  // The stack begins with the message, which can have lines that look like frames.
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return [`  ${name}`, ...frames.slice(0, 8).map((line) => line.replace(wayToProgram, '($1/'))].join('\n');
}

/** Where on this machine the program lies: the name of its user could be in it. */
const wayToProgram = /\(?(?:file:\/\/)?(?:\/|[A-Z]:\\).*?[\\/](dist|src|node_modules)[\\/]/i;
