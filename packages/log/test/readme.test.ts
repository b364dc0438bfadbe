import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))

test('the example of the README runs as it stands', () => {
  const example = /```ts\n(.*?)```/s.exec(readFileSync(`${home}/README.md`, 'utf8'))?.[1]
  expect(example).toContain('openLog')
  execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', example ?? ''], { cwd: home })
})

test('memoryLog is there without vitest', () => {
  const program = `import { memoryLog } from '@nacre/log/testing'; await memoryLog({ now: () => 0 }).close(); console.log('fine')`
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: home,
    encoding: 'utf8',
  })
  expect(told).toBe('fine\n')
})
