import { utf8Length } from '@nacre/kit'
import { defineTool, type Tool, type ToolResult } from '@nacre/tool'
import type { FileEntry, FileSlice, Workspace } from '@nacre/types'
import { z } from 'zod'
import { shownPath } from './path.js'

const LISTED = 1_000
/** A slice stays below what a result may weigh, so that it arrives whole, note included. */
const SLICE_BYTES = { default: 12 * 1024, most: 15 * 1024 }
const FILE_TIMEOUT_MS = 30_000
const filePath = z.string().min(1).describe('A path below /shared or /tmp, or relative to /shared')

export function fileListTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'file_list',
    description: 'Lists a directory: one entry a line, directories with a slash at the end, files with their size.',
    input: z.strictObject({ path: filePath.default('/shared').describe('The directory') }),
    safety: 'read-only',
    replay: 'pure',
    timeoutMs: FILE_TIMEOUT_MS,
    async run({ path }) {
      const entries = await workspace.list(path)
      if (entries.length === 0) return `${shownPath(path)} is empty.`
      const lines = entries.slice(0, LISTED).map(entryLine)
      const more = entries.length - lines.length
      return [...lines, ...(more > 0 ? [`[${more} more entries not shown]`] : [])].join('\n')
    },
  })
}

export function fileReadTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'file_read',
    description:
      'Reads a UTF-8 text file, or a part of it. A part ends with a note that says where to read on. Binary files are described, not shown.',
    input: z.strictObject({
      path: filePath,
      offset_bytes: z.int().min(0).default(0).describe('Where to begin'),
      limit_bytes: z.int().min(4).max(SLICE_BYTES.most).default(SLICE_BYTES.default).describe('How much to read'),
    }),
    safety: 'read-only',
    replay: 'pure',
    timeoutMs: FILE_TIMEOUT_MS,
    run: async ({ path, offset_bytes: offset, limit_bytes: limitBytes }) =>
      sliceWords(path, offset, await workspace.read(path, { offset, limitBytes })),
  })
}

export function fileWriteTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'file_write',
    description: 'Writes a text file whole: makes it, with its directories, or replaces it.',
    input: z.strictObject({ path: filePath, content: z.string().describe('All of the new content') }),
    safety: 'side-effecting',
    replay: 'idempotent',
    timeoutMs: FILE_TIMEOUT_MS,
    async run({ path, content }, { session, epoch }) {
      const bytes = new TextEncoder().encode(content)
      await workspace.write(path, bytes, { fence: { session, epoch } })
      return `Wrote ${bytes.length} bytes to ${shownPath(path)}.`
    },
  })
}

/** A name with a line break or a quote in it is shown quoted, so that it cannot pose as another entry. */
function entryLine({ name, type, sizeBytes }: FileEntry): string {
  const shown = /[\p{Cc}\p{Cf}\u2028\u2029"]/u.test(name) ? JSON.stringify(name) : name
  if (type === 'directory') return `${shown}/`
  return type === 'file'
    ? `${shown} (${sizeBytes} bytes)`
    : `${shown} (${type === 'link' ? 'symbolic link' : 'not a file'})`
}

function sliceWords(path: string, offset: number, { bytes, sizeBytes }: FileSlice): string | ToolResult {
  if (sizeBytes === 0) return `${shownPath(path)} is empty.`
  if (offset >= sizeBytes)
    return failed(`${shownPath(path)} has only ${sizeBytes} bytes; there is nothing at ${offset}.`)
  const start = offset === 0 ? 0 : continuationBytes(bytes)
  const atEnd = offset + bytes.length >= sizeBytes
  const text = decodeText(bytes.subarray(start), atEnd)
  if (text === undefined)
    return failed(
      `${shownPath(path)} is not UTF-8 text (${sizeBytes} bytes). Look at it with a command that knows its format.`,
    )
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

/** Without `final`, a character cut off at the end is left to the next slice. */
function decodeText(bytes: Uint8Array, final: boolean): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !final })
  } catch {
    return undefined
  }
}

const failed = (text: string): ToolResult => ({ parts: [{ type: 'text', text }], isError: true })
