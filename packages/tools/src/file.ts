import { constants, fsync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, opendir, rename, unlink } from 'node:fs/promises'
import { Fault, type FileEntry, type FileSlice } from '@nacre/types'
import type { Directory } from './directory.js'
import { codeOf, linkFault } from './errno.js'
import { shownPath } from './path.js'

// Without O_NONBLOCK, a FIFO put in place after the look would hang one of the few threads that do file work.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const PRIVATE_FILE = 0o600
const OWNER_MAY_RUN = 0o100
// Not by import, see docs/decisions/light.md.
const syncDirectory = process.getBuiltinModule('node:util').promisify(fsync)

/** Bytes `[offset, offset + limitBytes)` of the regular file `name`; fewer at its end. `where` is its virtual path. */
export async function readSlice(
  directory: Directory,
  name: string,
  where: string,
  range: { offset: number; limitBytes: number },
): Promise<FileSlice> {
  refuseIrregular(await lstat(directory.at(name)), where)
  const file = await open(directory.at(name), READ)
  try {
    const { size } = refuseIrregular(await file.stat(), where)
    await directory.check(file.fd, name, where)
    const bytes = new Uint8Array(Math.max(0, Math.min(range.limitBytes, size - range.offset)))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, range.offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return { bytes: bytes.subarray(0, filled), sizeBytes: size }
  } finally {
    await file.close()
  }
}

/**
 * Replaces or makes the file `name`: beside it first, synced, then renamed over it, so that a reader, a crash and a
 * full disk see the old bytes or the new ones. Keeps the owner's right to run it. `commit` is called last before the
 * rename, and may throw to call it off.
 */
export async function replaceFile(
  directory: Directory,
  name: string,
  where: string,
  write: { bytes: Uint8Array; commit: () => void },
): Promise<void> {
  const mode = PRIVATE_FILE | ((await writableMode(directory, name, where)) & OWNER_MAY_RUN)
  const { file, path, beside } = await openBeside(directory)
  try {
    try {
      await directory.check(file.fd, beside, where)
      await file.chmod(mode)
      await file.writeFile(write.bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await directory.check(directory.fd, '.', where)
    write.commit()
    await rename(path, directory.at(name))
  } catch (error) {
    await unlink(path).catch(() => undefined)
    throw error
  }
  await syncDirectory(directory.fd)
}

/** What is in a directory, sorted by name; a Fault `limit_exceeded` beyond `limit` entries. */
export async function listEntries(directory: Directory, where: string, limit: number): Promise<readonly FileEntry[]> {
  const names: string[] = []
  for await (const entry of await opendir(directory.at('.'))) {
    names.push(entry.name)
    if (names.length > limit)
      throw new Fault('limit_exceeded', `${shownPath(where)} has more than ${limit} entries`, {
        mend: 'Look at it with a command that shows a part',
      })
  }
  await directory.check(directory.fd, '.', where)
  const entries: FileEntry[] = []
  for (const name of names.toSorted()) {
    const seen = await lstat(directory.at(name)).catch(() => undefined)
    // What is gone by now was never there; a name that is no UTF-8 cannot be asked for, but it is there.
    if (seen !== undefined) entries.push({ name, type: typeOf(seen), sizeBytes: seen.size })
    else if (name.includes('\ufffd')) entries.push({ name, type: 'other', sizeBytes: 0 })
  }
  return entries
}

/** The mode of the file that would be replaced, 0 if there is none. */
async function writableMode(directory: Directory, name: string, where: string): Promise<number> {
  const seen = await lstat(directory.at(name)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (seen === undefined) return 0
  refuseIrregular(seen, where)
  if (seen.nlink > 1)
    throw new Fault('denied', `${shownPath(where)} has a second name elsewhere (a hard link), and is not written`, {
      mend: 'Write to a new path instead',
    })
  return seen.mode
}

// O_EXCL makes the name's uniqueness the file system's business; a crash can leave one behind, and the next is taken.
async function openBeside(directory: Directory): Promise<{ file: FileHandle; path: string; beside: string }> {
  for (let attempt = 0; ; attempt++) {
    const beside = `.nacre-${process.pid}-${attempt}.tmp`
    const path = directory.at(beside)
    try {
      return { file: await open(path, MAKE, PRIVATE_FILE), path, beside }
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

function refuseIrregular(seen: Stats, where: string): Stats {
  if (seen.isFile()) return seen
  if (seen.isSymbolicLink()) throw linkFault(where)
  if (seen.isDirectory()) throw new Fault('invalid_input', `${shownPath(where)} is a directory`)
  throw new Fault('denied', `${shownPath(where)} is not a regular file (a pipe, socket or device)`)
}

function typeOf(seen: Stats): FileEntry['type'] {
  if (seen.isFile()) return 'file'
  if (seen.isDirectory()) return 'directory'
  return seen.isSymbolicLink() ? 'link' : 'other'
}
