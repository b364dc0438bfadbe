import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { systemWorld } from '@nacre/kit'
import { createRegistry, prepare, runTool } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { workspaceTools } from '@nacre/tools'
import { expect, it, onTestFinished } from 'vitest'
import { confinedWorkspace } from '../src/in-process.js'
import { noBlobs } from './support/call.js'
import { hostPlace } from './support/place.js'

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

/** Every file tool that touches `d`, and how often in twenty calls. */
const CALLS: readonly { readonly name: string; readonly args: object; readonly share: number }[] = [
  { name: 'file_read', args: { path: 'd/secret' }, share: 8 },
  { name: 'file_list', args: { path: 'd' }, share: 8 },
  { name: 'file_search', args: { path: 'd', pattern: 'side', ignore_case: true }, share: 2 },
  { name: 'file_write', args: { path: 'd/mine', content: 'mine' }, share: 1 },
  { name: 'file_edit', args: { path: 'd/secret', old_text: 'side', new_text: 'side' }, share: 1 },
]
const ROUND = CALLS.flatMap(({ share, ...call }) => Array.from({ length: share }, () => call))

/** Runs `count` calls, some side by side, while `d` is flipped; says how many came inside and how many were refused. */
async function callsWhileFlipping(confinement: 'anchored' | 'checked', count: number) {
  const { root, outside, untouched } = hostPlace()
  mkdirSync(join(root, 'd'))
  writeFileSync(join(root, 'd', 'secret'), 'inside')
  const workspace = confinedWorkspace({ root }, confinement)
  onTestFinished(() => workspace.close())
  const registry = createRegistry(workspaceTools(workspace))
  const ready = ROUND.map(({ name, args }) => prepare(registry, { name, argsText: JSON.stringify(args) }))
  const end = flipping(root, outside)

  const outcomes = { ok: 0, error: 0, interrupted: 0 }
  const said = new Set<string>()
  let begun = 0
  const lane = async () => {
    while (begun < count) {
      const call = ready[begun++ % ready.length]
      if (call?.type !== 'ready') throw new Error('a call was refused before it ran')
      const ended = await runTool(call, testContext(), { blobs: noBlobs, world: systemWorld() })
      if (ended.outcome === 'asking') throw new Error('a file tool asks')
      outcomes[ended.outcome]++
      for (const part of ended.parts) if (part.type === 'text') said.add(part.text)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  await end()
  return { root, outcomes, said: [...said], untouched: untouched() }
}

it('a directory that turns into a link and back through 100,000 calls lets no byte outside be read or written', {
  timeout: 180_000,
}, async (context) => {
  if (process.platform !== 'linux') context.skip('only on Linux: elsewhere confinement is checked, not anchored')
  const { root, outcomes, said, untouched } = await callsWhileFlipping('anchored', 100_000)
  // The secret outside is OUTSIDE, of 7 bytes; that of the same name inside has 6.
  expect(said.filter((text) => /OUTSIDE|secret \(7 bytes\)/.test(text))).toEqual([])
  expect(untouched).toBe(true)
  // Or nothing was flipped in time, and the test would say nothing.
  expect(outcomes.ok).toBeGreaterThan(1_000)
  expect(outcomes.error).toBeGreaterThan(1_000)
  expect(said.filter((text) => /^The tool failed/.test(text))).toEqual([])
  expect(readdirSync(join(root, 'd')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(existsSync(join(root, 'd', 'secret'))).toBe(true)
})

it('where confinement is only checked, each call still ends in its result or a refusal', async (context) => {
  if (process.platform !== 'linux') context.skip('only on Linux: links are flipped through /proc')
  const { outcomes, said } = await callsWhileFlipping('checked', 2_000)
  expect(outcomes.ok + outcomes.error).toBe(2_000)
  expect(outcomes.error).toBeGreaterThan(100)
  expect(said.filter((text) => /^The tool failed|The system failed/.test(text))).toEqual([])
})
