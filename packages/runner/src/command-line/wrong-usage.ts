import { nearest } from '@nacre/kit'
import { Fault } from '@nacre/types'
import type { Wrong } from './parse.js'

/** A wrong usage as the error that it is: what was perhaps meant, and where to read on. */
export function wrongUsage({ why, typed = '', names = [], about }: Wrong, program: string): Fault {
  const near = nearest(typed, names)
  const meant = near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''
  const see = about === undefined || about.startsWith('-') ? '' : `${about} `
  return new Fault('invalid_input', why, { mend: `${meant}See: ${program} ${see}--help` })
}
