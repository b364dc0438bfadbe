import { constants, type FileHandle, open } from 'node:fs/promises'

/** A small text file, or in words why it cannot be had. Nothing here waits for a pipe or a device. */
export type ReadFile = { readonly text: string } | { readonly missing: true } | { readonly refused: string }

const CONFIG_BYTES = 262_144

export async function readSmall(path: string, mostBytes = CONFIG_BYTES): Promise<ReadFile> {
  let file: FileHandle
  try {
    // A named pipe would otherwise wait for its writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? { missing: true } : { refused: `cannot be read (${code})` }
  }
  try {
    return await readOpen(file, mostBytes)
  } catch (error) {
    return { refused: `cannot be read (${codeOf(error)})` }
  } finally {
    await file.close()
  }
}

async function readOpen(file: FileHandle, mostBytes: number): Promise<ReadFile> {
  if (!(await file.stat()).isFile()) return { refused: 'is not a regular file' }
  const bytes = new Uint8Array(mostBytes + 1)
  let length = 0
  for (let more = 1; more > 0 && length < bytes.length; length += more) {
    more = (await file.read(bytes, length, bytes.length - length)).bytesRead
  }
  if (length > mostBytes) return { refused: `has more than ${mostBytes} bytes` }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)) }
  } catch {
    return { refused: 'is not UTF-8' }
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')
