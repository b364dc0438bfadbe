import { Fault, type Json } from '@nacre/types'
import { parseJson } from './loose.js'

/** Bounds of an answer that comes in one piece, in bytes: of a whole completion, of an error. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024
const ERROR_LIMIT_BYTES = 64 * 1024

/** The bytes from the first one that is neither white space nor a byte order mark; undefined where there is none. */
export async function skipBlank(bytes: AsyncIterator<Uint8Array>): Promise<FirstBytes | undefined> {
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
    const start = next.value.findIndex((byte) => !BLANK.has(byte))
    if (start !== -1) return { first: next.value[start] ?? 0, bytes: chained(next.value.subarray(start), bytes) }
  }
  return undefined
}
type FirstBytes = { readonly first: number; readonly bytes: AsyncIterable<Uint8Array> }
const BLANK = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf])

/** Breaking off leaves the rest unread. */
function chained(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let begun = false
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (begun) return rest.next()
    begun = true
    return { done: false, value: head }
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

/** A body as JSON. Throws `stream_cut` where it is none, `provider_error` where it is too long. */
export async function readJson(bytes: AsyncIterable<Uint8Array>, where: string): Promise<Json> {
  const { text, cut } = await readText(bytes, BODY_LIMIT_BYTES)
  if (cut)
    throw new Fault('provider_error', `${where} sent an answer of more than ${BODY_LIMIT_BYTES} bytes in one piece.`, {
      mend: 'What answers at this base URL is no model API, or a broken one: check the base URL.',
    })
  const json = parseJson(text)
  if (json === undefined)
    throw new Fault('stream_cut', `${where} sent an answer in one piece that is not whole JSON.`, {
      retry: 'now',
      mend: 'Ask again; where it stays so, what answers at the base URL is broken.',
    })
  return json
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
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) break
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, limit))
  return { text, cut: size > limit }
}
