import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { withLock } from '../lib/lock.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'nacre lock '))
after(() => rmSync(scratch, { recursive: true, force: true }))

test('six processes under one lock never work side by side', async () => {
  const dir = join(scratch, 'lock')
  const record = join(scratch, 'record')
  writeFileSync(record, '')
  const program = `
    import { appendFileSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(new URL('../lib/lock.mjs', import.meta.url).href)}
    await withLock(${JSON.stringify(dir)}, async () => {
      appendFileSync(${JSON.stringify(record)}, '(')
      await new Promise((resolve) => setTimeout(resolve, 20))
      appendFileSync(${JSON.stringify(record)}, ')')
    })`
  await Promise.all(Array.from({ length: 6 }, () => run(program)))
  assert.equal(readFileSync(record, 'utf8'), '()'.repeat(6))
  assert.deepEqual(readdirSync(dir), [])
})

test('a lock left by a process that died is taken over', async () => {
  const dir = join(scratch, 'stale')
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.once('exit', resolve))
  mkdirSync(dir)
  writeFileSync(join(dir, `${hostname().replace(/[^A-Za-z0-9-]/g, '-')}.${dead.pid}.abc`), '')
  assert.equal(await withLock(dir, async () => 'done'), 'done')
})

test('work that throws gives the lock back', async () => {
  const dir = join(scratch, 'thrown')
  await assert.rejects(withLock(dir, () => Promise.reject(new Error('x'))))
  assert.deepEqual(readdirSync(dir), [])
})

function run(program) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  return new Promise((resolve) => child.once('exit', resolve))
}
