import { scriptedAnswer } from '@nacre/providers/testing'
import { collect, contextOf, withInput } from '@nacre/runtime'
import { EMPTY_SESSION } from '@nacre/session'
import { echoTool } from '@nacre/tool/testing'
import type { Provider } from '@nacre/types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agentOf, turnOf, world } from './support.js'

/** A model that makes the given numbers of calls in its first steps, then answers. */
const callingModel = (calls: readonly number[]): Provider => {
  let step = 0
  return {
    name: 'calling',
    async *generate() {
      const count = calls[step++] ?? 0
      yield* scriptedAnswer(
        count ? '' : 'done',
        Array.from({ length: count }, (_, n) => ({ name: 'echo', args: { text: `${n}` } })),
      )
    },
  }
}

test('whatever is left out, no call is parted from its result, and the newest turn stays', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 10, max: 2000 }),
    async (turns, contextTokens) => {
      let state = EMPTY_SESSION
      for (const [n, calls] of turns.entries()) {
        const agent = agentOf(callingModel(calls), [echoTool()])
        state = (await collect(turnOf(agent, withInput(`question ${n}`, world, state)))).end.state
      }
      const messages = contextOf(state, { contextTokens, maxOutputTokens: 5 })
      const made = messages
        .flatMap((message) => (message.role === 'assistant' ? message.parts : []))
        .flatMap((part) => (part.type === 'call' ? [part.call] : []))
      const answered = messages.flatMap((message) =>
        message.role === 'tool' ? message.results.map((result) => result.call) : [],
      )
      expect(answered).toEqual(made)
      expect(messages[0]?.role).toBe('user')
      expect(JSON.stringify(messages)).toContain(`question ${turns.length - 1}`)
    },
  )
  await fc.assert(property, { numRuns: 60 })
})

test('a conversation in Chinese is cut by its bytes, and the prefix has its place', async () => {
  let state = EMPTY_SESSION
  for (let n = 0; n < 20; n++) {
    const agent = agentOf(callingModel([]), [])
    state = (await collect(turnOf(agent, withInput('海'.repeat(1000), world, state)))).end.state
  }
  const limits = { contextTokens: 6000, maxOutputTokens: 1000 }
  const kept = (prefixBytes: number) => Buffer.byteLength(JSON.stringify(contextOf(state, limits, prefixBytes)))
  expect(kept(0)).toBeLessThanOrEqual(5000 * 3)
  expect(kept(0)).toBeGreaterThan(4000 * 3 - 3000)
  expect(kept(6000)).toBeLessThanOrEqual(5000 * 3 - 6000)
})
