import { createHash, timingSafeEqual } from 'node:crypto'
import { orAborted } from '@nacre/kit'
import { type ClientFrame, PROTOCOL_LIMITS, PROTOCOL_VERSION, type World } from '@nacre/types'
import type { Budget } from './budget.js'
import { CLOSE, type Connection } from './connection.js'
import type { Context } from './context.js'
import { createOutbox, type Outbox } from './outbox.js'
import { errorFrame, type Refusal, refuse } from './refusal.js'
import { within } from './within.js'

export type PeerOptions = {
  readonly world: World
  readonly token: string
  readonly context: Omit<Context, 'client' | 'upload' | 'fetched'>
  /** For the blobs that all clients are sending and fetching. */
  readonly blobs: Budget
  readonly limits: { readonly stallMs: number; readonly subscriptions: number }
  /** What may be on its way to this client, now. */
  readonly budgetBytes: () => number
  /** Told once the client has proved who it is. */
  readonly onTrusted: () => void
}

/** Serves one connection from its hello to its end, or until the signal aborts. Never rejects. */
export async function servePeer(connection: Connection, options: PeerOptions, signal: AbortSignal): Promise<void> {
  const outbox = createOutbox(connection, options.budgetBytes)
  const messages = connection.messages[Symbol.asyncIterator]()
  let code: number = CLOSE.normal
  const leave = () => {
    outbox.send(errorFrame(refuse('shutting_down', 'The gateway is shutting down.').refused))
    connection.close(CLOSE.goingAway)
  }
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) leave()
    const client = await shakeHands(messages, outbox, options, signal)
    if (client === undefined) code = CLOSE.unauthenticated
    else
      await (await import('./converse.js')).converse(
        messages,
        outbox,
        { ...options, context: { ...options.context, client } },
        signal,
      )
  } catch {
    // Only a connection that breaks its own contract gets here; it ends like one that closed.
  } finally {
    signal.removeEventListener('abort', leave)
    connection.close(code)
  }
}

/** The client's name once its first frame was a good hello. Everything else is told why, and has had its one chance. */
async function shakeHands(
  messages: AsyncIterator<string | Uint8Array>,
  outbox: Outbox,
  options: PeerOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const first = await orAborted(within(options.world, PROTOCOL_LIMITS.handshakeMs, messages.next()), signal)
  if (first === 'aborted') return undefined
  const judged = first === 'timeout' ? late : first.done ? undefined : await judge(first.value, options.token)
  if (judged === undefined) return undefined
  if ('refused' in judged) {
    outbox.send(errorFrame(judged.refused, judged.requestId === undefined ? {} : { request_id: judged.requestId }))
    return undefined
  }
  options.onTrusted()
  const { user, facts } = options.context
  const hello = { protocol_version: PROTOCOL_VERSION, user, ...facts }
  outbox.send({ type: 'reply', payload: { request_id: judged.hello.request_id, result: hello } })
  return judged.hello.client
}

type Hello = Extract<ClientFrame, { type: 'hello' }>['payload']
type Judged = { readonly hello: Hello } | { readonly refused: Refusal; readonly requestId?: string | undefined }

const late: Judged = refuse('unauthenticated', `No hello came within ${PROTOCOL_LIMITS.handshakeMs} ms.`)

async function judge(message: string | Uint8Array, token: string): Promise<Judged> {
  if (message.length > PROTOCOL_LIMITS.handshakeBytes)
    return refuse('bad_frame', `A hello has at most ${PROTOCOL_LIMITS.handshakeBytes} bytes.`)
  // Only now: a gateway that nobody has called needs none of what judges frames.
  const { parseFrame } = await import('./frame.js')
  const parsed = parseFrame(message)
  if (parsed.type === 'old') return { ...badVersion(parsed.version), requestId: parsed.requestId }
  // Who is not authenticated is told no more than that.
  if (parsed.type === 'bad')
    return { ...refuse('bad_frame', 'The first frame is not a hello.'), requestId: parsed.requestId }
  const { type, payload } = parsed.frame
  const about = { requestId: payload.request_id }
  if (type !== 'hello') return { ...refuse('unauthenticated', 'The first frame is a hello with the token.'), ...about }
  if (!sameText(payload.token, token)) return { ...wrongToken, ...about }
  return payload.protocol_version === PROTOCOL_VERSION
    ? { hello: payload }
    : { ...badVersion(payload.protocol_version), ...about }
}

const wrongToken = refuse(
  'unauthenticated',
  'The token is not the one of this launch.',
  'Read the token file again: it changes when the daemon restarts.',
)

const badVersion = (version: number) =>
  refuse(
    'unsupported_version',
    `This gateway speaks protocol version ${PROTOCOL_VERSION}, not ${version}.`,
    'Use a client and a daemon of the same release.',
  )

/** In a time that depends on neither text. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
