import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Allowed, guard } from './guard.js'

export type Readiness = { readonly ready: boolean; readonly event_loop_delay_ms: number }

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

/** Answers a request that is not an upgrade: whether the process lives, whether it keeps up, and else that nothing is here. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: Allowed,
  readiness: () => Readiness,
): void {
  const { status, body } = judge(request, allowed, readiness)
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { ...HEADERS, 'content-length': Buffer.byteLength(text) })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function judge(request: IncomingMessage, allowed: Allowed, readiness: () => Readiness) {
  const verdict = guard(request, allowed)
  if (verdict.type === 'refused') return { status: verdict.status, body: { error: verdict.words } }
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (reads && request.url === '/healthz') return { status: 200, body: { status: 'ok' } }
  if (!reads || request.url !== '/readyz') return { status: 404, body: { error: 'Nothing is here.' } }
  const { ready, event_loop_delay_ms } = readiness()
  return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', event_loop_delay_ms } }
}
