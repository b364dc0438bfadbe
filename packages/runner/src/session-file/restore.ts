import type { OpenLog } from '@nacre/log'
import {
  apply,
  checkpointBytes,
  closeFork,
  EMPTY_SESSION,
  lift,
  type NewSessionEvent,
  NO_CHECKPOINT,
  type SessionEvent,
  type SessionState,
} from '@nacre/session'
import { APPEND_LIMIT, type Millis, type NewEvent, type Seq, type SessionId, type StreamName } from '@nacre/types'
import type { FileItem } from './format.js'

/** Appends that are on their way at once: the log makes them durable together. */
const AT_ONCE = 32
/** As the runtime has it: a store may refuse so large a blob, and the log is then read from its beginning. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024

export type Restored = { readonly events: number; readonly blobs: number; readonly closed: boolean }

/** A log whose clock says what is being written: so that an event keeps its time. */
export type Target = { readonly log: OpenLog; readonly stream: StreamName; readonly setClock: (at: Millis) => void }

/**
 * Writes what a session's file holds into an empty stream: the same events at the same times, blobs before what names them,
 * checkpoints made anew. What only the original can go on with is closed at the end, as in a fork.
 */
export async function restore(
  items: AsyncIterable<FileItem>,
  from: SessionId,
  target: Target,
  now: Millis,
): Promise<Restored> {
  const writer = createWriter(target)
  let blobs = 0
  for await (const item of items) {
    if (item.type === 'event') await writer.write(item.event as SessionEvent)
    if (item.type !== 'blob') continue
    await target.log.blobs.put(item.bytes)
    blobs += 1
  }
  const { state, events } = await writer.end()
  const closed = goesOn(state)
  target.setClock(now)
  if (closed) for (const batch of batches(closeFork(state, from, events))) await target.log.append(target.stream, batch)
  return { events, blobs, closed }
}

/** Takes away what was written of a session that could not be written whole: a daemon would go on where it ends. */
export async function withdraw({ log, stream }: Pick<Target, 'log' | 'stream'>): Promise<void> {
  if ((await log.head(stream)) === undefined) return
  const deleted: NewSessionEvent = { type: 'session.deleted', by: 'runner' }
  await log.append(stream, [deleted])
  await log.purge(stream)
}

/** A copy must not do what its original does too, nor hold what was approved for that. */
const goesOn = ({ open, queue, approved, parent }: SessionState): boolean =>
  open !== undefined || queue.length > 0 || approved.length > 0 || parent !== undefined

function createWriter({ log, stream, setClock }: Target) {
  let state = EMPTY_SESSION
  let events = 0
  let seq: Seq = 0
  let going: Promise<void>[] = []

  const append = (event: NewEvent, at: Millis) => {
    setClock(at)
    const done = log.append(stream, [event]).then((appended) => {
      if (appended.type === 'conflict') return
      for (const stored of appended.events) {
        seq = stored.seq
        state = apply(state, lift(stored))
      }
    })
    done.catch(() => undefined) // Told by `arrived`, which may come later than the failure.
    going.push(done)
  }
  const arrived = async () => {
    await Promise.all(going)
    going = []
  }
  /** Of everything before it, as it lies in this log. */
  const checkpointed = async ({
    seq: _,
    at: __,
    v: ___,
    ...event
  }: Extract<SessionEvent, { type: 'session.compacted' }>) => {
    await arrived()
    const { step, pins, summary } = event
    const bytes = checkpointBytes({ ...state, compaction: { step, pins, summary } })
    const hash = await log.blobs.put(bytes.length > CHECKPOINT_BYTES ? NO_CHECKPOINT : bytes)
    return { ...event, upTo: seq, state: hash }
  }
  return {
    async write(event: SessionEvent): Promise<void> {
      const { seq: _, at, v: __, ...fields } = event
      append(event.type === 'session.compacted' ? await checkpointed(event) : fields, at)
      events += 1
      if (going.length >= AT_ONCE) await arrived()
    },
    async end(): Promise<{ state: SessionState; events: number }> {
      await arrived()
      return { state, events }
    },
  }
}

function* batches<T>(events: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < events.length; at += APPEND_LIMIT.events) yield events.slice(at, at + APPEND_LIMIT.events)
}
