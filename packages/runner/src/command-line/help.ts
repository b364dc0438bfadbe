import type { Argument, Command } from './command.js'
import { EXIT, EXIT_MEANS, type ExitName } from './exit.js'
import { FLAGS, type FlagKind, type FlagName, GLOBAL_FLAGS } from './flags.js'
import { COMMANDS, GROUPS, SECTIONS } from './table.js'

const WIDTH = 96

/** What `--help` says: of everything, of a group, or of one command. */
export function help(about: string | undefined, program: string): string {
  const command = COMMANDS.find(({ name }) => name === about)
  if (command) return ofCommand(command, program)
  const group = GROUPS.find(({ name }) => name === about)
  return group ? ofGroup(group.name, program) : ofAll(program)
}

function ofAll(program: string): string {
  const sections = SECTIONS.map(({ title, commands }) => [
    `${title}:`,
    ...columns(commands.filter(({ hidden }) => !hidden).map((one) => [`  ${one.name}`, one.summary])),
    '',
  ])
  return [
    'Nacre runs your personal agent as a daemon on this machine.',
    '',
    `  ${program} COMMAND [flags]        one command, told about by: ${program} COMMAND --help`,
    '',
    ...sections.flat(),
    'Before or after each command:',
    ...columns(flagRows(GLOBAL_FLAGS)),
    '',
    'A session may be named by the beginning of its id, or by its title.',
    '',
    'Exit codes:',
    ...columns(exitRows(Object.keys(EXIT) as ExitName[])),
    '',
    `Example: ${program} ask "list files" && ${program} events --json | tail -1`,
  ].join('\n')
}

function ofGroup(name: string, program: string): string {
  const commands = COMMANDS.filter((one) => one.name.startsWith(`${name} `) && !one.hidden)
  const otherwise = GROUPS.find((group) => group.name === name)?.otherwise
  return [
    ...columns(commands.map((one) => [`${program} ${usageOf(one)}`, one.summary])),
    ...(otherwise ? ['', `${program} ${name} alone is ${program} ${otherwise}.`] : []),
  ].join('\n')
}

function ofCommand(command: Command, program: string): string {
  const { summary, about, args = [], flags = {}, examples, json } = command
  const block = (title: string, rows: readonly (readonly [string, string])[]) =>
    rows.length > 0 ? ['', `${title}:`, ...columns(rows)] : []
  return [
    `${program} ${usageOf(command)}`,
    '',
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...(about ? ['', ...wrapped(about, WIDTH)] : []),
    ...block(
      'Arguments',
      args.map((arg) => [`  ${arg.name}`, arg.what]),
    ),
    ...block('Flags', flagRows(flags)),
    ...block('Before or after each command', flagRows(GLOBAL_FLAGS)),
    ...(json ? ['', `What --json prints is described by docs/schemas/${schemaName(command)}.json.`] : []),
    '',
    'Examples:',
    ...examples.flatMap(({ line, says }) => [`  # ${says}`, `  ${program} ${line}`]),
    ...block('Exit codes', exitRows(exitsOf(command))),
  ].join('\n')
}

/** Without the program: `ask [WORDS…] [--session ID] [--yes]`. */
export function usageOf({ name, args = [], flags = {} }: Command): string {
  const taken = (Object.keys(flags) as FlagName[]).map((flag) => `[${flagUsage(flag)}]`)
  return [name, ...args.map(argUsage), ...taken].join(' ')
}

const argUsage = ({ name, need }: Argument) => (need === 'needed' ? name : need === 'rest' ? `[${name}…]` : `[${name}]`)

export const flagUsage = (name: FlagName): string => {
  const kind: FlagKind = FLAGS[name]
  return kind.type === 'switch' ? `--${name}` : `--${name} ${kind.value}`
}

/** What a command may end with, `ok` and `usage` too, in the order of the codes. */
export const exitsOf = ({ exits = [] }: Command): readonly ExitName[] =>
  [...new Set<ExitName>(['ok', 'usage', ...exits])].toSorted((a, b) => EXIT[a] - EXIT[b])

export const schemaName = ({ name }: Command): string => name.replaceAll(' ', '-')

const flagRows = (flags: Partial<Readonly<Record<FlagName, string>>>) =>
  Object.entries(flags).map(([name, what]): [string, string] => [`  ${flagUsage(name as FlagName)}`, what])

const exitRows = (names: readonly ExitName[]) =>
  names.map((name): [string, string] => [`  ${EXIT[name]}`, EXIT_MEANS[name]])

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length)) + 3
  return rows.map(([left, right]) => `${left.padEnd(width)}${right}`)
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
