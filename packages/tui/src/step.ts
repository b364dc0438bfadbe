import { line } from './drawn/line.js'
import { type Face, say } from './face.js'
import type { Effect } from './happening.js'

/** What a happening makes of a face, and what has to be done about it. */
export type Step = { readonly face: Face; readonly effects: readonly Effect[] }

export const still = (face: Face): Step => ({ face, effects: [] })
export const doing = (face: Face, ...effects: readonly Effect[]): Step => ({ face, effects })
export const warned = (face: Face, text: string): Step => still(say(face, [line(text, 'warn', 2)]))
