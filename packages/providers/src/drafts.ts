import type { AnswerPart, JsonObject } from '@nacre/types'
import { type Deltas, say } from './deltas.js'
import { addWord, type GrownText, newText, wholeText } from './grown-text.js'
import { isObject, parseJson } from './loose.js'
import type { Piece } from './piece.js'
import { mergeDetails } from './reasoning-details.js'

/** Texts, thoughts, pictures and the vendor's own doings of an answer while they come in. */

type Slot = string | number | undefined
export type TextDraft = { type: 'text'; slot: Slot; text: GrownText; held: string; extra: JsonObject }
export type ReasoningDraft = {
  type: 'reasoning'
  slot: Slot
  text: GrownText
  held: string
  extra: JsonObject
  details: JsonObject[]
}
export type ServerDraft = { type: 'server'; slot: Slot; name: string; block: JsonObject; args: string }
export type Draft =
  | TextDraft
  | ReasoningDraft
  | ServerDraft
  | { type: 'media'; mediaType: string; data: string; extra: JsonObject }

/** The text that goes on, or a new one. What came with a text ends it, unless its slot says otherwise. */
export function textDraft(drafts: Draft[], slot: Slot, extra: JsonObject | undefined): TextDraft {
  const last = drafts.at(-1)
  if (last?.type !== 'text' || last.slot !== slot || (slot === undefined && !isEmpty(last.extra)))
    return newTextDraft(drafts, slot, extra)
  if (extra !== undefined) last.extra = { ...last.extra, ...extra }
  return last
}

function newTextDraft(drafts: Draft[], slot: Slot, extra: JsonObject = NOTHING): TextDraft {
  const draft: TextDraft = { type: 'text', slot, text: newText(), held: '', extra }
  drafts.push(draft)
  return draft
}
const NOTHING: JsonObject = {}

/** The thought of the piece's slot. */
export function reasoningDraft(drafts: Draft[], piece: Extract<Piece, { type: 'reasoning' }>): ReasoningDraft {
  let draft = drafts.find((known): known is ReasoningDraft => known.type === 'reasoning' && known.slot === piece.slot)
  if (draft === undefined) {
    draft = { type: 'reasoning', slot: piece.slot, text: newText(), held: '', extra: NOTHING, details: [] }
    drafts.push(draft)
  }
  if (piece.extra !== undefined) draft.extra = { ...draft.extra, ...piece.extra }
  if (piece.details !== undefined) for (const detail of piece.details) mergeDetails(draft.details, detail)
  return draft
}

/** Puts a piece of what the vendor's tool does to the block of its slot. */
export function addServer(drafts: Draft[], { slot, name, block }: Extract<Piece, { type: 'server' }>): void {
  const known = serverDraft(drafts, slot)
  if (known === undefined) drafts.push({ type: 'server', slot, name, block, args: '' })
  else known.block = { ...known.block, ...block }
}

export const serverDraft = (drafts: readonly Draft[], slot: Slot): ServerDraft | undefined =>
  slot === undefined
    ? undefined
    : drafts.find((known): known is ServerDraft => known.type === 'server' && known.slot === slot)

/** Adds to a draft, and shows what was added. */
export function grow(draft: TextDraft | ReasoningDraft, text: string, deltas: Deltas): void {
  addWord(draft.text, text, deltas.last !== undefined)
  const visible = wholeCharacters(draft, text)
  if (visible !== '') say(deltas, draft.type, visible)
}

/** A pair that was split between two deltas leaves whole: half of one is no character. */
export function wholeCharacters(draft: { held: string }, text: string): string {
  const all = draft.held + text
  if (!isFirstHalf(all.charCodeAt(all.length - 1))) {
    draft.held = ''
    return all
  }
  draft.held = all.slice(-1)
  return all.slice(0, -1)
}

const isFirstHalf = (unit: number) => unit >= 0xd800 && unit <= 0xdbff

/** Shows what was held back to the end. */
export function showHeld(draft: Draft, deltas: Deltas): void {
  if ('held' in draft && draft.held !== '') say(deltas, draft.type, draft.held)
}

/** The part that a draft has become, if it says anything. */
export function saidPart(draft: Draft, from: string): readonly AnswerPart[] {
  switch (draft.type) {
    case 'text': {
      const text = wholeText(draft.text)
      return text === '' ? [] : [{ type: 'text', text, ...marked(draft.extra, from) }]
    }
    case 'reasoning': {
      const text = wholeText(draft.text)
      const details = draft.details.length === 0 ? {} : { reasoning_details: draft.details }
      const extra: JsonObject = { ...draft.extra, ...details }
      if (text === '' && isEmpty(extra)) return []
      return [{ type: 'reasoning', text, extra: { from, ...extra } }]
    }
    case 'media':
      return [{ type: 'media', mediaType: draft.mediaType, data: draft.data, ...marked(draft.extra, from) }]
    case 'server':
      return [{ type: 'server', name: draft.name, extra: { from, block: wholeBlock(draft) } }]
  }
}

/** A server tool's arguments stream like any other's, and belong into its block. */
function wholeBlock({ block, args }: ServerDraft): JsonObject {
  const input = parseJson(args)
  return isObject(input) ? { ...block, input } : block
}

const marked = (extra: JsonObject, from: string) => (isEmpty(extra) ? {} : { extra: { from, ...extra } })
const isEmpty = (extra: JsonObject) => extra === NOTHING || Object.keys(extra).length === 0
