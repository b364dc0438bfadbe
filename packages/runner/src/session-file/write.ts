import { isUnknown, lift } from '@nacre/session'
import { type BlobHash, Fault, type SessionId, type StoredEvent } from '@nacre/types'
import { FORMAT, FORMAT_VERSION, PIECE_BYTES } from './format.js'
import { namedBlobs } from './named-blobs.js'

type Source = {
  readonly session: SessionId
  readonly events: AsyncIterable<StoredEvent>
  readonly blob: (hash: BlobHash) => Promise<Uint8Array | undefined>
  /** Told of each blob that is gone. */
  readonly onMissing: (hash: BlobHash) => void
}

/** The lines of a session's file, LF and all. The same events and blobs are always the same bytes. */
export async function* sessionLines({ session, events, blob, onMissing }: Source): AsyncIterable<string> {
  yield line({ format: FORMAT, version: FORMAT_VERSION, session })
  const told = new Set<BlobHash>()
  let seq = 0
  for await (const stored of events) {
    const event = lift(stored)
    if (isUnknown(event)) throw newer(event.type)
    for (const hash of namedBlobs(event)) {
      if (told.has(hash)) continue
      told.add(hash)
      const bytes = await blob(hash)
      if (bytes) yield* pieces(hash, bytes)
      else {
        onMissing(hash)
        yield line({ missing: hash })
      }
    }
    const { seq: _, at, v, type, ...fields } = event
    seq += 1
    yield line({ seq, at, v, type, ...(type === 'session.compacted' ? withoutState(fields) : fields) })
  }
  yield line({ end: seq })
}

const line = (value: object) => `${JSON.stringify(value)}\n`

/** A checkpoint is of everything before it, and can be made again: neither its seq nor its blob means anything elsewhere. */
const withoutState = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'upTo' && name !== 'state'))

function* pieces(blob: BlobHash, bytes: Uint8Array): Iterable<string> {
  const size = bytes.length
  for (let offset = 0; offset === 0 || offset < size; offset += PIECE_BYTES) {
    const data = Buffer.from(bytes.subarray(offset, offset + PIECE_BYTES)).toString('base64')
    yield line({ blob, offset, size, data })
  }
}

const newer = (type: string) =>
  new Fault('unsupported', `The session has an event ${type} that this version does not know.`, {
    mend: 'Export it with the version of Nacre that wrote it, or a newer one.',
  })
