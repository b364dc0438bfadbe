import { constants } from 'node:fs'
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault } from '@nacre/types'

/**
 * Replaces a small text file as a whole: whoever reads it sees the old text or the new one, also after a power cut. Its mode
 * stays; a new file is its owner's alone, and so is a directory that is made for it. A link stays one.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const real = await realpath(path).catch(() => path)
    await writeBeside(real, text)
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new Fault('storage_failed', `${path} could not be written (${why}).`, {
      cause,
      mend: 'It is as it was. See who owns it and its directory, and whether the disk is full.',
    })
  }
}

async function writeBeside(path: string, text: string): Promise<void> {
  const mode = await stat(path).then(
    (stats) => stats.mode & 0o777,
    () => 0o600,
  )
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`)
  await rm(beside, { force: true }) // Of one that died, and had our number.
  const file = await open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await file.writeFile(text)
    // The umask has a say in what `open` makes.
    await file.chmod(mode)
    await file.sync()
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await syncDirectory(dirname(path))
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
