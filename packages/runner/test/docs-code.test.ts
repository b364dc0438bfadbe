import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { directoryOf, pageText } from './doc-page.js'

/** A name alone lies beside the file before it. */
function pathsIn(row: string): readonly string[] {
  const paths: string[] = []
  for (const [, name = ''] of row.matchAll(/`([\w./-]+(?:\.ts|\/))`/gu))
    paths.push(name.includes('/') ? name : `${paths.at(-1)?.replace(/[^/]*$/u, '')}${name}`)
  return paths
}

test('docs/code.md sends nobody to a file that is not there', () => {
  const paths = pageText('docs/code.md').split('\n').flatMap(pathsIn)
  expect(paths.length).toBeGreaterThan(50)
  const root = directoryOf('docs/').replace(/docs\/$/u, '')
  const missing = paths.filter((path) => !existsSync(`${root}packages/${path}`) && !existsSync(`${root}${path}`))
  expect(missing).toEqual([])
})
