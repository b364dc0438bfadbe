import { createInterface } from 'node:readline'
import type { Talk } from './conversation.js'

/** Lines of a terminal, in its usual mode: it shows what is typed, and ctrl-c ends this process with nothing changed. */
export function openTalk(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Talk & Disposable {
  const lines = createInterface({ input, terminal: false })
  const typed = lines[Symbol.asyncIterator]()
  return {
    say: (line) => void output.write(`${line}\n`),
    ask: async (prompt) => {
      output.write(prompt)
      const { value, done } = await typed.next()
      return done ? undefined : String(value).trim()
    },
    [Symbol.dispose]: () => lines.close(),
  }
}
