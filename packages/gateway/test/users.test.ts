import { memoryLog } from '@nacre/log/testing'
import { type CommandType, sessionId, streamName, userId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HELLO, joined, openGateway, text } from './stage.js'

const ALICE = 'the-token-of-alice'
const BOB = 'the-token-of-bob'
const secret = sessionId('salary-talk')

/** Alice and Bob, each with a gateway of their own, over one log or over two. */
async function stage(shared: boolean) {
  const now = () => 1
  const one = memoryLog({ now })
  const alice = openGateway({ log: one, user: userId('alice'), token: ALICE })
  const bob = openGateway({ log: shared ? one : memoryLog({ now }), user: userId('bob'), token: BOB })
  const a = await joined(alice.gateway, { ...HELLO, token: ALICE })
  const b = await joined(bob.gateway, { ...HELLO, token: BOB })
  await a.must('create_session', { session: secret, title: 'Salaries' })
  await a.must('send', { session: secret, input: 'i1', parts: text('what do they earn?'), mode: 'queue' })
  return { a, b, bob, log: one }
}

/** Every command that names a session or a part of one. */
const askings = (session: string): readonly (readonly [CommandType, object])[] => [
  ['subscribe', { session, after: 0 }],
  ['send', { session, input: 'i2', parts: text('hi'), mode: 'queue' }],
  ['cancel', { session, command: 'c1' }],
  ['approve', { session, command: 'c2', call: 'i1.1.0', hash: 'a'.repeat(64), scope: 'once' }],
  ['deny', { session, command: 'c3', call: 'i1.1.0', hash: 'a'.repeat(64) }],
  ['answer', { session, command: 'c4', question: 'q', parts: text('x') }],
  ['select', { session, command: 'c6', agent: 'default' }],
  ['compact', { session, input: 'i3' }],
  ['session_usage', { session }],
  ['fork_session', { session, target: 'mine', up_to: 1 }],
  ['history', { session, turns: 10 }],
  ['find_session', { prefix: session }],
  ['find_session', { prefix: session.slice(0, 3) }],
  ['find_session', { prefix: session === secret ? 'Salaries' : 'Nonsense' }],
]

describe.each([
  ['one log', true],
  ['two logs', false],
])('two users over %s', (_, shared) => {
  it('B gets the same answer for A’s session as for one that nobody has', async () => {
    const { b, bob } = await stage(shared)
    for (const [index, [type, payload]] of askings(secret).entries()) {
      const [, nobodys] = askings('zzz-nothing')[index] ?? []
      const { request_id: _a, ...theirs } = await b.refused(type, payload)
      const { request_id: _b, ...none } = await b.refused(type, nobodys ?? {})
      expect(theirs).toEqual(none)
      expect(theirs.code).toBe('session_not_found')
    }
    expect(await b.must('list_sessions', {})).toEqual({ sessions: [] })
    expect(await b.must('cancel_all', { command: 'c5' })).toEqual({ cancelled: 0 })
    expect(await b.must('health', {})).toMatchObject({ sessions: 0 })
    expect(await b.must('unsubscribe', { session: secret })).toEqual({})
    await bob.gateway.close()
  })

  it('B may have a session of the same name, and neither sees what happens in the other’s', async () => {
    const { a, b, log } = await stage(shared)
    expect((await b.must('create_session', { session: secret })).session).toMatchObject({ title: '' })
    await b.must('subscribe', { session: secret, after: 0 })
    await b.must('send', { session: secret, input: 'b1', parts: text('mine'), mode: 'queue' })
    await a.must('send', { session: secret, input: 'a2', parts: text('more of it'), mode: 'queue' })
    await b.must('send', { session: secret, input: 'b2', parts: text('last'), mode: 'queue' })
    await b.saw((seen) => JSON.stringify(seen).includes('last'))
    expect(JSON.stringify(b.seen)).not.toMatch(/earn|more of it|Salaries|alice/)
    expect(JSON.stringify((await log.read(streamName(userId('alice'), secret))).events)).not.toContain('mine')
  })

  it('B’s token opens nothing of A', async () => {
    const { log } = await stage(shared)
    const { gateway } = openGateway({ log, user: userId('alice'), token: ALICE })
    await expect(joined(gateway, { ...HELLO, token: BOB })).rejects.toThrow('token')
  })

  it('no name of a session reaches out of its user', async () => {
    const { b } = await stage(shared)
    const tricks = fc.oneof(
      fc.constantFrom(
        '../alice/salary-talk',
        'alice/salary-talk',
        '/alice/salary-talk',
        'bob/../alice/salary-talk',
        '%',
        '_%',
        '*',
        '.',
        '',
        'salary-talk\u0000',
        'ＳＡＬＡＲＹ-ＴＡＬＫ',
        'SALARY-TALK',
      ),
      fc.string({ maxLength: 64 }),
    )
    await fc.assert(
      fc.asyncProperty(tricks, async (name) => {
        for (const [type, payload] of askings(name)) {
          const { code } = await b.refused(type, payload)
          expect(['session_not_found', 'bad_frame']).toContain(code)
        }
      }),
      { numRuns: 100 },
    )
  })
})
