import type { World } from '@nacre/types'

/** Waits for `work` at most `ms`. The caller still owns the work's end. */
export async function within<T>(world: World, ms: number, work: Promise<T>): Promise<T | 'timeout'> {
  const stop = new AbortController()
  try {
    return await Promise.race([work, world.sleep(ms, stop.signal).then(() => 'timeout' as const)])
  } finally {
    stop.abort()
  }
}
