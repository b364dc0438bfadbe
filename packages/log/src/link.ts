import { crc32 } from 'node:zlib'
import type { Seq } from '@nacre/types'
import { damaged } from './faults.js'
import type { Row } from './store.js'

/**
 * What a row remembers beside its content: the seq before it in its stream, and a checksum. SQLite notices a damaged
 * page only where its own structure is hit; with these a row that is gone or is another one is seen by whoever reads.
 */
type Link = { readonly prev: Seq; readonly sum: number }
export type LinkedRow = Row & Link

export function linkRows(rows: readonly Row[], last: Seq): readonly LinkedRow[] {
  return rows.map((row, index) => {
    const prev = rows[index - 1]?.seq ?? last
    return { ...row, prev, sum: sumOf(row, prev) }
  })
}

export const sumOf = ({ seq, type, at, v, body }: Row, prev: Seq) => crc32(`${prev} ${seq} ${type} ${at} ${v} ${body}`)

/**
 * Throws a Fault `corrupt` unless the ascending `rows` are what was written, without a gap. `from` is the bound that
 * they begin behind, `to` the last seq that must be among them; undefined where that is not known.
 */
export function checkLinks(rows: readonly LinkedRow[], from: Seq | undefined, to: Seq | undefined): void {
  for (const [index, row] of rows.entries()) {
    if (row.sum !== sumOf(row, row.prev)) throw damaged(`Event ${row.seq} is not what was written`)
    const before = rows[index - 1]?.seq
    if (before === undefined ? from !== undefined && row.prev > from : row.prev !== before)
      throw damaged(`Between the events ${before ?? from} and ${row.seq} one is missing`)
  }
  const last = Math.max(rows.at(-1)?.seq ?? 0, from ?? 0)
  if (to !== undefined && last < to) throw damaged(`Behind event ${last} those up to ${to} are missing`)
}
