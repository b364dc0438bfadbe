/** What a person pressed. `control` carries the letter; everything that has no meaning here is not reported. */
export type Key =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'control'; readonly letter: string }
  | { readonly type: KeyName }
type KeyName = 'enter' | 'newline' | 'backspace' | 'delete' | 'left' | 'right' | 'up' | 'down' | 'home' | 'end'

const ESC = '\u001b'
const PASTE_START = `${ESC}[200~`
const PASTE_END = `${ESC}[201~`
const SEQUENCE = new RegExp(`^${ESC}(?:\\[\\[[A-E]|\\[[0-?]*[ -/]*[@-~]|O[@-~])`, 'u')
const UNFINISHED = new RegExp(`^${ESC}(?:\\[\\[?|\\[[0-?]*[ -/]*|O)?$`, 'u')
const PLAIN = /^[^\p{Cc}]+/u

const NAMED: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
}

/** Bytes of a terminal in raw mode to keys; what a chunk cuts (a character, a sequence, a paste) waits for the next one. */
export function keyDecoder(): (bytes: Uint8Array) => Key[] {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let waiting = ''
  return (bytes) => {
    const { keys, rest } = decodeKeys(waiting + utf8.decode(bytes, { stream: true }))
    waiting = rest
    return keys
  }
}

/** The keys in `text`, and the unfinished sequence at its end. */
function decodeKeys(text: string): { keys: Key[]; rest: string } {
  const keys: Key[] = []
  let at = 0
  while (at < text.length) {
    const found = nextKey(text.slice(at))
    if (found === undefined) return { keys, rest: text.slice(at) }
    if (found.key) keys.push(found.key)
    at += found.length
  }
  return { keys, rest: '' }
}

type Found = { readonly length: number; readonly key?: Key }

function nextKey(text: string): Found | undefined {
  const plain = PLAIN.exec(text)?.[0]
  if (plain) return { length: plain.length, key: { type: 'text', text: plain } }
  if (!text.startsWith(ESC)) return { length: 1, ...controlKey(text.charCodeAt(0)) }
  if (text.startsWith(PASTE_START)) return pasted(text)
  if (UNFINISHED.test(text)) return undefined
  const sequence = SEQUENCE.exec(text)?.[0]
  if (sequence) return { length: sequence.length, ...sequenceKey(sequence) }
  if (text[1] === '\r') return { length: 2, key: { type: 'newline' } }
  // Escape means nothing here: what was typed after it is taken for itself.
  return { length: 1 }
}

function pasted(text: string): Found | undefined {
  const end = text.indexOf(PASTE_END)
  if (end < 0) return undefined
  const inner = text.slice(PASTE_START.length, end).replaceAll(/\r\n?/gu, '\n')
  return { length: end + PASTE_END.length, key: { type: 'paste', text: inner.replaceAll(/[^\P{Cc}\n\t]/gu, '') } }
}

function sequenceKey(sequence: string): { key?: Key } {
  const final = sequence.slice(-1)
  const number = /^.\[(\d+)/u.exec(sequence)?.[1] ?? ''
  const name = NAMED[final === '~' ? `${number}~` : final]
  return name && !sequence.includes('[[') ? { key: { type: name } } : {}
}

function controlKey(code: number): { key?: Key } {
  // In raw mode Enter is CR; LF is what scripts write. Both mean Enter: a pasted one comes inside a paste.
  if (code === 0x0d || code === 0x0a) return { key: { type: 'enter' } }
  if (code === 0x7f || code === 0x08) return { key: { type: 'backspace' } }
  return code >= 1 && code <= 26 ? { key: { type: 'control', letter: String.fromCharCode(code + 96) } } : {}
}
