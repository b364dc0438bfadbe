import type { NewSessionEvent } from '@nacre/session'
import { eventVersion } from '@nacre/session'
import { describe, expect, test } from 'vitest'
import { eventWords } from '../src/commands/event-words.js'

const words = (event: object) => eventWords({ seq: 1, at: 0, v: 1, type: 'unheard.of', ...event })

describe('what is said of an event beside its type', () => {
  test('a turn that failed says why, and what to do about it', () => {
    const fault = { code: 'unauthorized', message: 'No key for anthropic is set.', mend: 'Set ANTHROPIC_API_KEY.' }
    expect(words({ type: 'turn.finished', turn: 't', outcome: 'failed', fault })).toBe(
      'failed: No key for anthropic is set. (Set ANTHROPIC_API_KEY.)',
    )
    expect(words({ type: 'turn.finished', turn: 't', outcome: 'completed' })).toBe('completed')
  })

  test('an input says how it begins, in one line, at most 200 characters of it, and nothing that drives a terminal', () => {
    const queued = (text: string, mode = 'queue') =>
      words({ type: 'turn.queued', input: 'i', mode, by: 'x', parts: [{ type: 'text', text }] })
    expect(queued('list\nfiles')).toBe('list files')
    expect(queued('at once', 'steer')).toBe('steer: at once')
    expect(queued('\u001b[2Jgone')).toBe('[2Jgone')
    expect(queued('x'.repeat(5000))).toBe(`${'x'.repeat(199)}…`)
    expect(queued(`${'x'.repeat(198)}😀😀`).isWellFormed()).toBe(true)
  })

  test('tools, models and approvals are named', () => {
    const v = eventVersion('approval.resolved')
    expect(words({ type: 'step.started', provider: 'offline', model: 'offline', inputs: [] })).toBe('offline/offline')
    expect(words({ type: 'tool.started', call: 'c', name: 'shell_exec', epoch: 1 })).toBe('shell_exec')
    expect(words({ type: 'tool.finished', call: 'c', outcome: 'unknown', parts: [] })).toBe('unknown')
    expect(words({ v, type: 'approval.resolved', verdict: 'denied', scope: 'once', by: 'tui' })).toBe('denied by tui')
  })

  test('an event that this version does not know is said to be of a later one', () => {
    expect(words({ type: 'unheard.of' })).toBe('of a later version')
    expect(words({ type: 'turn.started' satisfies NewSessionEvent['type'], v: 99 })).toBe('of a later version')
  })
})
