import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Fault, PROTOCOL_LIMITS, type World } from '@nacre/types'
import type { WebSocketServer } from 'ws'
import type { Connection } from './connection.js'
import { type Allowed, guard } from './guard.js'
import { socketConnection } from './socket.js'
import { claimPath, closeToOthers } from './unix.js'

/** Where to listen. Port 0 takes a free one. */
export type Endpoint = { readonly path: string } | { readonly host: '127.0.0.1' | '::1'; readonly port: number }
/** Where it listens. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number; readonly url: string }

export type ListenOptions = {
  readonly world: World
  readonly allow: Allowed
  readonly connections: number
  readonly pingMs: number
  /** `trusted` is to be called once the client has proved who it is. */
  readonly onConnection: (connection: Connection, trusted: () => void) => void
  readonly readiness: () => { readonly ready: boolean; readonly event_loop_delay_ms: number }
}
export type Listener = { readonly address: Address; close(): Promise<void> }

/** Who was told goodbye and does not answer is cut off: closing must not wait for a stranger. */
const CLOSE_TIMEOUT_MS = 250

export async function listen(endpoint: Endpoint, options: ListenOptions): Promise<Listener> {
  if ('path' in endpoint) await claimPath(endpoint.path)
  else checkLoopback(endpoint.host)
  const { WebSocketServer } = await import('ws')
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: PROTOCOL_LIMITS.frameBytes,
    closeTimeout: CLOSE_TIMEOUT_MS,
    clientTracking: false,
    // The cast is for `closeTimeout`, which @types/ws does not know yet.
  } as ConstructorParameters<typeof WebSocketServer>[0])
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: PROTOCOL_LIMITS.handshakeMs,
    requestTimeout: PROTOCOL_LIMITS.handshakeMs,
    connectionsCheckingInterval: 1000,
    keepAlive: false,
  })
  server.maxConnections = options.connections
  const address = await bind(server, endpoint)
  const allowed = { origins: options.allow.origins, hosts: [...hostsOf(address), ...options.allow.hosts] }
  server.on('request', (request, response) => answer(request, response, allowed, options))
  server.on('upgrade', (request, socket, head) => upgrade({ request, socket, head }, sockets, allowed, options))
  return { address, close: () => close(server) }
}

function checkLoopback(host: string): void {
  if (host === '127.0.0.1' || host === '::1') return
  throw new Fault('denied', `The gateway listens on this machine only, not on ${host}.`, {
    mend: 'Listen on 127.0.0.1, and reach it from elsewhere through ssh -L or a reverse proxy that authenticates.',
  })
}

async function bind(server: Server, endpoint: Endpoint): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindFault(error, endpoint)))
    server.listen(endpoint, resolve)
  })
  if ('path' in endpoint) {
    await closeToOthers(endpoint.path)
    return { path: endpoint.path }
  }
  const { port } = server.address() as AddressInfo
  const { host } = endpoint
  return { host, port, url: `ws://${host === '::1' ? '[::1]' : host}:${port}/ws` }
}

function bindFault(error: NodeJS.ErrnoException, endpoint: Endpoint): Fault {
  const where = 'path' in endpoint ? endpoint.path : `${endpoint.host}:${endpoint.port}`
  const taken = error.code === 'EADDRINUSE'
  return new Fault(taken ? 'busy' : 'unavailable', `Cannot listen on ${where}: ${error.code ?? error.message}`, {
    cause: error,
    ...(taken && { mend: 'Choose another port, or stop the program that has this one.' }),
  })
}

const hostsOf = (address: Address): readonly string[] =>
  'path' in address ? ['localhost', 'nacre'] : ['127.0.0.1', '[::1]', 'localhost'].map((name) => `${name}:${address.port}`)

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

function answer(request: IncomingMessage, response: ServerResponse, allowed: Allowed, { readiness }: ListenOptions): void {
  const say = (status: number, body: object) => {
    const text = `${JSON.stringify(body)}\n`
    response.writeHead(status, { ...HEADERS, 'content-length': Buffer.byteLength(text) }).end(request.method === 'HEAD' ? undefined : text)
  }
  const verdict = guard(request, allowed)
  if (verdict.type === 'refused') return say(verdict.status, { error: verdict.words })
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (reads && request.url === '/healthz') return say(200, { status: 'ok' })
  if (reads && request.url === '/readyz') {
    const { ready, event_loop_delay_ms } = readiness()
    return say(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', event_loop_delay_ms })
  }
  return say(404, { error: 'Nothing is here.' })
}

type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

function upgrade({ request, socket, head }: Upgrade, sockets: WebSocketServer, allowed: Allowed, options: ListenOptions): void {
  socket.on('error', () => socket.destroy())
  const verdict = guard(request, allowed)
  if (verdict.type === 'refused') return turnAway(socket, verdict.status, verdict.words)
  if (request.url !== '/ws') return turnAway(socket, 404, 'Nothing is here.')
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    const trusted = limitBytes(socket as Socket, head.byteLength)
    options.onConnection(socketConnection(webSocket, options), trusted)
  })
}

function turnAway(socket: Duplex, status: number, words: string): void {
  const reason = { 403: 'Forbidden', 404: 'Not Found', 421: 'Misdirected Request' }[status] ?? 'Error'
  const head = `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(words)}\r\n\r\n`
  socket.end(head + words, () => socket.destroy())
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

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
