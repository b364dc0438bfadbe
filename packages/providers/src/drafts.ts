import type { AnswerPart, JsonObject, ModelEvent } from '@nacre/types'
import { isObject, parseJson } from './loose.js'
import type { Piece } from './piece.js'
import { mergeDetails } from './reasoning-details.js'

/** Texts, thoughts, pictures and the vendor's own doings of an answer while they come in. */

type Slot = string | number | undefined
export type TextDraft = { type: 'text'; slot: Slot; text: string; held: string; extra: JsonObject }
export type ReasoningDraft = {
  type: 'reasoning'
  slot: Slot
  text: string
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
export function textDraft(drafts: Draft[], slot: Slot, extra: JsonObject = {}): TextDraft {
  const last = drafts.at(-1)
  const open = last?.type === 'text' && last.slot === slot ? last : undefined
  if (open !== undefined && (slot !== undefined || isEmpty(open.extra))) {
    open.extra = { ...open.extra, ...extra }
    return open
  }
  const fresh: TextDraft = { type: 'text', slot, text: '', held: '', extra }
  drafts.push(fresh)
  return fresh
}

/** The thought of the piece's slot. */
export function reasoningDraft(drafts: Draft[], piece: Extract<Piece, { type: 'reasoning' }>): ReasoningDraft {
  let draft = drafts.find((known): known is ReasoningDraft => known.type === 'reasoning' && known.slot === piece.slot)
  if (draft === undefined) {
    draft = { type: 'reasoning', slot: piece.slot, text: '', held: '', extra: {}, details: [] }
    drafts.push(draft)
  }
  draft.extra = { ...draft.extra, ...piece.extra }
  for (const detail of piece.details ?? []) mergeDetails(draft.details, detail)
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

/** Adds to a draft, and gives the event that shows what was added. */
export function grow(draft: TextDraft | ReasoningDraft, text: string): readonly ModelEvent[] {
  draft.text += text
  const visible = wholeCharacters(draft, text)
  return visible === '' ? [] : [{ type: draft.type, text: visible }]
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

/** What was held back to the end. */
export const heldEvents = (draft: Draft): readonly ModelEvent[] =>
  'held' in draft && draft.held !== '' ? [{ type: draft.type, text: draft.held }] : []

/** The part that a draft has become, if it says anything. */
export function saidPart(draft: Draft, from: string): readonly AnswerPart[] {
  switch (draft.type) {
    case 'text':
      return draft.text === '' ? [] : [{ type: 'text', text: draft.text, ...marked(draft.extra, from) }]
    case 'reasoning': {
      const details = draft.details.length === 0 ? {} : { reasoning_details: draft.details }
      const extra: JsonObject = { ...draft.extra, ...details }
      if (draft.text === '' && isEmpty(extra)) return []
      return [{ type: 'reasoning', text: draft.text, extra: { from, ...extra } }]
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
const isEmpty = (extra: JsonObject) => Object.keys(extra).length === 0
