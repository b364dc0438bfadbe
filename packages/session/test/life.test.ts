import { checkpointBytes, fold, fromCheckpoint, headOf, liveStored, type NewSessionEvent } from '@nacre/session'
import { stored } from '@nacre/session/testing'
import { commandId, inputId, type SendMode, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'
import { expect, test } from 'vitest'

const stream = streamName(userId('alice'), sessionId('s1'))
const rename = (title: string, command: string): NewSessionEvent => ({
  type: 'session.renamed',
  title,
  by: 'me',
  command: commandId(command),
})
const archive = (archived: boolean, command: string): NewSessionEvent => ({
  type: 'session.archived',
  archived,
  by: 'me',
  command: commandId(command),
})
const queue = (id: string, mode: SendMode = 'queue'): NewSessionEvent => ({
  type: 'turn.queued',
  input: inputId(id),
  parts: [{ type: 'text', text: `say ${id}` }],
  mode,
  by: 'me',
})
const begun = (id: string): NewSessionEvent => ({ type: 'turn.started', turn: turnId(id) })

/** What both folds say. */
function both(...events: NewSessionEvent[]) {
  const state = fold(stored(events))
  const head = headOf(undefined, stream, stored(events))
  expect([head?.title, head?.archived]).toEqual([state.title, state.archived])
  return { title: state.title, archived: state.archived ?? false }
}

test('a name that somebody gave is kept, also by the first input', () => {
  expect(both(rename('Boat', 'c1'), queue('a')).title).toBe('Boat')
  expect(both(queue('a'), rename('Boat', 'c1')).title).toBe('Boat')
})

test('a command to rename or archive that comes twice is one, also when another came between', () => {
  expect(both(rename('Boat', 'c1'), rename('Raft', 'c2'), rename('Boat', 'c1')).title).toBe('Raft')
  expect(both(archive(true, 'c1'), archive(false, 'c2'), archive(true, 'c1')).archived).toBe(false)
})

test('one key may name two commands of different kinds', () => {
  expect(both(rename('Boat', 'c1'), archive(true, 'c1'))).toEqual({ title: 'Boat', archived: true })
})

test('what is sent to an archived session brings it back, whatever comes of it; what was sent before does not', () => {
  expect(both(archive(true, 'c1')).archived).toBe(true)
  expect(both(archive(true, 'c1'), queue('a')).archived).toBe(false)
  expect(both(queue('a'), begun('a'), archive(true, 'c1'), queue('b', 'reject')).archived).toBe(false)
  expect(both(queue('a'), archive(true, 'c1'), queue('a')).archived).toBe(true)
})

test('a fork is not in the archive, and keeps the name', () => {
  const forked: NewSessionEvent = { type: 'session.forked', from: sessionId('s0'), upTo: 9 }
  expect(both(rename('Boat', 'c1'), archive(true, 'c2'), forked)).toEqual({ title: 'Boat', archived: false })
})

test('a checkpoint keeps name, flag and what was seen', () => {
  const events = stored([rename('Boat', 'c1'), archive(true, 'c2')])
  const state = fold(events)
  const kept = fromCheckpoint(checkpointBytes(state), state.seq)
  expect(kept).toMatchObject({ title: 'Boat', archived: true })
  expect(kept && fold(stored([rename('Raft', 'c1')], state.seq), kept).title).toBe('Boat')
})

test('what an open step has said is forgotten with its session', () => {
  const live = [{ step: stepId('a.1'), text: 'secret', reasoning: '', args: [] }]
  expect(liveStored(live, { type: 'session.deleted', by: 'me' })).toEqual([])
})
