import { expect, test } from 'vitest'
import { makePlace } from './place.js'

test('--tui --plain answers through pipes, in text and nothing else, and waits for the last answer', async () => {
  await using place = makePlace()
  await place.run('start', '--detach')
  const { code, stdout, stderr } = await place.runWith('help\nwrite hello to new.md\n', '--tui', '--plain')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).not.toContain('\u001b')
  expect(stdout).toContain('› write hello to new.md')
  expect(stdout).toContain('Done: 1 tool call.')
})
