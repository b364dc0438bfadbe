import type { Head, Seq, StreamName } from '@nacre/types'
import { OPEN_WORK, PARENT, TITLE, UNARCHIVED } from './database.js'
import { parseHead } from './row.js'
import { integerOf, type Sql, textOf } from './sql.js'
import type { HeadQuery } from './store.js'

const NO_LIMIT = -1
const READ_HEAD = 'CAST(head AS BLOB) AS head'
/** No name holds this sign, and every name is before it. */
const LAST_SIGN = '\u{10ffff}'
const WITHIN = 'stream >= ? AND stream < ?'
const within = (prefix: string) => [prefix, prefix + LAST_SIGN]

/** A head on its way to the table, with its JSON. */
export type KeptHead = { readonly head: Head; readonly text: string }

/** The table of heads. */
export const createHeads = (sql: Sql) => ({
  of(stream: StreamName): Head | undefined {
    const [row] = sql.all<HeadCells>(`SELECT ${READ_HEAD} FROM heads WHERE stream = ?`, [stream])
    return row && toHead(row)
  },
  /** The seq that a head says its stream ends with, without reading the head; 0: there is none. */
  seqOf(stream: StreamName): Seq {
    const [row] = sql.all<{ seq: unknown }>('SELECT CAST(max(seq) AS INTEGER) AS seq FROM heads WHERE stream = ?', [
      stream,
    ])
    return integerOf(row?.seq ?? 0)
  },
  keep(heads: readonly KeptHead[]): void {
    sql.insert(
      'INSERT OR REPLACE INTO heads (stream, seq, head)',
      heads.map(({ head, text }) => [head.stream, head.seq, text]),
    )
  },
  drop(stream: StreamName): void {
    sql.run('DELETE FROM heads WHERE stream = ?', [stream])
  },
  count(prefix: string): number {
    const [row] = sql.all<{ count: number }>(
      `SELECT count(*) AS count FROM heads INDEXED BY heads_in_order WHERE ${WITHIN}`,
      within(prefix),
    )
    return row?.count ?? 0
  },
  /** The heads themselves are read only of those streams that an index has found. */
  find({ prefix, limit = NO_LIMIT, title, openWork, parent, archived }: HeadQuery): readonly Head[] {
    const index =
      parent !== undefined
        ? 'heads_by_parent'
        : title !== undefined
          ? 'heads_by_title'
          : openWork
            ? 'heads_with_work'
            : archived === false
              ? 'heads_unarchived'
              : 'heads_in_order'
    const more = [
      parent === undefined ? '' : `AND ${PARENT} = ?`,
      title === undefined ? '' : `AND ${TITLE} = ?`,
      openWork ? `AND ${OPEN_WORK}` : '',
      archived === false ? `AND ${UNARCHIVED}` : '',
    ].join(' ')
    const found = `SELECT stream FROM heads INDEXED BY ${index} WHERE ${WITHIN} ${more} ORDER BY seq DESC LIMIT ?`
    const rows = sql.all<HeadCells>(`SELECT ${READ_HEAD} FROM heads WHERE stream IN (${found}) ORDER BY seq DESC`, [
      ...within(prefix),
      ...(parent === undefined ? [] : [parent]),
      ...(title === undefined ? [] : [title]),
      limit,
    ])
    return rows.map(toHead)
  },
})
export type Heads = ReturnType<typeof createHeads>

export const keptHead = (head: Head): KeptHead => ({ head, text: JSON.stringify(head) })

type HeadCells = { readonly head: unknown }

const toHead = ({ head }: HeadCells): Head => parseHead(textOf(head))
