import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { blocksOf, directoryOf, pageText } from './doc-page.js'

const PACKAGES = readdirSync(directoryOf('packages/')).toSorted()

/** The pages, and the package whose dependencies their examples have. */
const PAGES = [
  ...PACKAGES.map((name) => ({ page: `packages/${name}/README.md`, from: `packages/${name}/` })),
  { page: 'docs/sdk.md', from: 'packages/runner/' },
]
/** Whose README has none to run here, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  'packages/runner/README.md': 'is typed, not imported: docs-commands.test.ts does it',
  'packages/toolgen/README.md': 'shows a source and what is made of it: its own test makes it',
  'packages/tui/README.md': 'is what the command line does with a terminal; docs/sdk.md has a small one',
}
const FLAGS = ['--input-type=module-typescript', '--no-warnings', '--eval']

describe('the examples of the pages', { timeout: 60_000 }, () => {
  test.each(PAGES.filter(({ page }) => WITHOUT[page] === undefined))(
    'run, and assert: $page',
    async ({ page, from }) => {
      const blocks = blocksOf(pageText(page))
      const examples = blocks.flatMap(({ language, text, line }, at) => {
        const next = blocks[at + 1]
        return language === 'ts' ? [{ code: text, line, says: next?.language === 'text' ? next.text : undefined }] : []
      })
      expect(examples.length).toBeGreaterThan(0)
      for (const { code, line, says } of examples) {
        if (says === undefined) expect(code, `${page}:${line} cannot fail`).toContain('assert')
        const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, code], { cwd: directoryOf(from) })
        if (says !== undefined) expect(stdout, `${page}:${line}`).toBe(says)
      }
    },
  )

  test('are in the README of every package, or it is known why not', () => {
    const readmes = PACKAGES.map((name) => `packages/${name}/README.md`)
    expect(Object.keys(WITHOUT).filter((page) => !readmes.includes(page))).toEqual([])
    for (const page of Object.keys(WITHOUT)) expect(pageText(page)).not.toMatch(/```ts\n[^`]*assert/u)
  })

  test('of the SDK have a section for every package', () => {
    const sections = [...pageText('docs/sdk.md').matchAll(/^## (\w+)$/gmu)].map(([, name]) => name)
    expect(sections.toSorted()).toEqual(PACKAGES)
  })
})
