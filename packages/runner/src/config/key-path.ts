/** Where a key lies: the names of its tables, then its own. */
export type KeyPath = readonly string[]

const BARE = /^[A-Za-z0-9_-]{1,64}$/
const LONGEST = 64

/** A key's path as TOML writes it, what is not a bare key quoted and cut. */
export const dotted = (path: KeyPath): string => path.map((name) => (BARE.test(name) ? name : quoted(name))).join('.')

/** Every character that is not to be seen, or that turns a line or moves a cursor, becomes `\u{X}`. */
export const printable = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)

const quoted = (name: string) => JSON.stringify(name.slice(0, LONGEST))
