import type { Client } from '@nacre/client'
import { blockOf } from './block.js'
import { effectRunner } from './effects.js'
import { type Face, newFace } from './face.js'
import { happen } from './happen.js'
import type { Happening, TuiExit } from './happening.js'
import type { Line } from './line.js'
import type { Mailbox } from './mailbox.js'
import { type Drawn, frame } from './screen.js'
import type { Terminal } from './terminal.js'
import type { Theme } from './theme.js'

export type LoopOptions = {
  readonly client: Client
  readonly terminal: Terminal
  readonly mailbox: Mailbox<Happening>
  readonly theme: Theme
  /** Id or prefix of the session to join. */
  readonly session: string | undefined
  /** What to say last. */
  readonly farewell: (face: Face, exit: TuiExit) => readonly Line[]
}

/** Lets things happen, draws what they make and does what they ask for, until one of them is the end. */
export async function sessionLoop(options: LoopOptions): Promise<TuiExit> {
  const { client, terminal, mailbox, theme, session, farewell } = options
  const effects = effectRunner(client, mailbox.post)
  const canvas = createCanvas(terminal, theme)
  let face = newFace(client.status, session)
  const take = (happening: Happening): TuiExit | undefined => {
    const step = happen(face, happening)
    face = step.face
    for (const effect of step.effects) {
      if (effect.type === 'end') return effect.exit
      effects.run(effect)
    }
    return undefined
  }
  try {
    face = canvas.draw(face)
    effects.run({ type: 'connect' })
    for (;;) {
      for (const happening of await mailbox.next()) {
        const exit = take(happening)
        if (exit === undefined) continue
        face = { ...face, out: [...face.out, ...farewell(face, exit)] }
        return exit
      }
      face = canvas.draw(face)
    }
  } finally {
    effects.stop()
    canvas.leave(face)
  }
}

/** Remembers what stands below the printed lines. `draw` gives back the face without the lines that it printed. */
function createCanvas(terminal: Terminal, theme: Theme) {
  let last: Drawn | undefined
  return {
    draw(face: Face): Face {
      const size = terminal.size()
      const block = blockOf(face, size)
      const text = frame(last, face.out, block, size, theme)
      if (text !== '') terminal.write(text)
      last = { block, columns: size.columns }
      return face.out.length === 0 ? face : { ...face, out: [] }
    },
    leave(face: Face): void {
      terminal.write(frame(last, face.out, undefined, terminal.size(), theme))
    },
  }
}
