import { type PasteBuffer, pasteBuffer } from './paste-buffer.js'
import { controlKey, sequenceAt, unfinishedKeys } from './sequences.js'

/**
 * What a person pressed. A `press` has a name (a named key such as `left`, or the character in lower case) and its
 * modifiers; shift on a character that is simply text is no press. `cut` says that the end of a paste was dropped.
 */
export type Key =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string; readonly cut: boolean }
  /** What a terminal has answered: a whole sequence. */
  | { readonly type: 'reply'; readonly text: string }
  | Press
export type Press = {
  readonly type: 'press'
  readonly name: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** `pending`: what came last is an Escape, or the beginning of more; `flush` says after a pause that nothing more came. */
export type KeyDecoder = {
  readonly pending: boolean
  feed(bytes: Uint8Array): Key[]
  flush(): Key[]
}

const ESC = '\u001b'
const PASTE_START = `${ESC}[200~`
const PLAIN = /[^\p{Cc}]+/uy

/** Bytes of a terminal in raw mode to keys; what a chunk cuts (a character, a sequence, a paste) waits for the next one. */
export function keyDecoder(): KeyDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let waiting = ''
  let told = ''
  let paste: PasteBuffer | undefined
  const take = (text: string): Key[] => {
    const keys: Key[] = []
    let rest = text
    for (;;) {
      if (paste) {
        const ended = paste.add(rest)
        if (ended.key) keys.push(ended.key)
        if (ended.rest === undefined) return keys
        paste = undefined
        rest = ended.rest
      }
      const stop = plainKeys(rest, keys)
      rest = rest.slice(stop.at)
      if (!stop.paste) {
        waiting = rest
        return keys
      }
      paste = pasteBuffer()
      rest = rest.slice(PASTE_START.length)
    }
  }
  return {
    get pending() {
      return isUndecided(waiting)
    },
    feed(bytes) {
      const decoded = utf8.decode(bytes, { stream: true })
      // A slow line cut a paste from its Escape: its lines must not be sent as if they were typed.
      const cut = told !== '' && (told + decoded).startsWith(PASTE_START)
      const text = (cut ? told : waiting) + decoded
      waiting = ''
      told = ''
      return take(text)
    },
    flush() {
      if (!isUndecided(waiting)) return []
      told = waiting
      waiting = ''
      return unfinishedKeys(told)
    },
  }
}

/** What a person can have pressed; a sequence that is longer comes from a terminal, and its end will, too. */
const isUndecided = (waiting: string): boolean => waiting !== '' && waiting.length <= (waiting[1] === ESC ? 3 : 2)

/** The keys in `text` up to a paste, or to the unfinished sequence at its end. */
function plainKeys(text: string, keys: Key[]): { at: number; paste: boolean } {
  let at = 0
  while (at < text.length) {
    PLAIN.lastIndex = at
    const plain = PLAIN.exec(text)?.[0]
    if (plain) {
      keys.push({ type: 'text', text: plain })
      at += plain.length
    } else if (text[at] !== ESC) {
      const key = controlKey(text.charCodeAt(at))
      if (key) keys.push(key)
      at++
    } else if (text.startsWith(PASTE_START, at)) return { at, paste: true }
    else {
      const found = sequenceAt(text, at)
      if (found === undefined) return { at, paste: false }
      if (found.key) keys.push(found.key)
      at += found.length
    }
  }
  return { at, paste: false }
}
