import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openLog } from '@nacre/log'
import type { BlobHash, NewEvent, StreamName } from '@nacre/types'
import { expect, onTestFinished, test } from 'vitest'
import { child, freshPath, notice, now, sql, stream } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')
const DELETED = { type: 'session.deleted', by: 'me' }
const titled = (title: string, parent?: string): NewEvent =>
  Object.assign(
    { type: 'session.created' },
    { title, agent: 'default', ...(parent && { parent: { session: parent, call: 'c', root: parent, depth: 1 } }) },
  )
const naming = (hash: BlobHash): NewEvent =>
  Object.assign({ type: 'tool.finished' }, { call: 'c', outcome: 'ok', parts: [{ type: 'blob', hash }] })

/** How often a text stands in the files of a log that is open: a copy is read, made by another process. */
function found(path: string, text: string): number {
  const home = mkdtempSync(join(tmpdir(), 'nacre-grep-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  execFileSync('cp', ['-r', dirname(path), join(home, 'copy')])
  const files = readdirSync(join(home, 'copy')).map((name) => readFileSync(join(home, 'copy', name), 'latin1'))
  return files.reduce((sum, file) => sum + file.split(text).length - 1, 0)
}

test('what a purged session said is in no file of the log, though its rows are', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  const secret = 'planted-3f9a'
  for (let n = 0; n < 40; n++) {
    await log.append(A, [titled(`${secret} title`), notice(`${secret} `.repeat(1 + ((n * 37) % 900)))])
    await log.append(B, [titled('kept-7c1e'), notice('kept-7c1e '.repeat(1 + ((n * 53) % 500)))])
  }
  const blob = await log.blobs.put(Buffer.from(`${secret} `.repeat(20_000)))
  await log.append(A, [naming(blob)])
  expect(found(path, secret)).toBeGreaterThan(20_000)
  const kept = (await log.read(B)).events
  await log.append(A, [DELETED])
  await log.purge(A)
  expect(found(path, secret)).toBe(0)
  expect(found(path, 'kept-7c1e')).toBeGreaterThan(0)
  expect(await log.blobs.get(blob)).toBeUndefined()
  expect((await log.read(B)).events).toEqual(kept)
  expect(await log.verifyHeads()).toEqual([])
  await log.close()
  const [rows] = sql(path, `SELECT type, v, at, body FROM events WHERE stream = '${A}' AND type <> 'session.deleted'`)
  expect(rows).toHaveLength(81)
  expect(sql(path, 'SELECT purged FROM graves', 'SELECT * FROM doomed')).toEqual([[{ purged: 1 }], []])
  // The file was written anew: nothing is left in it that is free.
  expect(sql(path, 'PRAGMA freelist_count')).toEqual([[{ freelist_count: 0 }]])
  expect(
    new Set((rows as { v: number; at: number; body: string }[]).map(({ v, at, body }) => `${v} ${at} ${body}`)),
  ).toEqual(new Set(['0 0 ']))
})

test('titles that were written many times, among others, leave no trace either', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  const names = Array.from({ length: 40 }, (_, n) => stream(`ann/s${n}`))
  for (let round = 0; round < 12; round++)
    await Promise.all(
      names.map((name, n) => log.append(name, [titled(`title-of-${n}x${'y'.repeat((round * 71 + n * 13) % 190)}`)])),
    )
  for (const [n, name] of names.slice(0, 12).entries()) {
    await log.append(name, [DELETED])
    await log.purge(name)
    expect([n, found(path, `title-of-${n}x`)]).toEqual([n, 0])
  }
  expect(await log.count('')).toBe(28)
})

