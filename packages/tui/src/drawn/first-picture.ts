import type { Drawn } from './screen.js'
import type { Terminal } from './terminal.js'

const WORDS = 'connecting…'
const MARK = '> '

/** Where one can type, before anything else is loaded; the next drawing goes on from it. */
export function drawFirst(terminal: Terminal): Drawn {
  terminal.write(`${WORDS}\r\n${MARK}`)
  terminal.ask()
  return {
    size: terminal.size(),
    block: {
      rows: [
        { text: WORDS, tone: 'plain' },
        { text: MARK, tone: 'plain' },
      ],
      cursor: { row: 1, before: MARK },
    },
  }
}
