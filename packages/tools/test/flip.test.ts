import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { inProcessWorkspace } from '@nacre/tools'
import { expect, it, onTestFinished } from 'vitest'
import { all, bytesOf, fence, hostPlace, textOf } from './support/place.js'

/** Makes `path` by turns a directory and a link to `outside`, as fast as it can. */
const FLIPPER = `
  const { workerData: { path, outside, stop } } = require('node:worker_threads')
  const fs = require('node:fs')
  let made = 0
  // A write may make the directory that is missing for a moment: then it goes out of the way.
  const insist = (act) => {
    for (;;) try { return act() } catch { fs.renameSync(path, path + '.made' + ++made) }
  }
  while (Atomics.load(stop, 0) === 0) {
    fs.renameSync(path, path + '.aside')
    insist(() => fs.symlinkSync(outside, path))
    fs.unlinkSync(path)
    insist(() => fs.renameSync(path + '.aside', path))
  }
`

function flipping(root: string, outside: string) {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(FLIPPER, { eval: true, workerData: { path: join(root, 'd'), outside, stop } })
  const over = new Promise((resolve) => worker.once('exit', resolve))
  const end = () => {
    Atomics.store(stop, 0, 1)
    return over
  }
  onTestFinished(() => void end())
  return end
}

it('a directory that turns into a link and back lets no byte outside be read or written', {
  timeout: 60_000,
}, async (context) => {
  if (process.platform !== 'linux') context.skip('only on Linux: elsewhere confinement is checked, not anchored')
  const { root, outside, untouched } = hostPlace()
  mkdirSync(join(root, 'd'))
  writeFileSync(join(root, 'd', 'secret'), 'inside')
  const workspace = inProcessWorkspace({ root })
  onTestFinished(() => workspace.close())
  const end = flipping(root, outside)

  const outcomes = { inside: 0, refused: 0 }
  const leaks: string[] = []
  const attempt = (act: Promise<string>) =>
    act.then(
      (seen) => (/OUTSIDE|secret:7/.test(seen) ? leaks.push(seen) : outcomes.inside++),
      () => outcomes.refused++,
    )
  const list = async () => (await workspace.list('d')).map(({ name, sizeBytes }) => `${name}:${sizeBytes}`).join()
  for (let n = 0; n < 3_000; n++) {
    await attempt(workspace.read('d/secret', all).then(({ bytes }) => textOf(bytes)))
    await attempt(list())
    if (n % 10 === 0) await attempt(workspace.write(`d/${n % 50}`, bytesOf('mine'), { fence }).then(() => 'written'))
  }
  await end()

  expect(leaks).toEqual([])
  expect(untouched()).toBe(true)
  // Or nothing was flipped in time, and the test would say nothing.
  expect(outcomes.inside).toBeGreaterThan(100)
  expect(outcomes.refused).toBeGreaterThan(100)
  expect(readdirSync(join(root, 'd')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(existsSync(join(root, 'd', 'secret'))).toBe(true)
})
