/** The text of a stream of bytes, chunk by chunk, however characters are split. A byte order mark is kept. */
export function newUtf8(): { text(chunk: Uint8Array): string; end(): string } {
  const whole = new TextDecoder('utf-8', { ignoreBOM: true })
  const stream = new TextDecoder('utf-8', { ignoreBOM: true })
  /** False where the stream may hold the beginning of a character. */
  let between = true
  return {
    text(chunk) {
      // A chunk that ends with ASCII ends a character: Node decodes it for half the price of a stream's.
      const endsWhole = (chunk[chunk.length - 1] ?? 0xff) < 0x80
      const text = between && endsWhole ? whole.decode(chunk) : stream.decode(chunk, { stream: true })
      between = endsWhole
      return text
    },
    end: () => stream.decode(),
  }
}
