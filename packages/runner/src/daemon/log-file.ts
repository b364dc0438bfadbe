import type { FileHandle } from 'node:fs/promises'
import { open, stat } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { Fault, type World } from '@nacre/types'

const CHUNK_BYTES = 64 * 1024
const LINE_CHARS = 64 * 1024
const POLL_MS = 200

/** `live` once, when all that was there has been read. */
export type LogFileItem = { readonly kind: 'line'; readonly line: string } | { readonly kind: 'live' }

/**
 * The lines of a log file, those that were rotated away to `path.1` first, and what comes: through rotation and truncation,
 * also of a file that is not there yet, until the signal aborts.
 */
export async function* followLogFile(path: string, signal: AbortSignal, world: World): AsyncIterable<LogFileItem> {
  // Opened before the old one is read: what is rotated in between is then still this one.
  let current = await reader(path)
  try {
    const old = await reader(`${path}.1`)
    if (old) {
      if (old.file !== current?.file) yield* old.lines()
      await old.close()
    }
    for (let live = false; !signal.aborted; ) {
      if (current) yield* current.lines()
      if (!live) yield { kind: 'live' }
      live = true
      const next = await nextOf(path, current)
      if (next !== current) {
        // What was written between the last look and the rotation.
        if (current) yield* current.lines()
        await current?.close()
        current = next
      } else await world.sleep(POLL_MS, signal)
    }
  } finally {
    await current?.close()
  }
}

type Reader = {
  readonly file: string
  readonly lines: () => AsyncIterable<LogFileItem>
  /** Whether less is in the file than was read of it. */
  readonly cutTo: (sizeBytes: number) => boolean
  readonly close: () => Promise<void>
}

/** The reader of what lies at `path` now: the same one, unless the file is another or begins anew. */
async function nextOf(path: string, current: Reader | undefined): Promise<Reader | undefined> {
  const there = await stat(path).catch(() => undefined)
  if (there === undefined) return current
  const same = current !== undefined && current.file === fileOf(there) && !current.cutTo(there.size)
  return same ? current : ((await reader(path)) ?? current)
}

const fileOf = ({ dev, ino }: { readonly dev: number; readonly ino: number }) => `${dev} ${ino}`

async function reader(path: string): Promise<Reader | undefined> {
  const handle = await opened(path)
  if (handle === undefined) return undefined
  const decoder = new StringDecoder('utf8')
  let at = 0
  let rest = ''
  return {
    file: fileOf(await handle.stat()),
    cutTo: (sizeBytes) => sizeBytes < at,
    close: () => handle.close(),
    async *lines() {
      const buffer = Buffer.alloc(CHUNK_BYTES)
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at)
        if (bytesRead === 0) return
        at += bytesRead
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n')
        // A line beyond the bound is handed on in pieces.
        rest = lines.pop() ?? ''
        if (rest.length > LINE_CHARS) {
          lines.push(rest)
          rest = ''
        }
        for (const line of lines) if (line !== '') yield { kind: 'line', line }
      }
    },
  }
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const why = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('storage_failed', `The daemon's log ${path} cannot be read: ${why}`, {
      cause,
      mend: 'It is a file of the user whose daemon it is: read it as that user.',
    })
  }
}
