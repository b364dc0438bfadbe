import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Client } from '@nacre/client'
import type { Bench } from '../bench.ts'
import { digits, limited } from '../numbers.ts'
import { residentOf } from './memory.ts'
import { type Daemon, makePlace } from './place.ts'

const SESSIONS = 100
const CLIENTS = 4
/** The daemon's own histogram begins anew when it is asked after so long. */
const WINDOW_MS = 11_000
const LOOK_MS = 200

export const crowd: Bench = {
  name: 'crowd',
  title: `${SESSIONS} sessions streaming at once`,
  note: `Each session has a turn whose answer comes from a vendor in another process, through the broker, at twenty words a second; ${CLIENTS} clients follow them all. For ${WINDOW_MS / 1000} s, once all have begun: the most that supervisor and guest hold together, and the guest’s event-loop delay as its \`health\` gives it. The clients run on the same cores.`,
  async run(say) {
    const vendor = fork(fileURLToPath(new URL('./slow-vendor.ts', import.meta.url)))
    const [url] = (await once(vendor, 'message')) as [string]
    using place = makePlace(configOf(url))
    const daemon = await place.start()
    const clients = Array.from({ length: CLIENTS }, () => daemon.client())
    const stop = new AbortController()
    try {
      say('beginning')
      const watches = await Promise.all(
        Array.from({ length: SESSIONS }, (_, n) => begin(clients[n % CLIENTS] as Client, stop.signal)),
      )
      say('streaming')
      const before = watches.map(({ words }) => words())
      const { peakMb, delayMs } = await observe(daemon, clients[0] as Client)
      const slowest = Math.min(...watches.map(({ words }, n) => words() - (before[n] ?? 0)))
      return [
        limited('supervisor and guest, at most', peakMb, ' MB', { atMost: 350 }),
        limited('event-loop delay of the guest, p99', delayMs, ' ms', { atMost: 20 }),
        { what: 'words a second in the slowest session', value: digits(slowest / (WINDOW_MS / 1000)) },
      ]
    } finally {
      stop.abort()
      await Promise.all(clients.map((client) => client.close()))
      await daemon.stop()
      vendor.disconnect()
    }
  },
}

const configOf = (baseUrl: string) => ({
  'providers.toml': `[providers.registry.slow]\nprovider_type = "openai"\nbase_url = "${baseUrl}/v1"\n`,
  'agent.toml': [
    '[selection]\nprovider = "slow"\nmodel = "slow"\n',
    `[gateway]\nmax_concurrent_turns_per_user = ${SESSIONS}\n`,
  ].join('\n'),
})

/** Resolves when the session's answer has begun to come. */
async function begin(client: Client, signal: AbortSignal): Promise<{ words: () => number }> {
  const { session } = await client.createSession()
  const begun = Promise.withResolvers<void>()
  let words = 0
  const follow = async () => {
    for await (const item of client.watch(session, { after: 0, signal })) {
      if (item.kind !== 'transient' || item.event.type !== 'text.delta') continue
      words += String(Reflect.get(item.event, 'text')).split(' ').length - 1
      begun.resolve()
    }
  }
  follow().catch((error: unknown) => begun.reject(error))
  await client.send(session, 'Go on.')
  await begun.promise
  return { words: () => words }
}

async function observe(daemon: Daemon, client: Client): Promise<{ peakMb: number; delayMs: number }> {
  await client.request('health', {})
  let peakMb = 0
  for (const until = performance.now() + WINDOW_MS; performance.now() < until; await pause(LOOK_MS))
    peakMb = Math.max(peakMb, residentOf(daemon))
  const { event_loop_delay_ms: delayMs } = await client.request('health', {})
  return { peakMb, delayMs }
}
