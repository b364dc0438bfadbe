import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${here}README.md`, 'utf8')
const examples = [...readme.matchAll(/```ts\n(.*?)```\n\n```text\n(.*?)```/gs)].map(([, code = '', said = '']) => ({
  code,
  said,
}))

test('every example of the README runs and says what it promises', async () => {
  expect(examples.length).toBeGreaterThanOrEqual(3)
  for (const { code, said } of examples) {
    const flags = ['--input-type=module-typescript', '--no-warnings', '--eval', code]
    expect((await promisify(execFile)(process.execPath, flags, { cwd: here })).stdout).toBe(said)
  }
})
