import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { keptHistory } from '../src/face/history.js'

const places: string[] = []
afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true })
})
function placed() {
  const place = mkdtempSync(join(tmpdir(), 'nacre-history-'))
  places.push(place)
  return join(place, 'history')
}

test('what was sent is there for the next terminal, in a file of its owner alone; what another has cut is not', async () => {
  const path = placed()
  expect(await keptHistory(path).load()).toEqual([])
  await keptHistory(path).add('one\nline')
  await keptHistory(path).add('two')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  writeFileSync(path, '{"cut\n', { flag: 'a' })
  expect(await keptHistory(path).load()).toEqual(['one\nline', 'two'])
})

test('one that could not be kept is said to be, and the next one is kept', async () => {
  const path = placed()
  mkdirSync(path)
  const history = keptHistory(path)
  await expect(history.add('lost')).rejects.toThrow('EISDIR')
  rmSync(path, { recursive: true })
  await history.add('kept')
  expect(await history.load()).toEqual(['kept'])
})
