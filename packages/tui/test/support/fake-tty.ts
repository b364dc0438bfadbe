import { PassThrough, Writable } from 'node:stream'
import { QUESTIONS } from '../../dist/drawn/replies.js'
import { vtScreen } from './vt-screen.ts'

const ESC = '\u001b'
/** Synchronized output is known, the background is black, and that was all. */
const ANSWERS = `${ESC}[?2026;2$y${ESC}]11;rgb:0000/0000/0000${ESC}\\${ESC}[?62c`

/** A keyboard and a screen that need no terminal. `until` resolves as soon as the screen is as wanted; nothing polls. */
export function fakeTty({ columns = 80, rows = 24 } = {}) {
  const screen = vtScreen(columns, rows)
  const raw: boolean[] = []
  let waiting: { wanted: () => boolean; seen: () => void }[] = []
  const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) })
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, written) {
        screen.write(text.replace(QUESTIONS, ''))
        if (text.includes(QUESTIONS)) setImmediate(() => input.write(ANSWERS))
        written()
        waiting = waiting.filter(({ wanted, seen }) => !wanted() || void seen())
      },
    }),
    { columns, rows },
  )
  const until = (wanted: () => boolean) =>
    wanted() ? Promise.resolve() : new Promise<void>((seen) => waiting.push({ wanted, seen }))
  return {
    input,
    output,
    screen,
    /** Raw mode as it was switched, in order. */
    raw,
    until,
    /** Resolves when the visible screen holds `text`. */
    shows: (text: string) => until(() => screen.screen().includes(text)),
    hides: (text: string) => until(() => !screen.screen().includes(text)),
    type: (text: string) => void input.write(text),
  }
}
