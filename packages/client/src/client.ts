import { utf8Length } from '@nacre/kit'
import {
  type Commands,
  type CommandType,
  type ContentPart,
  Fault,
  PART_LIMIT_BYTES,
  type Replies,
  type ServerFrame,
  sessionId,
} from '@nacre/types'
import { createBlobCalls } from './blobs.js'
import { keepLink, type LinkOptions } from './link.js'
import type { Client, ConnectionStatus } from './port.js'
import { closedFault } from './refusal.js'
import { createRequests, toText } from './requests.js'
import { createTopics } from './topics.js'

/**
 * `dial` opens a connection, `token` is asked again at each attempt (it changes when the daemon restarts), `name` is
 * who asks, as the log will say it.
 */
export type ClientOptions = LinkOptions

/** Connects at once and keeps reconnecting until it is closed, or the gateway has refused its hello three times. */
export function createClient(options: ClientOptions): Client {
  const stop = new AbortController()
  let requestCount = 0
  const nextRequest = () => `r${++requestCount}`
  const topics = createTopics(options.world, nextRequest, stop.signal)
  const requests = createRequests(nextRequest)
  const first = Promise.withResolvers<Replies['hello']>()
  first.promise.catch(() => undefined)
  let status: ConnectionStatus = { type: 'connecting', attempt: 1 }
  let ending: Fault | undefined

  const onStatus = (next: ConnectionStatus) => {
    status = next
    if (next.type === 'connected') first.resolve(next.hello)
    topics.status(next)
  }
  const onFrame = (frame: ServerFrame, chars: number) => {
    if (frame.type === 'event') return topics.event(frame.payload.session, frame.payload.item, chars)
    if (frame.type === 'resync_required') return topics.ended(frame.payload.session)
    if (frame.type === 'reply') {
      const { request_id, result } = frame.payload
      return topics.replied(request_id) ? undefined : requests.replied(request_id, result)
    }
    const { request_id, session } = frame.payload
    if (request_id !== undefined)
      return topics.refusedRequest(request_id, frame.payload) ? undefined : requests.refused(request_id, frame.payload)
    if (session !== undefined) topics.ended(session, frame.payload)
  }
  const onOpen = (send: (frame: string) => void) => {
    topics.opened((frame) => send(toText(frame)))
    requests.opened(send)
  }
  const onLost = () => {
    topics.lost()
    requests.lost()
  }
  const end = (error?: unknown) => {
    ending = error instanceof Fault ? error : closedFault()
    onStatus({ type: 'closed' })
    first.reject(ending)
    requests.close(ending)
    topics.close(error)
  }
  const running = keepLink(options, { onStatus, onFrame, onOpen, onLost }, stop.signal).then(() => end(), end)

  const request = <T extends CommandType>(type: T, payload: Commands[T]): Promise<Replies[T]> =>
    ending ? Promise.reject(ending) : requests.request(type, payload)

  return {
    get status() {
      return status
    },
    connected: () => (ending ? Promise.reject(ending) : first.promise),
    watch: (session, { after, signal }) => {
      const watch = topics.watch(session, after, signal)
      if (signal.aborted || ending?.code === 'closed') watch.end()
      else if (ending) watch.fail(ending)
      return watch
    },
    request: (type, payload) => {
      if (!OWN.has(type)) return request(type, payload)
      return Promise.reject(new Fault('invalid_input', `A client says ${type} by itself.`, { mend: 'Use watch().' }))
    },
    ...commands(request, options.world.id),
    ...createBlobCalls(request, options.world.id),
    close() {
      stop.abort()
      return running
    },
  }
}

const OWN: ReadonlySet<CommandType> = new Set(['hello', 'subscribe', 'unsubscribe'])

type Request = <T extends CommandType>(type: T, payload: Commands[T]) => Promise<Replies[T]>

/** Every key is made here, once: however often a command is sent, it is one command to the fold. */
function commands(request: Request, id: () => string) {
  return {
    async send(session, parts, { mode = 'queue', input = id() } = {}) {
      const { seq } = await request('send', { session, input, parts: toParts(parts), mode })
      return { input, seq }
    },
    async cancel(session, turn) {
      await request('cancel', { session, command: id(), ...(turn !== undefined && { turn }) })
    },
    cancelAll: async () => (await request('cancel_all', { command: id() })).cancelled,
    async approve(session, { call, hash }, scope = 'once') {
      await request('approve', { session, command: id(), call, hash, scope })
    },
    async deny(session, { call, hash }) {
      await request('deny', { session, command: id(), call, hash })
    },
    async answer(session, question, text) {
      await request('answer', { session, command: id(), question, parts: toParts(text) })
    },
    createSession: async ({ session = sessionId(id()), ...more } = {}) =>
      (await request('create_session', { session, ...more })).session,
    sessions: async ({ archived = false } = {}) =>
      (await request('list_sessions', archived ? { archived } : {})).sessions,
    find: async (prefix) => (await request('find_session', { prefix })).session,
    fork: async (session, upTo) =>
      (await request('fork_session', { session, target: sessionId(id()), up_to: upTo })).session,
    async rename(session, title) {
      await request('rename_session', { session, command: id(), title })
    },
    async archive(session, archived = true) {
      await request('archive_session', { session, command: id(), archived })
    },
    async remove(session) {
      await request('delete_session', { session })
    },
    approvals: async () => (await request('list_approvals', {})).approvals,
    async revoke(hash) {
      await request('revoke_approval', { command: id(), hash })
    },
    history: (session, { turns, before }) =>
      request('history', { session, turns, ...(before !== undefined && { before }) }),
  } satisfies Partial<Client>
}

function toParts(parts: string | readonly ContentPart[]): readonly ContentPart[] {
  const list: readonly ContentPart[] = typeof parts === 'string' ? [{ type: 'text', text: parts }] : parts
  const long = list.some((part) => part.type === 'text' && utf8Length(part.text) > PART_LIMIT_BYTES)
  if (!long) return list
  throw new Fault('limit_exceeded', `One text has at most ${PART_LIMIT_BYTES} bytes.`, {
    mend: 'Put it into a file of the workspace and name the file.',
  })
}
