import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '@nacre/log'
import { onTestFinished, test } from 'vitest'
import { notice, now, stream } from './stage.js'

const A = stream('ann/one')
const B = stream('ann/two')

/** A small disk of its own, or why there is none. */
function smallDisk(): string | { readonly none: string } {
  const home = mkdtempSync(join(tmpdir(), 'nacre-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', home], { stdio: 'pipe' })
  } catch (error) {
    rmSync(home, { recursive: true })
    return { none: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
  onTestFinished(() => {
    // Lazily: a test that failed may have left a file open.
    execFileSync('umount', ['--lazy', home])
    rmSync(home, { recursive: true })
  })
  return home
}

test('a full disk fails appends with storage_full, loses nothing, and when there is space they go on', async (ctx) => {
  const home = smallDisk()
  if (typeof home !== 'string') return ctx.skip(`needs root: a tmpfs cannot be mounted here (${home.none})`)
  const { expect } = ctx
  const acknowledged: string[] = []
  const filler = join(home, 'filler')
  {
    await using log = await openLog({ path: join(home, 'log', 'log.db'), now })
    await log.append(A, [notice('first')])
    acknowledged.push('first')
    const { bavail, bsize } = statfsSync(home)
    writeFileSync(filler, Buffer.alloc(bavail * bsize - 512 * 1024))
    let failure: unknown
    for (let n = 0; failure === undefined; n++) {
      const text = `${n}`.padEnd(50_000, '.')
      await log.append(A, [notice(text)]).then(
        () => acknowledged.push(text),
        (error) => {
          failure = error
        },
      )
    }
    expect(failure).toMatchObject({ code: 'storage_full', mend: expect.stringContaining('Free space') })
    // Whether these two share a transaction, and so its failure, is up to the threads; that each is told the truth is not.
    const [large, small] = await Promise.allSettled([
      log.append(A, [notice('x'.repeat(200_000))]),
      log.append(B, [notice('small')]),
    ])
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'storage_full' } })
    if (small.status === 'rejected') expect(small.reason).toMatchObject({ code: 'storage_full' })
    expect((await log.read(B)).events).toHaveLength(small.status === 'fulfilled' ? 1 : 0)
    await expect(log.blobs.put(new Uint8Array(500_000))).rejects.toMatchObject({ code: 'storage_full' })
    expect((await log.read(A)).events.map((event) => 'text' in event && event.text)).toEqual(acknowledged)
    expect(await log.heads(B)).toHaveLength(small.status === 'fulfilled' ? 1 : 0)

    rmSync(filler)
    await log.append(A, [notice('again')])
    acknowledged.push('again')
    await log.append(B, [notice('too')])
  }
  await using log = await openLog({ path: join(home, 'log', 'log.db'), now })
  expect((await log.read(A)).events.map((event) => 'text' in event && event.text)).toEqual(acknowledged)
  expect(await log.verifyHeads()).toEqual([])
})

test('a disk that is full from the start is a Fault at once', async (ctx) => {
  const home = smallDisk()
  if (typeof home !== 'string') return ctx.skip(`needs root: a tmpfs cannot be mounted here (${home.none})`)
  mkdirSync(join(home, 'log'))
  const { bavail, bsize } = statfsSync(home)
  writeFileSync(join(home, 'filler'), Buffer.alloc(bavail * bsize))
  await ctx.expect(openLog({ path: join(home, 'log', 'log.db'), now })).rejects.toMatchObject({ code: 'storage_full' })
})
