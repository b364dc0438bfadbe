import { blockOf, type Size } from './block.js'
import type { Line, Row } from './drawn/line.js'
import { NO_SIZE, type Printed, repaired, widthOf, withPrinted } from './drawn/repair.js'
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

/** A terminal whose cursor moves: it remembers what stands below the printed lines, and the last of those. */
export function screenCanvas(terminal: Terminal, colours: Colours, drawn: Drawn, now: () => number): Canvas {
  let last: Drawn | undefined = drawn
  let printed: readonly Printed[] = []
  let drawnAt = now()
  let redraws = 0
  let shown: Face['theme']['name'] = colours.background
  let theme = themeOf(colours)
  /** What is known to stand there, and the rows that come before those that are new. */
  const standing = (size: Size): { last: Drawn | undefined; rows: readonly Row[] } => {
    const resized = terminal.window.resized()
    if (last === undefined || resized === undefined || resized.since - drawnAt >= DOUBT_MS) return { last, rows: [] }
    if (resized.cursorRow === undefined) return { last: atLeast(last), rows: [] }
    const whole = repaired(last, printed, size, resized.cursorRow)
    return { last: whole.drawn, rows: whole.rows }
  }
  return {
    draw(face) {
      if (terminal.window.moving()) return face
      if (face.theme.name !== shown) {
        shown = face.theme.name
        theme = themeOf(shown === 'none' ? { ...colours, noColor: true } : { ...colours, background: shown })
      }
      if (last && face.redraws !== redraws) last = { ...last, size: NO_SIZE }
      redraws = face.redraws
      const size = terminal.size()
      const stood = standing(size)
      const block = blockOf(face, size)
      const text = frame(stood.last, [...stood.rows.map(lineOf), ...face.out], block, size, theme)
      if (text !== '') {
        terminal.write(text)
        drawnAt = now()
      }
      last = { block, size }
      printed = withPrinted(printed, face.out, widthOf(size))
      return withoutOut(face)
    },
    leave(face) {
      terminal.write(frame(last, face.out, undefined, terminal.size(), theme))
      last = undefined
    },
  }
}

/**
 * What was written just before the terminal got another size was read by it before or after that, and nobody can tell:
 * its rows may be wrapped, or not. Where it does not say where its cursor is, rather a row stays that should go than one
 * goes that was printed.
 */
const atLeast = ({ block: { rows, cursor }, size }: Drawn): Drawn => ({
  size,
  block: { rows: rows.map((row) => ({ ...row, text: '' })), cursor: { row: cursor.row, before: '' } },
})
/** Multiplexers tell a size later than they have it, and machines are busy. */
const DOUBT_MS = 500

const lineOf = (row: Row): Line => ({ ...row, hang: 0 })
const withoutOut = (face: Face): Face => (face.out.length === 0 ? face : { ...face, out: [] })
