import { Fault } from '@nacre/types'
import type { HttpFetch, HttpResponse } from './http.js'

/** An `HttpFetch` with a connection pool. Whoever opened it closes it. */
export type PooledFetch = HttpFetch & AsyncDisposable & { close(): Promise<void> }

/**
 * The network by undici, which is loaded at the first call. Its own clocks for headers and body, 300 s each, are off:
 * providers bring theirs. With `socketPath` every request goes over that unix socket, whatever host its URL names.
 * Throws a Fault `timeout` when no connection stands within `connectMs` (10 s); redirects are not followed.
 */
export function undiciFetch(options: { socketPath?: string; connectMs?: number } = {}): PooledFetch {
  const { socketPath, connectMs = 10_000 } = options
  let opening: ReturnType<typeof openPool> | undefined
  let closed = false

  const fetch: HttpFetch = async (url, request) => {
    if (closed) throw new Fault('closed', 'This way to the network has been closed; make a new one.')
    opening ??= openPool(socketPath, connectMs)
    const { agent, undici } = await opening
    try {
      const { body, ...rest } = request
      const response = await undici.request(url, { ...rest, body: body === '' ? null : body, dispatcher: agent })
      // An abort destroys the body even where nobody reads it; an error without a listener would end the process.
      response.body.on('error', () => {})
      return answerOf(response.statusCode, response.headers, response.body)
    } catch (error) {
      throw codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT' ? connectTimeout(url, connectMs, error) : error
    }
  }
  const close = async () => {
    closed = true
    await (await opening)?.agent.destroy()
  }
  return Object.assign(fetch, { close, [Symbol.asyncDispose]: close })
}

async function openPool(socketPath: string | undefined, connectMs: number) {
  const undici = await import('undici')
  const agent = new undici.Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    // One request, one connection: an abort must close the socket under it and no other.
    allowH2: false,
    connect: { timeout: connectMs, ...(socketPath === undefined ? {} : { socketPath }) },
  })
  return { undici, agent }
}

function answerOf(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: AsyncIterable<Uint8Array>,
): HttpResponse {
  const get = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }
  return { status, headers: { get }, body }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

const connectTimeout = (url: string, connectMs: number, cause: unknown) =>
  new Fault('timeout', `${new URL(url).host}: no connection within ${connectMs} ms (clock connectMs).`, {
    retry: 'now',
    mend: 'Check that the host is reachable from here; if the way is just slow, raise connectMs.',
    cause,
  })
