import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether the work recorded in `path` was done for exactly this fingerprint. */
export function isStamped(path, fingerprint) {
  try {
    return readFileSync(path, 'utf8') === fingerprint
  } catch {
    return false
  }
}

/** Taken away before the work begins, so that work killed half-way is done again. */
export function removeStamp(path) {
  rmSync(path, { force: true })
}

export function writeStamp(path, fingerprint) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, fingerprint)
  renameSync(`${path}.${process.pid}`, path)
}
