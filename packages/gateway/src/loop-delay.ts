import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const WINDOW_MS = 10_000

/** How late the event loop is: the 99th percentile, in milliseconds, since the last look but at least of some seconds. */
export function measureLoopDelay(monotonic: () => number = () => performance.now()) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let since = monotonic()

  return {
    read(): number {
      // The histogram counts its own period in, and has no values before the first one.
      const delay = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6 - RESOLUTION_MS
      if (monotonic() - since >= WINDOW_MS) {
        histogram.reset()
        since = monotonic()
      }
      return Math.max(0, Math.round(delay * 100) / 100)
    },
    close: () => void histogram.disable(),
  }
}
