import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { productionPackages } from '../lib/production.mjs'
import { ROOT } from '../lib/root.mjs'
import { weigh } from '../lib/weight.mjs'

const made = (count, bytes) => Array.from({ length: count }, (_, n) => ({ name: `p${n}`, version: '1.0.0', bytes }))

test('an install is refused at 40 packages or 60 MB, with the heaviest by name', () => {
  assert.equal(weigh(made(39, 1_000_000)).complaint, undefined)
  assert.match(weigh(made(40, 1)).complaint, /40 packages/)
  assert.match(weigh(made(2, 30_000_000)).complaint, /60\.0 MB.*30\.0 MB {2}p0 1\.0\.0/s)
})

test('an install is what the runner needs to run: no tool of development, every package once', () => {
  const names = productionPackages(join(ROOT, 'packages', 'runner')).map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)])
  for (const name of ['@nacre/runner', '@nacre/log', 'libsql', 'undici', 'zod']) assert.ok(names.includes(name), name)
  for (const name of ['vitest', 'typescript', 'fast-check', '@nacre/toolgen', 'ai'])
    assert.ok(!names.includes(name), name)
})

test('a package counts with its files, and one of the workspace with what it publishes', () => {
  const root = mkdtempSync(join(tmpdir(), 'nacre-weight-'))
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  try {
    const dependencies = { dependencies: { b: '1.0.0' }, optionalDependencies: { elsewhere: '1.0.0' } }
    const a = JSON.stringify({ name: 'a', version: '1.0.0', files: ['dist'], ...dependencies })
    const b = JSON.stringify({ name: 'b', version: '2.0.0' })
    write('a/package.json', a)
    write('a/dist/index.js', 'x'.repeat(100))
    write('a/src/index.ts', 'x'.repeat(1000))
    write('node_modules/.pnpm/b@2.0.0/node_modules/b/package.json', b)
    write('node_modules/.pnpm/b@2.0.0/node_modules/b/deep/b.js', 'x'.repeat(200))
    mkdirSync(join(root, 'a/node_modules'))
    symlinkSync('../../node_modules/.pnpm/b@2.0.0/node_modules/b', join(root, 'a/node_modules/b'))
    assert.deepEqual(productionPackages(join(root, 'a')), [
      { name: 'b', version: '2.0.0', bytes: 200 + b.length },
      { name: 'a', version: '1.0.0', bytes: 100 + a.length },
    ])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
