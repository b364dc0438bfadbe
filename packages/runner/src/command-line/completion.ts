import type { Command, Table } from './command.js'
import { type Completion, FLAGS, type FlagKind, type FlagName, GLOBAL_FLAGS } from './flags.js'

/** A script for a shell, made from the table of commands. Each shell asks `runner __names` for sessions and users. */
export function completionFor(shell: 'bash' | 'zsh' | 'fish', { commands, groups }: Table): string {
  const shown = { commands: commands.filter(({ hidden }) => !hidden), groups }
  if (shell === 'fish') return fish(shown)
  return shell === 'bash' ? bash(shown) : zsh(shown)
}

const firstsOf = ({ commands }: Table): readonly string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')),
]
const secondsOf = ({ commands }: Table, group: string): readonly string[] =>
  commands.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []))
/** As it is found on the command line: a group's word stands for the command that it means alone. */
const keysOf = ({ groups }: Table, { name }: Command): readonly string[] => [
  name,
  ...groups.flatMap((group) => (group.otherwise === name ? [group.name] : [])),
]
const flagsOf = ({ flags = {} }: Command): readonly FlagName[] =>
  [...Object.keys(flags), ...Object.keys(GLOBAL_FLAGS)] as FlagName[]

const valueOfFlag = (name: FlagName): Completion | 'none' | undefined => {
  const kind: FlagKind = FLAGS[name]
  if (kind.type === 'switch') return undefined
  if (kind.type === 'choice') return kind.choices
  return (kind.type === 'text' ? kind.complete : undefined) ?? 'none'
}

/** What bash and zsh share: the words that may stand where the cursor is, by shell commands that print them. */
const WORDS: Readonly<Record<'session' | 'user', string>> = {
  session: '$(runner __names sessions 2>/dev/null)',
  user: '$(runner __names users 2>/dev/null)',
}

const wordsOf = (value: Completion | 'none'): string =>
  value === 'none' || value === 'file' || value === 'directory'
    ? ''
    : value === 'session' || value === 'user'
      ? WORDS[value]
      : value.join(' ')

const filesOf = (value: Completion | 'none'): string =>
  value === 'file' ? '; files=1' : value === 'directory' ? '; files=2' : ''

const flagCases = (): readonly string[] =>
  (Object.keys(FLAGS) as FlagName[]).flatMap((name) => {
    const value = valueOfFlag(name)
    return value === undefined ? [] : [`    --${name}) words="${wordsOf(value)}"${filesOf(value)}; return ;;`]
  })

const commandCases = (table: Table): readonly string[] =>
  table.commands.flatMap((command) => {
    const [argument] = command.args ?? []
    const complete = argument?.complete ?? 'none'
    const flags = flagsOf(command)
      .map((name) => `--${name}`)
      .join(' ')
    return keysOf(table, command).map((key) => {
      const own = table.groups.some(({ name }) => name === key) ? secondsOf(table, key).join(' ') : wordsOf(complete)
      return `    '${key}') flags="${flags}"; words="${own}"${filesOf(complete)} ;;`
    })
  })

const groupCases = (table: Table): readonly string[] =>
  table.groups
    .filter(({ otherwise }) => otherwise === undefined)
    .map(({ name }) => `    '${name}') flags="--help"; words="${secondsOf(table, name).join(' ')}" ;;`)

const takesValue = (): string =>
  (Object.keys(FLAGS) as FlagName[])
    .filter((name) => valueOfFlag(name) !== undefined)
    .map((name) => `--${name}`)
    .join('|')

/** Sets `words`, `flags` and `files` for what stands behind `$1`, the word before the cursor, in the words `$2…`. */
const finder = (table: Table): string => `_runner_find() {
  local previous="$1" key='' word skip=''
  shift
  words='' flags='' files=''
  case "$previous" in
${flagCases().join('\n')}
  esac
  for word in "$@"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      ${takesValue()}) skip=1 ;;
      --tui|--first-run) key="$word" ;;
      -*) ;;
      *) case "$key" in
          '') key="$word" ;;
          ${table.groups.map(({ name }) => `'${name}'`).join('|')}) key="$key $word" ;;
        esac ;;
    esac
  done
  case "$key" in
    '') words="${firstsOf(table)
      .filter((name) => !name.startsWith('-'))
      .join(
        ' ',
      )}"; flags="${[...firstsOf(table).filter((name) => name.startsWith('-')), ...Object.keys(GLOBAL_FLAGS).map((name) => `--${name}`), '--version'].join(' ')}" ;;
${[...commandCases(table), ...groupCases(table)].join('\n')}
  esac
}`

