import { type BlobHash, blobHash, type Millis, type SessionId, type StoredEvent } from '@nacre/types'
import { sessionIdSchema } from '@nacre/types/schema'
import { createPieces, type Fields, HASH } from './blob-pieces.js'
import { wrongWith } from './event-schema.js'
import { type FileItem, FORMAT, FORMAT_VERSION } from './format.js'
import { namedBlobs } from './named-blobs.js'

/** Clocks differ a little. */
const AHEAD_MS = 300_000

/** Judges a file line by line. `take` says what is wrong, or gives the item, or `more` while a blob is not whole. */
export function createJudge(now: Millis) {
  let expects: 'header' | 'events' | 'nothing' = 'header'
  const pieces = createPieces()
  const events = createOrder(now)

  const inOrder = (value: Fields): FileItem | 'more' | string => {
    if ('blob' in value) {
      const item = pieces.take(value)
      return typeof item === 'string' ? item : (events.offer(item.hash) ?? item)
    }
    if (pieces.isOpen()) return 'a blob ends before it is whole'
    if ('missing' in value) {
      if (typeof value.missing !== 'string' || !HASH.test(value.missing)) return 'a missing blob has no hash'
      const hash = blobHash(value.missing)
      return events.offer(hash) ?? { type: 'missing', hash }
    }
    if (!('end' in value)) return events.take(value)
    if (value.end !== events.count() || value.end === 0)
      return `of ${String(value.end)} events it has ${events.count()}`
    expects = 'nothing'
    return { type: 'end', events: value.end }
  }
  return {
    ended: () => expects === 'nothing',
    take(line: string): FileItem | 'more' | string {
      const value = fieldsOf(line)
      if (value === undefined) return 'it is no JSON object'
      if (expects === 'nothing') return 'there is more behind the end'
      if (expects === 'events') return inOrder(value)
      expects = 'events'
      return headerOf(value)
    },
  }
}

function headerOf({ format, version, session, ...more }: Fields): FileItem | string {
  if (format !== FORMAT) return 'this is no session that was exported as jsonl'
  if (version !== FORMAT_VERSION) return `its version is ${String(version)}; this program reads ${FORMAT_VERSION}`
  const { success } = sessionIdSchema.safeParse(session)
  return success && Object.keys(more).length === 0
    ? { type: 'header', session: session as SessionId }
    : 'the header is not whole'
}

/** The order of events, and of the blobs before the first event that names them. */
function createOrder(now: Millis) {
  let last = { seq: 0, at: 0 }
  const known = new Set<BlobHash>()
  const offered = new Set<BlobHash>()

  const wrong = (event: Parameters<typeof namedBlobs>[0]): string | undefined => {
    if (event.seq !== last.seq + 1) return `its seq is ${event.seq}, and should be ${last.seq + 1}`
    if (event.at < last.at) return 'it is older than the event before it'
    if (event.at > now + AHEAD_MS) return 'it is from the future'
    if (event.type === 'session.deleted') return 'a deleted session has nothing to import'
    if (event.type === 'session.created' && event.seq > 1) return 'only its first event creates a session'
    const named = namedBlobs(event)
    const lost = named.find((hash) => !known.has(hash))
    if (lost) return `the blob ${lost} that it names is not in the file`
    for (const hash of named) offered.delete(hash)
    return offered.size > 0 ? 'there is a blob before it that it does not name' : undefined
  }
  return {
    count: () => last.seq,
    offer(hash: BlobHash): string | undefined {
      if (known.has(hash)) return 'a blob is there twice'
      known.add(hash)
      offered.add(hash)
      return undefined
    },
    take(value: Fields): FileItem | string {
      const shape = wrongWith(value)
      if (shape !== undefined) return shape
      // It has the shape that its type says: that is what was judged.
      const event = value as unknown as Parameters<typeof namedBlobs>[0]
      const why = wrong(event)
      if (why !== undefined) return why
      last = event
      return { type: 'event', event: value as unknown as StoredEvent }
    },
  }
}

function fieldsOf(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
  } catch {
    return undefined
  }
}
