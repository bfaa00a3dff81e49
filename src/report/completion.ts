/** A command as a shell completes it. */
export interface CommandTree {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments may be; none where they are files or anything else. */
  readonly values: readonly string[];
  readonly commands: readonly CommandTree[];
}

export interface CompletedOption {
  /** `--output`, and `-o` where it has one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What its value may be; none where it is a file or anything else. */
  readonly values: readonly string[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A script that completes the words of `tree` in a shell, whole in itself: nothing is run when somebody types. */
export function completionScript(shell: Shell, tree: CommandTree): string {
  const lines = { bash, zsh, fish }[shell](tree, placesIn(tree));
  return `${lines.join('\n')}\n`;
}

/** A command with the words that lead to it: `''`, `batch`, `records list`. */
interface Place {
  readonly at: string;
  readonly command: CommandTree;
}

function placesIn(tree: CommandTree, at = ''): readonly Place[] {
  const below = tree.commands.flatMap((command) =>
    placesIn(command, at === '' ? command.name : `${at} ${command.name}`),
  );
  return [{ at, command: tree }, ...below];
}

/** Patterns for the words that go one command further: `' batch'|'records list'`. */
function furtherWords(places: readonly Place[]): string {
  return places.flatMap(({ at, command }) => command.commands.map(({ name }) => quoted(`${at} ${name}`))).join('|');
}

/** Options that take a value, by the pattern of place and name: those of `''` and of each command. */
function valued(places: readonly Place[]): readonly { readonly pattern: string; readonly values: readonly string[] }[] {
  return places.flatMap(({ at, command }) =>
    command.options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, values }) => ({ pattern: names.map((name) => quoted(`${at}|${name}`)).join('|'), values })),
  );
}

function bash({ name }: CommandTree, places: readonly Place[]): readonly string[] {
  const fixed = valued(places).filter(({ values }) => values.length > 0);
  const free = valued(places).filter(({ values }) => values.length === 0);
  const words = places.map(({ at, command }) => {
    const options = command.options.flatMap((option) => option.names).join(' ');
    const others = [...command.commands.map((each) => each.name), ...command.values].join(' ');
    return `    ${quoted(at)}) options=${quoted(options)} others=${quoted(others)} ;;`;
  });
  return [
    `# ${name} for bash: ${name} completion bash > ~/.local/share/bash-completion/completions/${name}`,
    `_${name}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at= options= others= values= i`,
    // --option=value comes as three words.
    '  if [[ $current == = ]]; then current=',
    `  elif [[ $before == = ]]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi`,
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    `    case "$at \${COMP_WORDS[i]}" in`,
    `      ${furtherWords(places)}) at="\${at:+$at }\${COMP_WORDS[i]}" ;;`,
    '    esac',
    '  done',
    '  COMPREPLY=()',
    '  case "$at|$before" in',
    ...fixed.map(({ pattern, values }) => `    ${pattern}) values=${quoted(values.join(' '))} ;;`),
    `    ${free.map(({ pattern }) => pattern).join('|')}) return ;;`,
    '  esac',
    '  case "$at" in',
    ...words,
    '  esac',
    '  if [[ -n $values ]]; then others=$values',
    '  elif [[ $current == -* ]]; then others=$options; fi',
    '  COMPREPLY=($(compgen -W "$others" -- "$current"))',
    '}',
    `complete -o bashdefault -o default -F _${name} ${name}`,
  ];
}

function zsh({ name }: CommandTree, places: readonly Place[]): readonly string[] {
  const described = (names: readonly string[], description: string): readonly string[] =>
    names.map((each) => quoted(`${each.replaceAll(':', '\\:')}:${description}`));
  const list = (words: readonly string[]): string => `found=(${words.join(' ')})`;
  return [
    `#compdef ${name}`,
    `# ${name} for zsh: ${name} completion zsh > a file _${name} in a folder of $fpath`,
    `_${name}() {`,
    `  local at= before="\${words[CURRENT-1]}" i`,
    `  if [[ $PREFIX == --*=* ]]; then before=\${PREFIX%%=*}; compset -P '*='; fi`,
    '  local -a found',
    '  for ((i = 2; i < CURRENT; i++)); do',
    `    case "$at \${words[i]}" in`,
    `      (${furtherWords(places)}) at="\${at:+$at }\${words[i]}" ;;`,
    '    esac',
    '  done',
    '  case "$at|$before" in',
    ...valued(places).map(({ pattern, values }) =>
      values.length > 0
        ? `    (${pattern}) ${list(values.map(quoted))}; _describe value found; return ;;`
        : `    (${pattern}) _files; return ;;`,
    ),
    '  esac',
    '  if [[ $PREFIX == -* ]]; then',
    '    case "$at" in',
    ...places.map(({ at, command }) => {
      const options = command.options.flatMap(({ names, description }) => described(names, description));
      return `      (${quoted(at)}) ${list(options)} ;;`;
    }),
    '    esac',
    '    _describe -o option found',
    '    return',
    '  fi',
    '  case "$at" in',
    ...places
      .filter(({ command }) => command.commands.length + command.values.length > 0)
      .map(({ at, command }) => {
        const commands = command.commands.flatMap((each) => described([each.name], each.description));
        return `    (${quoted(at)}) ${list([...commands, ...command.values.map(quoted)])}; _describe word found; return ;;`;
      }),
    '  esac',
    '  _files',
    '}',
    `if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
  ];
}

function fish({ name }: CommandTree, places: readonly Place[]): readonly string[] {
  const lines = places.flatMap(({ at, command }) => {
    const condition = `-n ${fishQuoted(fishPlace(at, command))}`;
    const start = `complete -c ${name} ${condition}`;
    const words = command.commands.map((each) => `${start} -f -a ${each.name} -d ${fishQuoted(each.description)}`);
    const values = command.values.length === 0 ? [] : [`${start} -f -a ${fishQuoted(command.values.join(' '))}`];
    return [...words, ...values, ...command.options.map((option) => `${start} ${fishOption(option)}`)];
  });
  return [`# ${name} for fish: ${name} completion fish > ~/.config/fish/completions/${name}.fish`, ...lines];
}

/** True where a line stands at this command, and no further. */
function fishPlace(at: string, { commands }: CommandTree): string {
  const seen = at === '' ? [] : at.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const further = commands.map((each) => each.name).join(' ');
  return [...seen, ...(further === '' ? [] : [`not __fish_seen_subcommand_from ${further}`])].join('; and ');
}

function fishOption({ names, description, takesValue, values }: CompletedOption): string {
  const spelt = names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`));
  const value = values.length > 0 ? [`-x -a ${fishQuoted(values.join(' '))}`] : takesValue ? ['-r -F'] : [];
  return [...spelt, ...value, `-d ${fishQuoted(description)}`].join(' ');
}

/** For bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
