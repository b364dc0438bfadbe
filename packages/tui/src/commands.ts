import type { ApprovalScope } from '@nacre/client'
import { nearest } from './typed/nearest.js'
import type { Takes } from './typed/wanted.js'

export type ExportFormat = 'jsonl' | 'markdown' | 'html'

export type Command =
  | { readonly type: 'new'; readonly title: string }
  | { readonly type: 'switch'; readonly prefix: string }
  | { readonly type: 'fork'; readonly upTo: number | undefined }
  | { readonly type: 'rename'; readonly title: string }
  | { readonly type: 'model' | 'agent'; readonly name: string }
  | { readonly type: 'approve'; readonly scope: ApprovalScope }
  | { readonly type: 'export'; readonly format: ExportFormat; readonly path: string | undefined }
  | { readonly type: 'search'; readonly text: string }
  | { readonly type: 'sessions' }
  | { readonly type: 'archive' }
  | { readonly type: 'cancel' }
  | { readonly type: 'cancelall' }
  | { readonly type: 'status' }
  | { readonly type: 'usage' }
  | { readonly type: 'compact' }
  | { readonly type: 'deny' }
  | { readonly type: 'help'; readonly about: 'commands' | 'keys' }
  | { readonly type: 'quit' }

export type ParsedCommand =
  | Command
  | { readonly type: 'unknown'; readonly typed: string; readonly nearest: string }
  | { readonly type: 'misused'; readonly usage: string }

type Known = {
  readonly name: Command['type']
  readonly argument: string
  readonly does: string
  readonly takes?: Takes
  /** What it means with this argument; nothing where it cannot be meant. */
  readonly parse: (argument: string) => Command | undefined
}

const plain = (command: Command, does: string): Known => ({
  name: command.type,
  argument: '',
  does,
  parse: (argument) => (argument === '' ? command : undefined),
})

const SCOPES: readonly ApprovalScope[] = ['once', 'session', 'always']
const FORMATS: readonly ExportFormat[] = ['markdown', 'html', 'jsonl']

/** What can be typed, as `/help` shows it. */
export const COMMANDS: readonly Known[] = [
  {
    name: 'new',
    argument: '[name]',
    does: 'begin a new session',
    parse: (title) => ({ type: 'new', title }),
  },
  plain({ type: 'sessions' }, 'choose among your sessions'),
  {
    name: 'switch',
    argument: '<prefix>',
    takes: 'session',
    does: 'go to the session whose id begins so, or that has this name',
    parse: (prefix) => (prefix === '' ? undefined : { type: 'switch', prefix }),
  },
  {
    name: 'fork',
    argument: '[seq]',
    does: 'go on in a copy of this session, up to an event or to its end',
    parse: (seq) =>
      /^\d{0,15}$/u.test(seq) ? { type: 'fork', upTo: seq === '' ? undefined : Number(seq) } : undefined,
  },
  {
    name: 'rename',
    argument: '<name>',
    does: 'give this session another name',
    parse: (title) => (title === '' ? undefined : { type: 'rename', title }),
  },
  plain({ type: 'archive' }, 'put this session away and go to another; /switch brings it back'),
  plain({ type: 'cancel' }, 'stop the running turn (also Esc)'),
  plain({ type: 'cancelall' }, 'stop the running turns of all sessions'),
  plain({ type: 'status' }, 'show daemon, model, workspace, isolation and session'),
  {
    name: 'model',
    argument: '[provider/model]',
    takes: 'model',
    does: 'let another model answer in this session, from the next turn on',
    parse: (name) => ({ type: 'model', name }),
  },
  {
    name: 'agent',
    argument: '[name]',
    takes: 'agent',
    does: 'let another agent answer in this session, from the next turn on',
    parse: (name) => ({ type: 'agent', name }),
  },
  plain({ type: 'usage' }, 'show tokens, cost and what is left of the budgets'),
  plain({ type: 'compact' }, 'sum up what was said, to make room'),
  {
    name: 'approve',
    argument: '[session|always]',
    takes: ['session', 'always'],
    does: 'allow the call that asks (also y), and exactly this call again in this session, or in all',
    parse: (word) => {
      const scope = SCOPES.find((each) => each === (word || 'once'))
      return scope && { type: 'approve', scope }
    },
  },
  plain({ type: 'deny' }, 'refuse it (also n)'),
  {
    name: 'search',
    argument: '<words>',
    does: 'find words in all that was said in this session',
    parse: (text) => (text === '' ? undefined : { type: 'search', text }),
  },
  {
    name: 'export',
    argument: '[markdown|html|jsonl] [file]',
    takes: FORMATS,
    does: 'write this session into a file',
    parse: exportOf,
  },
  {
    name: 'help',
    argument: '[keys]',
    does: 'show this, or what every key does',
    takes: ['keys'],
    parse: (about) => (about === '' || about === 'keys' ? { type: 'help', about: about || 'commands' } : undefined),
  },
  plain({ type: 'quit' }, 'leave; the daemon keeps running (also ctrl-d)'),
]

function exportOf(argument: string): Command | undefined {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/su.exec(argument) ?? []
  const format = FORMATS.find((each) => each === (word || 'markdown'))
  return format && { type: 'export', format, path: rest === '' ? undefined : rest }
}

/** A line that begins with a slash is a command, known or not, and never a message; any other line is undefined. */
export function parseCommand(typed: string): ParsedCommand | undefined {
  if (!typed.startsWith('/')) return undefined
  const [, name = '', argument = ''] = /^\/(\S*)\s*([\s\S]*)$/u.exec(typed) ?? []
  const known = COMMANDS.find((command) => command.name === name)
  if (known) return known.parse(argument.trim()) ?? misused(known)
  const names = COMMANDS.map((command) => command.name)
  return { type: 'unknown', typed: `/${name}`, nearest: `/${nearest(name, names)}` }
}

const misused = ({ name, argument }: Known): ParsedCommand => ({
  type: 'misused',
  usage: argument ? `/${name} ${argument}` : `/${name} takes nothing behind it`,
})
