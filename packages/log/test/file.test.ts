import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openLog } from '@nacre/log'
import { expect, test } from 'vitest'
import { freshPath, notice, now, sql, stream } from './stage.js'

const A = stream('ann/one')
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

async function written(path: string, count = 3): Promise<void> {
  await using log = await openLog({ path, now })
  for (let n = 0; n < count; n++) await log.append(A, [notice(`${n}`)])
}

async function allOf(path: string) {
  await using log = await openLog({ path, now })
  return (await log.read(A)).events
}

test('file and directory are for their owner alone', async () => {
  const path = freshPath()
  await using _log = await openLog({ path, now })
  expect([mode(dirname(path)), mode(path), mode(`${path}-wal`)]).toEqual(['700', '600', '600'])
})

test('a file that others could read is closed to them; a directory that was there is left alone', async () => {
  const path = freshPath()
  mkdirSync(dirname(path), { mode: 0o755 })
  await written(path)
  chmodSync(path, 0o644)
  await using _log = await openLog({ path, now })
  expect([mode(dirname(path)), mode(path)]).toEqual(['755', '600'])
})

test('what was written is there when it is opened again, and seqs go on', async () => {
  const path = freshPath()
  await written(path)
  await written(path)
  await using log = await openLog({ path, now })
  expect((await log.read(A)).events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  expect((await log.heads(''))[0]).toMatchObject({ seq: 6 })
})

test('closed, everything is in one file', async () => {
  const path = freshPath()
  await written(path)
  expect(readdirSync(dirname(path))).toEqual(['log.db'])
  expect(sql(path, 'PRAGMA journal_mode', 'PRAGMA user_version')).toEqual([
    [{ journal_mode: 'wal' }],
    [{ user_version: 3 }],
  ])
})

test('appends that arrive together are synced together', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  await Promise.all(Array.from({ length: 500 }, (_, n) => log.append(A, [notice(`${n}`)])))
  // A transaction writes at least three pages of 4 KiB to the WAL: 500 of them would be 6 MB (and end in a checkpoint at 4).
  expect(statSync(`${path}-wal`).size).toBeLessThan(1024 * 1024)
})

test('more than one transaction should hold is split, and all of it acknowledged in order', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  const large = Array.from({ length: 60 }, (_, n) => log.append(A, [notice(`${n}`.padEnd(200 * 1024, '.'))]))
  const seqs = (await Promise.all(large)).map((appended) =>
    appended.type === 'appended' ? appended.events[0]?.seq : 0,
  )
  expect(seqs).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
})

test('a log of a newer program is refused and left as it is', async () => {
  const path = freshPath()
  await written(path)
  sql(path, 'PRAGMA user_version = 4', 'PRAGMA wal_checkpoint(TRUNCATE)')
  const before = digest(path)
  await expect(openLog({ path, now })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/version 4.*knows 3/),
  })
  expect(digest(path)).toBe(before)
})

