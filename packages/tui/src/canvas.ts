import { blockOf } from './block.js'
import type { Face } from './face.js'
import { type Drawn, frame } from './screen.js'
import type { Terminal } from './terminal.js'
import { type Colours, themeOf } from './theme.js'

/** Where a face is shown. `draw` gives back the face without the lines that it has printed. */
export type Canvas = {
  draw(face: Face): Face
  /** Prints what is left to say, and takes away what was redrawn. */
  leave(face: Face): void
}

/** A terminal whose cursor moves: it remembers what stands below the printed lines. */
export function screenCanvas(terminal: Terminal, colours: Colours, drawn: Drawn): Canvas {
  let last: Drawn | undefined = drawn
  let redraws = 0
  let shown: Face['theme']['name'] = colours.background
  let theme = themeOf(colours)
  return {
    draw(face) {
      if (face.theme.name !== shown) {
        shown = face.theme.name
        theme = themeOf(shown === 'none' ? { ...colours, noColor: true } : { ...colours, background: shown })
      }
      // A size that there is not: nothing is taken to be there.
      if (last && face.redraws !== redraws) last = { ...last, size: { columns: 0, rows: 0 } }
      redraws = face.redraws
      const size = terminal.size()
      const block = blockOf(face, size)
      const text = frame(last, face.out, block, size, theme)
      if (text !== '') terminal.write(text)
      last = { block, size }
      return printed(face)
    },
    leave(face) {
      terminal.write(frame(last, face.out, undefined, terminal.size(), theme))
      last = undefined
    },
  }
}

const printed = (face: Face): Face => (face.out.length === 0 ? face : { ...face, out: [] })
