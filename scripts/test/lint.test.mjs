import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../lib/root.mjs'

// Seeds one bug per rule of biome.json and reads back which were seen, so that a rule that dies in an update is noticed.
const SEEDED = {
  'packages/a/package.json': '{ "name": "a", "dependencies": {} }',
  'packages/a/src/cycle.ts': "import { seven } from './sins.js'\n\nexport const six = () => seven() - 1\n",
  'packages/a/src/sins.ts': `
import { randomUUID } from 'node:crypto'
import 'undeclared'
import { six } from './cycle.js'
export * from './cycle.js'
export const seven = (): any => six() + 1
export const a = Date.now()
export const b = Math.random()
export const c = randomUUID()
export const d = process.env['D']
export const e = process.argv[2]
export const f = new Date()
export default a
`,
  'packages/runner/src/edge.ts': 'export const runnerMay = process.argv\n',
}

test('biome sees every seeded bug, and lets the runner read the world', async () => {
  const messages = await lint(SEEDED)
  const counts = (category) => messages.filter((it) => it.category === category).length
  for (const rule of ['suspicious/noExplicitAny', 'style/noDefaultExport', 'performance/noReExportAll']) {
    assert.equal(counts(`lint/${rule}`), 1, rule)
  }
  assert.equal(counts('lint/correctness/noUndeclaredDependencies'), 1)
  assert.ok(counts('lint/suspicious/noImportCycles') >= 1)
  // Six readings and the import of randomUUID.
  assert.equal(counts('plugin'), 7)
  assert.deepEqual(
    messages.filter((it) => JSON.stringify(it.location).includes('runner')),
    [],
  )
})

async function lint(files) {
  const dir = await mkdtemp(join(tmpdir(), 'nacre-lint-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), text)
    }
    await cp(join(ROOT, 'scripts', 'rules'), join(dir, 'scripts', 'rules'), { recursive: true })
    await cp(join(ROOT, 'biome.json'), join(dir, 'biome.json'))
    const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
    const args = [
      'lint',
      '--vcs-enabled=false',
      '--reporter=json',
      '--reporter-file',
      join(dir, 'report.json'),
      'packages',
    ]
    await new Promise((resolve) => execFile(process.execPath, [biome, ...args], { cwd: dir }, resolve))
    return JSON.parse(await readFile(join(dir, 'report.json'), 'utf8')).diagnostics
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
