import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { memoryLog } from '@nacre/log/testing'
import { scriptedAnswer } from '@nacre/providers/testing'
import type { NewSessionEvent, SessionState } from '@nacre/session'
import { commandId, turnId } from '@nacre/types'
import { expect, test } from 'vitest'
import { agentWith, modelOf } from './fixtures/scenario.js'
import { alice, queued, stateWhen, streamOf } from './fixtures/watch.js'

const one = streamOf('s1')

test('a turn that is cancelled while it sums up before its first answer is not begun again', async () => {
  await using log = memoryLog({ now: Date.now })
  let summing = false
  const base = modelOf((_, text) =>
    scriptedAnswer(text.startsWith('[Nacre, not') ? 'We talked.' : 'a long answer '.repeat(300)),
  )
  const model: typeof base = {
    name: 'hangs',
    async *generate(request, options) {
      if (JSON.stringify(request.messages.at(-1)).includes('[Nacre, not')) {
        summing = true
        const command: NewSessionEvent = {
          type: 'turn.cancel_requested',
          command: commandId('stop'),
          turn: turnId(current),
          by: 'test',
        }
        await log.append(one, [command])
        await new Promise((_, reject) =>
          options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true }),
        )
      }
      yield* base.generate(request, options)
    },
  }
  const plain = agentWith(model, [])
  const agent = { ...plain, limits: { ...plain.limits, contextTokens: 5000, maxOutputTokens: 500 } }
  const engine = startEngine({ log, world: systemWorld(), user: alice, agentOf: () => agent })
  let current = ''
  let state: SessionState | undefined
  for (let n = 1; !summing; n++) {
    current = `q${n}`
    await log.append(one, [queued(current)])
    state = await stateWhen(log, one, (each) => each.turns.length === n)
  }
  expect(state?.turns.at(-1)?.end?.outcome).toBe('cancelled')
  expect(state?.queue).toEqual([])
  expect(state?.dropped.map(({ input }) => input)).toEqual([current])
  expect((await log.head(one))?.openWork).toBe(false)
  await engine.close()
})
