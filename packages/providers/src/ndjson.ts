import { Fault } from '@nacre/types'
import { parseJson } from './loose.js'
import { SSE_EVENT_LIMIT } from './sse.js'

/**
 * The lines of a stream of JSON texts, the same ones however the bytes are split. Blank lines are left out, and so is
 * a last one that the stream's end cut off. Throws a Fault `provider_error` where a line is too long.
 */
export async function* jsonLines(bytes: AsyncIterable<Uint8Array>, where: string): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let waiting: string[] = []
  let size = 0
  for await (const chunk of bytes) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n')
    waiting.push(first)
    size += first.length
    if (size > SSE_EVENT_LIMIT || rest.some((line) => line.length > SSE_EVENT_LIMIT)) throw lineTooLong(where)
    if (rest.length === 0) continue
    const last = rest.pop() ?? ''
    for (const line of [waiting.join(''), ...rest]) if (line.trim() !== '') yield line
    waiting = [last]
    size = last.length
  }
  const last = waiting.join('') + decoder.decode()
  if (last.trim() !== '' && parseJson(last) !== undefined) yield last
}

const lineTooLong = (where: string) =>
  new Fault('provider_error', `${where} sent a line of more than ${SSE_EVENT_LIMIT} characters.`, {
    mend: 'What answers at this base URL is no model API, or a broken one: check the base URL.',
  })
