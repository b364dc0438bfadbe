import type { KeyPath } from './key-path.js'

export type Position = { readonly line: number; readonly column: number }

/**
 * Where each key and table of a TOML text begins, the first mention of a table counting. The text is one that a
 * parser has taken; of any other text the answer is wrong, but there is one.
 */
export function locate(text: string): (path: KeyPath) => Position {
  const positions = new Map<string, Position>()
  const count = lineCounter(text)
  scan(text, (path, offset) => {
    const position = count(offset)
    for (let length = 1; length <= path.length; length++) {
      const key = JSON.stringify(path.slice(0, length))
      if (!positions.has(key)) positions.set(key, position)
    }
  })
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const position = positions.get(JSON.stringify(path.slice(0, length)))
      if (position !== undefined) return position
    }
    return { line: 1, column: 1 }
  }
}

/** Positions of offsets that only grow, so that the whole text is counted once. */
function lineCounter(text: string): (offset: number) => Position {
  let line = 1
  let lineStart = 0
  return (offset) => {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < offset; end = text.indexOf('\n', lineStart)) {
      line++
      lineStart = end + 1
    }
    return { line, column: offset - lineStart + 1 }
  }
}

type Note = (path: KeyPath, offset: number) => void
/** A place in the text that moves on. */
type Cursor = { readonly text: string; at: number }

const VOID = /(?:\s+|#[^\n]*)*/y
const NAME = /[A-Za-z0-9_-]+/y
const PLAIN = /[^,\]}\n#]*/y
const DOT = /[ \t]*\.[ \t]*/y
const BLANK = /[ \t]*/y
const EQUALS = /[ \t]*=?/y

function scan(text: string, note: Note): void {
  const cursor = { text, at: 0 }
  let table: KeyPath = []
  for (take(cursor, VOID); cursor.at < text.length; take(cursor, VOID)) {
    const start = cursor.at
    if (text[start] === '[') {
      cursor.at += text[start + 1] === '[' ? 2 : 1
      table = takeKey(cursor)
      note(table, start)
      cursor.at = lineEnd(text, cursor.at)
    } else takePair(cursor, table, note)
    // Whatever the text is, the scan moves on.
    if (cursor.at === start) cursor.at = lineEnd(text, start) + 1
  }
}

function takePair(cursor: Cursor, table: KeyPath, note: Note): void {
  const start = cursor.at
  const path = [...table, ...takeKey(cursor)]
  note(path, start)
  take(cursor, EQUALS)
  takeValue(cursor, path, note)
}

function takeValue(cursor: Cursor, path: KeyPath, note: Note): void {
  take(cursor, VOID)
  const opening = cursor.text[cursor.at]
  if (opening !== '[' && opening !== '{') {
    if (takeString(cursor) === '') take(cursor, PLAIN)
    return
  }
  const closing = opening === '[' ? ']' : '}'
  cursor.at++
  for (take(cursor, VOID); cursor.at < cursor.text.length && cursor.text[cursor.at] !== closing; take(cursor, VOID)) {
    const start = cursor.at
    if (cursor.text[start] === ',') cursor.at++
    else if (opening === '[') takeValue(cursor, path, note)
    else takePair(cursor, path, note)
    if (cursor.at === start) cursor.at++
  }
  cursor.at++
}

function takeKey(cursor: Cursor): KeyPath {
  const path: string[] = []
  do {
    take(cursor, BLANK)
    const quoted = takeString(cursor)
    path.push(quoted === '' ? take(cursor, NAME) : unquoted(quoted))
  } while (take(cursor, DOT) !== '')
  return path
}

/** The string that begins here, with its quotes, or nothing. */
function takeString(cursor: Cursor): string {
  const { text, at } = cursor
  const quote = text[at]
  if (quote !== '"' && quote !== "'") return ''
  const closing = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote
  let end = at + closing.length
  while (end < text.length && !text.startsWith(closing, end)) end += quote === '"' && text[end] === '\\' ? 2 : 1
  end += closing.length
  // A text of three quotes may end with up to two of its own.
  if (closing.length === 3) while (text[end] === quote) end++
  cursor.at = end
  return text.slice(at, end)
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1)
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}

/** What the pattern matches here, which may be nothing; the cursor moves behind it. */
function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0] ?? ''
  cursor.at += found.length
  return found
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}
