import { Fault } from '@nacre/types'
import { parseJson } from './loose.js'
import { SSE_EVENT_LIMIT } from './sse.js'
import { newUtf8 } from './utf8.js'

/**
 * Reads the lines of a stream of JSON texts, the same ones however the bytes are split. Blank lines are left out, and so
 * is a last one that the stream's end cut off. Throws a Fault `provider_error` where a line is too long.
 */
export function openLines(
  where: string,
  onLine: (line: string) => void,
): { feed(chunk: Uint8Array): void; end(): void } {
  const utf8 = newUtf8()
  let waiting: string[] = []
  let size = 0
  return {
    feed(chunk) {
      const [first = '', ...rest] = utf8.text(chunk).split('\n')
      waiting.push(first)
      size += first.length
      if (size > SSE_EVENT_LIMIT || rest.some((line) => line.length > SSE_EVENT_LIMIT)) throw lineTooLong(where)
      if (rest.length === 0) return
      const last = rest.pop() ?? ''
      for (const line of [waiting.join(''), ...rest]) if (line.trim() !== '') onLine(line)
      waiting = [last]
      size = last.length
    },
    end() {
      const last = waiting.join('') + utf8.end()
      if (last.trim() !== '' && parseJson(last) !== undefined) onLine(last)
    },
  }
}

const lineTooLong = (where: string) =>
  new Fault('provider_error', `${where} sent a line of more than ${SSE_EVENT_LIMIT} characters.`, {
    mend: 'What answers at this base URL is no model API, or a broken one: check the base URL.',
  })