test('a log of version 1 is brought to this one: nothing is lost, a gap is seen from then on, and the next seq is new', async () => {
  const path = freshPath()
  await written(path)
  const before = await allOf(path)
  sql(
    path,
    'ALTER TABLE events RENAME TO linked',
    'DROP INDEX events_of_stream',
    `CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, type TEXT NOT NULL,
      at INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
    'INSERT INTO events SELECT seq, stream, type, at, v, body FROM linked',
    'CREATE UNIQUE INDEX events_of_stream ON events (stream, seq)',
    `UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'events'`,
    'DROP TABLE linked',
    'PRAGMA user_version = 1',
    'PRAGMA wal_checkpoint(TRUNCATE)',
  )
  expect(await allOf(path)).toEqual(before)
  expect(sql(path, 'PRAGMA user_version')).toEqual([[{ user_version: 3 }]])
  {
    await using log = await openLog({ path, now })
    const appended = await log.append(A, [notice('after')])
    expect(appended).toMatchObject({ type: 'appended', events: [{ seq: 1001 }] })
    expect(await log.verifyHeads()).toEqual([])
  }
  sql(path, `UPDATE events SET body = '{"level":"info","text":"another"}' WHERE seq = 1`)
  await expect(allOf(path)).rejects.toMatchObject({ code: 'corrupt' })
})

test('a file that is no database is refused with the mend, and left as it is', async () => {
  const path = freshPath()
  mkdirSync(dirname(path))
  writeFileSync(path, 'These are my notes, not a log. '.repeat(500), { mode: 0o600 })
  const before = digest(path)
  await expect(openLog({ path, now })).rejects.toMatchObject({
    code: 'corrupt',
    mend: expect.stringContaining('backup'),
  })
  expect(digest(path)).toBe(before)
  expect(readdirSync(dirname(path))).toEqual(['log.db'])
})

test('a database of somebody else is refused and left as it is', async () => {
  const path = freshPath()
  mkdirSync(dirname(path))
  sql(path, 'CREATE TABLE photos (id INTEGER)')
  const before = digest(path)
  await expect(openLog({ path, now })).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('not a log'),
  })
  expect(digest(path)).toBe(before)
  expect(sql(path, 'PRAGMA journal_mode')).toEqual([[{ journal_mode: 'delete' }]])
})

test('a damaged page is a Fault corrupt when it is read, and the file is left as it is', async () => {
  const path = freshPath()
  await written(path, 200)
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 4096 * 4)
  writeFileSync(path, bytes)
  const before = digest(path)
  const use = async () => {
    await using log = await openLog({ path, now })
    await log.read(A)
  }
  await expect(use()).rejects.toMatchObject({ code: 'corrupt', mend: expect.stringContaining('backup') })
  expect(digest(path)).toBe(before)
})

test.each([
  ['is gone from the middle', 'DELETE FROM events WHERE seq = 3', /Between the events 2 and 4 one is missing/],
  ['is gone from the beginning', 'DELETE FROM events WHERE seq = 1', /Between the events 0 and 2/],
  ['is gone from the end', 'DELETE FROM events WHERE seq = 5', /Behind event 4 those up to 5 are missing/],
  ['is another one', `UPDATE events SET body = replace(body, '"2"', '"7"') WHERE seq = 3`, /Event 3 is not what/],
])('an event that %s is a Fault in every direction, and other streams are read', async (_, damage, words) => {
  const path = freshPath()
  await written(path, 5)
  sql(path, damage)
  await using log = await openLog({ path, now })
  await log.append(stream('ann/two'), [notice('fine')])
  const corrupt = { code: 'corrupt', message: expect.stringMatching(words), mend: expect.stringContaining('backup') }
  await expect(log.read(A)).rejects.toMatchObject(corrupt)
  await expect(log.read(A, { newestFirst: true })).rejects.toMatchObject(corrupt)
  const follow = async () => {
    for await (const _ of log.follow(A, { after: 0, signal: new AbortController().signal }));
  }
  await expect(follow()).rejects.toMatchObject(corrupt)
  expect((await log.read(stream('ann/two'))).events).toHaveLength(1)
})

test('pages of any size in both directions come to all events, and nothing is taken for damage', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  for (let n = 0; n < 30; n++) await log.append(stream(`ann/${n % 3}`), [notice(`${n}`)])
  const seqs = (await log.read(stream('ann/1'))).events.map(({ seq }) => seq)
  for (const limit of [1, 3, 9, 10, 11]) {
    const up: number[] = []
    for (let end = false; !end; ) {
      const page = await log.read(stream('ann/1'), { after: up.at(-1) ?? 0, limit })
      up.push(...page.events.map(({ seq }) => seq))
      end = page.end
    }
    const down: number[] = []
    for (let end = false; !end; ) {
      const before = down.at(-1)
      const range = { limit, newestFirst: true, ...(before !== undefined && { before }) }
      const page = await log.read(stream('ann/1'), range)
      down.push(...page.events.map(({ seq }) => seq))
      end = page.end
    }
    expect([up, down.toReversed()]).toEqual([seqs, seqs])
  }
})

test('nothing is appended behind a head that is not that of its events, until it is mended', async () => {
  const path = freshPath()
  await written(path)
  sql(path, 'DELETE FROM heads')
  await using log = await openLog({ path, now })
  await expect(log.append(A, [notice('4')])).rejects.toMatchObject({ code: 'corrupt', mend: expect.anything() })
  await log.verifyHeads()
  await log.append(A, [notice('4')])
  expect((await log.read(A)).events).toHaveLength(4)
})

test('a directory, and a place that cannot be written, are refused untouched', async () => {
  const path = freshPath()
  mkdirSync(path, { recursive: true, mode: 0o755 })
  await expect(openLog({ path, now })).rejects.toMatchObject({ code: 'storage_failed' })
  expect(mode(path)).toBe('755')
  await expect(openLog({ path: '/proc/nacre/log.db', now })).rejects.toMatchObject({ code: 'storage_failed' })
})

test('heads that differ from their events are found, reported and mended', async () => {
  const path = freshPath()
  await written(path)
  const wrong = JSON.stringify({ stream: A, seq: 1 })
  sql(path, `UPDATE heads SET head = '${wrong}', seq = 1`, `INSERT INTO heads VALUES ('ann/ghost', 9, '${wrong}')`)
  await using log = await openLog({ path, now })
  const found = await log.verifyHeads()
  expect(found).toHaveLength(2)
  expect(found).toContainEqual({ stream: A, kept: { stream: A, seq: 1 }, rebuilt: expect.objectContaining({ seq: 3 }) })
  expect(found).toContainEqual({ stream: 'ann/ghost', kept: expect.anything(), rebuilt: undefined })
  expect(await log.verifyHeads()).toEqual([])
  expect((await log.heads('')).map(({ stream, seq }) => [stream, seq])).toEqual([[A, 3]])
})

test('a lost head is found too', async () => {
  const path = freshPath()
  await written(path)
  sql(path, 'DELETE FROM heads')
  await using log = await openLog({ path, now })
  expect(await log.verifyHeads()).toMatchObject([{ stream: A, kept: undefined, rebuilt: { seq: 3 } }])
})

test('a follower over 10,000 events leaves the event loop its turns', async ({ annotate }) => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  await Promise.all(
    Array.from({ length: 160 }, () =>
      log.append(
        A,
        Array.from({ length: 64 }, () => notice('x'.repeat(200))),
      ),
    ),
  )
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const controller = new AbortController()
  let [taken, inThisTurn, most] = [0, 0, 0]
  const turn = () => {
    inThisTurn = 0
    if (!controller.signal.aborted) setImmediate(turn)
  }
  turn()
  delay.enable()
  for await (const { kind } of log.follow(A, { after: 0, signal: controller.signal })) {
    if (kind === 'live') controller.abort()
    taken++
    most = Math.max(most, ++inThisTurn)
  }
  expect(taken).toBe(160 * 64 + 1)
  expect(most).toBeLessThanOrEqual(257)
  await annotate(`longest delay ${(delay.max / 1e6).toFixed(1)} ms`)
})

test('a long fork lets appends through, is seen whole or not at all, and a close waits for it', async () => {
  const path = freshPath()
  const [copy, other] = [stream('ann/copy'), stream('ann/other')]
  const log = await openLog({ path, now })
  const events = Array.from({ length: 64 }, (_, n) => notice(`${n}`))
  await Promise.all(Array.from({ length: 100 }, () => log.append(A, events)))
  const upTo = (await log.head(A))?.seq ?? 0
  let done = false
  const forked = log.fork(A, upTo, copy).finally(() => (done = true))
  let between = 0
  while (!done) {
    const [{ type }, { events: seen }, heads] = await Promise.all([
      log.append(other, [notice('meanwhile')]),
      log.read(copy, { limit: 1 }),
      log.count(''),
    ])
    if (done) break
    expect([type, seen, heads, await log.verifyHeads()]).toEqual(['appended', [], 2, []])
    between++
  }
  expect(between).toBeGreaterThan(0)
  expect(await forked).toMatchObject({ type: 'appended' })
  const late = log.fork(A, upTo, stream('ann/late'))
  const closed = log.close()
  expect(await late).toMatchObject({ type: 'appended' })
  await closed
  await using again = await openLog({ path, now })
  expect(await again.verifyHeads()).toEqual([])
  expect(await again.count('')).toBe(4)
})

test('of a target that somebody else begins during a long fork, nothing is overwritten or left', async () => {
  const path = freshPath()
  const copy = stream('ann/copy')
  await using log = await openLog({ path, now })
  const events = Array.from({ length: 64 }, (_, n) => notice(`${n}`))
  await Promise.all(Array.from({ length: 100 }, () => log.append(A, events)))
  const forked = log.fork(A, (await log.head(A))?.seq ?? 0, copy)
  const appended = await log.append(copy, [notice('mine')])
  const head = appended.type === 'appended' ? appended.events[0]?.seq : 0
  expect(await forked).toEqual({ type: 'conflict', head })
  expect((await log.read(copy)).events).toMatchObject([{ text: 'mine' }])
  await log.close()
  expect(sql(path, `SELECT count(*) AS n FROM events WHERE stream NOT LIKE 'ann/%'`)).toEqual([[{ n: 0 }]])
})

test('what a fork has copied when its process is killed is nowhere to be seen, and gone when the log is opened', async () => {
  const path = freshPath()
  await written(path)
  sql(
    path,
    `INSERT INTO events (stream, prev, type, at, v, body, sum) SELECT char(1) || '7', prev, type, at, v, body, sum FROM events`,
  )
  await using log = await openLog({ path, now })
  expect([await log.count(''), await log.verifyHeads()]).toEqual([1, []])
  await log.close()
  expect(sql(path, 'SELECT count(*) AS n FROM events')).toEqual([[{ n: 3 }]])
})

test('two paths to one file are one log', async () => {
  const path = freshPath()
  await using _log = await openLog({ path, now })
  const other = `${dirname(path)}-link`
  symlinkSync(dirname(path), other)
  await expect(openLog({ path: `${other}/log.db`, now })).rejects.toMatchObject({ code: 'conflict' })
})
