/** The text of a stream of bytes, chunk by chunk, however characters are split. A byte order mark is kept. */
export function newUtf8(): { text(chunk: Uint8Array): string; end(): string } {
  let stream: ReturnType<typeof newDecoder> | undefined
  /** False where the stream may hold the beginning of a character. */
  let between = true
  return {
    text(chunk) {
      // A chunk that ends with ASCII ends a character, and is decoded without a stream's state for two thirds of the price.
      const endsWhole = (chunk[chunk.length - 1] ?? 0xff) < 0x80
      const isWhole = between && endsWhole
      between = endsWhole
      if (isWhole) return WHOLE.decode(chunk)
      stream ??= newDecoder()
      return stream.decode(chunk, { stream: true })
    },
    end: () => stream?.decode() ?? '',
  }
}

const newDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true })
const WHOLE = newDecoder()
