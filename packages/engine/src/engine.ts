import { fold, type SessionState, sessionOf } from '@nacre/session'
import { Fault, type Log, type Seq, type StreamName, streamName, type UserId, type World } from '@nacre/types'
import { createAlarm } from './alarm.js'
import { type Lease, type Leases, lockedLog } from './lease.js'
import { type DayBudget, openLedger } from './ledger.js'
import type { AgentOf, DrivePorts, Effector, FailedTurn } from './ports.js'
import { beginningOf } from './stream.js'
import { readAfter } from './write.js'

export type EngineOptions = {
  readonly log: Log
  readonly world: World
  readonly user: UserId
  /** A session whose agent there is none of is not driven, and says so. */
  readonly agentOf: AgentOf
  readonly effectors?: readonly Effector[]
  readonly leases?: Leases
  /** What the user may spend in a day; without it only the agent's own limits hold. */
  readonly budget?: DayBudget
  /** Turns at once; waiting ones do not count. */
  readonly concurrentTurns?: number
  /** Told in words of what failed, such as a session that could not be driven; it is tried again with growing pauses. */
  readonly onError?: (what: string, error: unknown) => void
  /** Told of each turn that ended `failed`. */
  readonly onFailedTurn?: (failed: FailedTurn) => void
}

export interface Engine {
  /** Lets running turns go on for `graceMs`, then abandons them: the next start settles them. */
  close(graceMs?: number): Promise<void>
}

const CONCURRENT_TURNS = 10
const LEASE_RETRY_MS = 500
const BACKOFF_MS = { first: 250, most: 30_000 }
const CACHED_STATES = 64

/** Follows the feed of a user's sessions and drives those that have work. */
export function startEngine(options: EngineOptions): Engine {
  const { log, world, user, leases = lockedLog, onError, onFailedTurn } = options
  const ledger = openLedger(log, world, user, options.budget)
  const { agentOf, effectors = [] } = options
  const ports: DrivePorts = {
    log,
    world,
    user,
    agentOf,
    effectors,
    ledger,
    engine: world.id(),
    ...(onFailedTurn && { onFailedTurn }),
  }
  const stop = new AbortController()
  const abandon = new AbortController()
  const signals = { stop: stop.signal, abandon: abandon.signal }
  const driving = new Map<StreamName, { newest: Seq; done: Promise<void> }>()
  const states = new Map<StreamName, SessionState>()
  const slots = createSlots(options.concurrentTurns ?? CONCURRENT_TURNS)
  /** Loaded with the first turn: an engine with nothing to do needs none of what drives one. */
  let driver: Promise<typeof import('./drive.js')> | undefined

  const remember = (stream: StreamName, state: SessionState) => {
    states.delete(stream)
    if (state.deleted) return // What it said is not kept here either.
    states.set(stream, state)
    const oldest = states.keys().next().value
    if (states.size > CACHED_STATES && oldest !== undefined) states.delete(oldest)
  }

  const once = async (stream: StreamName): Promise<'again later' | 'done' | 'deleted'> => {
    await slots.take()
    let lease: Lease | undefined
    try {
      if (stop.signal.aborted) return 'done' // A drain begins nothing new.
      lease = await leases.take(stream)
      if (lease === undefined) return 'again later'
      driver ??= import('./drive.js')
      const { drive } = await driver
      const [end, state] = await drive(stream, states.get(stream) ?? (await beginningOf(log, stream)), ports, signals)
      remember(stream, state)
      // Who has lost a session knows too little of it to settle what others granted.
      if (end !== 'lost') await ledger.settle(sessionOf(stream), state)
      if (state.deleted) return 'deleted'
      return end === 'lost' ? 'again later' : 'done'
    } finally {
      slots.free()
      await lease?.release()
    }
  }

  const keepDriving = async (stream: StreamName): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted; ) {
      try {
        const end = await once(stream)
        failures = 0
        if (end === 'again later') await world.sleep(LEASE_RETRY_MS, stop.signal)
        else if (end === 'deleted' || (driving.get(stream)?.newest ?? 0) <= (states.get(stream)?.seq ?? 0)) break
      } catch (error) {
        onError?.(`driving ${stream}`, error)
        states.delete(stream)
        await world.sleep(Math.min(BACKOFF_MS.first * 2 ** failures++, BACKOFF_MS.most), stop.signal)
      }
    }
    // In the same tick as the check above: a head that comes later must find nobody driving.
    driving.delete(stream)
  }

  /** Slices that a crash left between the end of their turns and their settling. */
  const settleAll = async () => {
    for (const session of await ledger.unsettled()) {
      if (stop.signal.aborted) return
      await ledger.settle(session, fold(await readAfter(log, streamName(user, session), 0)))
    }
  }

  const begin = (stream: StreamName, newest: Seq) => {
    const done = Promise.resolve().then(() => keepDriving(stream))
    driving.set(stream, { newest, done })
  }

  const alarm = createAlarm<StreamName>(world, stop.signal, (stream) => {
    // A drive may have looked at the clock just before, and be about to end.
    if (driving.has(stream)) alarm.set(stream, world.now() + LEASE_RETRY_MS)
    else begin(stream, 0)
  })

  const followFeed = async () => {
    for await (const head of log.feed(`${user}/`, { from: 0, signal: stop.signal, openWork: true })) {
      alarm.set(head.stream, head.wakeAt)
      if (head.deleted) states.delete(head.stream)
      const entry = driving.get(head.stream)
      if (entry) entry.newest = head.seq
      else if (head.openWork) begin(head.stream, head.seq)
    }
  }

  /** Does it again after a failure, with growing pauses, until the engine stops or the log is closed under it. */
  const persist = async (what: string, work: () => Promise<void>) => {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      try {
        return await work()
      } catch (error) {
        onError?.(what, error)
        if (error instanceof Fault && error.code === 'closed') return
        await world.sleep(Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.most), stop.signal)
      }
    }
  }
  const running = Promise.all([
    persist('following the feed of sessions', followFeed),
    persist('settling the ledger', settleAll),
  ])

  return {
    async close(graceMs = 0) {
      stop.abort()
      const all = Promise.all([...driving.values()].map((entry) => entry.done))
      const ended = new AbortController()
      const grace = world.sleep(graceMs, ended.signal)
      if (graceMs > 0) await Promise.race([all, grace])
      ended.abort() // Or the clock would keep a process alive that has nothing left to do.
      abandon.abort()
      await all
      await running
      await alarm.done
    },
  }
}

/** A counting semaphore, first come first served. */
function createSlots(count: number) {
  let free = count
  const waiting: (() => void)[] = []
  return {
    take: async () => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    free: () => {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}
