import { utf8Length } from '@nacre/kit'
import type { ToolResult } from '@nacre/tool'
import type { FileSlice } from '@nacre/types'
import { shownPath } from './path.js'
import { decodeText, failed, notText } from './text.js'

/** A slice of a file for a model: its whole characters, and where it lies and goes on if it is not all. */
export function sliceWords(path: string, offset: number, { bytes, sizeBytes }: FileSlice): string | ToolResult {
  if (sizeBytes === 0) return `${shownPath(path)} is empty.`
  if (offset >= sizeBytes)
    return failed(`${shownPath(path)} has only ${sizeBytes} bytes; there is nothing at ${offset}.`)
  const start = offset === 0 ? 0 : continuationBytes(bytes)
  const atEnd = offset + bytes.length >= sizeBytes
  const text = decodeText(bytes.subarray(start), atEnd)
  if (text === undefined) return notText(path, sizeBytes)
  const first = offset + start
  const next = first + utf8Length(text)
  if (first === 0 && next === sizeBytes) return text
  const onward = next < sizeBytes ? `; read on with offset_bytes ${next}` : ', the end'
  return `${text}\n[bytes ${first} to ${next} of ${sizeBytes}${onward}]`
}

/** How many bytes at the beginning belong to a character that began before the slice: at most three. */
function continuationBytes(bytes: Uint8Array): number {
  const first = bytes.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80)
  return first === -1 ? Math.min(3, bytes.length) : first
}
