import { expect, test } from 'vitest'
import type { Sql } from '../src/sql.ts'
import { createTails } from '../src/tails.ts'
import { stream } from './stage.js'
import { openTables, request } from './tables.js'

const notice = (name: string, text: string, expectedSeq?: number) =>
  request(name, 'notice.posted', { level: 'info', text }, expectedSeq)
const textsIn = (read: { readonly rows: readonly { readonly body: string }[] }) =>
  read.rows.map(({ body }) => JSON.parse(body).text)
const all = (name: string) => ({
  stream: stream(name),
  after: 0,
  before: Number.MAX_SAFE_INTEGER,
  limit: 1000,
  maxBytes: 1e6,
  newestFirst: false,
})

test('a group of appends takes as many statements as one append', () => {
  let statements = 0
  const counted = (sql: Sql): Sql => {
    const count =
      <Args extends readonly unknown[], T>(call: (...args: Args) => T) =>
      (...args: Args): T => {
        statements += 1
        return call(...args)
      }
    return { ...sql, all: count(sql.all) as Sql['all'], run: count(sql.run), insert: count(sql.insert) }
  }
  const { append } = openTables(counted)
  const group = (size: number) => Array.from({ length: size }, (_, n) => notice(`ann/${n % 16}`, `${n}`))
  append(group(60))
  const taken = [1, 16, 60].map((size) => {
    statements = 0
    append(group(size))
    return statements
  })
  expect(taken).toEqual([3, 3, 3])
})

test('an append that is refused leaves nothing behind, and those around it in its group go on', () => {
  const { append, events, heads } = openTables()
  const verdicts = append([
    notice('ann/a', 'one'),
    request('ann/a', 'turn.queued', { input: 'i' }),
    notice('ann/a', 'stale', 7),
    notice('ann/a', 'two', 1),
    notice('ann/b', 'three'),
    request('ann/b', 'session.deleted', { by: 'me' }),
    notice('ann/b', 'four'),
  ])
  expect(verdicts.map((verdict) => ('error' in verdict ? 'error' : 'type' in verdict.answer ? 'conflict' : 'written'))) //
    .toEqual(['written', 'error', 'conflict', 'written', 'written', 'written', 'error'])
  expect(textsIn(events.read(all('ann/a')))).toEqual(['one', 'two'])
  expect(heads.find({ prefix: '' })).toMatchObject([{ stream: 'ann/a', seq: 2 }])
  expect(events.nextSeq()).toBe(5)
})

test('where a commit failed, and yet was made, the next append goes on from what is stored', () => {
  let fails = false
  const failing = (sql: Sql): Sql => ({
    ...sql,
    transaction(work) {
      const result = sql.transaction(work)
      if (fails) throw new Error('disk I/O error')
      return result
    },
  })
  const { append, events } = openTables(failing)
  append([notice('ann/a', 'one')])
  fails = true
  expect(() => append([notice('ann/a', 'two')])).toThrow('disk I/O error')
  fails = false
  append([notice('ann/a', 'three')])
  expect(textsIn(events.read(all('ann/a')))).toEqual(['one', 'two', 'three'])
})

test('nothing is remembered of a transaction that was rolled back', () => {
  let fails = false
  const failing = (sql: Sql): Sql => ({
    ...sql,
    transaction: (work) =>
      sql.transaction(() => {
        const result = work()
        if (fails) throw new Error('disk I/O error')
        return result
      }),
  })
  const { append, events } = openTables(failing)
  append([notice('ann/a', 'one')])
  fails = true
  expect(() => append([notice('ann/a', 'lost'), notice('ann/b', 'lost')])).toThrow('disk I/O error')
  fails = false
  append([notice('ann/a', 'two', 1), notice('ann/b', 'first', 0)])
  expect(textsIn(events.read(all('ann/a')))).toEqual(['one', 'two'])
  expect(textsIn(events.read(all('ann/b')))).toEqual(['first'])
})

test('an append goes on behind a head that was mended', () => {
  const { sql, append, events } = openTables()
  append([notice('ann/a', 'one')])
  sql.run('DELETE FROM heads')
  // Remembered as it was, until it is looked at.
  expect(events.verify(stream('ann/a'))).toMatchObject({ kept: undefined, rebuilt: { seq: 1 } })
  sql.run(`UPDATE heads SET head = json_set(head, '$.title', 'mended')`)
  append([notice('ann/a', 'two')])
  expect(events.verify(stream('ann/a'))).toMatchObject({ kept: { title: 'mended' } })
})

test('of the streams that were written to, so many are remembered, and of those the last', () => {
  const tails = createTails()
  const keep = (n: number) => tails.keep(stream(`ann/${n}`), { type: 'deleted', seq: n })
  for (let n = 0; n < 1024; n++) keep(n)
  keep(0)
  keep(1024)
  const known = Array.from({ length: 1025 }, (_, n) => n).filter((n) => tails.of(stream(`ann/${n}`)))
  expect(known).toHaveLength(1024)
  expect(known.slice(0, 2)).toEqual([0, 2])
})
