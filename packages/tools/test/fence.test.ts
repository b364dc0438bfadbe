import { readdirSync } from 'node:fs'
import { inProcessWorkspace } from '@nacre/tools'
import { Fault, type Fence, sessionId } from '@nacre/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFences } from '../src/fence.js'
import { bytesOf, hostPlace, refusal } from './support/place.js'
import { markedSleep, running } from './support/processes.js'

const at = (epoch: number, session = 'one'): Fence => ({ session: sessionId(session), epoch })

/** Work that begins, is told that it is stale, and ends when the test says so. */
function slowWork() {
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<string>()
  const told = Promise.withResolvers<Fault>()
  const work = (stale: AbortSignal) => {
    begun.resolve()
    stale.addEventListener('abort', () => told.resolve(stale.reason))
    return end.promise
  }
  return { work, begun: begun.promise, told: told.promise, end: () => end.resolve('ended') }
}

describe('fences', () => {
  it('tell work of a lower epoch, and wait for its end, before a higher one goes on', async () => {
    const { run } = createFences()
    const slow = slowWork()
    const order: string[] = []
    const old = run(at(1), slow.work).then(() => order.push('old'))
    await slow.begun
    const heirs = [run(at(2), async () => order.push('heir')), run(at(2), async () => order.push('heir'))]
    expect(await slow.told).toMatchObject({ code: 'stale_epoch' })
    expect(order).toEqual([])
    slow.end()
    await Promise.all([old, ...heirs])
    expect(order).toEqual(['old', 'heir', 'heir'])
  })

  it('let work of the same epoch and of other sessions be', async () => {
    const { run } = createFences()
    const slow = slowWork()
    const old = run(at(1), slow.work)
    await slow.begun
    expect(await run(at(1), async () => 'same')).toBe('same')
    expect(await run(at(9, 'two'), async () => 'other')).toBe('other')
    slow.end()
    expect(await old).toBe('ended')
  })

  it('refuse what waited while a still higher epoch came', async () => {
    const { run } = createFences()
    const slow = slowWork()
    const old = run(at(1), slow.work)
    await slow.begun
    const second = run(at(2), async () => 'ran').catch((error: unknown) => error)
    const third = run(at(3), async () => 'ran')
    slow.end()
    expect(await second).toMatchObject({ code: 'stale_epoch' })
    expect(await third).toBe('ran')
    await old
  })

  it('go on after work that failed', async () => {
    const { run } = createFences()
    await expect(run(at(1), () => Promise.reject(new Error('work')))).rejects.toThrow('work')
    expect(await run(at(2), async () => 'ran')).toBe('ran')
    await expect(run(at(1), async () => 'ran')).rejects.toBeInstanceOf(Fault)
  })
})

describe('a workspace that hears of a higher epoch', () => {
  it.each(['fence', 'write', 'exec'] as const)('by %s: ends the commands of lower ones first', async (by) => {
    const workspace = inProcessWorkspace(hostPlace())
    onTestFinished(() => workspace.close())
    const [sleep, other] = [markedSleep(), markedSleep()]
    const options = { signal: new AbortController().signal, timeoutMs: 20_000 }
    const begun = Promise.withResolvers<void>()
    const old = refusal(() =>
      workspace.exec(`${sleep} & echo; wait`, { ...options, fence: at(1), onOutput: () => begun.resolve() }),
    )
    const otherBegun = Promise.withResolvers<void>()
    const untouched = workspace.exec(`echo; exec ${other}`, {
      ...options,
      fence: at(1, 'two'),
      onOutput: () => otherBegun.resolve(),
    })
    await Promise.all([begun.promise, otherBegun.promise])

    if (by === 'fence') await workspace.fence(at(2))
    if (by === 'write') await workspace.write('a', bytesOf('x'), { fence: at(2) })
    if (by === 'exec')
      expect((await workspace.exec('true', { ...options, fence: at(2) })).end).toEqual({ type: 'exit', code: 0 })

    expect(running(sleep)).toEqual([])
    // The watcher bears the command's text for the moment before it becomes itself.
    await expect.poll(() => running(other)).toHaveLength(1)
    expect(await old).toMatchObject({ code: 'stale_epoch' })
    await workspace.close()
    expect((await untouched).end).toEqual({ type: 'cancelled' })
  })

  it('calls off a write of a lower one that is under way', async () => {
    const place = hostPlace()
    const workspace = inProcessWorkspace(place)
    onTestFinished(() => workspace.close())
    const old = refusal(() => workspace.write('a', new Uint8Array(8 * 1024 * 1024), { fence: at(1) }))
    // The file beside is there from the beginning to the end of the write, which takes some milliseconds.
    while (readdirSync(place.root).length === 0) await new Promise((resolve) => setImmediate(resolve))
    await workspace.fence(at(2))
    expect(readdirSync(place.root)).toEqual([])
    expect(await old).toMatchObject({ code: 'stale_epoch' })
  })
})
