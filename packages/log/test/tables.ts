import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createAppends } from '../src/append.ts'
import { openDatabase } from '../src/database.ts'
import { createEvents } from '../src/events.ts'
import { createGraves } from '../src/graves.ts'
import { createHeads } from '../src/heads.ts'
import type { Sql } from '../src/sql.ts'
import { createTails } from '../src/tails.ts'
import { createUnnamed } from '../src/unnamed.ts'
import { freshPath, now, stream } from './stage.js'

/** What the thread of a log works with, without the thread: in a fresh file, through what `watch` makes of its connection. */
export function openTables(watch: (sql: Sql) => Sql = (sql) => sql) {
  const path = freshPath()
  mkdirSync(dirname(path))
  const sql = watch(openDatabase(path))
  const graves = createGraves(sql)
  const heads = createHeads(sql)
  const tails = createTails()
  const events = createEvents(sql, heads, graves, tails)
  const append = createAppends(sql, { events, heads, graves, tails, unnamed: createUnnamed() })
  return { sql, graves, heads, tails, events, append }
}

/** One event on its way to a store. */
export const request = (name: string, type: string, fields: object, expectedSeq?: number) => ({
  stream: stream(name),
  drafts: [{ type, body: JSON.stringify(fields) }],
  now: now(),
  expectedSeq,
})
