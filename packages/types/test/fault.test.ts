import { inspect } from 'node:util'
import { FAULT_CODES, Fault } from '@nacre/types'
import { describe, expect, it } from 'vitest'

describe('a Fault', () => {
  it('carries its code, whether to try again, and how to mend it', () => {
    const cause = new Error('ECONNREFUSED')
    const fault = new Fault('unavailable', 'No gateway answers.', { retry: { afterMs: 500 }, mend: 'Start it.', cause })
    expect(fault).toBeInstanceOf(Error)
    expect(fault).toMatchObject({
      name: 'Fault',
      code: 'unavailable',
      message: 'No gateway answers.',
      retry: { afterMs: 500 },
      mend: 'Start it.',
    })
    expect(fault.cause).toBe(cause)
  })

  it('is not to be tried again, and has neither mend nor cause, unless its maker said so', () => {
    const fault = new Fault('internal', 'It failed.')
    expect(fault.retry).toBe('never')
    expect(fault.mend).toBeUndefined()
    expect('cause' in fault).toBe(false)
  })

  it('shows nothing of its cause where it is written as text or as JSON', () => {
    const fault = new Fault('unauthenticated', 'The key was refused.', { cause: new Error('Bearer sk-canary') })
    for (const shown of [fault.message, String(fault), `${fault.stack}`, JSON.stringify(fault)]) {
      expect(shown).not.toContain('canary')
    }
    // Only who looks at the whole object on purpose sees it: so nothing but a debugger may.
    expect(inspect(fault)).toContain('canary')
  })

  it('has codes that are all different', () => {
    expect(new Set(FAULT_CODES).size).toBe(FAULT_CODES.length)
  })
})
