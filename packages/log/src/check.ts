import { APPEND_LIMIT, Fault, type NewEvent, PAGE_LIMIT, type Range, type Seq, type StreamName } from '@nacre/types'
import type { Draft, Span } from './store.js'

const BLOB_LIMIT_BYTES = 64 * 1024 * 1024
const PAGE_LIMIT_BYTES = 4 * 1024 * 1024
const NAME_LIMIT_CHARS = 256

/**
 * Names go into TEXT columns as they are. libSQL cuts TEXT at a NUL when it reads, and aborts the process on text that
 * is not valid UTF-8: control characters, lone surrogates and unassigned code points never get that far.
 */
const NAME = /^[^\p{C}]+$/u

export function checkName(name: string, what: string): void {
  if (typeof name === 'string' && name.length <= NAME_LIMIT_CHARS && NAME.test(name)) return
  throw new Fault(
    'invalid_input',
    `A ${what} is 1 to ${NAME_LIMIT_CHARS} visible characters, not ${JSON.stringify(name)}.`,
  )
}

export function checkSeq(seq: Seq, what: string): void {
  if (Number.isSafeInteger(seq) && seq >= 0) return
  throw new Fault('invalid_input', `${what} is a whole number from 0 on, not ${seq}.`)
}

/** Bodies are JSON, so NUL and lone surrogates are escapes in them (well-formed JSON.stringify). */
export function toDrafts(events: readonly NewEvent[]): readonly Draft[] {
  if (events.length > APPEND_LIMIT.events) throw tooMuch(`${events.length} events`, `${APPEND_LIMIT.events} events`)
  const drafts = events.map(toDraft)
  const bytes = drafts.reduce((sum, { type, body }) => sum + type.length + Buffer.byteLength(body), 0)
  if (bytes > APPEND_LIMIT.bytes) throw tooMuch(`${bytes} bytes`, `${APPEND_LIMIT.bytes} bytes`)
  return drafts
}

function toDraft({ type, ...fields }: NewEvent): Draft {
  checkName(type, 'type of an event')
  try {
    return { type, body: JSON.stringify(fields) }
  } catch (cause) {
    throw new Fault('invalid_input', `An event ${type} cannot be written as JSON.`, { cause })
  }
}

const tooMuch = (asked: string, limit: string) =>
  new Fault('limit_exceeded', `One append takes at most ${limit}, this one has ${asked}.`, {
    mend: 'Put large parts into blobs, and split what need not be atomic.',
  })

export function toSpan(stream: StreamName, range: Range): Span {
  checkName(stream, 'stream name')
  const { after = 0, before = Number.MAX_SAFE_INTEGER, limit = PAGE_LIMIT, newestFirst = false } = range
  checkSeq(after, '`after`')
  checkSeq(before, '`before`')
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new Fault('invalid_input', `\`limit\` is 1 to ${PAGE_LIMIT}, not ${limit}.`)
  if (limit > PAGE_LIMIT)
    throw new Fault('limit_exceeded', `A page has at most ${PAGE_LIMIT} events, ${limit} were asked for.`)
  return { stream, after, before, limit, newestFirst, maxBytes: PAGE_LIMIT_BYTES }
}

export function checkBlob(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new Fault('invalid_input', 'A blob is a Uint8Array.')
  if (bytes.byteLength <= BLOB_LIMIT_BYTES) return
  throw new Fault('limit_exceeded', `A blob has at most ${BLOB_LIMIT_BYTES} bytes, this one has ${bytes.byteLength}.`)
}
