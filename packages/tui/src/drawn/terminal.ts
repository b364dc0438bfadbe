import type { World } from '@nacre/client'
import type { Size } from '../block.js'
import type { Happening } from '../happening.js'
import { type Key, keyDecoder } from '../typed/keys.js'
import { PLACE_QUESTION, QUESTIONS, type Reply, replyOf } from './replies.js'
import { createWindow, type Window } from './window.js'

/** What is used of `process.stdin`. */
export type TerminalInput = NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown }
/** What is used of `process.stdout`. */
export type TerminalOutput = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number }

export type Terminal = {
  write(text: string): void
  size(): Size
  readonly window: Pick<Window, 'moving' | 'resized'>
  /** Asks what it can do; the answers are posted. */
  ask(): void
  /** Gives it away while `work` has it, as it was before. */
  lend<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

const ESC = '\u001b'
const PASTE_ON = `${ESC}[?2004h`
/** Paste as before, autowrap on, cursor shown, colours off. */
const RESTORE = `${ESC}[?2004l${ESC}[?7h${ESC}[?25h${ESC}[0m`
const SYNC_ON = `${ESC}[?2026h`
const SYNC_OFF = `${ESC}[?2026l`
/** A drawing that is shorter is on the screen at once anyway. */
const SYNC_CHARS = 256
const DEATHS = ['SIGTERM', 'SIGHUP'] as const
/** An Escape that nothing follows for so long was the key. */
const ESCAPE_MS = 50
/** Answers that come after we have left would be typed into the shell. */
const ANSWERS_MS = 300

/**
 * Takes a terminal into raw mode and posts what happens at it. `close` gives it back as it was, once; so does the end
 * of the process, however it comes short of SIGKILL.
 */
export function openTerminal(
  input: TerminalInput,
  output: TerminalOutput,
  world: World,
  post: (happening: Happening) => void,
): Terminal {
  const size = () => sizeOf(output)
  const told = () => post({ type: 'resized', size: size() })
  const ask = () => held && output.write(PLACE_QUESTION)
  const window = createWindow(world, () => size().columns, ask, told)
  const keys = keyReader(world, post, window)
  // Whoever has the terminal meanwhile asks for itself.
  const resized = () => (held ? window.changed() : told())
  const gone = () => post({ type: 'ended', exit: 'input-closed' })
  const killed = () => post({ type: 'ended', exit: 'terminated' })
  let held = false
  const take = () => {
    held = true
    input.on('data', keys.take)
    input.setRawMode?.(true)
    input.resume()
    output.write(PASTE_ON)
  }
  const restore = () => {
    if (!held) return
    held = false
    input.off('data', keys.take)
    output.write(RESTORE)
    input.setRawMode?.(false)
    input.pause()
  }
  input.on('end', gone).on('error', gone)
  output.on('resize', resized).on('error', gone)
  process.once('exit', restore)
  for (const signal of DEATHS) process.on(signal, killed)
  take()
  return {
    write: (text) =>
      void output.write(keys.synchronized() && text.length > SYNC_CHARS ? SYNC_ON + text + SYNC_OFF : text),
    size,
    window,
    ask() {
      keys.asked()
      output.write(QUESTIONS)
    },
    async lend(work) {
      await keys.answered()
      restore()
      try {
        return await work()
      } finally {
        take()
        told()
      }
    },
    async close() {
      await Promise.all([keys.answered(), window.close()])
      restore()
      input.off('end', gone).off('error', gone)
      output.off('resize', resized).off('error', gone)
      process.off('exit', restore)
      for (const signal of DEATHS) process.off(signal, killed)
    },
  }
}

/** Outside of a terminal, as one is most often. */
export const sizeOf = ({ columns, rows }: TerminalOutput): Size => ({ columns: columns || 80, rows: rows || 24 })

/** Keys are posted; of what the terminal answers, only what a face has to know. */
function keyReader(world: World, post: (happening: Happening) => void, window: Window) {
  const decoder = keyDecoder()
  let synchronized = false
  let done = Promise.resolve()
  let finish: () => void = () => undefined
  let chunks = 0
  const replied = (reply: Reply | undefined) => {
    if (reply?.type === 'synchronized') synchronized = reply.supported
    if (reply?.type === 'background') post({ type: 'background', background: reply.background })
    if (reply?.type === 'place') window.answered(reply)
    if (reply?.type === 'done') finish()
  }
  const happened = (all: readonly Key[]) => {
    for (const key of all) {
      if (key.type === 'reply') replied(replyOf(key.text))
      else post({ type: 'key', key })
    }
  }
  const flushLater = async (chunk: number) => {
    await world.sleep(ESCAPE_MS)
    if (chunk === chunks) happened(decoder.flush())
  }
  return {
    synchronized: () => synchronized,
    take(chunk: Buffer | string): void {
      chunks++
      happened(decoder.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
      if (decoder.pending) void flushLater(chunks)
    },
    asked(): void {
      done = new Promise((resolve) => {
        finish = resolve
      })
    },
    async answered(): Promise<void> {
      const waited = new AbortController()
      await Promise.race([done, world.sleep(ANSWERS_MS, waited.signal)])
      waited.abort() // Or the clock would hold up whoever leaves.
    },
  }
}
