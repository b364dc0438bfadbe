import { existsSync, readFileSync } from 'node:fs'
import { GATEWAY_ERROR_CODES, sessionId } from '@nacre/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { request, UPGRADE, wsFrame } from './raw.js'
import { HELLO, joined, openGateway, TOKEN, text } from './stage.js'

const BAD_JSON = '/work/shared/testdata/badinput/json/jsontestsuite.ndjson'
type Case = { name: string; expect: string; text?: string; base64?: string; repeat?: [string, number] }

const session = sessionId('s1')
const GOOD = [
  ['subscribe', { session, after: 0 }],
  ['unsubscribe', { session }],
  ['send', { session, input: 'i1', parts: text('hello'), mode: 'queue' }],
  ['cancel', { session, command: 'c1', turn: 't1' }],
  ['cancel_all', { command: 'c2' }],
  ['approve', { session, command: 'c3', call: 'call' }],
  ['deny', { session, command: 'c4', call: 'call' }],
  ['answer', { session, command: 'c5', question: 'q', parts: text('yes') }],
  ['create_session', { session: sessionId('s2'), title: 'T', agent: 'default' }],
  ['list_sessions', {}],
  ['find_session', { prefix: 's' }],
  ['fork_session', { session, target: sessionId('s3'), up_to: 1 }],
  ['rename_session', { session, command: 'c6', title: 'T' }],
  ['archive_session', { session, command: 'c7', archived: true }],
  ['delete_session', { session: sessionId('s9') }],
  ['history', { session, turns: 1, before: 10 }],
  ['put_blob', { upload: 'u1', offset: 0, data: 'YQ==', done: false }],
  ['get_blob', { hash: 'a'.repeat(64), offset: 0 }],
  ['health', {}],
] as const

const anyFrame = fc.constantFrom(...GOOD).map(([type, payload]) => ({ type, payload: { request_id: 'x', ...payload } }))
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    -1,
    1e300,
    0.5,
    '',
    [],
    {},
    true,
    TOKEN,
    '../x',
    'alice/s1',
    '\u0000',
    '\ud800',
    'x'.repeat(100_000),
  ),
  fc.jsonValue(),
)
const extra = fc.constantFrom(
  'role',
  'scopes',
  'senderIsOwner',
  'userId',
  'user',
  'owner',
  '__proto__',
  'constructor',
  'toString',
  TOKEN,
  `${TOKEN}${TOKEN}`,
)

/** A frame with one thing wrong (or, rarely, still right). */
const mutated = fc.oneof(
  fc.tuple(anyFrame, extra, junk).map(([frame, key, value]) =>
    JSON.stringify({
      ...frame,
      payload: Object.defineProperty({ ...frame.payload }, key, { value, enumerable: true }),
    }),
  ),
  fc
    .tuple(anyFrame, extra, junk)
    .map(([frame, key, value]) =>
      JSON.stringify(Object.defineProperty({ ...frame }, key, { value, enumerable: true })),
    ),
  fc.tuple(anyFrame, fc.nat(), junk).map(([frame, at, value]) => {
    const keys = Object.keys(frame.payload)
    return JSON.stringify({ ...frame, payload: { ...frame.payload, [keys[at % keys.length] ?? 'x']: value } })
  }),
  fc.tuple(anyFrame, fc.nat()).map(([frame, at]) => {
    const entries = Object.entries(frame.payload)
    return JSON.stringify({
      ...frame,
      payload: Object.fromEntries(entries.filter((_, index) => index !== at % entries.length)),
    })
  }),
  fc.tuple(anyFrame, junk).map(([frame, type]) => JSON.stringify({ ...frame, type })),
  fc.tuple(anyFrame, fc.nat()).map(([frame, at]) => JSON.stringify(frame).slice(0, at % JSON.stringify(frame).length)),
  fc.tuple(anyFrame, fc.nat(), fc.string({ maxLength: 3 })).map(([frame, at, chars]) => {
    const json = JSON.stringify(frame)
    const cut = at % json.length
    return json.slice(0, cut) + chars + json.slice(cut + 1)
  }),
  junk.map((value) => JSON.stringify(value)),
  fc.uint8Array({ maxLength: 64 }),
)

