import type { Happening } from '../happening.js'
import { line } from './line.js'
import type { Terminal, TerminalInput, TerminalOutput } from './terminal.js'

/** Lines, as whatever stands before us gives them; no raw mode, and nothing but text goes out. */
export function plainTerminal(
  input: TerminalInput,
  output: TerminalOutput,
  post: (happening: Happening) => void,
): Pick<Terminal, 'lend' | 'close'> {
  const decoder = new TextDecoder()
  let rest = ''
  let cut = false
  const take = (chunk: Buffer | string) => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) ended(line.replace(/\r$/u, ''))
    if (rest.length <= LINE_CHARS) return
    rest = ''
    cut = true
  }
  /** Of a line that was cut nothing is taken: its end alone would be another message. */
  const ended = (line: string) => {
    if (cut) post({ type: 'said', lines: TOO_LONG })
    else entered(line)
    cut = false
  }
  const entered = (line: string) => {
    if (line !== '') post({ type: 'key', key: { type: 'text', text: line } })
    post({ type: 'key', key: ENTER })
  }
  const gone = () => {
    if (rest !== '' || cut) ended(rest)
    post({ type: 'drained' })
  }
  const lost = () => post({ type: 'ended', exit: 'input-closed' })
  input.on('data', take).on('end', gone).on('error', lost)
  output.on('error', lost)
  input.resume()
  return {
    lend: (work) => work(),
    async close() {
      input.off('data', take).off('end', gone).off('error', lost)
      output.off('error', lost)
      input.pause()
    },
  }
}

/** Of one line; far more than can be sent. */
const LINE_CHARS = 1024 * 1024
const TOO_LONG = [
  line('✗ not sent: the line has more than 1,048,576 characters. Put it into a file, and name that.', 'warn', 2),
]
const ENTER = { type: 'press', name: 'enter', ctrl: false, alt: false, shift: false } as const
