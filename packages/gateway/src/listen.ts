import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Fault, PROTOCOL_LIMITS } from '@nacre/types'
import type { Allowed } from './guard.js'
import { answer, type Readiness } from './health.js'
import { claimPath, closeToOthers } from './unix.js'
import { createUpgrades, type UpgradeOptions } from './upgrade.js'

// Not by import, see docs/decisions/light.md.
const { createServer } = process.getBuiltinModule('node:http')

/** Where to listen. Port 0 takes a free one. */
export type Endpoint = { readonly path: string } | { readonly host: '127.0.0.1' | '::1'; readonly port: number }
/** Where it listens. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number; readonly url: string }

export type ListenOptions = UpgradeOptions & {
  readonly allow: Allowed
  readonly readiness: () => Readiness
}
/** Sockets that are no WebSocket yet, beside those that are; each of them has five seconds. More are closed unheard. */
const STRANGERS = 256

export type Listener = { readonly address: Address; close(): Promise<void> }

export async function listen(endpoint: Endpoint, options: ListenOptions): Promise<Listener> {
  if ('path' in endpoint) await claimPath(endpoint.path)
  else checkLoopback(endpoint.host)
  const upgrade = createUpgrades(options)
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: PROTOCOL_LIMITS.handshakeMs,
    requestTimeout: PROTOCOL_LIMITS.handshakeMs,
    connectionsCheckingInterval: 1000,
    keepAlive: false,
  })
  server.maxConnections = options.connections + STRANGERS
  await bind(server, endpoint)
  // In the same tick as the bind: nobody may come before there is a guard.
  const address = addressOf(server, endpoint)
  const allowed = { origins: options.allow.origins, hosts: [...hostsOf(address), ...options.allow.hosts] }
  server.on('request', (request, response) => answer(request, response, allowed, options.readiness))
  server.on('upgrade', (request, socket, head) => upgrade({ request, socket, head }, allowed))
  if ('path' in endpoint) await closeToOthers(endpoint.path)
  return { address, close: () => close(server) }
}

function checkLoopback(host: string): void {
  if (host === '127.0.0.1' || host === '::1') return
  throw new Fault('denied', `The gateway listens on this machine only, not on ${host}.`, {
    mend: 'Listen on 127.0.0.1, and reach it from elsewhere through ssh -L or a reverse proxy that authenticates.',
  })
}

async function bind(server: Server, endpoint: Endpoint): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Not once: a later failure to accept somebody must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(bindFault(error, endpoint)))
    server.listen(endpoint, resolve)
  })
}

function addressOf(server: Server, endpoint: Endpoint): Address {
  if ('path' in endpoint) return { path: endpoint.path }
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
  'path' in address
    ? ['localhost', 'nacre']
    : ['127.0.0.1', '[::1]', 'localhost'].map((name) => `${name}:${address.port}`)

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
