import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Where a session's file is read from, from its beginning and more than once. `name` is for people. */
export type Source = { readonly name: string; readonly bytes: () => AsyncIterable<Uint8Array> }

const CHUNK = { highWaterMark: 256 * 1024 } as const

export const fileAt = (path: string): Source => ({ name: path, bytes: () => createReadStream(path, CHUNK) })

/** All of standard input, kept in a file without a name: nobody else finds it, and it is gone with this process. */
export async function standardInput(): Promise<Source> {
  const directory = mkdtempSync(join(tmpdir(), 'nacre-'))
  const file = await open(join(directory, 'session.jsonl'), 'wx+', 0o600)
  rmSync(directory, { recursive: true })
  await pipeline(process.stdin, file.createWriteStream({ autoClose: false }))
  return {
    name: 'standard input',
    bytes: () => file.createReadStream({ ...CHUNK, start: 0, autoClose: false }),
  }
}
