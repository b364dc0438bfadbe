import { expect, it } from 'vitest'
import { measureLoopDelay } from '../src/loop-delay.ts'

const turns = () => new Promise<void>((resolve) => setTimeout(resolve, 60))
const block = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
}

it('a delay is forgotten ten seconds later, whatever a clock on the wall says meanwhile', async () => {
  let monotonic = 1_000_000
  // A clock that is set back by a year: only time that never goes back ends a window.
  const loop = measureLoopDelay(() => monotonic)
  await turns()
  block(400)
  await turns()
  expect(loop.read()).toBeGreaterThan(200)
  monotonic += 9_999
  expect(loop.read()).toBeGreaterThan(200)
  monotonic += 1
  loop.read()
  await turns()
  expect(loop.read()).toBeLessThan(200)
  loop.close()
})
