import { fold, type LiftedEvent, type NewSessionEvent } from '@nacre/session'
import { inputId, type Replies, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joined, openGateway, text } from './stage.js'

const session = sessionId('s1')
const stream = streamName(userId('alice'), session)

const turn = (id: string, answer: string, steps = 1): NewSessionEvent[][] => [
  [{ type: 'turn.queued', input: inputId(id), parts: text(`ask ${id}`), mode: 'queue', by: 't' }],
  [{ type: 'turn.started', turn: turnId(id) }],
  ...Array.from({ length: steps }, (_, index): NewSessionEvent[] => [
    {
      type: 'step.started',
      turn: turnId(id),
      step: stepId(`${id}.${index}`),
      inputs: index === 0 ? [inputId(id)] : [],
      provider: 'p',
      model: 'm',
    },
    { type: 'step.finished', step: stepId(`${id}.${index}`), outcome: 'completed', parts: text(answer) },
  ]),
  [{ type: 'turn.finished', turn: turnId(id), outcome: 'completed' }],
]

async function talk(turns: readonly NewSessionEvent[][][]) {
  const { gateway, log } = openGateway()
  const peer = await joined(gateway)
  await peer.must('create_session', { session })
  for (const events of turns.flat()) await log.append(stream, events)
  return { peer, log }
}
const turnsOf = (page: Replies['history']) => fold(page.events as LiftedEvent[]).turns.map(({ turn }) => turn as string)

describe('history', () => {
  it('is whole turns with their inputs, newest page first, and every turn once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 150 }),
        async (count, size, steps) => {
          const ids = Array.from({ length: count }, (_, index) => `t${index}`)
          const { peer } = await talk(ids.map((id) => turn(id, 'yes', steps)))
          const seen: string[][] = []
          let before: number | undefined
          do {
            const page = await peer.must('history', { session, turns: size, ...(before !== undefined && { before }) })
            const state = fold(page.events as LiftedEvent[])
            expect(state.turns.every(({ steps: [first] }) => first?.inputs.length === 1)).toBe(true)
            seen.unshift(turnsOf(page))
            before = page.before
          } while (before !== undefined)
          expect(seen.flat()).toEqual(ids)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('has fewer turns where they are long, but at least one, and loses none', async () => {
    const long = 'x'.repeat(200_000)
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const { peer } = await talk(ids.map((id) => turn(id, long, id === 'c' ? 12 : 2)))
    const pages: string[][] = []
    let before: number | undefined
    do {
      const page = await peer.must('history', { session, turns: 100, ...(before !== undefined && { before }) })
      pages.unshift(turnsOf(page))
      before = page.before
    } while (before !== undefined)
    expect(pages.flat()).toEqual(ids)
    expect(pages.length).toBeGreaterThan(2)
    expect(Math.max(...peer.seen.map((frame) => JSON.stringify(frame).length))).toBeLessThan(12 * 200_000 + 500_000)
  })

  it('refuses one turn that no frame should hold, with the mend', async () => {
    const { peer } = await talk([turn('a', 'x'.repeat(200_000), 22), turn('b', 'yes')])
    const page = await peer.must('history', { session, turns: 2 })
    expect(turnsOf(page)).toEqual(['b'])
    expect(await peer.refused('history', { session, turns: 1, before: page.before })).toMatchObject({
      code: 'input_too_large',
      message: expect.stringContaining('4 MiB'),
      mend: expect.stringContaining('Subscribe'),
    })
    // The mend is true: subscribed to, all of it comes.
    await peer.must('subscribe', { session, after: 0 })
    await peer.saw((seen) => JSON.stringify(seen.at(-1)).includes('"kind":"live"'))
    expect(JSON.stringify(peer.seen)).toContain('a.21')
  })

  it('of a session without turns is what there is', async () => {
    const { peer } = await talk([])
    const page = await peer.must('history', { session, turns: 5 })
    expect(page.events).toMatchObject([{ type: 'session.created' }])
    expect(page.before).toBeUndefined()
  })
})
