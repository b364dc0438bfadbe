import { BLANK, type Line } from '../drawn/line.js'
import type { Container } from './containers.js'
import { joined, type Styled, styled, trimmed } from './styled.js'
import type { Table } from './table.js'

/** Where the next line goes. */
export type Place = {
  readonly containers: readonly Container[]
  /** How many containers from the outside have shown their sign: the others show it before their first line. */
  readonly shown: number
  /** The blank line that is due before the next one, if one is: its gutters. */
  readonly gap?: string
  /** Nothing was given out yet. */
  readonly first: boolean
}

/** What is said in a block's line; `hang` counts from where the block begins. */
export type Said = Styled & { readonly hang?: number; readonly table?: Table }

/** A line in its place with what is due before it, and the place of the next. */
export function placed(place: Place, { text, marks, hang = 0, table }: Said): { place: Place; lines: readonly Line[] } {
  const { containers, shown, gap, first } = place
  const before = joined(containers.map((container, index) => signOf(container, index < shown)))
  const whole = text.trim() === '' ? trimmed(before) : joined([before, { text, marks }])
  const line: Line = {
    text: whole.text,
    tone: 'plain',
    marks: whole.marks,
    hang: before.text.length + hang,
    ...(table && { table }),
  }
  return {
    place: { containers, shown: containers.length, first: false },
    lines: [...(first ? [BLANK] : gap === undefined ? [] : [gapLine(gap)]), line],
  }
}

/** The gutters of a blank line in these containers. */
export const gapIn = (containers: readonly Container[]): string =>
  trimmed(joined(containers.map((container) => signOf(container, true)))).text

const gapLine = (gap: string): Line => (gap === '' ? BLANK : { text: gap, tone: 'dim', hang: 0 })

function signOf(container: Container, shown: boolean): Styled {
  if (container.type === 'quote') return styled('│ ', 'dim')
  const sign = container.number === undefined ? '•' : `${container.number}${container.kind}`
  return styled(shown ? ' '.repeat(sign.length + 1) : `${sign} `)
}
