import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { ExecOptions, ExecResult, World } from '@nacre/types'
import { createCapture } from './capture.js'

const QUIET_MS = 100
const DRAIN_MS = 2_000

/** Both streams of a running command, captured. */
export type Output = {
  /** Waits for what is in the pipes; not for somebody who left the session and still holds one. */
  drained(world: Pick<World, 'sleep'>): Promise<void>
  result(): Pick<ExecResult, 'stdout' | 'stderr' | 'droppedBytes'>
}

/** Begins to read; `onFailure` is given what `onOutput` throws. */
export function listen(
  child: ChildProcess,
  limit: number,
  onOutput: ExecOptions['onOutput'],
  onFailure: (error: unknown) => void,
): Output {
  let chunks = 0
  // A throw inside a stream's event would take the process down.
  const show = (name: 'stdout' | 'stderr') => (text: string) => {
    try {
      onOutput?.(name, text)
    } catch (error) {
      onFailure(error)
    }
  }
  const captures = { stdout: createCapture(limit, show('stdout')), stderr: createCapture(limit, show('stderr')) }
  const closed = Promise.all(
    (['stdout', 'stderr'] as const).map((name) =>
      pump(child[name], (bytes) => {
        chunks++
        captures[name].write(bytes)
      }),
    ),
  )
  return {
    async drained(world) {
      const clock = new AbortController()
      for (let waited = 0; waited < DRAIN_MS; waited += QUIET_MS) {
        const before = chunks
        const quiet = world.sleep(QUIET_MS, clock.signal).then(() => 'quiet' as const)
        if ((await Promise.race([closed, quiet])) !== 'quiet' || chunks === before) break
      }
      clock.abort()
    },
    result() {
      const [stdout, stderr] = [captures.stdout.end(), captures.stderr.end()]
      return { stdout: stdout.text, stderr: stderr.text, droppedBytes: stdout.droppedBytes + stderr.droppedBytes }
    },
  }
}

function pump(stream: Readable | null, write: (bytes: Uint8Array) => void): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) return resolve()
    stream.on('data', write)
    stream.on('error', () => undefined)
    stream.once('close', resolve)
  })
}
