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
export function createUpgrades(options: UpgradeOptions) {
  let opening: ReturnType<typeof openSockets> | undefined
  let open = 0

  const accept = async ({ request, socket, head }: Upgrade): Promise<void> => {
    const start = (socket as Socket).bytesRead - head.byteLength
    opening ??= openSockets()
    const sockets = await opening
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const trusted = limitBytes(socket as Socket, start)
      options.onConnection(socketConnection(webSocket, socket, options), trusted)
    })
  }
  return (upgrade: Upgrade, allowed: Allowed): void => {
    const { request, socket } = upgrade
    socket.on('error', () => socket.destroy())
    const refused = judge(request, allowed) ?? (open < options.connections ? undefined : FULL)
    if (refused) turnAway(socket, refused)
    else {
      open += 1
      socket.once('close', () => {
        open -= 1
      })
      accept(upgrade).catch(() => socket.destroy())
    }
  }
}

/** `ws` is loaded for the first that comes. */
async function openSockets() {
  const { WebSocketServer } = await import('ws')
  return new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: PROTOCOL_LIMITS.frameBytes,
    closeTimeout: CLOSE_TIMEOUT_MS,
    clientTracking: false,
    // The cast is for `closeTimeout`, which @types/ws does not know yet.
  } as ConstructorParameters<typeof WebSocketServer>[0])
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

/** Counts what has come in since `start`, whatever it is (frames, fragments, pings), until the client is trusted. */
function limitBytes(socket: Socket, start: number): () => void {
  const count = () => {
    if (socket.bytesRead - start > PROTOCOL_LIMITS.handshakeBytes) socket.destroy()
  }
  socket.on('data', count)
  return () => void socket.off('data', count)
}
