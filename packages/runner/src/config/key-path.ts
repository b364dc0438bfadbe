/** Where a key lies: the names of its tables, then its own. */
export type KeyPath = readonly string[]

const BARE = /^[A-Za-z0-9_-]{1,64}$/
const LONGEST = 64

/** A key's path as TOML writes it. Safe to print: whatever is not a bare key is cut, quoted and escaped. */
export const dotted = (path: KeyPath): string => path.map((name) => (BARE.test(name) ? name : quoted(name))).join('.')

/** Control characters, and everything that could move a cursor or turn the direction of a line, become `\uXXXX`. */
export const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const quoted = (name: string) => `"${printable(name.slice(0, LONGEST)).replaceAll('"', '\\"')}"`