describe('a frame that is not right', () => {
  it('gets a coded error that repeats no secret, and the next good one works', async () => {
    const { gateway } = openGateway()
    const peer = await joined(gateway)
    await peer.must('create_session', { session })
    const codes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(mutated, async (message) => {
        const before = peer.seen.length
        peer.say(message)
        await peer.must('health', {})
        const answers = peer.seen.slice(before).filter((frame) => frame.type !== 'event')
        expect(answers).toHaveLength(2)
        const [answer] = answers
        if (answer?.type !== 'error') return
        codes.add(answer.payload.code)
        expect(GATEWAY_ERROR_CODES).toContain(answer.payload.code)
        expect(answer.payload.code).not.toBe('internal')
        expect(answer.payload.message.length).toBeLessThan(1000)
        // A request id is given back as it came, and titles are the user's own.
        if (answer.payload.code === 'session_ambiguous') return
        expect(`${answer.payload.message} ${answer.payload.mend}`).not.toContain(TOKEN)
      }),
      { numRuns: 1500 },
    )
    expect([...codes].toSorted()).toContain('bad_frame')
    await gateway.close()
  })

  it('is named by place and rule', async () => {
    const { gateway } = openGateway()
    const peer = await joined(gateway)
    const cases = [
      ['send', { session, input: 'i', parts: [], mode: 'queue' }, 'payload.parts'],
      ['send', { session, input: 'i', parts: text('x'), mode: 'shout' }, 'payload.mode'],
      ['subscribe', { session: 'alice/s1', after: 0 }, 'payload.session'],
      ['subscribe', { session, after: -1 }, 'payload.after'],
      ['health', { role: 'owner' }, '"role"'],
      ['list_sessions', { userId: 'bob' }, '"userId"'],
      ['shutdown', {}, 'type'],
    ] as const
    for (const [type, payload, named] of cases) {
      const { code, message } = await peer.refused(type as 'send', payload)
      expect([code, message]).toEqual(['bad_frame', expect.stringContaining(named)])
    }
    peer.say(`{"${TOKEN}"`)
    expect(await peer.next()).toMatchObject({ payload: { code: 'bad_frame', message: 'The frame is not JSON.' } })
    peer.say(new Uint8Array([1, 2]))
    expect(await peer.next()).toMatchObject({
      payload: { code: 'bad_frame', message: expect.stringContaining('Binary') },
    })
    await gateway.close()
  })

  it('of the JSON test suite leaves connection and process alive', async (ctx) => {
    if (!existsSync(BAD_JSON)) ctx.skip(`needs shared data: ${BAD_JSON}`)
    const cases = readFileSync(BAD_JSON, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
    const { gateway } = openGateway()
    const peer = await joined(gateway)
    let told = 0
    for (const { text: words, repeat } of cases) {
      const message = words ?? repeat?.[0].repeat(repeat[1])
      if (message === undefined) continue
      peer.say(message)
      expect(await peer.next()).toMatchObject({ type: 'error', payload: { code: 'bad_frame' } })
      told += 1
    }
    await peer.must('health', {})
    expect(told).toBeGreaterThan(250)
    await gateway.close()
  })

  it('of bytes that are not UTF-8, or of WebSocket frames that are none, ends its own connection only', async (ctx) => {
    if (!existsSync(BAD_JSON)) ctx.skip(`needs shared data: ${BAD_JSON}`)
    const cases = readFileSync(BAD_JSON, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
    const invalid = cases.flatMap(({ base64 }) => (base64 === undefined ? [] : [Buffer.from(base64, 'base64')]))
    const { gateway } = openGateway()
    const where = await gateway.listen({ host: '127.0.0.1', port: 0 })
    const hello = wsFrame(JSON.stringify({ type: 'hello', payload: { ...HELLO, request_id: '1' } }))
    const enter = async () => {
      const raw = await request(where, [['Host', `localhost:${where.port}`], ...UPGRADE])
      raw.socket.write(hello)
      expect(await raw.frame()).toMatchObject({ type: 'reply' })
      return raw
    }
    const witness = await enter()
    const broken = [
      ...invalid.map((bytes) => wsFrame(bytes)),
      wsFrame('x', { masked: false }),
      wsFrame('x', { rsv: 1 }),
      wsFrame('x', { opcode: 3 }),
      wsFrame('x', { opcode: 0 }),
      wsFrame('x'.repeat(126), { opcode: 9 }),
      wsFrame('x', { opcode: 9, fin: false }),
      wsFrame(Buffer.from([0]), { opcode: 8 }),
      Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
      Buffer.concat([wsFrame('"a', { fin: false }), wsFrame('b"')]),
    ]
    for (const bytes of broken) {
      const { socket, closed, frame } = await enter()
      socket.write(bytes)
      // Some of the suite's bytes are only not JSON: those are told, and their connection stays.
      if ((await frame())?.type === 'error') socket.destroy()
      await closed
    }
    witness.socket.write(wsFrame(JSON.stringify({ type: 'health', payload: { request_id: '2' } })))
    expect(await witness.frame()).toMatchObject({ type: 'reply' })
    expect(broken.length).toBeGreaterThan(20)
    await gateway.close()
  })
})
