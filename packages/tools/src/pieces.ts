import { cutTail, utf8Length } from '@nacre/kit'

const PIECE_BYTES = 64 * 1024

/** A long text that grows at its end and is cut at its beginning, in flat pieces: not a chain of every small addition. */
export type Pieces = {
  /** How many UTF-8 bytes `text()` has. */
  readonly bytes: number
  /** `bytes` is how many `text` has. */
  add(text: string, bytes: number): void
  /** Drops characters at the beginning until at most `limitBytes` are left. */
  keepLast(limitBytes: number): void
  text(): string
}

export function createPieces(): Pieces {
  const sealed: { readonly text: string; readonly bytes: number }[] = []
  let open: string[] = []
  let openBytes = 0
  let total = 0

  const seal = () => {
    if (openBytes > 0) sealed.push({ text: open.join(''), bytes: openBytes })
    open = []
    openBytes = 0
  }
  return {
    get bytes() {
      return total
    },
    add(text, bytes) {
      if (bytes === 0) return
      open.push(text)
      openBytes += bytes
      total += bytes
      if (openBytes >= PIECE_BYTES) seal()
    },
    keepLast(limitBytes) {
      seal()
      while (total > limitBytes) {
        const first = sealed.shift()
        if (first === undefined) return
        total -= first.bytes
        const text = cutTail(first.text, limitBytes - total)
        const bytes = utf8Length(text)
        if (bytes > 0) sealed.unshift({ text, bytes })
        total += bytes
      }
    },
    text() {
      seal()
      return sealed.map((piece) => piece.text).join('')
    },
  }
}
