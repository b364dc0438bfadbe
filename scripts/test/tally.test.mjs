import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addUp, isGreen, lastLine } from '../lib/tally.mjs'

const skipped = [
  { name: 'a', reason: 'needs tmux: not found' },
  { name: 'b', reason: 'only on macOS' },
]
const tallies = [
  { passed: 2, failed: 0, skipped },
  { passed: 1, failed: 0, skipped: [] },
]

test('a skip that names a need is a failure in CI, and a skip elsewhere', () => {
  assert.equal(lastLine(addUp(tallies, { ci: false })), '3 passed, 0 failed, 2 skipped')
  assert.equal(lastLine(addUp(tallies, { ci: true })), '3 passed, 1 failed, 1 skipped')
})

test('a run in which nothing ran is red', () => {
  assert.equal(isGreen(addUp([], { ci: false })), false)
  assert.equal(isGreen(addUp(tallies, { ci: false })), true)
  assert.equal(isGreen(addUp(tallies, { ci: true })), false)
})
