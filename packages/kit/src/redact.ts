import { createMatcher, type Matcher, type Reading } from './matcher.js'

/** A secret that is known, by a name that may be shown. */
export type NamedSecret = { readonly name: string; readonly value: string }

/** Takes known secrets out of text and bytes; `[redacted:<name>]` stands where one was. */
export type Redactor = {
  text(text: string): string
  stream(): RedactingStream
  /** Secrets that are not looked for, and why. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
}

/** Bytes in, bytes out, whatever the chunks. Only what could be the beginning of a secret waits for more. */
export type RedactingStream = {
  push(chunk: Uint8Array): Uint8Array
  /** What still waited. Nothing may be pushed after it. */
  end(): Uint8Array
}

const MIN_CHARS = 8
const NOTHING = new Uint8Array()

/**
 * Finds each secret as it is, in hex, base64 and base64url (also inside a longer encoded text), each of these
 * percent-encoded or JSON-escaped in any part, up to three times over. Linear in the text; a stream holds back at most
 * the longest spelling of its longest secret. A secret of fewer than 8 characters is ignored: it would eat plain text.
 */
export function createRedactor(secrets: readonly NamedSecret[]): Redactor {
  const judged = secrets.map(({ name, value }) => ({ name, value, reason: refusal(name, value) }))
  const matcher = createMatcher(judged.filter(({ reason }) => reason === undefined))
  const stream = () => redacting(matcher)
  return {
    stream,
    text(text) {
      const { push, end } = stream()
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(joined([push(new TextEncoder().encode(text)), end()]))
    },
    ignored: judged.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }])),
  }
}

function refusal(name: string, value: string): string | undefined {
  if (value.length < MIN_CHARS) return `it has fewer than ${MIN_CHARS} characters and would take plain text with it`
  if (markerOf(name).includes(value)) return 'it is a part of the words that would stand in its place'
  return undefined
}

/** Stands in JSON, headers and shell words without harm. */
const markerOf = (name: string) => `[redacted:${name.replace(/[^\w.-]+/g, '-')}]`

type Find = { readonly name: string; readonly start: number; readonly end: number }

function redacting(matcher: Matcher): RedactingStream {
  let held = NOTHING
  // Where `held` begins, counted from the stream's first byte, as all positions are.
  let from = 0
  let readings: readonly Reading[] = []
  let finds: Find[] = []
  let last = ''

  /** Lets everything go that lies before `limit`, where the earliest open reading began. */
  const release = (bytes: Uint8Array, limit: number): Uint8Array => {
    const parts: Uint8Array[] = []
    let out = from
    finds.sort((a, b) => a.start - b.start || b.end - a.end)
    for (const find of finds) {
      if (find.start >= limit || find.end <= out) continue
      if (find.start > out) parts.push(bytes.subarray(out - from, find.start - from))
      // Finds that overlap are one gap: it names each secret once.
      if (find.start >= out || find.name !== last) parts.push(new TextEncoder().encode(markerOf(find.name)))
      out = find.end
      last = find.name
    }
    finds = finds.filter((find) => find.start >= limit)
    const plainTo = Math.min(limit, from + bytes.length)
    if (plainTo > out) parts.push(bytes.subarray(out - from, plainTo - from))
    out = Math.max(out, plainTo)
    held = bytes.slice(out - from)
    from = out
    return joined(parts)
  }

  return {
    push(chunk) {
      const bytes = joined([held, chunk])
      for (let index = held.length; index < bytes.length; index += 1) {
        const byte = bytes[index] ?? 0
        if (readings.length === 0 && !matcher.begins(byte, bytes[index + 1])) continue
        const at = from + index
        readings = matcher.read(readings, byte, at, (name, began) => finds.push({ name, start: began, end: at + 1 }))
      }
      return release(bytes, readings[0]?.start ?? Number.POSITIVE_INFINITY)
    },
    end: () => release(held, Number.POSITIVE_INFINITY),
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0)
  if (filled.length <= 1) return filled[0] ?? NOTHING
  const whole = new Uint8Array(filled.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of filled) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
