import type { AnswerPart, JsonObject, ModelEvent } from '@nacre/types'
import type { Piece } from './piece.js'
import { mergeDetails } from './reasoning-details.js'

/** Texts and thoughts of an answer while they come in. */

export type TextDraft = { type: 'text'; text: string; held: string }
export type ReasoningDraft = {
  type: 'reasoning'
  slot: string | number
  text: string
  held: string
  extra: JsonObject
  details: JsonObject[]
}
export type Draft = TextDraft | ReasoningDraft

/** The text that goes on, or a new one. */
export function textDraft(drafts: Draft[]): TextDraft {
  const last = drafts.at(-1)
  if (last?.type === 'text') return last
  const fresh: TextDraft = { type: 'text', text: '', held: '' }
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

/** Adds to a draft, and gives the event that shows what was added. */
export function grow(
  type: 'text' | 'reasoning',
  draft: TextDraft | ReasoningDraft,
  text: string,
): readonly ModelEvent[] {
  draft.text += text
  const visible = wholeCharacters(draft, text)
  return visible === '' ? [] : [{ type, text: visible }]
}

/** A pair that was split between two deltas leaves whole: half of one is no character. */
export function wholeCharacters(draft: { held: string }, text: string): string {
  const all = draft.held + text
  const cut = /[\ud800-\udbff]$/.test(all) ? all.length - 1 : all.length
  draft.held = all.slice(cut)
  return all.slice(0, cut)
}

/** What was held back to the end. */
export const heldEvents = (draft: Draft): readonly ModelEvent[] =>
  draft.held === '' ? [] : [{ type: draft.type, text: draft.held }]

/** The part that a draft has become, if it says anything. */
export function saidPart(draft: Draft, from: string): readonly AnswerPart[] {
  if (draft.type === 'text') return draft.text === '' ? [] : [{ type: 'text', text: draft.text }]
  const details = draft.details.length === 0 ? {} : { reasoning_details: draft.details }
  const extra: JsonObject = { ...draft.extra, ...details }
  if (draft.text === '' && Object.keys(extra).length === 0) return []
  return [{ type: 'reasoning', text: draft.text, extra: { from, ...extra } }]
}
