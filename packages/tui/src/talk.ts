import { type Canvas, screenCanvas } from './canvas.js'
import { plainTerminal } from './drawn/plain-terminal.js'
import type { Drawn } from './drawn/screen.js'
import { sizeOf, type Terminal } from './drawn/terminal.js'
import { themeOf } from './drawn/theme.js'
import { effectRunner } from './effects.js'
import { newFace } from './face.js'
import type { Happening } from './happening.js'
import type { Mailbox } from './mailbox.js'
import { plainCanvas } from './plain-canvas.js'
import type { TuiEnd, TuiOptions } from './run-tui.js'
import { sessionLoop } from './session-loop.js'
import { farewellLines } from './words.js'

/** Talks over a terminal, below whose printed lines something was drawn already. */
export const talk = (
  options: TuiOptions,
  mailbox: Mailbox<Happening>,
  terminal: Terminal,
  drawn: Drawn,
): Promise<TuiEnd> =>
  converse(options, mailbox, terminal.lend, screenCanvas(terminal, options.colours, drawn, options.world.now))

/** Talks in lines, over whatever stands before us. */
export async function talkPlainly(options: TuiOptions, mailbox: Mailbox<Happening>): Promise<TuiEnd> {
  const { input, output, colours } = options
  const terminal = plainTerminal(input, output, mailbox.post)
  try {
    const canvas = plainCanvas((text) => void output.write(text), themeOf(colours))
    return await converse(options, mailbox, terminal.lend, canvas)
  } finally {
    await terminal.close()
  }
}

async function converse(
  { world, connect, place, session, output, colours, plain = false, texts }: TuiOptions,
  mailbox: Mailbox<Happening>,
  lend: Terminal['lend'],
  canvas: Canvas,
): Promise<TuiEnd> {
  const exit = await sessionLoop({
    world,
    mailbox,
    canvas,
    effects: effectRunner({ connect, world, place, lend, post: mailbox.post }),
    face: {
      ...newFace(session),
      size: sizeOf(output),
      plain,
      awayHint: texts.awayHint ?? '',
      theme: { name: colours.background, chosen: false },
    },
    farewell: (face, how) => (how === 'aborted' ? [] : farewellLines(face, texts)),
  })
  return { exit }
}
