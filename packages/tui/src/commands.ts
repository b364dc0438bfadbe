import type { ApprovalScope } from '@nacre/client'
import { nearest } from './nearest.js'

export type Command =
  | { readonly type: 'new'; readonly title: string }
  | { readonly type: 'switch'; readonly prefix: string }
  | { readonly type: 'approve'; readonly scope: ApprovalScope }
  | { readonly type: CommandName }
type CommandName = 'sessions' | 'cancel' | 'deny' | 'status' | 'help' | 'quit'

export type ParsedCommand =
  | Command
  | { readonly type: 'unknown'; readonly typed: string; readonly nearest: string }
  | { readonly type: 'misused'; readonly usage: string }

/** What can be typed, as `/help` shows it. */
export const COMMANDS = [
  { name: 'new', argument: '[name]', does: 'begin a new session' },
  { name: 'sessions', argument: '', does: 'list your sessions' },
  { name: 'switch', argument: '<prefix>', does: 'go to the session whose id begins so, or that has this name' },
  { name: 'cancel', argument: '', does: 'stop the running turn (also ctrl-c)' },
  {
    name: 'approve',
    argument: '[session|always]',
    does: 'allow the call that asks (also y), and exactly this call again in this session, or in all',
  },
  { name: 'deny', argument: '', does: 'refuse it (also n)' },
  { name: 'status', argument: '', does: 'show daemon, model, workspace and session' },
  { name: 'help', argument: '', does: 'show this' },
  { name: 'quit', argument: '', does: 'leave; the daemon keeps running (also ctrl-d)' },
] as const

const SCOPES: readonly ApprovalScope[] = ['once', 'session', 'always']

/** A line that begins with a slash is a command, known or not, and never a message; any other line is undefined. */
export function parseCommand(typed: string): ParsedCommand | undefined {
  if (!typed.startsWith('/')) return undefined
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/u.exec(typed) ?? []
  const argument = rest.trim()
  const known = COMMANDS.find((command) => command.name === name)
  if (known === undefined)
    return {
      type: 'unknown',
      typed: `/${name}`,
      nearest: `/${nearest(
        name,
        COMMANDS.map((command) => command.name),
      )}`,
    }
  if (known.name === 'new') return { type: 'new', title: argument }
  if (known.name === 'approve') {
    const scope = SCOPES.find((each) => each === (argument || 'once'))
    return scope ? { type: 'approve', scope } : misused(known)
  }
  if (known.name === 'switch') return argument ? { type: 'switch', prefix: argument } : misused(known)
  return argument ? misused(known) : { type: known.name }
}

const misused = ({ name, argument }: (typeof COMMANDS)[number]): ParsedCommand => ({
  type: 'misused',
  usage: argument ? `/${name} ${argument}` : `/${name} takes nothing behind it`,
})
