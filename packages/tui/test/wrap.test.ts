import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Line, Row } from '../dist/drawn/line.js'
import { rowsOf, wrap } from '../dist/drawn/wrap.js'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '  ', '漢', '👩‍👩‍👧', 'word '), maxLength: 80 })
const marks = fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.constantFrom('strong', 'code', 'link')), { maxLength: 4 })

describe('a line of several styles', () => {
  it('has after wrapping the same ones at the same characters', () => {
    fc.assert(
      fc.property(
        text,
        marks,
        fc.integer({ min: 10, max: 40 }),
        fc.integer({ min: 0, max: 4 }),
        (said, cuts, width, hang) => {
          const ranges = cuts.map(([from, length, style]) => ({
            from,
            to: Math.min(said.length, from + length + 1),
            style,
          }))
          const line: Line = {
            text: said,
            tone: 'plain',
            hang,
            marks: ranges.filter(({ from, to }) => from < to) as Line['marks'] & {},
          }
          const styles = rowsOf(line, width).flatMap((row, index) =>
            stylesOf(row).slice(index === 0 ? 0 : hangOf(hang, width)),
          )
          expect(styles.filter((one) => !one.startsWith(' '))).toEqual(
            stylesOf(line).filter((one) => !one.startsWith(' ')),
          )
        },
      ),
    )
  })

  it('shows its gutter before every row, and nothing else of its first columns', () => {
    expect(wrap({ text: '│ 1. a word and another', hang: 5 }, 16)).toEqual(['│ 1. a word and', '│    another'])
  })

  it('in one row is that row', () => {
    const line: Line = { text: 'short', tone: 'dim', hang: 2, marks: [{ from: 0, to: 2, style: 'strong' }] }
    expect(rowsOf(line, 20)).toEqual([{ text: 'short', tone: 'dim', marks: line.marks }])
  })
})

const hangOf = (hang: number, width: number): number => (hang < width - 8 ? hang : 0)

const stylesOf = ({ text: said, marks: all = [] }: Row): string[] =>
  said.split('').map((char, at) => {
    const styles = all.filter(({ from, to }) => from <= at && at < to).map(({ style }) => style)
    return char + styles.join('+')
  })
