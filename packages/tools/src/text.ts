import type { ToolResult } from '@nacre/tool'
import { Fault, type Workspace } from '@nacre/types'
import { shownPath } from './path.js'

/** What a workspace gives at once. */
const SLICE_BYTES = 1024 * 1024

/** A whole file, if it is UTF-8 text and at most `mostBytes` long. */
export type WholeText =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'binary'; readonly sizeBytes: number }
  | { readonly type: 'large'; readonly sizeBytes: number }

/** Reads a file to its end. Throws the Faults of the workspace, and `invalid_input` if the file changed meanwhile. */
export async function readWhole(workspace: Workspace, path: string, mostBytes: number): Promise<WholeText> {
  const first = await workspace.read(path, { offset: 0, limitBytes: Math.min(SLICE_BYTES, mostBytes) })
  const { sizeBytes } = first
  if (sizeBytes > mostBytes) return { type: 'large', sizeBytes }
  const slices = [first.bytes]
  for (let offset = first.bytes.length; offset < sizeBytes; ) {
    const next = await workspace.read(path, { offset, limitBytes: SLICE_BYTES })
    if (next.sizeBytes !== sizeBytes || next.bytes.length === 0)
      throw new Fault('invalid_input', `${shownPath(path)} changed while it was read`, { retry: 'now' })
    slices.push(next.bytes)
    offset += next.bytes.length
  }
  const text = decodeText(Buffer.concat(slices), true)
  return text === undefined ? { type: 'binary', sizeBytes } : { type: 'text', text }
}

/** Undefined if it is no UTF-8 text. Without `final`, a character cut off at the end is left out. */
export function decodeText(bytes: Uint8Array, final: boolean): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !final })
  } catch {
    return undefined
  }
}

/** A name with a line break or a quote in it is shown quoted, so that it cannot pose as another entry. */
export function shownName(name: string): string {
  return /[\p{Cc}\p{Cf}\u2028\u2029"]/u.test(name) ? JSON.stringify(name) : name
}

export const notText = (path: string, sizeBytes: number) =>
  failed(`${shownPath(path)} is not UTF-8 text (${sizeBytes} bytes). Look at it with a command that knows its format.`)

export const failed = (text: string): ToolResult => ({ parts: [{ type: 'text', text }], isError: true })
