import { orAborted } from '@nacre/kit'
import { Fault, PROTOCOL_LIMITS, PROTOCOL_VERSION, type Replies, type ServerFrame, type World } from '@nacre/types'
import { backoffMs } from './backoff.js'
import type { Connection, ConnectionStatus, Dial } from './port.js'
import { GatewayRefusal } from './refusal.js'
import { toText } from './requests.js'

export type LinkOptions = {
  readonly dial: Dial
  readonly token: () => string | Promise<string>
  readonly name: string
  readonly world: World
}
export type LinkEvents = {
  readonly onStatus: (status: ConnectionStatus) => void
  readonly onOpen: (send: (frame: string) => void) => void
  readonly onFrame: (frame: ServerFrame, chars: number) => void
  readonly onLost: () => void
}

const REFUSALS = 3

/** Keeps one connection until the signal aborts. Throws what the gateway refused when it has refused three times in a row. */
export async function keepLink(options: LinkOptions, events: LinkEvents, signal: AbortSignal): Promise<void> {
  const { world } = options
  let refusals = 0
  let why: string | undefined
  for (let attempt = 1; !signal.aborted; attempt++) {
    events.onStatus({ type: 'connecting', attempt, ...(why !== undefined && { why }) })
    try {
      const open = await openLink(options, signal)
      if (open === 'aborted') return
      attempt = 0
      refusals = 0
      await carry(open, events, signal)
      why = 'The connection was lost.'
    } catch (error) {
      if (isRefusal(error) && ++refusals >= REFUSALS) throw error
      why = error instanceof Error ? error.message : 'The gateway was not reached.'
    }
    await world.sleep(backoffMs(Math.max(attempt, 1), world), signal)
  }
}

/** A wrong token may be that of the launch before, so it is asked for again, but not for ever. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Fault && (error.code === 'denied' || (error instanceof GatewayRefusal && error.retry === 'never'))

type OpenLink = {
  readonly connection: Connection
  readonly messages: AsyncIterator<string>
  readonly hello: Replies['hello']
}

async function openLink({ dial, token, name, world }: LinkOptions, signal: AbortSignal): Promise<OpenLink | 'aborted'> {
  const secret = await inTime(Promise.resolve(token()), world, signal)
  if (secret === 'aborted') return secret
  const connection = await inTime(dial(), world, signal, (late) => late.close())
  if (connection === 'aborted') return 'aborted'
  const messages = connection.messages[Symbol.asyncIterator]()
  try {
    const payload = { protocol_version: PROTOCOL_VERSION, token: secret, client: name, request_id: 'hello' }
    connection.send(toText({ type: 'hello', payload }))
    const first = await inTime(messages.next(), world, signal)
    if (first === 'aborted') connection.close()
    return first === 'aborted' ? first : { connection, messages, hello: helloOf(first) }
  } catch (error) {
    connection.close()
    throw error
  }
}

function helloOf(first: IteratorResult<string>): Replies['hello'] {
  if (first.done) throw new Fault('unavailable', 'The connection was closed before the hello was answered.')
  const frame = JSON.parse(first.value) as ServerFrame
  if (frame.type === 'error') throw new GatewayRefusal(frame.payload)
  if (frame.type !== 'reply') throw new Fault('unavailable', 'The gateway answered the hello with something else.')
  return frame.payload.result as Replies['hello']
}

async function carry(
  { connection, messages, hello }: OpenLink,
  events: LinkEvents,
  signal: AbortSignal,
): Promise<void> {
  const close = () => connection.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    if (signal.aborted) return
    events.onStatus({ type: 'connected', hello })
    events.onOpen((frame) => connection.send(frame))
    for (let next = await messages.next(); !next.done && !signal.aborted; next = await messages.next()) {
      events.onFrame(JSON.parse(next.value) as ServerFrame, next.value.length)
    }
  } finally {
    signal.removeEventListener('abort', close)
    events.onLost()
    connection.close()
  }
}

/** What does not come in time failed; `onLate` takes care of what comes after all. */
async function inTime<T>(
  work: Promise<T>,
  world: World,
  signal: AbortSignal,
  onLate?: (late: T) => void,
): Promise<T | 'aborted'> {
  const stop = new AbortController()
  const timeout = world.sleep(PROTOCOL_LIMITS.handshakeMs, stop.signal).then(() => 'timeout' as const)
  try {
    const first = await orAborted(Promise.race([work, timeout]), signal)
    if (first !== 'timeout' && first !== 'aborted') return first
    work.then(onLate, () => undefined)
    if (first === 'aborted') return first
    throw new Fault('unavailable', `The gateway did not answer within ${PROTOCOL_LIMITS.handshakeMs} ms.`, {
      retry: 'now',
    })
  } finally {
    stop.abort()
  }
}
