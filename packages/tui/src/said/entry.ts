import type { Call } from '@nacre/client'
import type { Line } from '../drawn/line.js'
import type { Speech } from './speech.js'

/** How much of an entry is printed already. */
export type Begun =
  | { readonly type: 'nothing' }
  /** The text as it was when it was last read. */
  | { readonly type: 'said'; readonly text: string; readonly speech: Speech }
  /** So many UTF-16 units of the reasoning. */
  | { readonly type: 'thought'; readonly units: number }
  /** The call as it was printed. */
  | { readonly type: 'called'; readonly call: Call }

/** One thing in a turn, in the order in which it is shown. */
export type Entry = {
  /** What has become final since `begun` was printed. What is taken back is said to be. */
  readonly lines: readonly Line[]
  /** What follows them at the moment and can still change. */
  readonly tail: readonly Line[]
  readonly done: boolean
  /** It waits for a person's word: what is behind it is not shown until it has it. */
  readonly asks: boolean
  /** How much is printed when `lines` are. */
  readonly begun: Begun
}
export type MakeEntry = (begun: Begun) => Entry

export const NOT_BEGUN: Begun = { type: 'nothing' }

/** Whether there are lines of it: then nothing else is put before the rest. */
export function isPrinted(begun: Begun): boolean {
  switch (begun.type) {
    case 'nothing':
      return false
    case 'said':
      return !begun.speech.markdown.first
    case 'thought':
      return begun.units > 0
    case 'called':
      return true
    default:
      return begun satisfies never
  }
}

export const done = (lines: readonly Line[]): Entry => ({ lines, tail: [], done: true, asks: false, begun: NOT_BEGUN })

/** An entry that goes on. */
export const open = (lines: readonly Line[], tail: readonly Line[], begun: Begun): Entry => ({
  lines,
  tail,
  done: false,
  asks: false,
  begun,
})
