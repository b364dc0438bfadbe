import { Fault, type Json } from '@nacre/types'
import { parseJson } from './loose.js'

/** Bounds of an answer that comes in one piece, in bytes: of a whole completion, of an error. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024
const ERROR_LIMIT_BYTES = 64 * 1024

/** A chunk from its first byte on that is neither white space nor part of a byte order mark; empty where there is none. */
export function withoutBlank(chunk: Uint8Array): Uint8Array {
  const start = chunk.findIndex((byte) => !BLANK.has(byte))
  return chunk.subarray(start === -1 ? chunk.length : start)
}
const BLANK = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf])

/** Reads a body that is one JSON text. Throws `stream_cut` where it is none, `provider_error` where it is too long. */
export function openJson(where: string, onJson: (json: Json) => void): { feed(chunk: Uint8Array): void; end(): void } {
  const body = newText(BODY_LIMIT_BYTES)
  return {
    feed(chunk) {
      if (!body.add(chunk)) throw bodyTooLong(where)
    },
    end() {
      const json = parseJson(body.text())
      if (json === undefined) throw notWhole(where)
      onJson(json)
    },
  }
}

/** The beginning of an error's body; an error while reading ends it. */
export async function readErrorText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return (await readText(bytes, ERROR_LIMIT_BYTES)).text
}

/** The text of at most `limit` bytes; `cut` says that there were more. */
export async function readText(
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ text: string; cut: boolean }> {
  const body = newText(limit)
  let cut = false
  for await (const chunk of bytes) {
    cut = !body.add(chunk)
    if (cut) break
  }
  return { text: body.text(), cut }
}

/** Chunks put together; `add` is false where they are more than `limit` bytes, which is what `text` ends with. */
function newText(limit: number): { add(chunk: Uint8Array): boolean; text(): string } {
  const chunks: Uint8Array[] = []
  let size = 0
  return {
    add(chunk) {
      chunks.push(chunk)
      size += chunk.length
      return size <= limit
    },
    text: () => new TextDecoder().decode(Buffer.concat(chunks).subarray(0, limit)),
  }
}

const bodyTooLong = (where: string) =>
  new Fault('provider_error', `${where} sent an answer of more than ${BODY_LIMIT_BYTES} bytes in one piece.`, {
    mend: 'What answers at this base URL is no model API, or a broken one: check the base URL.',
  })

const notWhole = (where: string) =>
  new Fault('stream_cut', `${where} sent an answer in one piece that is not whole JSON.`, {
    retry: 'now',
    mend: 'Ask again; where it stays so, what answers at the base URL is broken.',
  })
