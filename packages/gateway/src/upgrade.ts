import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { PROTOCOL_LIMITS, type World } from '@nacre/types'
import type { Connection } from './connection.js'
import { type Allowed, guard } from './guard.js'
import { socketConnection } from './socket.js'

export type UpgradeOptions = {
  readonly world: World
  readonly pingMs: number
  /** How many may be open at once. */
  readonly connections: number
  /** `trusted` is to be called once the client has proved who it is. */
  readonly onConnection: (connection: Connection, trusted: () => void) => void
}
export type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

/** Who was told goodbye and does not answer is cut off: closing must not wait for a stranger. */
const CLOSE_TIMEOUT_MS = 250

/** Makes connections of upgrades that pass the guard. */
export async function createUpgrades(options: UpgradeOptions) {
  const { WebSocketServer } = await import('ws')
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: PROTOCOL_LIMITS.frameBytes,
    closeTimeout: CLOSE_TIMEOUT_MS,
    clientTracking: false,
    // The cast is for `closeTimeout`, which @types/ws does not know yet.
  } as ConstructorParameters<typeof WebSocketServer>[0])

  let open = 0

  return ({ request, socket, head }: Upgrade, allowed: Allowed): void => {
    socket.on('error', () => socket.destroy())
    const refused = judge(request, allowed) ?? (open < options.connections ? undefined : FULL)
    if (refused) turnAway(socket, refused)
    else
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        open += 1
        webSocket.once('close', () => {
          open -= 1
        })
        const trusted = limitBytes(socket as Socket, head.byteLength)
        options.onConnection(socketConnection(webSocket, options), trusted)
      })
  }
}

type Refused = { readonly status: 403 | 404 | 421 | 503; readonly words: string }

function judge(request: IncomingMessage, allowed: Allowed): Refused | undefined {
  const verdict = guard(request, allowed)
  if (verdict.type === 'refused') return verdict
  return request.url === '/ws' ? undefined : { status: 404, words: 'Nothing is here.' }
}

const REASONS = { 403: 'Forbidden', 404: 'Not Found', 421: 'Misdirected Request', 503: 'Service Unavailable' }
const FULL: Refused = { status: 503, words: 'This gateway serves no more clients at once. Close one, or come again.' }

function turnAway(socket: Duplex, { status, words }: Refused): void {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'connection: close',
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(words)}`,
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${words}`, () => socket.destroy())
}

/** Counts what comes in, whatever it is (frames, fragments, pings), until the client is trusted. */
function limitBytes(socket: Socket, already: number): () => void {
  const start = socket.bytesRead - already
  const count = () => {
    if (socket.bytesRead - start > PROTOCOL_LIMITS.handshakeBytes) socket.destroy()
  }
  socket.on('data', count)
  return () => void socket.off('data', count)
}
