import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '@nacre/engine'
import { systemWorld } from '@nacre/kit'
import { openLog } from '@nacre/log'
import { offline } from '@nacre/providers'
import { type Agent, DEFAULT_LIMITS } from '@nacre/runtime'
import { createRegistry, DEFAULT_POLICY } from '@nacre/tool'
import { type Log, userId } from '@nacre/types'
import type { Bench } from '../bench.ts'
import { storeSessions } from '../daemon/stored-sessions.ts'
import { limited, median } from '../numbers.ts'

const SESSIONS = 1000
const ROUNDS = 3

export const recovery: Bench = {
  name: 'recovery',
  title: 'Recovering after a crash',
  note: `${SESSIONS} sessions whose engine died in the middle of a model call. From the start of the new engine until it has closed each open step, asked the offline model again and finished each turn, ten at a time, all of it synced. Median of ${ROUNDS}.`,
  async run(say) {
    const samples: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round}`)
      samples.push(await recover())
    }
    return [limited(`${SESSIONS} open sessions`, median(samples) / 1000, ' s', { atMost: 2 })]
  },
}

const AGENT: Agent = {
  prompt: '',
  provider: offline(),
  model: 'offline',
  registry: createRegistry([]),
  policy: DEFAULT_POLICY,
  limits: DEFAULT_LIMITS,
}

async function recover(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
  const path = join(directory, 'log.db')
  try {
    await storeSessions(path, SESSIONS, 'open')
    const world = systemWorld()
    const log = await openLog({ path, now: world.now })
    const started = performance.now()
    const engine = startEngine({ log, world, user: userId('alice'), agentOf: () => AGENT })
    await allDone(log)
    const ms = performance.now() - started
    await engine.close()
    await log.close()
    return ms
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function allDone(log: Log): Promise<void> {
  const stop = new AbortController()
  const open = new Set<string>()
  const seen = new Set<string>()
  for await (const { stream, openWork } of log.feed('alice/', { from: 0, signal: stop.signal })) {
    seen.add(stream)
    if (openWork) open.add(stream)
    else open.delete(stream)
    if (seen.size === SESSIONS && open.size === 0) return
  }
}
