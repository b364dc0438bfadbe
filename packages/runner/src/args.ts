import { parseArgs } from 'node:util'
import { Fault } from '@nacre/types'

const COMMANDS = ['start', 'stop', 'restart', 'status', 'ask', 'events', 'approvals', 'usage', 'catalog'] as const
type CommandName = (typeof COMMANDS)[number]

/** What was asked on the command line. Global flags may stand before or after the command. */
export type Invocation = {
  readonly command: CommandName | 'tui' | 'first-run' | 'version' | 'help'
  readonly words: readonly string[]
  readonly flags: Flags
}
export type Flags = {
  readonly user?: string
  readonly config?: string
  readonly workspace?: string
  readonly session?: string
  readonly agent?: string
  readonly revoke?: string
  readonly by?: string
  readonly url?: string
  readonly insecure: boolean
  readonly detach: boolean
  readonly json: boolean
  readonly follow: boolean
  readonly yes: boolean
}

const OPTIONS = {
  user: { type: 'string' },
  config: { type: 'string' },
  workspace: { type: 'string' },
  session: { type: 'string' },
  agent: { type: 'string' },
  revoke: { type: 'string' },
  by: { type: 'string' },
  url: { type: 'string' },
  insecure: { type: 'boolean' },
  detach: { type: 'boolean' },
  json: { type: 'boolean' },
  follow: { type: 'boolean' },
  yes: { type: 'boolean' },
  tui: { type: 'boolean' },
  'first-run': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Which flags a command takes beside the global ones. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  start: ['workspace', 'detach'],
  restart: ['workspace'],
  stop: ['json'],
  status: ['json'],
  ask: ['session', 'agent', 'yes', 'json'],
  events: ['session', 'follow', 'json'],
  approvals: ['revoke', 'json'],
  usage: ['by', 'json'],
  catalog: ['url', 'json'],
  tui: ['session'],
  'first-run': [],
}
const GLOBAL = ['user', 'config', 'insecure', 'tui', 'first-run', 'version', 'help']

export function parseInvocation(argv: readonly string[]): Invocation {
  const { values, positionals } = parsed(argv)
  const { tui, 'first-run': firstRun, version, help, ...rest } = values
  const flags: Flags = { insecure: false, detach: false, json: false, follow: false, yes: false, ...rest }
  const [word, ...words] = positionals
  if (help || (word === undefined && !tui && !firstRun && !version))
    return { command: 'help', words: positionals, flags }
  if (version) return { command: 'version', words: [], flags }
  const command = tui ? 'tui' : firstRun ? 'first-run' : commandOf(word ?? '')
  if (tui && word !== undefined) throw usage(`--tui takes no command, but '${word}' was given.`)
  for (const flag of Object.keys(values)) {
    if (GLOBAL.includes(flag) || TAKES[command]?.includes(flag)) continue
    throw usage(`--${flag} means nothing to '${command}'.`)
  }
  if (command !== 'ask' && command !== 'catalog' && words.length > 0)
    throw usage(`'${command}' takes no '${words[0]}'.`)
  return { command, words, flags }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'The command line could not be read.')
  }
}

function commandOf(word: string): CommandName {
  const found = COMMANDS.find((command) => command === word)
  if (found) return found
  throw usage(`There is no command '${word}'; there are ${COMMANDS.join(', ')}.`)
}

const usage = (message: string) => new Fault('invalid_input', message, { mend: 'See: runner --help' })
