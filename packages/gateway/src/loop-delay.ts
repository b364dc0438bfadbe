import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const WINDOW_MS = 10_000

/** How late the event loop is: the 99th percentile, in milliseconds, since the last look but at least of some seconds. */
export function measureLoopDelay(windowMs = WINDOW_MS) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()

  return {
    read(): number {
      // The histogram counts its own period in, and has no values before the first one.
      const delay = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6 - RESOLUTION_MS
      // Its own samples tell the time: a clock on the wall may be set back, and a late value would then stay.
      if (histogram.count * RESOLUTION_MS >= windowMs) histogram.reset()
      return Math.max(0, Math.round(delay * 100) / 100)
    },
    close: () => void histogram.disable(),
  }
}
