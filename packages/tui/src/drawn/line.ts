import type { Table } from '../said/table.js'
import type { Style } from './theme.js'

/** What a line is to its reader; with colours it decides the colour. */
export type Tone = 'plain' | 'user' | 'tool' | 'dim' | 'warn' | 'error' | 'ask'

/** A stretch of a text in a style, in UTF-16 units. Where marks overlap their styles add up. */
export type Mark = { readonly from: number; readonly to: number; readonly style: Style }

/** One row of a screen: it is never wider than that. */
export type Row = { readonly text: string; readonly tone: Tone; readonly marks?: readonly Mark[] }

/**
 * One line as it is said, of any length. `hang` is how far its continuation rows are indented: by its first columns,
 * of which only gutters (`│`) are seen again.
 */
export type Line = Row & {
  readonly hang: number
  /** What is behind the first `hang` units is this table, which is laid out when it is made into rows. */
  readonly table?: Table
}

export const line = (text: string, tone: Tone = 'plain', hang = 0): Line => ({ text, tone, hang })

export const BLANK: Line = line('')
