import { sessionId } from '@nacre/types'
import { expect, test } from 'vitest'
import type { Sql, Value } from '../src/sql.ts'
import { stream } from './stage.js'
import { openTables, request } from './tables.js'

/** The heads of so many idle sessions, and what is asked of SQLite for them: each statement with its plan and its rows. */
function headsOf(sessions: number) {
  const asked: { readonly plan: string; readonly rows: number }[] = []
  const watched = (sql: Sql): Sql => ({
    ...sql,
    all: <Row>(text: string, args: readonly Value[] = []) => {
      const rows = sql.all<Row>(text, args)
      const steps = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, args)
      asked.push({ plan: steps.map(({ detail }) => detail).join('; '), rows: rows.length })
      return rows
    },
  })
  const { events, heads, graves, append: appendAll } = openTables(watched)
  const append = (name: string, type: string, fields: object) => appendAll([request(name, type, fields)])
  for (let n = 0; n < sessions; n++) append(`ann/s${n}`, 'session.created', { title: `title ${n}`, agent: 'default' })
  const parent = { session: 's1', call: 'c', root: 's1', depth: 1 }
  append('ann/d1', 'session.created', { title: '', agent: 'default', parent })
  append('ann/s4', 'session.deleted', { by: 'me' })
  append('ann/s1', 'turn.queued', { input: 'i1', parts: [], mode: 'queue', by: 'me' })
  asked.length = 0
  return { events, heads, graves, asked }
}

test('what a start and a search ask for is found by an index, and takes the same rows from few sessions and from many', () => {
  const [few, many] = [6, 500].map((sessions) => {
    const { events, heads, graves, asked } = headsOf(sessions)
    const found = [
      heads.find({ prefix: 'ann/', openWork: true }),
      heads.find({ prefix: 'ann/s3', limit: 1 }),
      heads.find({ prefix: 'ann/', title: 'title 3', limit: 8 }),
      heads.find({ prefix: 'ann/', parent: sessionId('s1') }),
      heads.find({ prefix: 'ann/', archived: false, limit: 1 }),
      graves.unpurged(),
    ]
    events.dropCopies()
    heads.of(stream('ann/s2'))
    graves.lastOf(stream('ann/s4'))
    heads.count('ann/')
    expect(found.map(({ length }) => length)).toEqual([2, 1, 1, 1, 1, 1])
    // That index holds only what a purge has still to do.
    for (const { plan } of asked) expect(plan).not.toMatch(/\bSCAN\b(?! graves USING INDEX graves_open)/)
    return asked.map(({ rows }) => rows)
  })
  expect(many).toEqual(few)
})
