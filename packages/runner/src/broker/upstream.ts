import type { Agent, IncomingMessage } from 'node:http'
import type { World } from '@nacre/types'

type Outgoing = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly signal: AbortSignal
}

/** The way to upstreams: connections are kept for the next request. */
export type Upstreams = {
  /** Resolves with the answer's beginning; rejects where there is none. The signal ends both. */
  post(target: string, outgoing: Outgoing): Promise<IncomingMessage>
  close(): void
}

const CONNECT_MS = 15_000
/** Many servers close an idle connection after 5 s: ours has to go first. */
const IDLE_MS = 4000

/**
 * By Node's own client, for undici would weigh 12 MB in a process that mostly waits. Only the connection has a clock: the
 * guest's own decide how long a model may think. No redirect is followed, and no proxy of the environment is used.
 */
export function createUpstreams(world: World): Upstreams {
  const agents = new Map<string, Agent>()
  const clientFor = (protocol: string) => {
    // Not by import, see docs/decisions/light.md; TLS only where it is needed.
    const client = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
    const agent = agents.get(protocol) ?? new client.Agent({ keepAlive: true, timeout: IDLE_MS })
    agents.set(protocol, agent)
    return { request: client.request, agent }
  }
  return {
    post: (target, { headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const url = new URL(target)
        const { request, agent } = clientFor(url.protocol)
        const outgoing = request(url, { method: 'POST', headers, agent, signal })
        const waiting = new AbortController()
        const connected = () => waiting.abort()
        void world.sleep(CONNECT_MS, waiting.signal).then(() => {
          if (!waiting.signal.aborted) outgoing.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`))
        })
        outgoing.once('socket', (socket) => {
          if (outgoing.reusedSocket) connected()
          else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected)
        })
        outgoing.once('close', connected)
        outgoing.on('error', reject)
        outgoing.once('response', (answer) => {
          // One that breaks off while nobody reads it must not end the process.
          answer.on('error', () => undefined)
          resolve(answer)
        })
        outgoing.end(body)
      }),
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}
