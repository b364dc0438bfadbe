import { applyItem, EMPTY_TRANSCRIPT, type LogItem, type Transcript } from '@nacre/client'
import { describe, expect, it } from 'vitest'
import { NEW_PAPER, print, unprinted } from '../dist/said/view.js'
import * as ev from './support/events.ts'

const folded = (events: readonly ev.Event[]): Transcript =>
  events
    .map((event, n): LogItem => ({ kind: 'stored', event: { ...event, seq: n + 1, at: 1, v: 1 } }))
    .reduce(applyItem, EMPTY_TRANSCRIPT)

/** Something that nobody may look into. */
const sealed = <T extends object>(what: T): T =>
  new Proxy(what, {
    get: (_, key) => {
      throw new Error(`${String(key)} of what is printed was read again`)
    },
  })

it('what is printed is not looked at again, however long the turn and however many turns there were', () => {
  const turns = ['a', 'b'].flatMap((turn) => [
    ev.queued(turn, 'go'),
    ev.turnStarted(turn),
    ...[1, 2, 3].flatMap((n) => [
      ev.stepStarted(turn, n, n === 1 ? [turn] : []),
      ev.stepFinished(`${turn}.${n}`, 'said', [{ name: 'file_list', args: {} }]),
      ev.toolStarted(`${turn}.${n}.0`, 'file_list'),
      ev.toolFinished(`${turn}.${n}.0`, 'out'),
    ]),
    ...(turn === 'a' ? [ev.turnFinished(turn)] : [ev.stepStarted(turn, 4)]),
  ])
  const transcript = folded(turns)
  const { paper } = print(NEW_PAPER, transcript)
  const { state } = transcript
  const open = state.open
  if (open === undefined) throw new Error('a turn is open')
  const later: Transcript = {
    ...transcript,
    live: transcript.live.map((step) => ({ ...step, text: 'one\ntwo' })),
    state: {
      ...state,
      turns: state.turns.map(sealed),
      open: { ...open, steps: [...open.steps.slice(0, -1).map(sealed), ...open.steps.slice(-1)] },
    },
  }
  const next = print(paper, later)
  expect(next.lines.map(({ text }) => text)).toEqual(['', 'one'])
  expect(unprinted(next.paper, later).map(({ text }) => text)).toEqual(['two'])
})

describe('what was printed and does not stand', () => {
  const started = [ev.queued('t', 'go'), ev.turnStarted('t'), ev.stepStarted('t', 1, ['t'])]
  const printed = (events: readonly ev.Event[], live: string, more: readonly ev.Event[]) => {
    const before = folded(events)
    const { paper } = print(NEW_PAPER, { ...before, live: before.live.map((step) => ({ ...step, text: live })) })
    return print(paper, folded([...events, ...more])).lines.map(({ text }) => text)
  }

  it('is said to be withdrawn where the answer turns out to be another one', () => {
    const lines = printed(started, 'one\ntwo', [ev.stepFinished('t.1', 'other')])
    expect(lines).toEqual(['⤺ the answer above was cut off and is withdrawn; it is said again', '', 'other'])
    expect(printed(started, 'one\ntwo', [ev.stepFinished('t.1', 'one\ntwo')])).toEqual(['two'])
  })

  it('is shown again where a call is changed before it runs', () => {
    const called = [
      ...started,
      ev.stepFinished('t.1', '', [{ name: 'file_list', args: { path: 'a' } }]),
      ev.approvalRequested('t.1.0', 'file_list'),
      ev.approvalResolved('t.1.0', 'approved'),
    ]
    const run = (path: string) => printed(called, '', [{ ...ev.toolStarted('t.1.0', 'file_list'), args: { path } }])
    expect(run('b')).toEqual([
      '⤺ the call above was changed before it ran; it is shown again',
      '● file_list {"path":"b"}',
    ])
    expect(run('a')).toEqual([])
  })
})
