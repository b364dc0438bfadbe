import { scriptedAnswer } from '@nacre/providers/testing'
import { fromCheckpoint } from '@nacre/session'
import type { Tool } from '@nacre/tool'
import type { Blobs, Provider } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentOf, memoryBlobs, readAll, turnOf } from './support.js'

const speak: Tool = {
  name: 'speak',
  description: 'Says much.',
  parameters: { type: 'object', properties: {} },
  safety: 'read-only',
  replay: 'pure',
  timeoutMs: 60_000,
  parse: (value) => ({ ok: true, value }),
  run: async () => '\u0001'.repeat(16_000),
}

test('a turn with more results than a checkpoint should hold goes on without one', async () => {
  const calls = Array.from({ length: 128 }, () => ({ name: 'speak', args: {} }))
  let asked = 0
  const provider: Provider = {
    name: 'busy',
    async *generate(request) {
      if (JSON.stringify(request.messages.at(-1)).includes('[Nacre, not')) return yield* scriptedAnswer('We looked.')
      asked += 1
      yield* scriptedAnswer(asked <= 3 ? 'I look.' : 'done', asked <= 3 ? calls : [])
    },
  }
  const kept = memoryBlobs()
  const sizes: number[] = []
  const blobs: Blobs = {
    ...kept,
    async put(bytes) {
      sizes.push(bytes.length)
      return await kept.put(bytes)
    },
  }
  const { events, end } = await readAll(turnOf(agentOf(provider, [speak]), 'go', undefined, blobs))
  expect(end).toMatchObject({ type: 'finished', outcome: 'completed' })
  const last = events.findLast((event) => event.type === 'session.compacted')
  const bytes = last && (await kept.get(last.state))
  expect(bytes && fromCheckpoint(bytes, last.upTo)).toBeUndefined()
  expect(Math.max(...sizes)).toBeLessThan(17 * 1024 * 1024)
})
