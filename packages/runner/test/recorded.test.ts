import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { applyItem, type Client, EMPTY_TRANSCRIPT, type SessionId, type Turn } from '@nacre/client'
import { replayServer } from '@nacre/providers/testing'
import { describe, expect, test } from 'vitest'
import { makePlace, type Place } from './place.js'

const DATA = fileURLToPath(new URL('../../../../shared/testdata/providers/dev/', import.meta.url))

type Facts = {
  readonly id: string
  readonly file: string
  readonly api: string
  readonly features?: readonly string[]
  readonly scenario?: { readonly id: string; readonly step: number }
  readonly expected: {
    readonly text: string
    readonly toolCalls: readonly { readonly name: string; readonly arguments: unknown }[]
    readonly usageNumbers: Readonly<Record<string, number | null>>
  }
}
type Conversation = {
  readonly name: string
  readonly api: string
  readonly steps: readonly { facts: Facts; body: string }[]
}

/** Recorded conversations of two steps, each whole: the first calls tools, the second answers. Damaged copies are not among them. */
function conversations(): readonly Conversation[] {
  if (!existsSync(DATA)) return []
  const manifest = JSON.parse(readFileSync(`${DATA}manifest.json`, 'utf8')) as { exchanges: Facts[] }
  const whole = manifest.exchanges.filter((facts) => facts.scenario && !/-(cut|mid|no|no-d)--/.test(facts.id))
  const groups = Map.groupBy(
    whole.filter((facts) => facts.api === 'openai-chat' || facts.api === 'anthropic-messages'),
    (facts) => facts.scenario?.id,
  )
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      name: group[0]?.id ?? '',
      api: group[0]?.api ?? '',
      steps: group
        .toSorted((a, b) => (a.scenario?.step ?? 0) - (b.scenario?.step ?? 0))
        .map((facts) => ({ facts, body: bodyOf(facts) })),
    }))
}

const bodyOf = (facts: Facts): string =>
  (JSON.parse(readFileSync(`${DATA}${facts.file}`, 'utf8')) as { response: { body: string } }).response.body

/** Serves a conversation by how far the asking one has come; `before` may hold back an answer. */
const serverOf = (conversation: Conversation, before: (step: number) => 'answer' | 'stall') =>
  replayServer(({ body }) => {
    const { messages } = JSON.parse(body) as { messages: { role: string }[] }
    const step = messages.filter((message) => message.role === 'assistant').length
    const said = conversation.steps[step]?.body ?? ''
    if (before(step) === 'stall') return { body: '', silent: true, end: 'stall' }
    return { headers: { 'content-type': 'text/event-stream' }, body: said, split: 'bytes' }
  })

async function start(place: Place, api: string, url: string): Promise<void> {
  const type = api === 'openai-chat' ? 'openai' : 'anthropic'
  place.configure(
    'providers.toml',
    `[providers.registry.recorded]\nprovider_type = "${type}"\nbase_url = "${url}"\napi_key = "sk-recorded"\n`,
  )
  place.configure('agent.toml', '[selection]\nprovider = "recorded"\nmodel = "recorded-model"\n')
  expect(await place.run('start', '--detach')).toMatchObject({ code: 0, stderr: '' })
}

async function turnOf(client: Client, session: SessionId): Promise<Turn> {
  const stop = new AbortController()
  let transcript = EMPTY_TRANSCRIPT
  for await (const item of client.watch(session, { after: 0, signal: stop.signal })) {
    if (item.kind !== 'connection') transcript = applyItem(transcript, item)
    if (transcript.state.turns.length > 0) stop.abort()
  }
  const turn = transcript.state.turns[0]
  if (!turn) throw new Error('the watch ended without a turn')
  return turn
}

function checkFacts(turn: Turn, conversation: Conversation): void {
  expect(turn.end).toMatchObject({ outcome: 'completed' })
  const steps = turn.steps.filter((step) => step.end?.outcome === 'completed')
  expect(steps).toHaveLength(conversation.steps.length)
  for (const [n, { facts }] of conversation.steps.entries()) {
    const { end, calls } = steps[n] ?? {}
    const text = end?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    expect(text, facts.id).toBe(facts.expected.text)
    expect(
      calls?.map((call) => ({ name: call.name, arguments: JSON.parse(call.argsText || '{}') })),
      facts.id,
    ).toEqual(facts.expected.toolCalls.map(({ name, arguments: args }) => ({ name, arguments: args })))
    const { inputTotal, outputTotal } = facts.expected.usageNumbers
    if (inputTotal != null) expect(end?.usage?.inputTokens, facts.id).toBe(inputTotal)
    if (outputTotal != null) expect(end?.usage?.outputTokens, facts.id).toBe(outputTotal)
  }
}

const found = conversations()

describe('recorded conversations through the whole daemon', { timeout: 60_000 }, () => {
  test('are there', (context) => {
    if (!existsSync(DATA)) context.skip('needs shared data: ../shared/testdata/providers/dev')
    expect(found.map((conversation) => conversation.api).toSorted()).toEqual([
      'anthropic-messages',
      'anthropic-messages',
      'openai-chat',
      'openai-chat',
      'openai-chat',
    ])
  })

  test.each(found)('$name: text, calls and usage as in the manifest, byte by byte', async (conversation) => {
    await using server = await serverOf(conversation, () => 'answer')
    await using place = makePlace()
    await start(place, conversation.api, server.url)
    const client = place.client()
    const { session } = await client.createSession()
    await client.send(session, 'What is 2 + 3, and 2 * 3?')
    checkFacts(await turnOf(client, session), conversation)
    await client.close()
  })

  test.each(found.filter((conversation, n) => found.findIndex((other) => other.api === conversation.api) === n))(
    '$api: also with the guest killed between two steps',
    async (conversation) => {
      await using place = makePlace()
      let killed = false
      let guest = 0
      await using server = await serverOf(conversation, (step) => {
        if (step === 0 || killed) return 'answer'
        killed = true
        process.kill(guest, 'SIGKILL')
        return 'stall'
      })
      await start(place, conversation.api, server.url)
      guest = (await place.status()).guests[0]?.pid ?? 0
      const client = place.client()
      const { session } = await client.createSession()
      await client.send(session, 'What is 2 + 3, and 2 * 3?')
      const turn = await turnOf(client, session)
      checkFacts(turn, conversation)
      expect(killed).toBe(true)
      expect(turn.steps.map((step) => step.end?.outcome)).toContain('interrupted')
      await client.close()
    },
  )
})
