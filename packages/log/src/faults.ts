import { Fault, type FaultCode } from '@nacre/types'

const SQLITE_BUSY = 5
export const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26
const RESTORE =
  'Restore the file from a backup, or move it away to begin a new log. It was left as it is; `sqlite3 <file> .recover` may save parts of it.'

/** What SQLite threw, as a Fault. Every error of the database is converted here, once. */
export function toFault(error: unknown, path: string): Fault {
  if (error instanceof Fault) return error
  const detail = error instanceof Error ? error.message : String(error)
  switch (primaryCode(error)) {
    case SQLITE_BUSY:
      return new Fault('conflict', `The log ${path} is held by another process.`, { retry: { afterMs: 1000 } })
    case SQLITE_FULL:
      return new Fault('storage_full', `No space left for the log ${path}.`, {
        mend: 'Free space on its disk; then go on.',
      })
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new Fault('corrupt', `The log ${path} is damaged or no database: ${detail}.`, { mend: RESTORE })
    default:
      return new Fault('storage_failed', `The log ${path} failed: ${detail}.`, {
        mend: 'Check the disk and the permissions of the file. What was not acknowledged may or may not be there.',
      })
  }
}

export const damaged = (why: string, cause?: unknown): Fault =>
  new Fault('corrupt', `The log is damaged. ${why}.`, { mend: RESTORE, cause })

export const closed = (): Fault => new Fault('closed', 'The log is closed.')

const primaryCode = (error: unknown): number | undefined => {
  const code = (error as { rawCode?: unknown } | undefined)?.rawCode
  // The low byte is the primary code; extended codes (SQLITE_CORRUPT_INDEX, SQLITE_IOERR_WRITE …) only add to it.
  return typeof code === 'number' ? code & 0xff : undefined
}

/** A Fault as it crosses from thread to thread: a structured clone would lose its class. */
export type WireFault = { readonly code: FaultCode; readonly message: string; readonly mend: string | undefined }
export const toWire = ({ code, message, mend }: Fault): WireFault => ({ code, message, mend })
export const fromWire = ({ code, message, mend }: WireFault): Fault =>
  new Fault(code, message, {
    ...(mend !== undefined && { mend }),
    ...(code === 'conflict' && { retry: { afterMs: 1000 } }),
  })
