import { Fault } from '@nacre/types'
import { newUtf8 } from './utf8.js'

/** One line, one event and what waits to become one: none is longer, in characters. A drawn picture is one event. */
export const SSE_EVENT_LIMIT = 32 * 1024 * 1024

/**
 * Reads the server-sent events (WHATWG HTML §9.2) in a stream of bytes, the same ones however the bytes are split: chunk
 * by chunk, each time those that it completed. An event that the stream's end cuts off is dropped. Throws a Fault
 * `provider_error` where a line or an event is too long, and what `onEvent` throws.
 */
export async function openSse(
  where: string,
  onEvent: (data: string, event: string) => void,
): Promise<(chunk: Uint8Array) => void> {
  const { createParser } = await import('eventsource-parser')
  let tooLong = false
  const parser = createParser({
    maxBufferSize: SSE_EVENT_LIMIT,
    onEvent: ({ event = 'message', data }) => {
      if (data.length > SSE_EVENT_LIMIT) throw eventTooLong(where)
      onEvent(data, event)
    },
    onError: ({ type }) => {
      tooLong ||= type === 'max-buffer-size-exceeded'
    },
  })
  // The parser takes the byte order mark away, and must see it.
  const { text } = newUtf8()
  return (chunk) => {
    parser.feed(text(chunk))
    if (tooLong) throw eventTooLong(where)
  }
}

const eventTooLong = (where: string) =>
  new Fault('provider_error', `${where} sent an event of more than ${SSE_EVENT_LIMIT} characters.`, {
    mend: 'What answers at this base URL is no model API, or a broken one: check the base URL.',
  })
