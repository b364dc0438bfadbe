import { EMPTY_TRANSCRIPT } from '@nacre/client'
import { expect, test, vi } from 'vitest'
import { plainTeller } from '../dist/commands/teller.js'

test('ask says what is told while its turn waits, such as a delegate that asks in a session of its own', () => {
  const said: unknown[] = []
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0)
  const event = {
    type: 'notice.posted',
    level: 'info',
    text: 'The delegate helper waits for you.\u001b[2J',
    seq: 1,
    at: 1,
    v: 1,
  }
  plainTeller().tell({ kind: 'stored', event }, EMPTY_TRANSCRIPT)
  stderr.mockRestore()
  expect(said).toEqual(['! The delegate helper waits for you.[2J\n'])
})
