import type { Json } from '@nacre/types'
import { isObject, listOf, objectOf, parseJson, textOf } from './loose.js'
import type { VendorError } from './piece.js'
import type { Secret } from './secret.js'

/** How much of what a vendor says goes into a message of ours. */
const VENDOR_TEXT_LIMIT = 500

/** The error that a vendor's JSON tells of, if it does: `{error: {…}}`, `{error: "…"}`, `[{error: …}]`. */
export function errorIn(json: Json | undefined): VendorError | undefined {
  const outer = objectOf(json) ?? objectOf(listOf(json)[0])
  if (outer === undefined || !outer.error) return undefined
  if (!isObject(outer.error))
    return { kind: '', message: textOf(outer.error) ?? textOf(outer.message) ?? 'no reason given' }
  const { message, type, code, status, details } = outer.error
  const kinds = [type, code, status].filter((kind) => typeof kind === 'string' || typeof kind === 'number')
  const afterMs = listOf(details)
    .map(retryDelay)
    .find((ms) => ms !== undefined)
  return {
    kind: kinds.join(' '),
    message: textOf(message) ?? JSON.stringify(outer.error),
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}

/** Google asks to wait in the body (`google.rpc.RetryInfo`): `48s`, `0.5s`. */
function retryDelay(detail: Json): number | undefined {
  const [, seconds] = /^(\d{1,5}(?:\.\d+)?)s$/.exec(textOf(objectOf(detail)?.retryDelay) ?? '') ?? []
  return seconds === undefined || Number(seconds) === 0 ? undefined : Math.ceil(Number(seconds) * 1000)
}

/** What an error body says, JSON or not. */
export function errorOfBody(text: string): VendorError {
  const json = parseJson(text)
  const plain = textOf(objectOf(json)?.message) ?? textOf(objectOf(json)?.detail)
  return errorIn(json) ?? { kind: '', message: plain ?? text.replace(/<[^<>]{0,500}>/g, ' ') }
}

/** A stranger's words made fit for a message: no secret, no control characters, one line, bounded. */
export function quoteVendor(text: string, secret: Secret | undefined): string {
  const spoken = text.slice(0, 8 * VENDOR_TEXT_LIMIT)
  const line = withoutSecrets(spoken, secret)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .toWellFormed()
  return line.length > VENDOR_TEXT_LIMIT ? `${line.slice(0, VENDOR_TEXT_LIMIT - 1)}…`.toWellFormed() : line
}

/** Vendors repeat the key that they refuse, whole or with stars in it. */
const KEY_SHAPES =
  /\b(?:sk|pk|rk|gsk|xai|hf|pplx|key|ya29|eyJ)[-_.][\w.*-]{6,}|\bAIza[\w*-]{8,}|\bBearer\s+\S+|[\w-]*\*{4,}[\w*-]*/gi

function withoutSecrets(text: string, secret: Secret | undefined): string {
  const value = secret?.reveal().trim() ?? ''
  const words = [value, value.replace(/^\w+\s+/, '')].filter((word) => word.length >= 4)
  return words.reduce((rest, word) => rest.replaceAll(word, '***'), text).replace(KEY_SHAPES, '***')
}
