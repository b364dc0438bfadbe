import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { openLog } from '@nacre/log'
import type { NewSessionEvent } from '@nacre/session'
import { inputId, sessionId, stepId, streamName, turnId, userId } from '@nacre/types'

const USER = userId('alice')
const AT_ONCE = 64

/** `idle` ones have had a turn; `open` ones were in the middle of a model call when their engine died. */
export type Kind = 'idle' | 'open'

/** Every id begins in its own way, as random ones do. */
export const storedId = (n: number) => sessionId(`${(n * 7919).toString(36).padStart(6, '0')}-bench`)

/** Writes `count` sessions into the log at `path`, which nobody may hold. */
export async function storeSessions(path: string, count: number, kind: Kind): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const log = await openLog({ path, now: Date.now })
  for (let n = 0; n < count; n += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, k) => n + k)
    await Promise.all(batch.map((at) => log.append(streamName(USER, storedId(at)), history(at, kind))))
  }
  await log.close()
}

function history(n: number, kind: Kind): readonly NewSessionEvent[] {
  const [input, turn] = [inputId(`input-${n}`), turnId(`input-${n}`)]
  const step = stepId(`${turn}.1`)
  const text = `Question ${n}: what does the boat need before the season begins?`
  const begun: NewSessionEvent[] = [
    { type: 'session.created', title: '', agent: 'default' },
    { type: 'turn.queued', input, parts: [{ type: 'text', text }], mode: 'queue', by: 'bench' },
    { type: 'session.claimed', epoch: 1, engine: 'bench' },
    { type: 'turn.started', turn },
    { type: 'step.started', turn, step, inputs: [input], provider: 'offline', model: 'offline' },
  ]
  if (kind === 'open') return begun
  return [
    ...begun,
    {
      type: 'step.finished',
      step,
      outcome: 'completed',
      parts: [{ type: 'text', text: 'A new rope, oars, and two coats of paint on the hull. '.repeat(8) }],
      stop: 'stop',
      usage: { inputTokens: 420, outputTokens: 96 },
    },
    { type: 'turn.finished', turn, outcome: 'completed' },
  ]
}
