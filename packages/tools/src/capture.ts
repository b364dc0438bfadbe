import { cutHead, cutTail, leftOutMarker, utf8Length } from '@nacre/kit'

const MARKER_RESERVE_BYTES = 48

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
  let head = ''
  let headBytes = 0
  let headOpen = true
  let tail = ''
  let tailBytes = 0
  let dropped = 0

  const trimTail = (limit: number) => {
    tail = cutTail(tail, limit)
    const kept = utf8Length(tail)
    dropped += tailBytes - kept
    tailBytes = kept
  }
  const take = (text: string) => {
    if (text === '') return
    const first = headOpen ? cutHead(text, headLimit - headBytes) : ''
    head += first
    headBytes += utf8Length(first)
    headOpen &&= first.length === text.length
    const rest = text.slice(first.length)
    tail += rest
    tailBytes += utf8Length(rest)
    if (tailBytes > 2 * tailLimit) trimTail(tailLimit)
    onText(text)
  }

  return {
    write: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode())
      if (dropped === 0 && headBytes + tailBytes <= limitBytes) return { text: head + tail, droppedBytes: 0 }
      trimTail(tailLimit - MARKER_RESERVE_BYTES)
      return { text: head + leftOutMarker(dropped) + tail, droppedBytes: dropped }
    },
  }
}
