import type { LiftedEvent, NewSessionEvent } from '@nacre/session'
import { EMPTY_SESSION } from '@nacre/session'
import { callId, commandId, turnId } from '@nacre/types'
import { expect, test } from 'vitest'
import { createDraft, stamped, type TurnItem } from '../dist/draft.js'

const result = (n: number, bytes: number): NewSessionEvent => ({
  type: 'tool.finished',
  call: callId(`a.1.${n}`),
  outcome: 'ok',
  parts: [{ type: 'text', text: 'x'.repeat(bytes) }],
})
const decision: NewSessionEvent = { type: 'turn.finished', turn: turnId('a'), outcome: 'completed' }
const cancel: NewSessionEvent = { type: 'turn.cancel_requested', command: commandId('c'), by: 'me' }

/** Records as a log would take them; `first` comes in between before the first of them. */
async function recorded(outcomes: readonly NewSessionEvent[], first: readonly NewSessionEvent[] = []) {
  const draft = createDraft(EMPTY_SESSION, () => 1)
  draft.ride(...outcomes)
  const turn = draft.record(decision)
  const records: (readonly NewSessionEvent[])[] = []
  let news = first
  let seq = 0
  for (let next = await turn.next(); ; ) {
    if (next.done) return { records, recorded: next.value }
    const item: TurnItem = next.value
    if (item.type !== 'record') throw new Error('only records are expected')
    const isMoved = news.length > 0
    const taken = isMoved ? item.events.filter((event) => event !== decision) : item.events
    const events: LiftedEvent[] = stamped([...news, ...taken], { ...EMPTY_SESSION, seq }, 1)
    seq += events.length
    news = []
    records.push(item.events)
    next = await turn.next({ moved: isMoved, events })
  }
}

test('outcomes that fill an append leave none of it to a decision', async () => {
  const { records, recorded: isRecorded } = await recorded([result(0, 262_000)])
  expect(records.map((events) => events.length)).toEqual([1, 1])
  expect(isRecorded).toBe(true)
})

test('a decision is dropped whichever of several records finds that the log has moved on', async () => {
  const { records, recorded: isRecorded } = await recorded([result(0, 90_000), result(1, 90_000)], [cancel])
  expect(records.flat()).not.toContain(decision)
  expect(isRecorded).toBe(false)
})
