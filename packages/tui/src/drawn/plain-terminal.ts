import type { Happening } from '../happening.js'
import type { Terminal, TerminalInput, TerminalOutput } from './terminal.js'

/** Lines, as whatever stands before us gives them; no raw mode, and nothing but text goes out. */
export function plainTerminal(
  input: TerminalInput,
  output: TerminalOutput,
  post: (happening: Happening) => void,
): Pick<Terminal, 'lend' | 'close'> {
  const decoder = new TextDecoder()
  let rest = ''
  const take = (chunk: Buffer | string) => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) entered(line.replace(/\r$/u, ''))
  }
  const entered = (line: string) => {
    if (line !== '') post({ type: 'key', key: { type: 'text', text: line } })
    post({ type: 'key', key: ENTER })
  }
  const gone = () => {
    if (rest !== '') entered(rest)
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

const ENTER = { type: 'press', name: 'enter', ctrl: false, alt: false, shift: false } as const
