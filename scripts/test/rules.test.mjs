import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROOT } from '../lib/root.mjs'
import { arrows } from '../rules/arrows.mjs'
import { fileLength } from '../rules/file-length.mjs'
import { honestTests } from '../rules/honest-tests.mjs'
import { links } from '../rules/links.mjs'
import { names } from '../rules/names.mjs'
import { packageShape } from '../rules/package-shape.mjs'
import { pinnedVersions } from '../rules/pinned-versions.mjs'
import { suppressions } from '../rules/suppressions.mjs'
import { readTree } from '../rules/tree.mjs'

const tree = (parts) => ({ files: [], members: [], manifest: {}, catalog: '', ...parts })
const file = (path, text = '') => tree({ files: [{ path, text }] })
const testFile = (text) => file('packages/a/test/a.test.ts', text)
const member = (dir, manifest) => tree({ members: [{ dir, manifest }] })

test('a file over 500 lines is refused, one over 300 is named, one of 300 passes', () => {
  const lines = (count) => fileLength(file('packages/a/src/a.ts', 'x\n'.repeat(count)))
  assert.equal(lines(501)[0].warning, undefined)
  assert.equal(lines(301)[0].warning, true)
  assert.deepEqual(lines(300), [])
})

test('folders and files without an idea in their name are refused', () => {
  for (const path of [
    'packages/a/src/utils/a.ts',
    'packages/a/src/common/a.ts',
    'scripts/helpers/a.mjs',
    'packages/a/src/utils.ts',
  ]) {
    assert.equal(names(file(path)).length, 1, path)
  }
  assert.deepEqual(names(file('packages/a/src/utility-bill.ts')), [])
})

test('mocks of modules and skips without a reason are refused', () => {
  const refused = [
    "vi.mock('./a.js')",
    "test.skip('a', () => {})",
    "describe.skipIf(x)('a', () => {})",
    "it.concurrent.only('a', () => {})",
    "test.todo('a')",
    'ctx.skip()',
    'ctx.skip(true)',
    'skip()',
  ]
  for (const line of refused) assert.equal(honestTests(testFile(line)).length, 1, line)
  for (const line of ["ctx.skip('needs tmux: not found')", "t.skip(!x, 'only on macOS')", 'log.skip(3)']) {
    assert.deepEqual(honestTests(testFile(line)), [], line)
  }
})

test('what has no exception can not be suppressed', () => {
  const refused = [
    '// biome-ignore lint/suspicious/noExplicitAny: because',
    '// biome-ignore-all lint/style/noDefaultExport: because',
    '/* oxlint-disable */',
    '// @ts-ignore',
  ]
  for (const line of refused) assert.equal(suppressions(file('packages/a/src/a.ts', line)).length, 1, line)
  assert.deepEqual(
    suppressions(file('packages/a/src/a.ts', '// biome-ignore lint/style/noNonNullAssertion: checked')),
    [],
  )
})

test('a version that is not exact is refused, in manifests and in the catalog', () => {
  for (const version of ['^1.2.3', '~1.2.3', '1.x', '*', 'latest', 'workspace:^']) {
    assert.equal(pinnedVersions(member('packages/a', { devDependencies: { x: version } })).length, 1, version)
  }
  for (const version of ['1.2.3', 'catalog:', 'workspace:*']) {
    assert.deepEqual(pinnedVersions(member('packages/a', { dependencies: { x: version } })), [], version)
  }
  assert.equal(
    pinnedVersions(tree({ catalog: "catalog:\n  zod: 4.0.0\n  '@x/ws': ^8.0.0\nallowBuilds:\n  y: false\n" })).length,
    1,
  )
})

test('a package without README, door, tests or description is refused', () => {
  assert.equal(packageShape(member('packages/a', {})).length, 4)
})

test('an arrow that the architecture does not have is refused', () => {
  const knows = (name, dependency) =>
    arrows(member(`packages/${name}`, { dependencies: { [dependency]: 'workspace:*' } }))
  assert.equal(knows('gateway', '@nacre/runtime').length, 1)
  assert.equal(knows('types', '@nacre/kit').length, 1)
  assert.equal(knows('newcomer', '@nacre/kit').length, 1)
  assert.deepEqual(knows('runtime', '@nacre/tool'), [])
})

test('a link that leads nowhere is refused, in a page and to a heading', () => {
  const places = new Set(['docs', 'docs/a.md', 'docs/b.md', 'docs/c.svg', 'README.md'])
  const b = { path: 'docs/b.md', text: '# The `b` page, v2\n\n## Ends\n\n## Ends\n\n```sh\n# no heading\n```\n' }
  const wrong = (text) => links({ places, pages: [b, { path: 'docs/a.md', text }] })
  for (const link of ['c.md', '../b.md', '../../x.md', '#nowhere', 'b.md#no-heading', 'b.md#ends-2', 'c.svg#x']) {
    assert.equal(wrong(`\n[x](${link})`)[0]?.line, 2, link)
  }
  assert.equal(wrong('<img src="d.svg">').length, 1)
  const fine = ['b.md', './b.md#the-b-page-v2', 'b.md#ends-1', '../README.md', '../docs', 'https://x.example/c.md']
  for (const link of fine) assert.deepEqual(wrong(`![x](c.svg) [x](${link} "title")`), [], link)
  assert.deepEqual(wrong('```md\n[x](c.md)\n```\n`[x](c.md)`'), [])
})

test('the tree that is judged holds the sources and nothing that is built', () => {
  const paths = readTree(ROOT).files.map(({ path }) => path)
  assert.ok(paths.includes('packages/types/src/index.ts'))
  assert.ok(paths.includes('scripts/rules.mjs'))
  assert.ok(!paths.some((path) => /(?:node_modules|dist)\//.test(path)))
  const { pages, places } = readTree(ROOT)
  for (const path of ['README.md', 'docs/cli.md', 'packages/kit/README.md'])
    assert.ok(
      pages.some((page) => page.path === path),
      path,
    )
  assert.ok(places.has('docs') && places.has('docs/concepts.svg') && places.has('LICENSE'))
})
