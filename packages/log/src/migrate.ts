import { linkRows } from './link.js'
import { type Sql, textOf } from './sql.js'
import type { Row } from './store.js'

const BATCH = 500
export const EVENTS_TABLE = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    prev INTEGER NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    v INTEGER NOT NULL,
    body TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_of_stream ON events (stream, seq);
`

/**
 * Gives each event of a log of version 1 its link to the one before and its checksum. All of it or nothing: killed
 * half-way, the log is of version 1 still.
 */
export function linkOldEvents(sql: Sql): void {
  sql.transaction(() => {
    sql.exec('ALTER TABLE events RENAME TO unlinked; DROP INDEX events_of_stream')
    sql.exec(EVENTS_TABLE)
    let after = 0
    const last = new Map<string, number>()
    for (let rows = oldRows(sql, after); rows.length > 0; rows = oldRows(sql, after)) {
      for (const row of rows) {
        insert(sql, row, last.get(row.stream) ?? 0)
        last.set(row.stream, row.seq)
      }
      after = rows.at(-1)?.seq ?? after
    }
    // The highest seq that there ever was, also where its event is gone: a new event comes behind it.
    sql.exec(`UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence) WHERE name = 'events'`)
    sql.exec('DROP TABLE unlinked; PRAGMA user_version = 2')
  })
}

type OldRow = Row & { readonly stream: string }

type OldCells = Omit<OldRow, 'type' | 'body'> & { readonly type: unknown; readonly body: unknown }

const oldRows = (sql: Sql, after: number): readonly OldRow[] =>
  sql
    .all<OldCells>(
      `SELECT seq, stream, CAST(type AS BLOB) AS type, at, v, CAST(body AS BLOB) AS body
        FROM unlinked WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`,
      [after],
    )
    .map(({ type, body, ...row }) => ({ ...row, type: textOf(type), body: textOf(body) }))

function insert(sql: Sql, row: OldRow, last: number): void {
  for (const { seq, prev, type, at, v, body, sum } of linkRows([row], last))
    sql.run('INSERT INTO events (seq, prev, stream, type, at, v, body, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
      seq,
      prev,
      row.stream,
      type,
      at,
      v,
      body,
      sum,
    ])
}
