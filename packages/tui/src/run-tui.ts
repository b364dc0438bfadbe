import type { Client, World } from '@nacre/client'
import { drawFirst } from './drawn/first-picture.js'
import { openTerminal, type TerminalInput, type TerminalOutput } from './drawn/terminal.js'
import type { Colours } from './drawn/theme.js'
import type { Happening, TuiExit } from './happening.js'
import { createMailbox } from './mailbox.js'
import type { Place } from './place.js'

export type TuiOptions = {
  readonly world: World
  /** Called once, after the first picture is there. Closing the client is the caller's. */
  readonly connect: () => Promise<Client>
  readonly input: TerminalInput
  readonly output: TerminalOutput
  readonly colours: Colours
  /** Nothing is redrawn and the cursor never moves: for pipes, screen readers and dumb terminals. */
  readonly plain?: boolean
  /** Called once, when something of it is needed. */
  readonly place: () => Promise<Place>
  /** Id, prefix or name of the session to join; without it the one used last, or a new one. */
  readonly session?: string
  /**
   * Said when the person leaves: that the daemon keeps running, and how to stop it; where it does not answer any more,
   * `awayHint`: how to start it. That is said, too, when it stays away.
   */
  readonly texts: { readonly stopHint: string; readonly awayHint?: string }
  readonly signal?: AbortSignal
}
export type TuiEnd = { readonly exit: TuiExit }

/**
 * Lets a person talk to their agent in a terminal until they leave, the signal aborts, the terminal is closed or the
 * process is told to end. The terminal is given back as it was on every one of these ways, and when this throws: what
 * `connect` or the client's `connected()` threw, or why the session could not be joined.
 */
export async function runTui(options: TuiOptions): Promise<TuiEnd> {
  const { input, output, world, plain = false, signal } = options
  if (signal?.aborted) return { exit: 'aborted' }
  const mailbox = createMailbox<Happening>()
  const aborted = () => mailbox.post({ type: 'ended', exit: 'aborted' })
  signal?.addEventListener('abort', aborted, { once: true })
  try {
    if (plain) return await (await import('./talk.js')).talkPlainly(options, mailbox)
    // All else is loaded behind the first picture; what is typed meanwhile waits in the mailbox.
    const terminal = openTerminal(input, output, world, mailbox.post)
    try {
      const drawn = drawFirst(terminal)
      return await (await import('./talk.js')).talk(options, mailbox, terminal, drawn)
    } finally {
      await terminal.close()
    }
  } finally {
    signal?.removeEventListener('abort', aborted)
  }
}
