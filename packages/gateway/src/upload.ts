import { createHash } from 'node:crypto'
import { type BlobHash, PROTOCOL_LIMITS } from '@nacre/types'
import type { Budget } from './budget.js'

const MOST = PROTOCOL_LIMITS.blobBytes

export type Finished = { readonly size_bytes: number; readonly hash: BlobHash }
/** What came of a piece; `size` is how many bytes are here by now. */
export type Piece =
  | { readonly type: 'taken' | 'out of order'; readonly size: number }
  | { readonly type: 'too large' | 'no room' }
  | { readonly type: 'finished'; readonly result: Finished }

/**
 * The one blob that a connection sends at a time; another key begins another one in its place. It grows in one buffer, so
 * that many small pieces weigh no more than their bytes, and ends with its connection.
 */
export function createUpload(budget: Budget) {
  let key: string | undefined
  let buffer = Buffer.alloc(0)
  let size = 0
  /** Where the newest piece begins. */
  let newest = 0
  let finished: { readonly result: Finished; readonly lastPiece: string } | undefined

  const letGo = () => {
    budget.give(buffer.length)
    buffer = Buffer.alloc(0)
    size = 0
    key = undefined
  }
  const grow = (needed: number): boolean => {
    if (needed <= buffer.length) return true
    // Doubled, so that a blob in many pieces is not copied for each; where there is no room for that, just what it needs.
    const doubled = Math.min(Math.max(needed, buffer.length * 2), MOST)
    const capacity = [doubled, needed].find((bytes) => budget.take(bytes - buffer.length))
    if (capacity === undefined) return false
    const larger = Buffer.alloc(capacity)
    buffer.copy(larger, 0, 0, size)
    buffer = larger
    return true
  }
  /** One that came already, word for word: its reply was lost. */
  const isRepeat = (offset: number, bytes: Buffer) =>
    offset + bytes.length <= size && bytes.equals(buffer.subarray(offset, offset + bytes.length))

  return {
    take(upload: string, offset: number, bytes: Buffer): Piece {
      if (finished !== undefined && key === upload && finished.lastPiece === nameOf(offset, bytes))
        return { type: 'finished', result: finished.result }
      if (key !== upload || finished !== undefined) {
        if (offset !== 0) return { type: 'out of order', size: 0 }
        letGo()
        finished = undefined
        key = upload
      }
      if (isRepeat(offset, bytes)) return { type: 'taken', size }
      if (offset !== size) return { type: 'out of order', size }
      if (size + bytes.length > MOST) return { type: 'too large' }
      if (!grow(size + bytes.length)) return { type: 'no room' }
      bytes.copy(buffer, size)
      newest = offset
      size += bytes.length
      return { type: 'taken', size }
    },
    bytes: (): Uint8Array => buffer.subarray(0, size),
    /** Kept, in case that its last piece comes again. */
    finish(result: Finished): void {
      finished = { result, lastPiece: nameOf(newest, buffer.subarray(newest, size)) }
      const of = key
      letGo()
      key = of
    },
    close: letGo,
  }
}
/** A piece by its place and its bytes, so that the key of an upload may be used again for another one. */
const nameOf = (offset: number, bytes: Uint8Array) => `${offset} ${createHash('sha256').update(bytes).digest('hex')}`

export type Upload = ReturnType<typeof createUpload>
