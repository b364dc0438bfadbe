import type { Client } from '@nacre/client'
import type { Happening, TuiExit } from './happening.js'
import { createMailbox } from './mailbox.js'
import { sessionLoop } from './session-loop.js'
import { openTerminal, type TerminalInput, type TerminalOutput } from './terminal.js'
import { themeOf } from './theme.js'
import { farewellLines } from './words.js'

export type TuiOptions = {
  readonly client: Client
  readonly input: TerminalInput
  readonly output: TerminalOutput
  readonly color: boolean
  /** Id, prefix or name of the session to join; without it the one used last, or a new one. */
  readonly session?: string
  /** `stopHint` is said when the person leaves: that the daemon keeps running, and how to stop it. */
  readonly texts: { readonly stopHint: string }
  readonly signal?: AbortSignal
}
export type TuiEnd = { readonly exit: TuiExit }

/**
 * Lets a person talk to their agent in a terminal until they leave, the signal aborts, the terminal is closed or the
 * process is told to end. The terminal is given back as it was on every one of these ways, and when this throws: what
 * `client.connected()` threw, or why the session could not be joined. The client is the caller's to close.
 */
export async function runTui({ client, input, output, color, session, texts, signal }: TuiOptions): Promise<TuiEnd> {
  const mailbox = createMailbox<Happening>()
  const aborted = () => mailbox.post({ type: 'ended', exit: 'aborted' })
  if (signal?.aborted) return { exit: 'aborted' }
  signal?.addEventListener('abort', aborted, { once: true })
  const terminal = openTerminal(input, output, mailbox.post)
  try {
    const exit = await sessionLoop({
      client,
      terminal,
      mailbox,
      theme: themeOf({ noColor: !color, background: 'unknown', depth: '16' }),
      session,
      farewell: (face, how) => (how === 'aborted' ? [] : farewellLines(face, texts.stopHint)),
    })
    return { exit }
  } finally {
    terminal.close()
    signal?.removeEventListener('abort', aborted)
  }
}
