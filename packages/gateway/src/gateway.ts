import {
  type AgentSummary,
  type Allowance,
  Fault,
  type Isolation,
  type Log,
  type ModelSummary,
  PROTOCOL_LIMITS,
  type UserId,
  type World,
} from '@nacre/types'
import { createBudget } from './budget.js'
import type { Connection } from './connection.js'
import { type Address, type Endpoint, type Listener, listen } from './listen.js'
import { measureLoopDelay } from './loop-delay.js'
import { servePeer } from './peer.js'

export type GatewayLimits = {
  /** What may be on its way to one client. */
  readonly bufferedBytes: number
  /** What may be on its way to all of them: where they are many, each may hold only its share. */
  readonly bufferedTotalBytes: number
  /** How long a stored event may wait for room before its subscription ends with `resync_required`. */
  readonly stallMs: number
  /** Of blobs that all clients together are sending or fetching, in memory. */
  readonly blobTotalBytes: number
  /** Sessions that one connection follows. */
  readonly subscriptions: number
  /** Connections of one listener; who comes beyond is told 503. */
  readonly connections: number
  /** Sessions of the user; beyond it none is created. */
  readonly sessions: number
  /** `/readyz` says 503 above it. */
  readonly loopDelayMs: number
}

export type GatewayOptions = {
  readonly log: Log
  readonly world: World
  /** The one person whose sessions are served. */
  readonly user: UserId
  /** The secret of this launch, known to that person's clients alone. */
  readonly token: string
  /** Name and version, as the hello says it. */
  readonly server: string
  readonly isolation: Isolation
  readonly model: string
  readonly workspace: string
  /** The agents that a session may have. `default` is one of them, though it is not named. */
  readonly agents?: readonly AgentSummary[]
  /** The models that may be selected. None by default. */
  readonly models?: readonly ModelSummary[]
  /** What the user may spend in a day, if that is limited. */
  readonly day?: Allowance
  /** Pages and names that are let in beside the listener's own names. None by default. */
  readonly allow?: { readonly origins?: readonly string[]; readonly hosts?: readonly string[] }
  readonly limits?: Partial<GatewayLimits>
}

export interface Gateway {
  /** Listens on a unix socket or on loopback. Throws a Fault with the mend where it must not or cannot. */
  listen<E extends Endpoint>(
    endpoint: E,
  ): Promise<Extract<Address, E extends { path: string } ? { path: string } : { url: string }>>
  /** Serves a connection that was made in another way, such as one end of an in-memory pair. It too must say hello. */
  accept(connection: Connection): void
  /** Tells every client, ends every connection and removes the sockets. The log stays open: it is not the gateway's. */
  close(): Promise<void>
}

export const LIMITS: GatewayLimits = {
  bufferedBytes: 4 * 1024 * 1024,
  bufferedTotalBytes: 64 * 1024 * 1024,
  stallMs: 10_000,
  blobTotalBytes: 64 * 1024 * 1024,
  subscriptions: 64,
  connections: 1024,
  sessions: 10_000,
  loopDelayMs: 500,
}

/** An empty token file must not mean that everybody is let in. */
const TOKEN_CHARS = 16
const weakToken = () =>
  new Fault('invalid_input', `A gateway's token has at least ${TOKEN_CHARS} characters.`, {
    mend: 'Make a random one at each start: crypto.randomBytes(32).toString("hex").',
  })

/** One user's sessions over any number of listeners and connections. Its only state is who is connected. */
export function createGateway(options: GatewayOptions): Gateway {
  const { world, allow, token } = options
  if (token.length < TOKEN_CHARS) throw weakToken()
  const limits = { ...LIMITS, ...options.limits }
  const stop = new AbortController()
  const listeners = new Set<Listener>()
  const peers = new Set<Promise<void>>()
  const loop = measureLoopDelay()
  const budgetBytes = () => Math.min(limits.bufferedBytes, limits.bufferedTotalBytes / Math.max(1, peers.size))
  const blobs = createBudget(limits.blobTotalBytes)
  const peerOptions = { ...toPeerOptions(options, limits, loop.read), budgetBytes, blobs }
  let closing: Promise<void> | undefined

  const serve = (connection: Connection, onTrusted: () => void) => {
    const peer = servePeer(connection, { ...peerOptions, onTrusted }, stop.signal).finally(() => peers.delete(peer))
    peers.add(peer)
  }
  const readiness = () => {
    const event_loop_delay_ms = loop.read()
    return { ready: event_loop_delay_ms <= limits.loopDelayMs && !stop.signal.aborted, event_loop_delay_ms }
  }
  const close = async () => {
    stop.abort()
    await Promise.all(peers)
    await Promise.all([...listeners].map((listener) => listener.close()))
    loop.close()
  }

  return {
    async listen(endpoint) {
      const listener = await listen(endpoint, {
        world,
        allow: { origins: allow?.origins ?? [], hosts: allow?.hosts ?? [] },
        connections: limits.connections,
        pingMs: PROTOCOL_LIMITS.pingMs,
        onConnection: serve,
        readiness,
      })
      listeners.add(listener)
      if (!stop.signal.aborted) return listener.address as never
      await listener.close()
      throw new Fault('closed', 'The gateway is closed.')
    },
    accept: (connection) => serve(connection, () => undefined),
    close: () => (closing ??= close()),
  }
}

const toPeerOptions = (
  { log, world, user, token, agents = [], models = [], day = {}, ...facts }: GatewayOptions,
  limits: GatewayLimits,
  loopDelayMs: () => number,
) => ({
  world,
  token,
  limits,
  context: {
    log,
    user,
    now: world.now,
    facts: {
      server: facts.server,
      isolation: facts.isolation,
      model: facts.model,
      workspace: facts.workspace,
      agents: [...new Set(['default', ...agents.map(({ name }) => name)])],
    },
    offers: { agents, models, day },
    maxSessions: limits.sessions,
    loopDelayMs,
  },
})
