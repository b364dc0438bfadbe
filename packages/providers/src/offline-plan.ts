import type { GenerateRequest, JsonObject } from '@nacre/types'
import { contentText } from './encode.js'

/** What the offline model says and does. */
export type Reply = { readonly text: string; readonly calls: readonly { name: string; args: JsonObject }[] }

const QUOTE_CHARS = 300
const QUOTES = 10

const MANUAL = [
  ['list files, or: list files in some/folder', 'file_list'],
  ['read notes.md, or: read notes.md and todo.md', 'file_read'],
  ['write TEXT to some/file.md', 'file_write'],
  ['run `some command`', 'shell_exec'],
  ['ask me some question', 'ask_user'],
  ['ask AGENT to do something', 'delegate_to_agent'],
  ['what did I say, or: what did I say about X', undefined],
  ['help', undefined],
] as const

/** The answer to the last user message, by the first rule that fits it. */
export function planReply(request: GenerateRequest): Reply {
  const said = userTexts(request)
  const text = (said.at(-1) ?? '').trim()
  const asked = understand(text)
  if (asked === 'help') return { text: help(request), calls: [] }
  if (asked === undefined) return { text: excuse(text), calls: [] }
  if ('about' in asked) return { text: recall(said.slice(0, -1), asked.about), calls: [] }
  if (request.toolChoice !== 'none' && request.tools.some((tool) => tool.name === asked.tool))
    return { text: `${asked.words}\n`, calls: asked.args.map((args) => ({ name: asked.tool, args })) }
  return { text: `That takes the tool ${asked.tool}, which I was not given here. ${SWITCH}`, calls: [] }
}

type Asked = 'help' | { about: string } | { tool: string; words: string; args: readonly JsonObject[] } | undefined

function understand(text: string): Asked {
  if (/^(please )?help( me)?[.!?]*$/i.test(text)) return 'help'
  const recalled = /^what did I (?:say|write|tell you)(?: (?:about|of|on) (.+?))?[.!?\s]*$/is.exec(text)
  if (recalled) return { about: bare(recalled[1] ?? '') }
  // Asked to sum up, by the instruction that a runtime ends a full context with.
  if (text.startsWith('[Nacre, not the user')) return { about: '' }
  const rest = text.replace(/^please,? /i, '')
  const question = /^ask me (.+)$/is.exec(rest)?.[1]
  if (question) return { tool: 'ask_user', words: 'Asking.', args: [{ question }] }
  const [, agent, goal] = /^ask ([a-z0-9_-]+) to (.+)$/is.exec(rest) ?? []
  if (agent && goal) return { tool: 'delegate_to_agent', words: `Asking ${agent}.`, args: [{ agent, goal }] }
  const listed = /^list (?:all |my |the )?files(?: (?:in|of|under) (.+))?$/is.exec(rest.replace(/[.!?\s]+$/, ''))
  if (listed) {
    const path = bare(listed[1] ?? '.')
    return { tool: 'file_list', words: path === '.' ? 'Listing files.' : `Listing files in ${path}.`, args: [{ path }] }
  }
  const ran = /^run:? (?:`([^`]+)`[.!?\s]*|(.+))$/is.exec(rest)
  const command = (ran?.[1] ?? ran?.[2] ?? '').trim()
  if (command !== '') return { tool: 'shell_exec', words: `Running ${command}`, args: [{ command }] }
  const written = /^write (.+) to (?:the file )?(\S+)$/is.exec(rest)
  if (written) return writing(written[1] ?? '', bare(written[2] ?? ''))
  const read = /^read (.+)$/is.exec(rest)
  return read ? reading(read[1] ?? '') : undefined
}

const writing = (content: string, path: string): Asked => ({
  tool: 'file_write',
  words: `Writing ${path}.`,
  args: [{ path, content: content.trim().replace(/^(["'`])(.*)\1$/s, '$2') }],
})

function reading(list: string): Asked {
  const paths = list
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/i)
    .map(bare)
    .filter((path) => path !== '')
  // A sentence that only begins with "read" names no files.
  if (paths.length === 0 || paths.some((path) => /\s/.test(path))) return undefined
  return { tool: 'file_read', words: `Reading ${paths.join(', ')}.`, args: paths.map((path) => ({ path })) }
}

/** A name without quotes around it, the sentence's end, and the sign that a terminal puts before a file's name. */
const bare = (name: string) =>
  name
    .trim()
    .replace(/[.!?,;]+$/, (end, at: number) => (at === 0 ? end : ''))
    .replace(/^(?:the file )?["'`]?@?(.*?)["'`]?$/is, '$1')

const userTexts = (request: GenerateRequest) =>
  request.messages.flatMap((message) => (message.role === 'user' ? [contentText(message.parts)] : []))

function recall(earlier: readonly string[], about: string): string {
  const hits = earlier.filter((text) => text.toLowerCase().includes(about.toLowerCase()))
  const subject = about === '' ? '' : ` about ${about}`
  if (hits.length === 0) return `I find nothing that you said${subject} earlier in this conversation.`
  const shown = hits.slice(-QUOTES).map((text) => `> ${clip(text)}`)
  const left = hits.length > shown.length ? ` (the last ${shown.length} of ${hits.length})` : ''
  return `You said${subject}${left}:\n\n${shown.join('\n>\n')}`
}

const clip = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > QUOTE_CHARS ? `${line.slice(0, QUOTE_CHARS - 1)}…`.toWellFormed() : line
}

const WHO = 'I am Nacre’s offline model: a few fixed rules, without a key, a network or any understanding.'
const SWITCH = 'For a real model say `runner setup` in a shell, then `runner restart`.'

function help(request: GenerateRequest): string {
  const tools = new Set(request.tools.map((tool) => tool.name))
  const lines = MANUAL.filter(([, tool]) => tool === undefined || tools.has(tool)).map(([words]) => `- ${words}`)
  return `${WHO} This is what I know how to do here:\n\n${lines.join('\n')}\n\n${SWITCH}`
}

function excuse(text: string): string {
  const understood = text === '' ? 'I was told nothing.' : `Of “${clip(text)}” I understood nothing that I could do.`
  return `${WHO} ${understood} Say help to see what I know. ${SWITCH}`
}
