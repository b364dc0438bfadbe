import { blockOf } from './block.js'
import { type Drawn, frame } from './drawn/screen.js'
import type { Terminal } from './drawn/terminal.js'
import { type Colours, themeOf } from './drawn/theme.js'
import type { Face } from './face.js'

/** Where a face is shown. `draw` gives back the face without the lines that it has printed. */
export type Canvas = {
  draw(face: Face): Face
  /** Prints what is left to say, and takes away what was redrawn. */
  leave(face: Face): void
}

/** A terminal whose cursor moves: it remembers what stands below the printed lines. */
export function screenCanvas(terminal: Terminal, colours: Colours, drawn: Drawn, now: () => number): Canvas {
  let last: Drawn | undefined = drawn
  let drawnAt = now()
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
      const isOther = last && (last.size.columns !== size.columns || last.size.rows !== size.rows)
      if (last && isOther && now() - drawnAt < DOUBT_MS) last = atLeast(last)
      const block = blockOf(face, size)
      const text = frame(last, face.out, block, size, theme)
      if (text !== '') {
        terminal.write(text)
        drawnAt = now()
      }
      last = { block, size }
      return printed(face)
    },
    leave(face) {
      terminal.write(frame(last, face.out, undefined, terminal.size(), theme))
      last = undefined
    },
  }
}

/**
 * What was written just before the terminal got another size was read by it before or after that, and nobody can tell:
 * its rows may be wrapped, or not. Rather a row stays that should go than one goes that was printed.
 */
const atLeast = ({ block: { rows, cursor }, size }: Drawn): Drawn => ({
  size,
  block: { rows: rows.map((row) => ({ ...row, text: '' })), cursor: { row: cursor.row, before: '' } },
})
const DOUBT_MS = 100

const printed = (face: Face): Face => (face.out.length === 0 ? face : { ...face, out: [] })
