import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the example of the README runs and asserts', () => {
  const home = new URL('..', import.meta.url)
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(new URL('README.md', home), 'utf8'))?.[1] ?? ''
  expect(example).toContain('assert')
  execFileSync(
    process.execPath,
    ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning', '-e', example],
    { cwd: home },
  )
})
