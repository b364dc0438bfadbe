import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Redactor } from '@nacre/kit'
import type { World } from '@nacre/types'
import type { Logger } from '../daemon/logger.js'
import { picked } from './headers.js'
import { isPlain, passDown } from './pass-down.js'
import { createUpstreams, type Upstreams } from './upstream.js'

// Not by import, see docs/decisions/light.md.
const { createServer } = process.getBuiltinModule('node:http')

/** One upstream that a guest may reach, below `/<name>` on its broker link. */
export type Route = {
  readonly name: string
  /** What may be POSTed to, with its query to the letter, and the URL that it becomes; everything else is refused. */
  readonly targets: Readonly<Record<string, string>>
  /** Headers that the broker adds, the key among them. Undefined where the key is missing; `missing` then says why. */
  readonly inject: Readonly<Record<string, string>> | undefined
  readonly missing: string
}

export type BrokerPorts = {
  readonly world: World
  readonly logger: Logger
  /** Knows all that is injected, and takes it out of whatever comes back. */
  readonly redactor: Redactor
}

const REQUEST_BYTES = 32 * 1024 * 1024
/** What a guest sends and an upstream needs; whatever else it sends stays here. */
const PASSED_UP = ['content-type', 'accept', 'anthropic-version', 'anthropic-beta', 'user-agent']

/**
 * The only door out of a guest. Keys are added here, on the host: the guest neither has one nor sees one,
 * even where an upstream repeats it. What a guest may reach is this list of routes, which it cannot change.
 */
export function createBroker(routes: readonly Route[], ports: BrokerPorts): Server {
  const upstreams = createUpstreams(ports.world)
  const server = createServer((incoming, response) => {
    forward(incoming, response, routes, upstreams, ports).catch((error: unknown) => {
      ports.logger.warn('broker failed', { error: error instanceof Error ? error.message : 'unknown' })
      response.destroy()
    })
  })
  server.requestTimeout = 0
  server.once('close', upstreams.close)
  return server
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
  upstreams: Upstreams,
  ports: BrokerPorts,
): Promise<void> {
  const found = routeOf(incoming, routes)
  if ('refusal' in found) return refuse(response, found.status, found.refusal, ports)
  const { route, target, path } = found
  if (route.inject === undefined) return refuse(response, 401, route.missing, ports)
  const body = await readBody(incoming)
  if (body === undefined) return refuse(response, 413, `A request may have ${REQUEST_BYTES} bytes.`, ports)

  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const headers = { ...picked(incoming.headers, PASSED_UP), 'accept-encoding': 'identity', ...route.inject }
    const post = () => upstreams.post(target, { headers, body, signal: gone.signal })
    await exchange(found, response, ports, post, body.length)
  } catch (error) {
    if (gone.signal.aborted) return
    const why = error instanceof Error ? error.message : 'unknown error'
    if (response.headersSent) {
      // The stream broke off: so must the guest's, or half an answer would look whole.
      response.destroy()
      ports.logger.warn('broker stream cut', { route: route.name, path, why })
      return
    }
    refuse(response, 502, `${route.name} at ${new URL(target).host} could not be reached: ${why}`, ports)
  }
}

async function exchange(
  { route, path }: Allowed,
  response: ServerResponse,
  ports: BrokerPorts,
  post: () => Promise<IncomingMessage>,
  bytesUp: number,
): Promise<void> {
  const startedAt = ports.world.now()
  const upstream = await post()
  if (!isPlain(upstream.headers)) {
    upstream.destroy()
    return refuse(response, 502, `${route.name} compressed its answer, so no secret could be found in it.`, ports)
  }
  await passDown(upstream, response, ports.redactor)
  ports.logger.info('broker call', {
    route: route.name,
    path,
    status: upstream.statusCode,
    bytesUp,
    ms: ports.world.now() - startedAt,
  })
}

type Allowed = { readonly route: Route; readonly target: string; readonly path: string }
type Found = Allowed | { status: number; refusal: string }

function routeOf(incoming: IncomingMessage, routes: readonly Route[]): Found {
  const [path, name] = /^\/([A-Za-z0-9_-]+)(?:[/?][\x21-\x7e]*)?$/.exec(incoming.url ?? '') ?? []
  const route = routes.find((candidate) => candidate.name === name)
  if (route === undefined || path === undefined) return { status: 404, refusal: 'The broker knows no such route.' }
  const target = Object.hasOwn(route.targets, path) ? route.targets[path] : undefined
  if (target === undefined || incoming.method !== 'POST') {
    return { status: 403, refusal: `The broker does not let ${incoming.method} ${path} through to ${route.name}.` }
  }
  return { route, target, path }
}

function refuse(response: ServerResponse, status: number, words: string, { logger, redactor }: BrokerPorts): void {
  const message = redactor.text(words)
  logger.warn('broker refused', { status, message })
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: { type: 'broker_refused', message } }))
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > REQUEST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
