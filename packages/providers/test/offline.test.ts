import { offline } from '@nacre/providers'
import { callId, type GenerateRequest, type Message } from '@nacre/types'
import { describe, expect, test } from 'vitest'
import { ASK, partsOf, run, textOf } from './support.js'

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })
const tools = ['file_list', 'file_read', 'file_write', 'shell_exec', 'ask_user', 'delegate_to_agent'].map((name) => ({
  name,
  description: name,
  parameters: { type: 'object' },
}))
const saying = (...texts: string[]): GenerateRequest => ({ ...ASK, tools, messages: texts.map(user) })
const callsOf = async (text: string) =>
  partsOf(await run(offline(), saying(text)), 'call').map((part) => [part.name, JSON.parse(part.argsText)])

test.each([
  ['list files', [['file_list', { path: '.' }]]],
  ['List my files in notes/2026.', [['file_list', { path: 'notes/2026' }]]],
  ['read notes.md', [['file_read', { path: 'notes.md' }]]],
  [
    'read @notes.md and @a/b.md',
    [
      ['file_read', { path: 'notes.md' }],
      ['file_read', { path: 'a/b.md' }],
    ],
  ],
  [
    'please read `notes.md`, todo.md and "a.b".',
    [
      ['file_read', { path: 'notes.md' }],
      ['file_read', { path: 'todo.md' }],
      ['file_read', { path: 'a.b' }],
    ],
  ],
  ['write buy milk to the shop to todo.md', [['file_write', { path: 'todo.md', content: 'buy milk to the shop' }]]],
  ['write "one\ntwo" to a/b.txt', [['file_write', { path: 'a/b.txt', content: 'one\ntwo' }]]],
  ['run `ls -la | wc -l`', [['shell_exec', { command: 'ls -la | wc -l' }]]],
  ['Run: echo hi', [['shell_exec', { command: 'echo hi' }]]],
  ['ask me which way to go?', [['ask_user', { question: 'which way to go?' }]]],
  ['ask researcher to list files', [['delegate_to_agent', { agent: 'researcher', goal: 'list files' }]]],
])('%j is done by real tool calls', async (text, calls) => {
  expect(await callsOf(text)).toEqual(calls)
})

test.each(['hello', 'read the whole story to me please', 'runaway', '', '🙂'])(
  '%j gets a word about what this is',
  async (text) => {
    const { finished, events } = await run(offline(), saying(text))
    expect(finished?.reason).toBe('stop')
    for (const word of ['offline model', 'runner setup', 'help']) expect(textOf(events)).toContain(word)
  },
)

describe('the offline model', () => {
  test('calls only tools that it was given', async () => {
    const outcome = await run(offline(), { ...saying('run `ls`'), tools: [] })
    expect(partsOf(outcome, 'call')).toEqual([])
    expect(textOf(outcome.events)).toContain('shell_exec')
    expect(textOf((await run(offline(), { ...saying('help'), tools: [] })).events)).not.toContain('list files')
    expect(textOf((await run(offline(), saying('help'))).events)).toContain('list files')
  })

  test('streams line by line, the same each time, and counts', async () => {
    const first = await run(offline(), saying('list files'))
    expect(await run(offline(), saying('list files'))).toEqual(first)
    const help = await run(offline(), saying('help'))
    const lines = help.events.flatMap((event) => (event.type === 'text' ? [event.text] : []))
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.slice(0, -1).every((line) => /[^\n]\n+$/.test(line))).toBe(true)
    expect(first.events.flatMap((event) => (event.type === 'args' ? [event.text] : [])).join('')).toBe('{"path":"."}')
    expect(first.finished?.reason).toBe('tool_calls')
    expect(first.finished?.usage?.inputTokens).toBeGreaterThan(10)
  })

  test('finds what was said before', async () => {
    const said = ['My cat is Mia.', 'It rains.', 'The cat sleeps.']
    expect(textOf((await run(offline(), saying(...said, 'what did I say about the cat?'))).events)).toContain(
      '> The cat sleeps.',
    )
    const cats = textOf((await run(offline(), saying(...said, 'What did I say about cat'))).events)
    expect(cats).toContain('> My cat is Mia.')
    expect(cats).not.toContain('rains')
    expect(textOf((await run(offline(), saying(...said, 'what did I say?'))).events)).toContain('> It rains.')
    expect(textOf((await run(offline(), saying('what did I say about dogs?'))).events)).toContain('nothing')
  })

  test('reports results, errors and denials plainly', async () => {
    const result = (name: string, text: string, isError = false) =>
      ({ call: callId(name), name, parts: [{ type: 'text', text }], isError }) as const
    const results = [
      result('file_list', 'a\nb\nc\nd\ne\nf\ng'),
      result('file_read', 'ENOENT: no such file', true),
      result('shell_exec', 'The user denied this call.', true),
      result('file_write', ''),
    ]
    const asked = { ...saying('list files'), messages: [user('list files'), { role: 'tool', results } as const] }
    const text = textOf((await run(offline(), asked)).events)
    expect(text).toContain('4 tool calls, 2 of them without success')
    expect(text).toContain('file_list gave back 7 lines')
    expect(text).toContain('… and 2 more')
    expect(text).toContain('file_read failed: ENOENT: no such file')
    expect(text).toContain('shell_exec was denied')
    expect(text).toContain('file_write worked')
  })

  test('can be cancelled', async () => {
    expect((await run(offline(), saying('help'), AbortSignal.abort())).fault?.code).toBe('cancelled')
  })
})