test('a tombstone that was changed, or is gone, is found', async () => {
  const path = freshPath()
  {
    await using log = await openLog({ path, now })
    await log.append(A, [notice('1'), notice('2'), notice('3')])
    await log.append(A, [DELETED])
    await log.purge(A)
  }
  sql(path, `UPDATE events SET body = '{"text":"forged"}' WHERE seq = 2`)
  {
    await using log = await openLog({ path, now })
    await expect(log.verifyHeads()).rejects.toMatchObject({ code: 'corrupt' })
    expect((await log.read(A)).events).toMatchObject([DELETED])
  }
  sql(path, 'DELETE FROM events WHERE seq = 2')
  await using log = await openLog({ path, now })
  await expect(log.verifyHeads()).rejects.toMatchObject({ code: 'corrupt' })
})

const ROUNDS = 12

test(`killed ${ROUNDS} times between deleting and having purged, it is finished, and nothing comes back`, async () => {
  const path = freshPath()
  const names: StreamName[] = []
  {
    await using log = await openLog({ path, now })
    for (let n = 0; n < ROUNDS; n++) {
      const name = stream(`ann/k${n}`)
      names.push(name)
      const blob = await log.blobs.put(Buffer.from(`secret-${n}-x `.repeat(9_000)))
      await log.append(name, [titled(`secret-${n}-x`), naming(blob)])
      for (let part = 0; part < 6; part++)
        await log.append(
          name,
          Array.from({ length: 64 }, () => notice(`secret-${n}-x`.padEnd(900, '.'))),
        )
      await log.append(stream(`ann/k${n}-child`), [titled(`secret-${n}-x`, `k${n}`)])
      await log.append(stream(`ann/kept${n}`), [titled('kept')])
    }
  }
  for (const [n, name] of names.entries()) {
    const running = child('purge', path, name)
    expect((await running.lines.next()).value).toBe('deleted')
    // Somewhere in its work, which takes some 30 ms; the first is not let begin.
    await new Promise((resolve) => setTimeout(resolve, n * 4))
    await running.kill()
    {
      await using log = await openLog({ path, now })
      expect(await log.head(name)).toBeUndefined()
      if (n % 3 === 0) await log.purge(name)
      // Otherwise it goes on by itself with what was begun, and its close waits for that.
    }
    expect([n, found(path, `secret-${n}-x`)]).toEqual([n, 0])
    await using log = await openLog({ path, now })
    expect((await log.read(name)).events).toMatchObject([DELETED])
    expect(await log.head(stream(`ann/k${n}-child`))).toBeUndefined()
    expect(await log.verifyHeads()).toEqual([])
  }
  await using log = await openLog({ path, now })
  expect((await log.heads('')).map(({ title }) => title)).toEqual(Array(ROUNDS).fill('kept'))
}, 120_000)

test('a log of version 2 gets a place for what is deleted', async () => {
  const path = freshPath()
  {
    await using log = await openLog({ path, now })
    await log.append(A, [titled('old')])
  }
  sql(path, 'DROP TABLE graves', 'DROP TABLE doomed', 'PRAGMA user_version = 2', 'PRAGMA wal_checkpoint(TRUNCATE)')
  await using log = await openLog({ path, now })
  await log.append(A, [DELETED])
  await log.purge(A)
  expect(await log.count('')).toBe(0)
})

test('appends go on while a purge looks through the log, and a close waits for it', async () => {
  const path = freshPath()
  const log = await openLog({ path, now })
  const blob = await log.blobs.put(Buffer.from('x'))
  await log.append(A, [naming(blob)])
  for (let n = 0; n < 40; n++)
    await log.append(
      B,
      Array.from({ length: 64 }, () => notice('x'.repeat(500))),
    )
  await log.append(A, [DELETED])
  let done = false
  const purging = log.purge(A).finally(() => (done = true))
  let between = 0
  while (!done) {
    await log.append(B, [notice('meanwhile')])
    if (!done) between++
  }
  await purging
  expect(between).toBeGreaterThan(0)
  await log.append(B, [DELETED])
  const last = log.purge(B)
  await Promise.all([last, log.close()])
  expect(sql(path, 'SELECT count(*) AS n FROM events WHERE v > 0')).toEqual([[{ n: 2 }]])
})
