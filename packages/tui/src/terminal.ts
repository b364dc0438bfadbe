import type { Size } from './block.js'
import type { Happening } from './happening.js'
import { type Key, keyDecoder } from './keys.js'

/** What is used of `process.stdin`. */
export type TerminalInput = NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown }
/** What is used of `process.stdout`. */
export type TerminalOutput = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number }

export type Terminal = { write(text: string): void; size(): Size; close(): void }

const BRACKETED_PASTE_ON = '\u001b[?2004h'
/** Paste as before, autowrap on, cursor shown, colours off. */
const RESTORE = '\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[0m'
/** An Escape with nothing behind it for so long was pressed by a person. */
const ESCAPE_PAUSE_MS = 50
const DEATHS = ['SIGTERM', 'SIGHUP'] as const

/**
 * Takes a terminal into raw mode and posts what happens at it. `close` gives it back as it was, once; so does the end
 * of the process, however it comes short of SIGKILL.
 */
export function openTerminal(
  input: TerminalInput,
  output: TerminalOutput,
  post: (happening: Happening) => void,
): Terminal {
  const decoder = keyDecoder()
  let pause: NodeJS.Timeout | undefined
  const postAll = (keys: readonly Key[]) => {
    for (const key of keys) post({ type: 'key', key })
  }
  const pressed = (chunk: Buffer | string) => {
    clearTimeout(pause)
    postAll(decoder.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
    if (decoder.pending) pause = setTimeout(() => postAll(decoder.flush()), ESCAPE_PAUSE_MS)
  }
  const resized = () => post({ type: 'resized' })
  const gone = () => post({ type: 'ended', exit: 'input-closed' })
  const killed = () => post({ type: 'ended', exit: 'terminated' })
  let open = true
  const restore = () => {
    if (!open) return
    open = false
    output.write(RESTORE)
    input.setRawMode?.(false)
  }
  input.on('data', pressed).on('end', gone).on('error', gone)
  output.on('resize', resized).on('error', gone)
  process.once('exit', restore)
  for (const signal of DEATHS) process.on(signal, killed)
  input.setRawMode?.(true)
  input.resume()
  output.write(BRACKETED_PASTE_ON)
  return {
    write: (text) => void output.write(text),
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    close() {
      clearTimeout(pause)
      restore()
      input.off('data', pressed).off('end', gone).off('error', gone)
      input.pause()
      output.off('resize', resized).off('error', gone)
      process.off('exit', restore)
      for (const signal of DEATHS) process.off(signal, killed)
    },
  }
}
