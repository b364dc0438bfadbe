import type { Client, World } from '@nacre/client'
import { type Canvas, screenCanvas } from './canvas.js'
import { effectRunner } from './effects.js'
import { newFace } from './face.js'
import type { Happening, TuiExit } from './happening.js'
import { createMailbox, type Mailbox } from './mailbox.js'
import type { Place } from './place.js'
import { plainCanvas } from './plain-canvas.js'
import { plainTerminal } from './plain-terminal.js'
import { sessionLoop } from './session-loop.js'
import { openTerminal, type Terminal, type TerminalInput, type TerminalOutput } from './terminal.js'
import { type Colours, themeOf } from './theme.js'
import { farewellLines } from './words.js'

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
  /** `stopHint` is said when the person leaves: that the daemon keeps running, and how to stop it. */
  readonly texts: { readonly stopHint: string }
  readonly signal?: AbortSignal
}
export type TuiEnd = { readonly exit: TuiExit }

/**
 * Lets a person talk to their agent in a terminal until they leave, the signal aborts, the terminal is closed or the
 * process is told to end. The terminal is given back as it was on every one of these ways, and when this throws: what
 * `connect` or the client's `connected()` threw, or why the session could not be joined.
 */
export async function runTui(options: TuiOptions): Promise<TuiEnd> {
  const { world, output, session, texts, signal } = options
  const mailbox = createMailbox<Happening>()
  const aborted = () => mailbox.post({ type: 'ended', exit: 'aborted' })
  if (signal?.aborted) return { exit: 'aborted' }
  signal?.addEventListener('abort', aborted, { once: true })
  const { terminal, canvas } = options.plain ? plainly(options, mailbox.post) : drawn(options, mailbox.post)
  const { connect, place } = options
  try {
    const exit = await sessionLoop({
      world,
      mailbox,
      canvas,
      effects: effectRunner({ connect, world, place, lend: terminal.lend, post: mailbox.post }),
      face: { ...newFace(session), columns: output.columns || 80, plain: options.plain ?? false },
      farewell: (face, how) => (how === 'aborted' ? [] : farewellLines(face, texts.stopHint)),
    })
    return { exit }
  } finally {
    await terminal.close()
    signal?.removeEventListener('abort', aborted)
  }
}

type Post = Mailbox<Happening>['post']
type Stage = { readonly terminal: Pick<Terminal, 'lend' | 'close'>; readonly canvas: Canvas }

function drawn({ world, input, output, colours }: TuiOptions, post: Post): Stage {
  const terminal = openTerminal(input, output, world, post)
  terminal.ask()
  return { terminal, canvas: screenCanvas(terminal, colours) }
}

function plainly({ input, output, colours }: TuiOptions, post: Post): Stage {
  const terminal = plainTerminal(input, output, post)
  return { terminal, canvas: plainCanvas((text) => void output.write(text), themeOf(colours)) }
}
