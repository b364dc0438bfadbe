import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SessionId, waitingFor } from '@nacre/client'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { GenerateRequest, ModelEvent, Provider } from '@nacre/types'
import { expect, type TestContext, test } from 'vitest'
import { openHouse, transcriptWhen } from './house.js'

/** Texts that broke somebody's program, down the whole path: client, gateway, log, engine, tools, files, and back. */

const LANES = 8
const CORPUS = new URL('../../../../shared/testdata/badinput/', import.meta.url)

function corpus(ctx: TestContext, path: string): { strings?: string[]; lists?: Record<string, string[]> } {
  const file = new URL(path, CORPUS)
  if (!existsSync(file)) ctx.skip(`needs shared data: badinput/${path}`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The text that a person said last, and how many rounds of tools came after it. */
function lastInput({ messages }: GenerateRequest): { text: string; round: number } {
  const at = messages.findLastIndex((message) => message.role === 'user')
  const message = messages[at]
  const parts = message?.role === 'user' ? message.parts : []
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { text, round: messages.slice(at).filter(({ role }) => role === 'tool').length }
}

const saying = (say: (text: string, round: number) => readonly ModelEvent[]): Provider => ({
  name: 'echo',
  async *generate(request) {
    const { text, round } = lastInput(request)
    yield* say(text, round)
  },
})

async function forEachIn<T>(items: readonly T[], act: (item: T, index: number) => Promise<void>): Promise<void> {
  const entries = items.entries()
  const lane = async () => {
    for (const [index, item] of entries) await act(item, index)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

const refused = { gateway: 'bad_frame' }

test('a naughty string is title, input, argument, file and answer, and comes back as it went in', {
  timeout: 120_000,
}, async (ctx) => {
  const { strings = [] } = corpus(ctx, 'strings/naughty-strings.json')
  const more = ['a\0b', '🐚'.repeat(8_000), '\u001b[2J\u001b]0;t\u0007', '\r\n', '__proto__', '\u2028', 'a\ud800b']
  const pathOf = (text: string) => `notes/n${Buffer.from(text.slice(0, 60)).toString('hex').slice(0, 200)}`
  const { root, client, failures } = await openHouse({
    provider: saying((text, round) => {
      const path = pathOf(text)
      if (round === 0) return scriptedAnswer('', [{ name: 'file_write', args: { path, content: text } }])
      if (round === 1) return scriptedAnswer('', [{ name: 'file_read', args: { path } }])
      return scriptedAnswer(text)
    }),
  })
  const titles = new Map<SessionId, string>()
  const texts = new Set([...strings, ...more])
  await forEachIn([...texts], async (text) => {
    const titled = await client.createSession({ title: text }).catch((error: unknown) => error as Error)
    if (titled instanceof Error) expect(titled).toMatchObject(refused)
    else titles.set(titled.session, text)
    const { session } = titled instanceof Error ? await client.createSession() : titled
    // What says nothing is no message.
    if (text.trim() === '') return expect(client.send(session, text)).rejects.toMatchObject(refused)
    await client.send(session, text)
    const { state } = await transcriptWhen(client, session, ({ state }) => state.turns.length === 1)
    const steps = state.turns[0]?.steps ?? []
    expect(steps[0]?.inputs[0]?.parts).toEqual([{ type: 'text', text }])
    expect(steps.map(({ calls }) => calls.map(({ name }) => name))).toEqual([['file_write'], ['file_read'], []])
    expect(JSON.parse(steps[0]?.calls[0]?.argsText ?? '')).toEqual({ path: pathOf(text), content: text })
    expect(readFileSync(join(root, pathOf(text))).equals(Buffer.from(text))).toBe(true)
    const read = steps[1]?.calls[0]?.status
    // A NUL is the mark of a file that is no text.
    expect(read).toMatchObject({ type: 'finished', outcome: text.includes('\0') ? 'error' : 'ok' })
    if (!text.includes('\0'))
      expect(JSON.stringify(read)).toContain(
        JSON.stringify([...text.toWellFormed()].slice(0, 50).join('')).slice(1, -1),
      )
    expect(steps[2]?.end?.parts).toEqual([{ type: 'text', text }])
  })
  const listed = await client.sessions()
  for (const { session, title } of listed) expect(title).toBe(titles.get(session) ?? title)
  expect(titles.size).toBeGreaterThan(400)
  expect(failures).toEqual([])
})

test('a shell injection is asked for and recorded as it was written, and never runs when it is denied', {
  timeout: 120_000,
}, async (ctx) => {
  const payloads = new Set(Object.values(corpus(ctx, 'shell/command-injection.json').lists ?? {}).flat())
  const { root, client, failures } = await openHouse({
    provider: saying((text, round) =>
      round === 0
        ? scriptedAnswer('', [{ name: 'shell_exec', args: { command: text } }])
        : scriptedAnswer('Very well.'),
    ),
  })
  await forEachIn([...payloads], async (command) => {
    const { session } = await client.createSession()
    await client.send(session, command)
    const asked = await transcriptWhen(client, session, ({ state }) => waitingFor(state) !== undefined)
    const call = waitingFor(asked.state)
    expect(JSON.parse(call?.argsText ?? '')).toEqual({ command })
    if (call?.status.type !== 'asked') throw new Error('it did not ask')
    expect(call.status.safety).toBe('privileged')
    await client.deny(session, { call: call.call, hash: call.status.hash })
    const { state } = await transcriptWhen(client, session, ({ state }) => state.turns.length === 1)
    expect(state.turns[0]?.steps[0]?.calls[0]?.status).toMatchObject({ type: 'finished', outcome: 'denied' })
    expect(state.turns[0]?.end).toMatchObject({ outcome: 'completed' })
  })
  expect(payloads.size).toBeGreaterThan(250)
  expect(readdirSync(root)).toEqual(['log'])
  expect(failures).toEqual([])
})
