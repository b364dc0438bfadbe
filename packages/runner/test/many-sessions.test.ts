import { sessionId, systemWorld } from '@nacre/client'
import { openLog } from '@nacre/log'
import { scriptedAnswer } from '@nacre/providers/testing'
import { LEDGER, type Log, type Provider, type Range, type StreamName, streamName } from '@nacre/types'
import { expect, test } from 'vitest'
import { freshRoot, logIn, openHouse, transcriptWhen, USER } from './house.js'

const COUNT = 10_000
const LISTED = 1_000
const TURNS = 2
const nameOf = (n: number) => `session-${String(n).padStart(5, '0')}`
const text = (words: string) => [{ type: 'text' as const, text: words }]

const model: Provider = {
  name: 'm',
  async *generate() {
    yield* scriptedAnswer('Fine.')
  },
}

/** One turn as it lies in a log once it is over. */
const turnOf = (id: string): object[] => [
  { type: 'turn.queued', input: id, parts: text(`Hello ${id}`), mode: 'queue', by: 'test' },
  { type: 'turn.started', turn: id },
  { type: 'step.started', turn: id, step: `${id}.1`, inputs: [id], provider: 'm', model: 'm' },
  { type: 'step.finished', step: `${id}.1`, outcome: 'completed', parts: text('Hello.') },
  { type: 'turn.finished', turn: id, outcome: 'completed' },
]
const historyOf = (n: number) => [
  { type: 'session.created', title: `Title ${n}`, agent: 'default' },
  ...Array.from({ length: TURNS }, (_, turn) => turnOf(`t${turn}`)).flat(),
]

/** The log; in `read`, which streams were read through it, with how many events came back in each page. */
function noting(log: Log, read: Map<StreamName, number[]>): Log {
  const note = (stream: StreamName, rows: number) => void read.set(stream, [...(read.get(stream) ?? []), rows])
  return Object.assign(Object.create(log), {
    async read(stream: StreamName, range?: Range) {
      const page = await log.read(stream, range)
      note(stream, page.events.length)
      return page
    },
    follow(stream: StreamName, options: Parameters<Log['follow']>[1]) {
      note(stream, 0)
      return log.follow(stream, options)
    },
  })
}

test('among 10,000 sessions with history one is listed, found, opened and driven; the others are not read', {
  timeout: 120_000,
}, async () => {
  const root = freshRoot()
  {
    await using log = await openLog({ path: logIn(root), now: systemWorld().now })
    for (let from = 0; from < COUNT; from += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, n) =>
          log.append(streamName(USER, sessionId(nameOf(from + n))), historyOf(from + n) as { type: string }[]),
        ),
      )
  }
  const read = new Map<StreamName, number[]>()
  const { client, failures } = await openHouse({
    provider: model,
    root,
    budget: { day: { tokens: 1e9 } },
    watch: (log) => noting(log, read),
  })
  const sessionsRead = () => [...read.keys()].filter((stream) => stream !== streamName(USER, LEDGER))
  const listed = await client.sessions()
  expect(listed).toHaveLength(LISTED)
  expect(listed[0]?.session).toBe(nameOf(COUNT - 1))
  expect((await client.request('health', {})).sessions).toBe(COUNT)
  const { session } = await client.find('Title 77')
  expect(session).toBe(nameOf(77))
  await expect(client.find('session-000')).rejects.toMatchObject({ gateway: 'session_ambiguous' })
  expect(sessionsRead()).toEqual([])

  await client.send(session, 'And now?')
  const transcript = await transcriptWhen(client, session, ({ state }) => state.turns.length === TURNS + 1)
  expect(transcript.state.turns.at(-1)).toMatchObject({ end: { outcome: 'completed' } })
  expect((await client.history(session, { turns: 1 })).events.length).toBeLessThan(10)
  // One more session is one too many.
  await expect(client.createSession()).rejects.toMatchObject({ gateway: 'session_limit' })
  expect((await client.sessions())[0]?.session).toBe(session)

  expect(sessionsRead()).toEqual([streamName(USER, session)])
  // Nobody reads more of it at once than one turn of the event loop may take.
  expect(Math.max(...[...read.values()].flat())).toBeLessThanOrEqual(1_000)
  expect(failures).toEqual([])
})
