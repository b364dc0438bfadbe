import { type SessionSummary, sessionId } from '@nacre/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockOf } from '../dist/block.js'
import { textWidth } from '../dist/drawn/width.js'
import { type Face, newFace } from '../dist/face.js'
import { happen } from '../dist/happen.js'
import type { Happening } from '../dist/happening.js'
import * as ev from './support/events.ts'
import { HELLO } from './support/fake-client.ts'

const session: SessionSummary = {
  session: sessionId('s'),
  title: '',
  agent: 'default',
  status: 'idle',
  seq: 0,
  created_at: 0,
  updated_at: 0,
}
const after = (
  happenings: readonly Happening[],
  from: Face = { ...newFace(), connection: { type: 'connected', hello: HELLO }, hello: HELLO },
): Face => happenings.reduce((face, happening) => happen(face, happening).face, from)

const stored = (...events: readonly ev.Event[]): Happening[] =>
  events.map((event, index) => ({
    type: 'item',
    session: 's',
    item: { kind: 'stored', event: { ...event, seq: index + 1, at: 1, v: 1 } },
  }))
const transient = (event: ev.Event): Happening => ({ type: 'item', session: 's', item: { kind: 'transient', event } })
const ENTER = { type: 'press', name: 'enter', ctrl: false, alt: false, shift: false } as const
const typed = (text: string): Happening => ({ type: 'key', key: { type: 'paste', text, cut: false } })

const joined: Happening[] = [
  { type: 'connected', hello: HELLO },
  { type: 'joined', session },
]
const asking = (args: unknown, calls = 1) =>
  stored(
    ev.queued('t', 'go'),
    ev.turnStarted('t'),
    ev.stepStarted('t', 1, ['t']),
    ev.stepFinished(
      't.1',
      '',
      Array.from({ length: calls }, (_, n) => ({ name: `tool_${n}`, args })),
    ),
    ...Array.from({ length: calls }, (_, n) => ev.approvalRequested(`t.1.${n}`, `tool_${n}`)),
    ...Array.from({ length: 6 }, (_, n) => ev.queued(`q${n}`, 'queued text '.repeat(20))),
  )
const texts = (face: Face, size = { columns: 80, rows: 24 }) => blockOf(face, size).rows.map(({ text }) => text)

describe('a block', () => {
  it('fits any terminal, keeps the prompt, and from 40 × 12 on the whole question', () => {
    const size = fc.record({ columns: fc.integer({ min: 12, max: 120 }), rows: fc.integer({ min: 3, max: 40 }) })
    const line = fc.string({ unit: fc.constantFrom('word ', '漢', '\n', 'x'), maxLength: 200 })
    fc.assert(
      fc.property(size, line, line, fc.boolean(), (size, input, said, asks) => {
        const speaking = [
          ...stored(ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t'])),
          transient(ev.delta('t.1', 0, said.repeat(9))),
        ]
        const face = after([...joined, ...(asks ? asking({ command: said }) : speaking), typed(input)])
        const { rows, cursor } = blockOf(face, size)
        expect(rows.length).toBeLessThan(size.rows)
        for (const { text } of rows) expect(textWidth(text)).toBeLessThan(size.columns)
        expect(rows[cursor.row]?.text.startsWith(cursor.before)).toBe(true)
        if (asks && size.columns >= 40 && size.rows >= 12)
          expect(rows.map(({ text }) => text)).toContain('Allow this? type y or n')
      }),
    )
  })

  it('keeps the question above a long prompt and a long queue', () => {
    const face = after([...joined, ...asking({ command: '' }), typed('\n\n\n\n')])
    expect(texts(face, { columns: 40, rows: 12 })).toContain('Allow this? type y or n')
  })

  it('wraps a wide character that does not fit behind a full row', () => {
    const speaking = [
      ...stored(ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t'])),
      transient(ev.delta('t.1', 0, '漢x漢漢xword '.repeat(9))),
    ]
    for (const text of texts(after([...joined, ...speaking]), { columns: 12, rows: 6 }))
      expect(textWidth(text)).toBeLessThan(12)
  })

  it('asks about one call at a time and shows nothing of the next', () => {
    const shown = texts(after([...joined, ...asking({ a: 1 }, 2)])).join('\n')
    expect(shown).toContain('● tool_0 {"a":1}\ntool_0 is privileged.\nAllow this? type y or n')
    expect(shown).not.toContain('tool_1')
  })

  it('says how many more are queued than it shows', () => {
    expect(texts(after([...joined, ...asking({})]))).toContain('… and 3 more')
  })
})

describe('a face', () => {
  it('does not show what an old session still says', () => {
    const face = after([...joined, { type: 'joined', session: { ...session, session: sessionId('other') } }])
    expect(after(stored(ev.queued('t', 'go'), ev.turnStarted('t')), face).transcript.state.seq).toBe(0)
  })

  it('asks a question as a question, and sends the next line as its answer', () => {
    const asked = {
      type: 'question.asked',
      question: 'q1',
      call: 't.1.0',
      parts: [{ type: 'text', text: 'Which file?' }],
    }
    const events = [
      ev.queued('t', 'go'),
      ev.turnStarted('t'),
      ev.stepStarted('t', 1, ['t']),
      ev.stepFinished('t.1', '', [{ name: 'ask', args: {} }]),
      asked,
    ]
    const face = after([...joined, ...stored(...events), typed('notes.md')])
    expect(texts(face).join('\n')).toContain('Which file?\nType your answer and press Enter')
    const { effects } = happen(face, { type: 'key', key: ENTER })
    expect(effects).toEqual([{ type: 'answer', session, question: 'q1', text: 'notes.md' }])
  })

  it('shows a message as being sent until its session has it, in whichever order that is told', () => {
    const sent = after([...joined, typed('hello'), { type: 'key', key: ENTER }])
    expect(texts(sent)).toContain('sending: hello')
    const told = after([{ type: 'sent', id: 0, seq: 1 }], sent)
    expect(texts(told)).toContain('sending: hello')
    expect(texts(after(stored(ev.queued('t', 'hello')), told))).not.toContain('sending: hello')
    const shown = after(stored(ev.queued('t', 'hello')), sent)
    expect(texts(after([{ type: 'sent', id: 0, seq: 1 }], shown))).not.toContain('sending: hello')
  })
})
