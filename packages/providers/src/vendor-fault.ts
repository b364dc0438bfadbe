import { Fault, type FaultCode, type Retry } from '@nacre/types'
import type { HttpResponse } from './http.js'
import type { VendorError } from './piece.js'
import { retryAfter } from './retry-after.js'
import type { Secret } from './secret.js'
import { errorOfBody, quoteVendor } from './vendor-text.js'

/** Whom a message is about, and what must not get into it. */
export type Peer = { readonly where: string; readonly secret: Secret | undefined }

/** The fault of an answer whose status is not 2xx. */
export function statusFault(response: HttpResponse, body: string, peer: Peer, nowMs: number): Fault {
  const error = errorOfBody(body)
  const { status } = response
  const said = quoteVendor(error.message, peer.secret)
  const { code, mend } = meaningOf(status, error)
  return new Fault(code, `${peer.where} answered HTTP ${status}${said === '' ? '' : `: ${said}`}`, {
    retry: retryOf(response, error, nowMs),
    mend,
  })
}

/** The fault of an error that came inside an answer with status 200. */
export function streamFault(error: VendorError, peer: Peer): Fault {
  const said = quoteVendor(error.message, peer.secret)
  const passing = /overloaded|api_error|server_error|rate_limit|unavailable|timeout|internal|\b(429|5\d\d)\b/i
  return new Fault('provider_error', `${peer.where} broke its answer off with an error: ${said}`, {
    retry: passing.test(error.kind) ? 'now' : 'never',
    mend: passing.test(error.kind) ? 'Try again in a moment.' : mendRefusal(said),
  })
}

const NEVER = new Set([400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451, 501, 505])

function retryOf(response: HttpResponse, error: VendorError, nowMs: number): Retry {
  const { status, headers } = response
  const wish = headers.get('x-should-retry')
  if (NEVER.has(status) || wish === 'false' || /insufficient_quota|billing/i.test(error.kind)) return 'never'
  if (wish !== 'true' && status < 500 && ![408, 409, 425, 429].includes(status)) return 'never'
  const afterMs = retryAfter(headers, nowMs) ?? error.afterMs
  return afterMs === undefined ? 'now' : { afterMs }
}

function meaningOf(status: number, error: VendorError): { code: FaultCode; mend: string } {
  // Google and xAI call a wrong key a bad request.
  if (status === 401 || (status === 400 && BAD_KEY.test(error.message)))
    return { code: 'unauthenticated', mend: 'Check the key that this provider is given.' }
  if (status === 403)
    return {
      code: 'unauthenticated',
      mend: 'The key may not do this: check its rights, its region, and the broker’s policy.',
    }
  if (status === 402 || /insufficient_quota|billing/i.test(error.kind))
    return { code: 'provider_error', mend: 'The account has no credit left: top it up, or choose another provider.' }
  if (status === 404)
    return {
      code: 'provider_error',
      mend: 'Check the model’s name and the base URL; the vendor knows one of them not.',
    }
  if (status === 429)
    return { code: 'rate_limited', mend: 'Wait a moment, send less at once, or ask the vendor for a higher limit.' }
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return { code: 'unavailable', mend: 'The vendor has trouble; try again later or choose another model.' }
  if (status >= 300 && status < 400)
    return { code: 'provider_error', mend: 'The server points elsewhere: set the base URL to where the API really is.' }
  return { code: 'provider_error', mend: mendRefusal(error.message) }
}

const BAD_KEY =
  /\bapi.?key\b[^.]{0,20}\b(not valid|invalid|incorrect|expired)|\b(incorrect|invalid|missing) api.?key\b/i

const mendRefusal = (said: string) =>
  /context|too long|too many.*tokens|maximum.*tokens|token limit/i.test(said)
    ? 'The conversation is too long for this model: compact it, start a new one, or choose a model with a larger context.'
    : 'The vendor does not take this request as it is: check the model’s name and what it supports.'
