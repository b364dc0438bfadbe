import fc from 'fast-check'

/** A way to write a text, made with what platforms offer, so that it shares nothing with the code under test. */
export type Spelled = {
  readonly how: string
  readonly before: string
  readonly spelled: string
  readonly after: string
}

const hex = (text: string) => Buffer.from(text).toString('hex')
const percent = (text: string) => hex(text).replace(/../g, '%$&')
const unicode = (text: string) =>
  text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const upper = (text: string) => text.replace(/(%|\\u)([0-9a-f]+)/g, (_, lead, digits) => lead + digits.toUpperCase())
const json = (text: string) => JSON.stringify(text).slice(1, -1)

/** Each named encoding of a text, and where it stands in base64 for each of the three offsets. */
export function spellingsIn(secret: string): readonly Spelled[] {
  const whole = Object.entries({
    raw: secret,
    hex: hex(secret),
    HEX: hex(secret).toUpperCase(),
    percent: percent(secret),
    PERCENT: upper(percent(secret)),
    'percent twice': percent(secret).replaceAll('%', '%25'),
    'as a URL has it': encodeURIComponent(secret),
    'as a form has it': new URLSearchParams({ a: secret }).toString().slice(2),
    unicode: unicode(secret),
    UNICODE: upper(unicode(secret)),
    'JSON in JSON': json(unicode(secret)),
    'JSON in JSON in JSON': json(json(unicode(secret))),
    JSON: json(secret).replaceAll('/', '\\/'),
    'JSON twice': json(json(secret).replaceAll('/', '\\/')),
    'hex in percent': percent(hex(secret)),
  }).map(([how, spelled]) => ({ how, before: '', spelled, after: '' }))
  return [...whole, ...[0, 1, 2].flatMap((offset) => inBase64(secret, offset))]
}

/** What base64 writes for `secret` alone, the characters that only it decides, between what stays. */
function inBase64(secret: string, offset: number): Spelled[] {
  const [head, tail] = [Buffer.alloc(offset, 0xff), Buffer.alloc(4, 0xff)]
  const bytes = Buffer.concat([head, Buffer.from(secret), tail])
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor(((bytes.length - tail.length) * 8) / 6)
  const part = (how: string, text: string) => ({
    how: `${how} at ${offset}`,
    before: text.slice(0, first),
    spelled: text.slice(first, end),
    after: text.slice(end),
  })
  const plain = bytes.toString('base64')
  return [
    part('base64', plain),
    part('base64url', bytes.toString('base64url')),
    { ...part('base64 in JSON', plain), spelled: plain.slice(first, end).replaceAll('/', '\\/') },
    { ...part('base64 in a URL', plain), spelled: encodeURIComponent(plain.slice(first, end)) },
  ]
}

/** Every character written its own way. */
export const mixed = (secret: string) =>
  fc
    .tuple(
      ...[...secret].map((each) =>
        fc.constantFrom(each, percent(each), upper(percent(each)), unicode(each), upper(unicode(each))),
      ),
    )
    .map((parts) => parts.join(''))

/** Bytes cut at random places. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to))
}
