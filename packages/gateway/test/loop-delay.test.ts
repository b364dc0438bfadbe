import { expect, it, vi } from 'vitest'
import { measureLoopDelay } from '../src/loop-delay.ts'

const WINDOW_MS = 500
const block = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
}

it('a delay is kept for a window and then forgotten, whatever a clock on the wall says', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(0)
  const loop = measureLoopDelay(WINDOW_MS)
  await vi.waitFor(
    () => {
      block(300)
      expect(loop.read()).toBeGreaterThan(200)
    },
    { interval: 60 },
  )
  expect(loop.read()).toBeGreaterThan(200)
  await vi.waitFor(() => expect(loop.read()).toBeLessThan(200), { timeout: 10_000, interval: 50 })
  loop.close()
  clock.mockRestore()
})
