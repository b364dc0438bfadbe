import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { RedactingStream, Redactor } from '@nacre/kit'
import { type HeaderValues, picked } from './headers.js'

/** Not the length, which may change. */
const PASSED_DOWN = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry', 'request-id', 'x-request-id']

/** Whether a secret could be found in it: a compressed answer cannot be read through. */
export const isPlain = ({ 'content-encoding': coding = 'identity' }: HeaderValues) => coding === 'identity'

/**
 * Gives a guest what an upstream answers, as it comes, without the secrets that the redactor knows. Rejects where the
 * answer breaks off; the guest's then does too.
 */
export async function passDown(upstream: IncomingMessage, response: ServerResponse, redactor: Redactor): Promise<void> {
  response.writeHead(upstream.statusCode ?? 502, picked(upstream.headers, PASSED_DOWN, redactor.text))
  response.flushHeaders()
  await pipeline(upstream, (bytes: AsyncIterable<Uint8Array>) => redacted(bytes, redactor.stream()), response)
}

async function* redacted(body: AsyncIterable<Uint8Array>, { push, end }: RedactingStream): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    const passed = push(chunk)
    if (passed.length > 0) yield passed
  }
  yield end()
}
