import { type AnswerPart, callId, type ModelEvent, type StopReason } from '@nacre/types'
import { type CallDraft, placeDelta, settleCalls } from './call-drafts.js'
import { type Draft, grow, heldEvents, reasoningDraft, saidPart, textDraft, wholeCharacters } from './drafts.js'
import { type CallDelta, type Counts, type Piece, usageOf } from './piece.js'

/** What one stream may add up to, in characters: a model that never ends must not fill the memory. */
export const ANSWER_STREAM_LIMIT = 32 * 1024 * 1024

/** Gathers one answer's pieces: deltas go out as they come, the whole is put together once, calls behind the rest. */
export type Answer = {
  /** The events that a piece makes visible, none of them empty. */
  add(piece: Piece): readonly ModelEvent[]
  /** True when everything that ends an answer has come, so that a cut takes nothing away. */
  ended(): boolean
  /** True when the vendor said that nothing follows. */
  closed(): boolean
  /** True when the answer has grown past its bound. */
  tooLong(): boolean
  finish(): readonly ModelEvent[]
}

/** `from` is the provider's name: what it must get back is marked with it, and nobody else is sent it. */
export function newAnswer(from: string): Answer {
  const drafts: Draft[] = []
  const calls: CallDraft[] = []
  let counts: Counts = {}
  let reason: StopReason | undefined
  let refused = false
  let closed = false
  let size = 0

  function addCall(delta: CallDelta): readonly ModelEvent[] {
    const call = placeDelta(calls, delta)
    return call === undefined ? [] : argsEvent(call, calls.indexOf(call), delta.args ?? '')
  }

  function add(piece: Piece): readonly ModelEvent[] {
    if ('text' in piece) size += piece.text.length
    switch (piece.type) {
      case 'refusal':
        refused = true
        return grow('text', textDraft(drafts), piece.text)
      case 'text':
        return piece.text === '' ? [] : grow('text', textDraft(drafts), piece.text)
      case 'reasoning':
        size += piece.details === undefined ? 0 : JSON.stringify(piece.details).length
        return grow('reasoning', reasoningDraft(drafts, piece), piece.text)
      case 'call':
        size += (piece.args ?? piece.wholeArgs ?? '').length + 16
        return addCall(piece)
      case 'usage':
        counts = { ...counts, ...known(piece.counts) }
        return []
      case 'reason':
        reason = piece.reason
        return []
      case 'end':
        closed = true
        return []
      case 'error':
        return []
    }
  }

  return {
    add,
    ended: () => reason !== undefined || (closed && drafts.length + calls.length > 0),
    closed: () => closed,
    tooLong: () => size > ANSWER_STREAM_LIMIT,
    finish: () => finish({ drafts, calls, counts, refused, from, reason: reason ?? 'other' }),
  }
}

type Gathered = {
  drafts: readonly Draft[]
  calls: readonly CallDraft[]
  counts: Counts
  refused: boolean
  from: string
  reason: StopReason
}

function finish({ drafts, calls, counts, refused, from, reason }: Gathered): readonly ModelEvent[] {
  const settled = settleCalls(calls)
  const parts = [...drafts.flatMap((draft) => saidPart(draft, from)), ...callParts(settled, from)]
  const usage = usageOf(counts)
  return [
    ...drafts.flatMap(heldEvents),
    ...settled.flatMap((call, index) => (call.announced ? [] : [argsOf(index, call.name, call.args)])),
    {
      type: 'finished',
      reason: finalReason(reason, refused, settled.length > 0),
      parts,
      ...(usage === undefined ? {} : { usage }),
    },
  ]
}

/** Vendors say `stop` beside tool calls, and `tool_calls` beside none. */
function finalReason(reason: StopReason, refused: boolean, hasCalls: boolean): StopReason {
  if (refused && reason === 'stop') return 'refusal'
  if (hasCalls) return reason === 'stop' || reason === 'other' ? 'tool_calls' : reason
  return reason === 'tool_calls' ? 'stop' : reason
}

function argsEvent(call: CallDraft, index: number, text: string): readonly ModelEvent[] {
  const visible = wholeCharacters(call, text)
  if (visible === '') return []
  const event = argsOf(index, call.announced ? '' : call.name, visible)
  call.announced = true
  return [event]
}

const argsOf = (index: number, name: string, text: string): ModelEvent => ({ type: 'args', index, name, text })

/** Ids are the vendor's where they are there and differ. */
function callParts(calls: readonly CallDraft[], from: string): readonly AnswerPart[] {
  const used = new Set<string>()
  return calls.map((call, at) => {
    let id = call.id
    for (let n = at; id === '' || used.has(id); n++) id = `call_${n}`
    used.add(id)
    return {
      type: 'call',
      call: callId(id),
      name: call.name,
      argsText: call.args,
      ...(call.extra === undefined ? {} : { extra: { from, ...call.extra } }),
    }
  })
}

const known = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined))
