import { expect, it, vi } from 'vitest'
import { measureLoopDelay } from '../src/loop-delay.ts'

const WINDOW_MS = 500
const block = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
}

it('a delay is kept for a window and then forgotten, whatever a clock on the wall says', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(0)
  const loop = measureLoopDelay(WINDOW_MS)
  // Ten late values: without a new window they would be the last percent of the next twenty seconds.
  for (let late = 0; late < 10; late++) {
    block(150)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  expect(loop.read()).toBeGreaterThan(100)
  await vi.waitFor(() => expect(loop.read()).toBeLessThan(100), { timeout: 8_000, interval: 50 })
  loop.close()
  clock.mockRestore()
})
