import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** An answer that is served byte for byte. */
export type ReplayExchange = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** How the body is written: at once, each byte by itself, or cut at these offsets. */
  readonly split?: 'whole' | 'bytes' | readonly number[]
  /** How it ends: as it should, by a reset connection, or never. */
  readonly end?: 'close' | 'reset' | 'stall'
  /** True: not even the status line is sent. */
  readonly silent?: boolean
}

export type ReplayRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The client's port: the same for requests over one connection; 0 over a unix socket. */
  readonly port: number
}

export type ReplayServer = AsyncDisposable & {
  /** `http://127.0.0.1:<port>`; over a unix socket `http://replay`. */
  readonly url: string
  readonly requests: readonly ReplayRequest[]
  /** How many of the answers were broken off by the client. */
  readonly brokenOff: () => number
  close(): Promise<void>
}

/**
 * A local HTTP server that answers the n-th request with the n-th exchange, whatever is asked; one request too many
 * gets status 500 that says so. A function instead of a list chooses by the request.
 */
export async function replayServer(
  exchanges: readonly ReplayExchange[] | ((request: ReplayRequest, n: number) => ReplayExchange),
  options: { socketPath?: string } = {},
): Promise<ReplayServer> {
  const requests: ReplayRequest[] = []
  let brokenOff = 0
  const server = createServer((incoming, outgoing) => {
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) brokenOff++
    })
    // A client that goes away in mid-request gets nothing.
    answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await received(incoming)
    const n = requests.push(request) - 1
    const surplus = { status: 500, body: `replay: request ${n + 1} was not expected` }
    await serve(typeof exchanges === 'function' ? exchanges(request, n) : (exchanges[n] ?? surplus), outgoing)
  }
  await listen(server, options.socketPath)
  const address = server.address()
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    url: typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : 'http://replay',
    requests,
    brokenOff: () => brokenOff,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const listen = (server: Server, socketPath: string | undefined) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (socketPath === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socketPath, resolve)
  })

async function received(incoming: IncomingMessage): Promise<ReplayRequest> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method = '', url = '', headers } = incoming
  return { method, path: url, headers, body: Buffer.concat(chunks).toString(), port: incoming.socket.remotePort ?? 0 }
}

async function serve(exchange: ReplayExchange, outgoing: ServerResponse): Promise<void> {
  if (exchange.silent) return
  outgoing.socket?.setNoDelay(true)
  outgoing.writeHead(exchange.status ?? 200, sendable(exchange.headers ?? {}))
  outgoing.flushHeaders()
  for (const piece of piecesOf(Buffer.from(exchange.body), exchange.split ?? 'whole')) {
    if (outgoing.destroyed) return
    await new Promise<void>((resolve) => outgoing.write(piece, () => resolve()))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (exchange.end === 'reset') outgoing.socket?.resetAndDestroy()
  else if (exchange.end !== 'stall') outgoing.end()
}

/** Framing is the server's own business; a recorded length would be one of other bytes. */
const sendable = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(transfer-encoding|content-length|connection)$/i.test(name)),
  )

/** The body in the pieces in which it is written. */
function piecesOf(body: Buffer, split: 'whole' | 'bytes' | readonly number[]): readonly Uint8Array[] {
  if (body.length === 0) return []
  if (split === 'whole') return [body]
  const cuts = split === 'bytes' ? Array.from({ length: body.length - 1 }, (_, at) => at + 1) : split
  const inside = [...new Set(cuts)].filter((cut) => cut > 0 && cut < body.length).toSorted((a, b) => a - b)
  return [0, ...inside].map((from, at) => body.subarray(from, inside[at] ?? body.length))
}
