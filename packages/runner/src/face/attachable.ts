import { open, readFile, stat } from 'node:fs/promises'
import { ATTACHED_LIMIT_BYTES, type Files, HEAD_BYTES } from '@nacre/tui'
import { Fault } from '@nacre/types'

/** The files that can be dropped on a terminal: those of the person who sits at it. */
export const attachable = (home: string): Files => ({
  home,
  async fileAt(path) {
    const stats = await stat(path).catch(() => undefined)
    if (!stats?.isFile()) return undefined
    const file = await open(path).catch(() => undefined)
    if (file === undefined) return undefined
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return { sizeBytes: stats.size, head: buffer.subarray(0, bytesRead) }
    } finally {
      await file.close()
    }
  },
})

/** All of a file that is attached; it may have changed since. */
export async function attachedFile(path: string): Promise<Uint8Array> {
  const stats = await stat(path).catch(() => undefined)
  if (!stats?.isFile())
    throw new Fault('not_found', `${path} is no file any more.`, { mend: 'Attach it again from where it is now.' })
  if (stats.size > ATTACHED_LIMIT_BYTES)
    throw new Fault('limit_exceeded', `${path} has more than ${ATTACHED_LIMIT_BYTES / 1024 / 1024} MiB.`, {
      mend: 'Put it into the workspace, and name the file there.',
    })
  return readFile(path)
}
