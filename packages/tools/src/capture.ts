import { cutHead, leftOutMarker, utf8Length } from '@nacre/kit'
import { createPieces } from './pieces.js'

const MARKER_RESERVE_BYTES = 48
/** How far a tail may grow before it is cut, so that it is not cut for every line. */
const SLACK_BYTES = 256 * 1024

/** What a command says on one stream, in bounded memory: its head and its tail. */
export type Capture = {
  write(bytes: Uint8Array): void
  /** Call once, after the last `write`. */
  end(): { readonly text: string; readonly droppedBytes: number }
}

/**
 * Keeps at most `limitBytes` UTF-8 bytes of text: everything, or head and tail with a marker between them. `onText` is
 * given all of it as it comes, in whole characters; bytes that are no UTF-8 become U+FFFD.
 */
export function createCapture(limitBytes: number, onText: (text: string) => void): Capture {
  const headLimit = Math.ceil((limitBytes - MARKER_RESERVE_BYTES) / 2)
  const tailLimit = limitBytes - headLimit
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const head = createPieces()
  const tail = createPieces()
  let headOpen = true
  let total = 0

  const take = (text: string) => {
    if (text === '') return
    const bytes = utf8Length(text)
    total += bytes
    const first = headOpen ? cutHead(text, headLimit - head.bytes) : ''
    headOpen &&= first.length === text.length
    const firstBytes = headOpen ? bytes : utf8Length(first)
    head.add(first, firstBytes)
    tail.add(text.slice(first.length), bytes - firstBytes)
    if (tail.bytes > tailLimit + SLACK_BYTES) tail.keepLast(tailLimit)
    onText(text)
  }

  return {
    write: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode())
      if (total <= limitBytes) return { text: head.text() + tail.text(), droppedBytes: 0 }
      tail.keepLast(tailLimit - MARKER_RESERVE_BYTES)
      const droppedBytes = total - head.bytes - tail.bytes
      return { text: head.text() + leftOutMarker(droppedBytes) + tail.text(), droppedBytes }
    },
  }
}