const bash = (table: Table): string => `# bash completion of runner; made by: runner completion bash
${finder(table)}
_runner() {
  local words flags files current="\${COMP_WORDS[COMP_CWORD]}"
  _runner_find "\${COMP_WORDS[COMP_CWORD-1]}" "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current"))
      case "$files" in
        1) COMPREPLY+=($(compgen -f -- "$current")) ;;
        2) COMPREPLY+=($(compgen -d -- "$current")) ;;
      esac ;;
  esac
}
complete -F _runner runner`

const zsh = (table: Table): string => `#compdef runner
# zsh completion of runner; made by: runner completion zsh
${finder(table)}
_runner() {
  local words_before=("\${(@)words[2,CURRENT-1]}") previous="\${words[CURRENT-1]}" current="\${words[CURRENT]}"
  local found_words found_flags found_files
  () {
    local words flags files
    _runner_find "$@"
    found_words="$words" found_flags="$flags" found_files="$files"
  } "$previous" "\${words_before[@]}"
  case "$current" in
    -*) compadd -- \${=found_flags} ;;
    *) compadd -- \${=found_words}
      case "$found_files" in
        1) _files ;;
        2) _files -/ ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = _runner ]; then _runner "$@"; else compdef _runner runner; fi`

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fish(table: Table): string {
  const lines: string[] = ['# fish completion of runner; made by: runner completion fish', 'complete -c runner -f']
  const none = `not __fish_seen_subcommand_from ${firstsOf(table)
    .filter((name) => !name.startsWith('-'))
    .join(' ')}`
  for (const first of firstsOf(table).filter((name) => !name.startsWith('-'))) {
    const { summary } = table.groups.find(({ name }) => name === first) ??
      table.commands.find(({ name }) => name === first) ?? { summary: '' }
    lines.push(`complete -c runner -n ${quoted(none)} -a ${first} -d ${quoted(summary)}`)
  }
  for (const { name } of table.groups)
    for (const second of secondsOf(table, name)) {
      const summary = table.commands.find((one) => one.name === `${name} ${second}`)?.summary ?? ''
      const seen = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${secondsOf(table, name).join(' ')}`
      lines.push(`complete -c runner -n ${quoted(seen)} -a ${second} -d ${quoted(summary)}`)
    }
  for (const command of table.commands) lines.push(...fishOf(command))
  for (const [name, what] of Object.entries(GLOBAL_FLAGS)) lines.push(fishFlag('', name as FlagName, what))
  return lines.join('\n')
}

function fishOf(command: Command): readonly string[] {
  const door = command.name.startsWith('--')
  const seen = door
    ? `__fish_contains_opt ${command.name.slice(2)}`
    : command.name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ')
  const [argument] = command.args ?? []
  const offered = argument?.complete && fishValue(argument.complete)
  return [
    ...(door
      ? [`complete -c runner -n __fish_use_subcommand -l ${command.name.slice(2)} -d ${quoted(command.summary)}`]
      : []),
    ...(offered ? [`complete -c runner -n ${quoted(seen)} ${offered}`] : []),
    ...Object.entries(command.flags ?? {}).map(([name, what]) => fishFlag(seen, name as FlagName, what)),
  ]
}

function fishFlag(seen: string, name: FlagName, what: string): string {
  const value = valueOfFlag(name)
  const takes = value === undefined ? '' : value === 'none' ? ' -x' : ` -r ${fishValue(value)}`
  return `complete -c runner${seen ? ` -n ${quoted(seen)}` : ''} -l ${name} -d ${quoted(what)}${takes}`
}

function fishValue(value: Completion): string {
  if (value === 'file') return '-F'
  if (value === 'directory') return "-f -a '(__fish_complete_directories)'"
  if (value === 'session') return "-f -k -a '(runner __names sessions 2>/dev/null)'"
  if (value === 'user') return "-f -a '(runner __names users 2>/dev/null)'"
  return `-f -a ${quoted(value.join(' '))}`
}
