import { PART_LIMIT_BYTES } from '@nacre/types'
import { clientFrameSchema, sessionIdSchema } from '@nacre/types/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FRAMES } from './frames.js'

const frames = Object.values(FRAMES)
const anyFrame = fc.constantFrom(...frames)
const accepts = (value: unknown) => clientFrameSchema.safeParse(value).success
const changed = (frame: { payload: object }, more: object) => ({ ...frame, payload: { ...frame.payload, ...more } })

const ID_KEYS = ['input', 'command', 'call', 'question', 'turn', 'upload']
const FLAG_KEYS = ['archived', 'done']
const SESSION_KEYS = ['session', 'target']
const keysIn = (frame: { payload: object }, names: readonly string[]) => names.filter((name) => name in frame.payload)

describe('the schema of what a client may send', () => {
  it('accepts one good frame of every command as it is', () => {
    for (const frame of frames) expect(clientFrameSchema.parse(frame)).toEqual(frame)
  })

  it('refuses a key that it does not know, in the frame and in the payload', () => {
    const someKey = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('__proto__', 'constructor', 'Session', 'request_id '),
    )
    fc.assert(
      fc.property(anyFrame, someKey, fc.jsonValue(), (frame, key, value) => {
        if (!Object.hasOwn(frame, key)) expect(accepts({ ...frame, [key]: value })).toBe(false)
        if (!Object.hasOwn(frame.payload, key)) expect(accepts(changed(frame, { [key]: value }))).toBe(false)
      }),
    )
  })

  it('refuses a frame that lacks a key it needs', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, pick) => {
        const needed = Object.keys(frame.payload).filter((key) => !OPTIONAL.includes(`${frame.type}.${key}`))
        const left = Object.entries(frame.payload).filter(([key]) => key !== needed[pick % needed.length])
        expect(accepts({ ...frame, payload: Object.fromEntries(left) })).toBe(false)
      }),
    )
  })

  it('refuses an id with any other character, an empty one, and one that is too long', () => {
    const badId = fc.oneof(
      fc.string().filter((text) => !/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/.test(text)),
      fc.constantFrom('', '.hidden', '../up', 'a b', 'a\n', 'a/b', 'a\u0000', 'ä', 'x'.repeat(129)),
    )
    const badSession = fc.oneof(badId, fc.constantFrom('Boat', 'a.b', '_a', '-a', 'x'.repeat(65)))
    fc.assert(
      fc.property(anyFrame, badId, badSession, (frame, id, session) => {
        for (const key of keysIn(frame, ID_KEYS)) expect(accepts(changed(frame, { [key]: id }))).toBe(false)
        for (const key of keysIn(frame, SESSION_KEYS)) {
          const good = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(session)
          expect(accepts(changed(frame, { [key]: session }))).toBe(good)
        }
      }),
    )
  })

  it('refuses a value of another kind in every place', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.constantFrom(null, true, [], {}, -1, 1.5), (frame, pick, value) => {
        const keys = Object.keys(frame.payload)
        const key = keys[pick % keys.length] ?? ''
        if (key === 'protocol_version') return // Any number: the gateway says which one it speaks.
        expect(accepts(changed(frame, { [key]: value }))).toBe(value === true && FLAG_KEYS.includes(key))
      }),
    )
  })

  it('has a bound on every text and list that a client sends', () => {
    const text = (length: number) => ({ type: 'text', text: 'x'.repeat(length) })
    const send = (parts: unknown) => accepts(changed(FRAMES.send, { parts }))
    expect(send([text(PART_LIMIT_BYTES)])).toBe(true)
    expect(send([text(PART_LIMIT_BYTES + 1)])).toBe(false)
    expect(send([{ type: 'text', text: ' \n\t' }])).toBe(false)
    // Bytes of UTF-8, not units of UTF-16; a lone surrogate is three, as an encoder writes it.
    for (const [letter, bytes] of [
      ['é', 2],
      ['€', 3],
      ['🐚', 4],
      ['\ud800', 3],
    ] as const) {
      const most = Math.floor(PART_LIMIT_BYTES / bytes)
      const blob = { type: 'blob', hash: 'a'.repeat(64), mediaType: 'text/plain', sizeBytes: 1 }
      for (const [count, good] of [
        [most, true],
        [most + 1, false],
      ] as const) {
        expect([letter, send([{ type: 'text', text: letter.repeat(count) }])]).toEqual([letter, good])
        expect([letter, send([{ ...blob, preview: letter.repeat(count) }])]).toEqual([letter, good])
      }
    }
    expect(send(Array.from({ length: 16 }, () => text(1)))).toBe(true)
    expect(send(Array.from({ length: 17 }, () => text(1)))).toBe(false)
    expect(send([])).toBe(false)
    for (const [frame, key, most] of BOUNDS) {
      expect([key, accepts(changed(frame, { [key]: 'x'.repeat(most) }))]).toEqual([key, true])
      expect([key, accepts(changed(frame, { [key]: 'x'.repeat(most + 1) }))]).toEqual([key, false])
    }
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof accepts(value) === 'boolean'))
  })
})

it('a session id is short and lower-case, for it is a part of a name in every store', () => {
  expect(sessionIdSchema.safeParse('a-b_9').success).toBe(true)
  for (const bad of ['', 'A', 'a/b', 'ä', 'a'.repeat(65)]) expect(sessionIdSchema.safeParse(bad).success).toBe(false)
})

const OPTIONAL = [
  'list_sessions.archived',
  'cancel.turn',
  'create_session.title',
  'create_session.agent',
  'history.before',
]
const BOUNDS = [
  [FRAMES.hello, 'request_id', 64],
  [FRAMES.hello, 'token', 512],
  [FRAMES.hello, 'client', 128],
  [FRAMES.create_session, 'title', 200],
  [FRAMES.create_session, 'agent', 64],
  [FRAMES.rename_session, 'title', 200],
  [FRAMES.find_session, 'prefix', 64],
] as const
