import { openLog } from '@nacre/log'
import { expect, test } from 'vitest'
import { child, freshPath, notice, now, stream } from './stage.js'

const A = stream('ann/one')

test('a second opener in the same process is refused, and told that it is this process', async () => {
  const path = freshPath()
  await using log = await openLog({ path, now })
  await expect(openLog({ path, now })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(path),
  })
  if (process.platform === 'linux') {
    await expect(openLog({ path, now })).rejects.toMatchObject({
      message: expect.stringContaining('this process itself'),
    })
  }
  expect(await log.append(A, [notice('goes on')])).toMatchObject({ type: 'appended' })
})

test('an opener in another process is refused with who holds it and how to mend', async () => {
  const path = freshPath()
  await using _log = await openLog({ path, now })
  // The refused one has opened and closed descriptors of the file: POSIX locks of this process must have survived that.
  await expect(openLog({ path, now })).rejects.toMatchObject({ code: 'conflict' })
  const { value } = await child('open', path).lines.next()
  const [code, message, mend] = JSON.parse(String(value))
  expect(code).toBe('conflict')
  expect(mend).toContain('runner status --user')
  if (process.platform === 'linux') expect(message).toContain(`process ${process.pid}`)
})

test('closed, it is free at once, for this process and for others', async () => {
  const path = freshPath()
  for (let n = 0; n < 5; n++) {
    const log = await openLog({ path, now })
    await log.append(A, [notice(`${n}`)])
    await log.read(A)
    await log.close()
  }
  const other = child('open', path)
  expect((await other.lines.next()).value).toBe('opened')
  await expect(openLog({ path, now })).rejects.toMatchObject({ code: 'conflict' })
  other.end()
  await other.exited
  await using log = await openLog({ path, now })
  expect((await log.read(A)).events).toHaveLength(5)
})

test('`close` resolves when the thread has ended, since only that frees the lock', async () => {
  let threadId = () => 0
  process.once('worker', (worker) => {
    threadId = () => worker.threadId
  })
  const log = await openLog({ path: freshPath(), now })
  expect(threadId()).toBeGreaterThan(0)
  await log.close()
  expect(threadId()).toBe(-1)
})

test('kill -9 frees it at once', async () => {
  const path = freshPath()
  const other = child('open', path)
  expect((await other.lines.next()).value).toBe('opened')
  await expect(openLog({ path, now })).rejects.toMatchObject({ code: 'conflict' })
  await other.kill()
  await using log = await openLog({ path, now })
  expect(await log.append(A, [notice('mine')])).toMatchObject({ type: 'appended' })
})

test('a thread that dies unasked fails followers, feeds and calls, and leaves the file free', async () => {
  const path = freshPath()
  let terminate: () => Promise<unknown> = async () => undefined
  process.once('worker', (worker) => {
    terminate = () => worker.terminate()
  })
  const log = await openLog({ path, now })
  await log.append(A, [notice('kept')])
  const { signal } = new AbortController()
  const follower = log.follow(A, { after: 1, signal })[Symbol.asyncIterator]()
  expect((await follower.next()).value).toEqual({ kind: 'live' })
  const feed = log.feed('', { from: 1, signal })[Symbol.asyncIterator]()
  const failed = { code: 'storage_failed' }
  const ends = Promise.all([
    expect(follower.next()).rejects.toMatchObject(failed),
    expect(feed.next()).rejects.toMatchObject(failed),
  ])
  await log.heads('')
  await terminate()
  await ends
  await expect(log.append(A, [notice('lost')])).rejects.toMatchObject(failed)
  await using again = await openLog({ path, now })
  expect((await again.read(A)).events).toMatchObject([{ text: 'kept' }])
})
