import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))

test('memoryLog is there without vitest', () => {
  const program = `import { memoryLog } from '@nacre/log/testing'; await memoryLog({ now: () => 0 }).close(); console.log('fine')`
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: home,
    encoding: 'utf8',
  })
  expect(told).toBe('fine\n')
})
