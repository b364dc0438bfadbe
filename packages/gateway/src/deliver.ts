import { orAborted } from '@nacre/kit'
import { Fault, type Log, type LogItem, type Seq, type SessionId, type StreamName, type World } from '@nacre/types'
import { createBacklog } from './backlog.js'
import type { Outbox } from './outbox.js'
import { errorFrame, refusalOf } from './refusal.js'
import { within } from './within.js'

const BACKLOG_BYTES = 64 * 1024

export type Delivery = {
  readonly session: SessionId
  readonly stream: StreamName
  readonly after: Seq
  readonly signal: AbortSignal
}
export type DeliveryPorts = {
  readonly log: Log
  readonly world: World
  readonly outbox: Outbox
  /** How long one stored event may wait for room before the client is told to come again. */
  readonly stallMs: number
}

/**
 * Follows one session for one client until the signal aborts. While the client's budget is used up, stored events
 * wait in the log (its follower goes back to the disk), deltas are joined and then dropped; the log is followed anew
 * after a drop, so that a snapshot fills the hole. `session.deleted` ends it without a word. A stall ends it with `resync_required`, a failing log with an error.
 */
export async function deliver(delivery: Delivery, ports: DeliveryPorts): Promise<void> {
  const { session, signal } = delivery
  try {
    let from = { cursor: delivery.after, live: false }
    while (!signal.aborted) {
      const next = await followOnce(delivery, from, ports)
      if (next === 'deleted') return
      if (next === 'stalled') return ports.outbox.send({ type: 'resync_required', payload: { session } })
      from = next
    }
  } catch (error) {
    if (!signal.aborted) ports.outbox.send(errorFrame(refusalOf(error), { session }))
  }
}

type From = { readonly cursor: Seq; readonly live: boolean }

async function followOnce(
  { session, stream, signal }: Delivery,
  from: From,
  ports: DeliveryPorts,
): Promise<From | 'stalled' | 'deleted'> {
  const { log, outbox } = ports
  const round = new AbortController()
  const send = (item: LogItem) => outbox.send({ type: 'event', payload: { session, item } })
  const over = () => signal.aborted || round.signal.aborted
  const deltas = createDeltas(
    outbox,
    over,
    (event) => send({ kind: 'transient', event }),
    () => round.abort(),
  )
  let { cursor, live } = from

  for await (const item of log.follow(stream, { after: cursor, signal: AbortSignal.any([signal, round.signal]) })) {
    if (item.kind === 'transient') deltas.take(item.event)
    if (item.kind === 'transient' || (item.kind === 'live' && live)) continue
    if (outbox.full && (await roomOrStall(outbox, signal, ports)) === 'timeout') return 'stalled'
    if (over()) break
    deltas.flush()
    send(item)
    if (item.kind === 'stored' && item.event.type === 'session.deleted') return 'deleted'
    if (item.kind === 'live') live = true
    else cursor = item.event.seq
    if (deltas.lost) return { cursor, live }
  }
  // A log that just stops following is closing; asking it again at once would go round in circles.
  if (!over()) throw new Fault('closed', 'The log has stopped to be followed.')
  return { cursor, live }
}

function roomOrStall(outbox: Outbox, signal: AbortSignal, { world, stallMs }: DeliveryPorts): Promise<unknown> {
  const room = async () => {
    // Others wake up for the same room, and may have used it before our turn comes.
    while (outbox.full && !signal.aborted) await outbox.room()
  }
  return within(world, stallMs, orAborted(room(), signal))
}

type Send = (event: Extract<LogItem, { kind: 'transient' }>['event']) => void

/** Deltas are sent while there is room, else kept joined until there is; too many are dropped, and `onLost` told. */
function createDeltas(outbox: Outbox, over: () => boolean, send: Send, onLost: () => void) {
  const backlog = createBacklog(BACKLOG_BYTES)
  let waiting = false

  const sendWhile = (more: () => boolean) => {
    while (!over() && more()) {
      const event = backlog.take()
      if (event === undefined) return
      send(event)
    }
  }
  const whenRoom = () => {
    waiting = false
    if (over()) return
    if (backlog.lost) return onLost()
    sendWhile(() => !outbox.full)
    if (!backlog.empty) wait()
  }
  const wait = () => {
    if (waiting) return
    waiting = true
    void outbox.room().then(whenRoom)
  }

  return {
    get lost() {
      return backlog.lost
    },
    take(event: Parameters<Send>[0]) {
      if (!outbox.full && backlog.empty) return send(event)
      backlog.add(event)
      wait()
    },
    /** What a stored event must not overtake. */
    flush: () => sendWhile(() => true),
  }
}
