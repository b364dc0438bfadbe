import { applyItem, EMPTY_TRANSCRIPT, type LogItem, type Transcript } from '@nacre/client'
import { expect, it } from 'vitest'
import { NEW_PAPER, print, unprinted } from '../dist/view.js'
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
